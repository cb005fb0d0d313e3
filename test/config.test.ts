import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/config/config-error.ts';
import { DEFAULT_LIVE_SETTINGS } from '../src/live/live-settings.ts';
import { RENAMED } from '../src/settings/renamed.ts';
import { SETTINGS } from '../src/settings/settings.ts';
import type { Environment } from '../src/settings/environment.ts';
import { DEFAULT_UPSTREAM_SETTINGS } from '../src/upstream/upstream-settings.ts';
import { VERSION } from '../src/version.ts';
import { createFolder } from './support/folder.ts';

const problemsOf = (env: Environment): readonly string[] => {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

const root = new URL('../', import.meta.url);
const textOf = (file: string) => readFile(new URL(file, root), 'utf8');

describe('the upstream', () => {
  it.each<[string, Environment, string]>([
    ['is the simulator when nothing is set', {}, 'simulator'],
    ['is Runloop when there is a key', { RUNLOOP_API_KEY: 'ak_1' }, 'runloop'],
    ['is Runloop when there is a base URL', { RUNLOOP_BASE_URL: 'http://127.0.0.1:1' }, 'runloop'],
    ['is Runloop when AUTH is set', { AUTH: 'passthrough' }, 'runloop'],
    ['is what UPSTREAM says', { UPSTREAM: 'simulator', RUNLOOP_API_KEY: 'ak_1' }, 'simulator'],
    ['ignores empty variables', { RUNLOOP_API_KEY: '', AUTH: '', UPSTREAM: '' }, 'simulator'],
  ])('%s', (_fact, env, kind) => {
    expect(loadConfig(env).upstream.kind).toBe(kind);
  });

  it('has to be said in production', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      'UPSTREAM is not set, expected one of simulator, runloop: with NODE_ENV=production nothing is assumed',
    ]);
    expect(problemsOf({ NODE_ENV: 'production', UPSTREAM: 'simulator' })).toEqual([]);
  });
});

describe('whose key goes upstream', () => {
  it.each<[string, Environment, string]>([
    ['is nobody’s on a fresh machine', {}, 'demo'],
    ['is the caller’s without a key', { UPSTREAM: 'runloop' }, 'passthrough'],
    ['is the gateway’s with a key', { RUNLOOP_API_KEY: 'ak_1' }, 'service'],
    [
      'is the caller’s when AUTH says so, whatever key there is',
      { RUNLOOP_API_KEY: 'ak_1', AUTH: 'passthrough' },
      'passthrough',
    ],
  ])('%s', (_fact, env, mode) => {
    expect(loadConfig(env).auth.mode).toBe(mode);
  });

  it('has to be there in AUTH=service', () => {
    expect(problemsOf({ AUTH: 'service' })).toEqual([
      'RUNLOOP_API_KEY is not set, expected a key of 1 to 512 visible ASCII characters: AUTH=service calls Runloop with it',
    ]);
  });

  it.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('is safe with AUTH=service on %s', (host) => {
    expect(problemsOf({ RUNLOOP_API_KEY: 'ak_1', HOST: host })).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.5', 'example.com', '127.0.0.1.example.com'])(
    'is not offered to the network: AUTH=service refuses %s',
    (host) => {
      expect(problemsOf({ RUNLOOP_API_KEY: 'ak_1', HOST: host })).toEqual([
        `HOST is "${host}", expected a loopback address such as 127.0.0.1: with AUTH=service whoever reaches the gateway acts with its key (AUTH_TOKENS_FILE or AUTH_JWKS_URL let it know its callers, AUTH=passthrough has them bring their own keys)`,
      ]);
    },
  );
});

describe('encryption', () => {
  it('needs a certificate and its key', () => {
    expect(problemsOf({ TLS_CERT_FILE: 'tls.crt' })).toEqual([
      'TLS_KEY_FILE is not set, expected the private key of TLS_CERT_FILE',
    ]);
    expect(problemsOf({ TLS_KEY_FILE: 'tls.key' })).toEqual([
      'TLS_CERT_FILE is not set, expected the certificate of TLS_KEY_FILE',
    ]);
  });
});

describe('who is accepted with AUTH=service', () => {
  const service = { RUNLOOP_API_KEY: 'ak_1', HOST: '0.0.0.0' };
  const jwt = {
    AUTH_JWT_ISSUER: 'https://issuer.example',
    AUTH_JWT_AUDIENCE: 'us',
    AUTH_JWKS_URL: 'https://issuer.example/keys',
  };

  it('is whoever reaches it, unless something says otherwise', () => {
    expect(loadConfig({ RUNLOOP_API_KEY: 'ak_1' }).auth).toMatchObject({ mode: 'service', callers: null });
  });

  it('may be known by gateway tokens, by JSON Web Tokens or by both, and then anywhere', () => {
    const tokens = { AUTH_TOKENS_FILE: 'tokens.json' };

    expect(loadConfig({ ...service, ...tokens }).auth).toMatchObject({
      callers: { tokensFile: 'tokens.json', jwt: null },
    });
    expect(loadConfig({ ...service, ...jwt }).auth).toMatchObject({
      callers: {
        tokensFile: null,
        jwt: {
          issuer: 'https://issuer.example',
          audience: 'us',
          algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
          clockSkewSec: 30,
          keys: { kind: 'url', url: 'https://issuer.example/keys', timeoutMs: 5_000, maxAgeMs: 600_000 },
        },
      },
    });
    expect(loadConfig({ ...service, ...tokens, ...jwt }).auth).toMatchObject({
      callers: { tokensFile: 'tokens.json', jwt: { audience: 'us' } },
    });
  });

  it('needs everything that a JSON Web Token is checked with, and says all that is missing', () => {
    expect(problemsOf({ ...service, AUTH_JWT_ISSUER: 'x' })).toEqual([
      'AUTH_JWT_AUDIENCE is not set: JSON Web Tokens are accepted of one issuer and for one audience only',
      'AUTH_JWKS_URL is not set, nor is AUTH_JWKS_FILE: JSON Web Tokens are checked with public keys',
    ]);
    expect(problemsOf({ ...service, ...jwt, AUTH_JWKS_FILE: 'keys.json' })).toEqual([
      'AUTH_JWKS_FILE is set beside AUTH_JWKS_URL, expected one of them',
    ]);
  });

  it.each(['none', 'HS256', 'RS256,none', ''])(
    'is never known by a secret that both sides share: %j',
    (list) => {
      const problems = problemsOf({ ...service, ...jwt, AUTH_JWT_ALGORITHMS: list });

      if (list === '') expect(problems).toEqual([]);
      else expect(problems).toEqual([expect.stringContaining('AUTH_JWT_ALGORITHMS is ')]);
    },
  );

  it.each(['http://issuer.example/keys', 'https://a:b@issuer.example/keys', 'file:///keys'])(
    'is not known by keys that anybody could send instead: %s',
    (url) => {
      expect(problemsOf({ ...service, ...jwt, AUTH_JWKS_URL: url })).toContain(
        `AUTH_JWKS_URL is "${url}", expected an https:// URL without credentials (http:// for loopback addresses)`,
      );
    },
  );

  it.each([
    [{ AUTH: 'passthrough' }, 'with AUTH=passthrough callers bring their own keys'],
    [{ UPSTREAM: 'simulator' }, 'the simulator lets everybody in'],
  ])('is asked in vain where nobody is kept out: %j', (env, reason) => {
    expect(problemsOf({ ...env, AUTH_TOKENS_FILE: 'tokens.json' })).toEqual([
      `AUTH_TOKENS_FILE is set, expected AUTH=service with it: ${reason}`,
    ]);
  });
});

describe('a mistake', () => {
  it.each<[string, string, string]>([
    ['PORT', '70000', 'a whole number from 0 to 65535'],
    ['PORT', '4e3', 'a whole number from 0 to 65535'],
    ['PORT', ' 80', 'a whole number from 0 to 65535'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['UPSTREAM', 'mesh', 'one of simulator, runloop'],
    ['AUTH', 'none', 'one of passthrough, service'],
    ['RUNLOOP_BASE_URL', 'ftp://x', 'an http:// or https:// URL without query, fragment and credentials'],
    [
      'RUNLOOP_BASE_URL',
      'https://u:p@x',
      'an http:// or https:// URL without query, fragment and credentials',
    ],
    ['HOST', 'a b', 'a host name or IP address'],
    ['UPSTREAM_CONNECTIONS', '0', 'a whole number from 1 to 4096'],
    ['UNIX_SOCKET_MODE', '888', 'three octal digits such as 660'],
    ['UNIX_SOCKET_PATH', `/${'x'.repeat(100)}`, 'a path of at most 100 bytes'],
  ])('in %s=%s says what is wanted', (name, value, expected) => {
    expect(problemsOf({ UPSTREAM: 'simulator', [name]: value })).toContain(
      `${name} is ${JSON.stringify(value)}, expected ${expected}`,
    );
  });

  it('in a secret does not show the secret', () => {
    const problems = problemsOf({ RUNLOOP_API_KEY: 'ak_secret with spaces' });

    expect(problems).toEqual([
      'RUNLOOP_API_KEY is not usable, expected a key of 1 to 512 visible ASCII characters',
    ]);
  });

  it('in a name is found, with the name that was meant', () => {
    expect(problemsOf({ RUNLOOP_BASE_ULR: 'x' })).toEqual([
      'RUNLOOP_BASE_ULR is not a setting: did you mean RUNLOOP_BASE_URL?',
    ]);
    expect(problemsOf({ OPERATION_TIMEOUT_M: '1' })).toEqual([
      'OPERATION_TIMEOUT_M is not a setting: did you mean OPERATION_TIMEOUT_MS?',
    ]);
    expect(problemsOf({ LIVE_POLL_INTERVAL: '1000' })).toEqual([
      'LIVE_POLL_INTERVAL is not a setting: did you mean LIVE_POLL_INTERVAL_MS?',
    ]);
    expect(problemsOf({ RUNLOOP_API_KEY_FIEL: '/x' })).toEqual([
      'RUNLOOP_API_KEY_FIEL is not a setting: did you mean RUNLOOP_API_KEY_FILE?',
    ]);
  });

  it('in a name that is like no setting is reported, and stops the start only in strict mode', () => {
    const env = { SIMULATOR_WEATHER: 'fine', UPSTREAM_URL: 'http://upstream' };

    expect(loadConfig(env).unknownNames).toEqual(['SIMULATOR_WEATHER', 'UPSTREAM_URL']);
    expect(() => loadConfig(env, { isStrict: true })).toThrow(
      'UPSTREAM_URL is not a setting: docs/settings.md lists them all',
    );
  });

  it('is never seen in what Kubernetes sets for Services, whatever they are called', () => {
    const link = (service: string) => ({
      [`${service}_SERVICE_HOST`]: '10.0.0.7',
      [`${service}_SERVICE_PORT`]: '80',
      [`${service}_SERVICE_PORT_HTTP`]: '80',
      [`${service}_PORT`]: 'tcp://10.0.0.7:80',
      [`${service}_PORT_80_TCP`]: 'tcp://10.0.0.7:80',
      [`${service}_PORT_80_TCP_PROTO`]: 'tcp',
      [`${service}_PORT_80_TCP_PORT`]: '80',
      [`${service}_PORT_80_TCP_ADDR`]: '10.0.0.7',
    });
    const services = ['RUNLOOP_GRAPHQL', 'RUNLOOP', 'UPSTREAM', 'REDIS', 'LIVE', 'QUERY', 'SIMULATOR'];
    const env: Environment = Object.fromEntries(services.flatMap((service) => Object.entries(link(service))));

    const config = loadConfig(env, { isStrict: true });

    expect(config.upstream).toMatchObject({ kind: 'simulator', port: 4010 });
    expect(config.unknownNames).toEqual([]);
  });

  it('is never seen in variables of other programs', () => {
    expect(
      problemsOf({ PATH: '/bin', RUNLOOP_CUSTOM_HEADERS: 'x', AUTH_TOKEN: 'x', LOG_DIR: 'x', HOSTNAME: 'x' }),
    ).toEqual([]);
  });

  it('is reported together with all others', () => {
    const env = {
      PORT: 'x',
      LOG_LEVEL: 'loud',
      UPSTREAM_RETRIES: '99',
      SIMULATOR_PROT: '1',
      NODE_ENV: 'production',
    };

    expect(problemsOf(env)).toHaveLength(5);
    expect(() => loadConfig(env)).toThrow(/^The configuration is not usable:\n {2}- /);
  });
});

describe('a setting that has been renamed', () => {
  it('is read by its former name, which the log warns of', () => {
    const config = loadConfig({ HTTP_IDLE_TIMEOUT_MS: '61000', STATISTICS_KEPT_SCENARIO_RUNS: '8' });

    expect(config.keepAliveTimeoutMs).toBe(61_000);
    expect(config.statistics.cachedScenarioRuns).toBe(8);
    expect(config.deprecatedNames).toEqual([
      { name: 'HTTP_IDLE_TIMEOUT_MS', now: 'KEEP_ALIVE_TIMEOUT_MS', removedIn: '0.2.0' },
      { name: 'STATISTICS_KEPT_SCENARIO_RUNS', now: 'STATISTICS_CACHED_SCENARIO_RUNS', removedIn: '0.2.0' },
    ]);
  });

  it('is refused under both names at once', () => {
    expect(problemsOf({ HTTP_IDLE_TIMEOUT_MS: '61000', KEEP_ALIVE_TIMEOUT_MS: '61000' })).toEqual([
      'HTTP_IDLE_TIMEOUT_MS and KEEP_ALIVE_TIMEOUT_MS are both set, expected KEEP_ALIVE_TIMEOUT_MS alone: it is the new name of the other',
    ]);
  });

  it('is refused under the name by which it was given', () => {
    expect(problemsOf({ HTTP_IDLE_TIMEOUT_MS: 'long' })).toEqual([
      'HTTP_IDLE_TIMEOUT_MS is "long", expected a whole number from 1000 to 3600000 (its name is KEEP_ALIVE_TIMEOUT_MS now)',
    ]);
  });

  it('counts as absent when its former name is empty', () => {
    expect(loadConfig({ HTTP_IDLE_TIMEOUT_MS: '' }).deprecatedNames).toEqual([]);
  });

  it('has no former name that this version was to remove', () => {
    const isLater = (version: string) => version.localeCompare(VERSION, 'en', { numeric: true }) > 0;

    expect([...RENAMED].filter(([, { removedIn }]) => !isLater(removedIn))).toEqual([]);
  });
});

describe('a secret in a file', () => {
  it('is what the file says, without the newline at its end', async () => {
    await using folder = await createFolder();
    const path = await folder.write('key', 'ak_of_a_file\n');

    expect(loadConfig({ RUNLOOP_API_KEY_FILE: path }).auth).toMatchObject({
      mode: 'service',
      apiKey: 'ak_of_a_file',
    });
  });

  it('has to be there, and in one place', async () => {
    await using folder = await createFolder();
    const empty = await folder.write('empty', '\n');
    const missing = `${empty}-missing`;

    expect(problemsOf({ RUNLOOP_API_KEY_FILE: empty })).toEqual([
      `RUNLOOP_API_KEY_FILE is "${empty}", which is empty: expected a file with the secret`,
    ]);
    expect(problemsOf({ RUNLOOP_API_KEY_FILE: missing })).toEqual([
      `RUNLOOP_API_KEY_FILE is "${missing}", which cannot be read (ENOENT): expected a file with the secret`,
    ]);
    expect(problemsOf({ RUNLOOP_API_KEY: 'ak_1', RUNLOOP_API_KEY_FILE: empty })).toEqual([
      'RUNLOOP_API_KEY and RUNLOOP_API_KEY_FILE are both set, expected one of them',
    ]);
  });
});

describe('the defaults', () => {
  it('are those that the parts themselves state', () => {
    const { calls, live, upstream } = loadConfig({ UPSTREAM: 'runloop' });

    expect({ ...calls, ...upstream }).toEqual({ ...DEFAULT_UPSTREAM_SETTINGS, kind: 'runloop' });
    expect(live).toEqual(DEFAULT_LIVE_SETTINGS);
  });
});

describe('the documents', () => {
  const rows = Object.entries(SETTINGS);

  it('list every setting once, with its default and meaning, in docs/settings.md', async () => {
    const [table = ''] = (await textOf('docs/settings.md')).split('## Renamed settings');
    const lines = table.split('\n').filter((line) => line.startsWith('| `'));

    expect(lines).toHaveLength(rows.length);
    for (const [name, { default: value, means }] of rows) {
      const shown = lines.filter((line) =>
        line.startsWith(`| \`${name}\` | ${value ? `\`${value}\`` : ''} |`),
      );
      expect(shown, name).toHaveLength(1);
      expect(shown[0]).toContain(` | ${means} |`);
    }
  });

  it('list every former name of a setting in docs/settings.md, and in which version it is removed', async () => {
    const [, table = ''] = (await textOf('docs/settings.md')).split('## Renamed settings');

    for (const [name, { now, removedIn }] of RENAMED)
      expect(table).toContain(`| \`${name}\` | \`${now}\` | ${removedIn} |`);
  });

  it('list every setting with its default in .env.example, and nothing else', async () => {
    const lines = (await textOf('.env.example')).split('\n').filter((line) => /^#? ?[A-Z_]+=/.test(line));

    expect(lines).toEqual(rows.map(([name, { default: value }]) => `# ${name}=${value ?? ''}`));
  });

  it('agree on the version', async () => {
    expect(JSON.parse(await textOf('package.json'))).toMatchObject({ version: VERSION });
  });
});
