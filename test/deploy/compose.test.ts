/** deploy/compose.yaml, as Compose reads it, against what the gateway knows. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { VERSION } from '../../src/version.ts';
import { createFolder } from '../support/folder.ts';
import { readYaml, ROOT, SETTING_NAMES } from '../support/shipped.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

interface Composition {
  readonly services: Readonly<Record<string, Service>>;
}

const DEPLOY = new URL('deploy/', ROOT).pathname;

/** Undefined where there is none: `.ci/run` installs one. */
const compose = [['docker', 'compose'], ['docker-compose']].find(([command = '', ...args]) => {
  try {
    execFileSync(command, [...args, 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

const readComposition = async () => {
  const [composition] = await readYaml('compose.yaml');
  return composition as Composition;
};

describe('compose.yaml', () => {
  it.skipIf(compose === undefined)('is accepted by Compose', () => {
    const [command = '', ...args] = compose ?? [];
    const printed = execFileSync(command, [...args, '-f', `${DEPLOY}compose.yaml`, 'config'], {
      encoding: 'utf8',
    });
    const { services } = parse(printed) as Composition;

    expect(Object.keys(services).sort()).toEqual([
      'gateway-a',
      'gateway-b',
      'grafana',
      'nginx',
      'prometheus',
      'redis',
    ]);
  });

  it('starts two replicas with a configuration that is usable', async () => {
    await using folder = await createFolder();
    const { services } = await readComposition();
    const {
      environment = {},
      image,
      read_only: isReadOnly,
      stop_grace_period: grace,
    } = services['gateway-a'] ?? {};
    expect(services['gateway-b']).toEqual(services['gateway-a']);
    expect(image).toBe(`runloop-graphql:${VERSION}`);
    expect(isReadOnly).toBe(true);
    expect(Object.keys(environment).filter((name) => !SETTING_NAMES.has(name))).toEqual([]);

    const secret = await folder.write('secret', 'x'.repeat(40));
    const config = loadConfig(
      { ...environment, GATEWAY_SECRET_FILE: secret, NODE_ENV: 'production', HOST: '0.0.0.0' },
      { isStrict: true },
    );

    const leavingMs = config.drain.delayMs + config.drain.spreadMs + config.limits.shutdownTimeoutMs;
    expect(1_000 * Number.parseInt(grace ?? '', 10)).toBeGreaterThan(leavingMs);
  });

  it('mounts what is shipped, and shows itself to this machine alone', async () => {
    const { services } = await readComposition();
    for (const { volumes = [], ports = [] } of Object.values(services)) {
      for (const volume of volumes)
        expect(existsSync(resolve(DEPLOY, volume.split(':')[0] ?? '')), volume).toBe(true);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});
