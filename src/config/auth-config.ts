/** How callers are authenticated, and what has to be set together for it. */
import type { AuthSettings, CallersSettings } from '../security/authenticate.ts';
import type { JwtSettings } from '../security/json-web-tokens.ts';
import type { KeyCheckOptions } from '../security/key-check.ts';
import type { TicketSettings } from '../security/tickets.ts';
import { SETTINGS, type SettingName, type SettingValues } from '../settings/settings.ts';
import { isLocal, type ListenConfig } from './listen-config.ts';
import type { ReadRequired } from './read-required.ts';

export interface GivenAuth {
  readonly upstream: 'simulator' | 'runloop';
  readonly listen: ListenConfig;
  readonly read: <Name extends SettingName>(name: Name) => SettingValues[Name];
  /** Takes what is wrong, a line each. */
  readonly problems: string[];
}

/** Settings that say how callers show who they are. Any of them means that they have to. */
const CALLERS = [
  'AUTH_TOKENS_FILE',
  'AUTH_JWT_ISSUER',
  'AUTH_JWT_AUDIENCE',
  'AUTH_JWKS_FILE',
  'AUTH_JWKS_URL',
] as const satisfies readonly SettingName[];

export function authConfig({ upstream, listen, read, problems }: GivenAuth): AuthSettings {
  const auth = read('AUTH');
  const apiKey = read('RUNLOOP_API_KEY');
  const isDemo = upstream === 'simulator' && auth === undefined;
  const mode = isDemo ? 'demo' : (auth ?? (apiKey === undefined ? 'passthrough' : 'service'));
  const given = CALLERS.filter((name) => read(name) !== undefined);
  if (mode !== 'service') {
    problems.push(
      ...given.map(
        (name) =>
          `${name} is set, expected AUTH=service with it: ${mode === 'demo' ? 'the simulator lets everybody in' : 'with AUTH=passthrough callers bring their own keys'}`,
      ),
    );
    return { mode };
  }
  if (apiKey === undefined) {
    problems.push(
      `RUNLOOP_API_KEY is not set, expected ${SETTINGS.RUNLOOP_API_KEY.expects}: AUTH=service calls Runloop with it`,
    );
  }
  if (given.length === 0 && !isLocal(listen)) {
    problems.push(
      `HOST is "${listen.host}", expected a loopback address such as 127.0.0.1: with AUTH=service whoever reaches the gateway acts with its key (AUTH_TOKENS_FILE or AUTH_JWKS_URL let it know its callers, AUTH=passthrough has them bring their own keys)`,
    );
  }
  return { mode, apiKey: apiKey ?? '', callers: given.length === 0 ? null : callers(read, problems) };
}

function callers(read: GivenAuth['read'], problems: string[]): CallersSettings {
  return { tokensFile: read('AUTH_TOKENS_FILE') ?? null, jwt: jwt(read, problems) };
}

function jwt(read: GivenAuth['read'], problems: string[]): JwtSettings | null {
  const [issuer, audience] = [read('AUTH_JWT_ISSUER'), read('AUTH_JWT_AUDIENCE')];
  const [path, url] = [read('AUTH_JWKS_FILE'), read('AUTH_JWKS_URL')];
  if ([issuer, audience, path, url].every((value) => value === undefined)) return null;
  for (const [name, value] of Object.entries({ AUTH_JWT_ISSUER: issuer, AUTH_JWT_AUDIENCE: audience })) {
    if (value === undefined)
      problems.push(
        `${name} is not set: JSON Web Tokens are accepted of one issuer and for one audience only`,
      );
  }
  if (path === undefined && url === undefined) {
    problems.push(
      'AUTH_JWKS_URL is not set, nor is AUTH_JWKS_FILE: JSON Web Tokens are checked with public keys',
    );
  }
  if (path !== undefined && url !== undefined) {
    problems.push('AUTH_JWKS_FILE is set beside AUTH_JWKS_URL, expected one of them');
  }
  return {
    issuer: issuer ?? '',
    audience: audience ?? '',
    algorithms: read('AUTH_JWT_ALGORITHMS') ?? [],
    clockSkewSec: read('AUTH_JWT_CLOCK_SKEW_SEC') ?? 0,
    keys:
      path === undefined
        ? {
            kind: 'url',
            url: url ?? '',
            timeoutMs: read('AUTH_JWKS_TIMEOUT_MS') ?? 0,
            maxAgeMs: read('AUTH_JWKS_MAX_AGE_MS') ?? 0,
          }
        : { kind: 'file', path },
    maxCachedTokens: read('AUTH_REMEMBERED_TOKENS') ?? 0,
  };
}

export function ticketConfig(required: ReadRequired): TicketSettings {
  return {
    ttlMs: required('TICKET_TTL_MS'),
    resumeMs: required('TICKET_RESUME_MS'),
    maxPerCaller: required('TICKET_MAX_PER_CALLER'),
    max: required('TICKET_MAX'),
  };
}

export type KeyCheckConfig = Omit<KeyCheckOptions, 'ping' | 'clock' | 'maxWaitingBytes'>;

export function keyCheckConfig(required: ReadRequired): KeyCheckConfig {
  return {
    intervalMs: required('AUTH_KEY_CHECK_MS'),
    refusedMs: required('AUTH_REFUSED_KEY_MS'),
    maxKeys: required('AUTH_REMEMBERED_KEYS'),
    maxChecks: required('AUTH_KEY_CHECKS'),
  };
}
