/** Authentication, origins, and what the gateway shows of itself. */
import { z } from 'zod';
import { isLoopback } from '../process/loopback.ts';
import { integer, MINUTE_MS, oneOf, setting, type Setting } from './setting.ts';

const isKeySetUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.username === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  );
};

/** Algorithms whose keys can be published. With a shared secret, whoever checks a token could make one. */
const JWT_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;

/** What a browser writes into `Origin`. A star stands for no other origins there: it would match none, unnoticed. */
const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, origin } = new URL(text);
  return /^https?:$/.test(protocol) && origin === text && !hostname.includes('*');
};

export const ACCESS_SETTINGS = {
  AUTH: oneOf(['passthrough', 'service'], {
    means:
      "Whose key goes upstream: each caller's own bearer token (`passthrough`, the default without RUNLOOP_API_KEY) or the gateway's (`service`, the default with it, which listens on loopback addresses only unless callers show who they are).",
    default: null,
  }),
  AUTH_TOKENS_FILE: setting({
    means:
      'File of the gateway tokens that let callers in with AUTH=service; `npm run token` adds one. Read again when it changes.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_ISSUER: setting({
    means: 'Who issues the JSON Web Tokens that let callers in with AUTH=service: what their `iss` is.',
    expects: 'the `iss` claim of the tokens',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_AUDIENCE: setting({
    means: 'Whom those tokens are for: what their `aud` is or contains.',
    expects: 'the `aud` claim of the tokens',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWT_ALGORITHMS: setting({
    means: 'How those tokens may be signed, separated by commas.',
    expects: `some of ${JWT_ALGORITHMS.join(', ')}, separated by commas`,
    default: 'RS256,PS256,ES256,EdDSA',
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(JWT_ALGORITHMS))),
  }),
  AUTH_JWT_CLOCK_SKEW_SEC: integer({
    means: 'How far the clocks of their issuer and of the gateway may be apart, in seconds.',
    default: 30,
    min: 0,
    max: 300,
  }),
  AUTH_JWKS_FILE: setting({
    means: 'File of the public keys of their issuer, a JSON Web Key Set. Read again when it changes.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  AUTH_JWKS_URL: setting({
    means: 'Where the public keys of their issuer are instead.',
    expects: 'an https:// URL without credentials (http:// for loopback addresses)',
    default: null,
    schema: z.string().refine(isKeySetUrl),
  }),
  AUTH_JWKS_TIMEOUT_MS: integer({
    means: 'Longest wait for the public keys, in milliseconds.',
    default: 5_000,
    min: 100,
    max: MINUTE_MS,
  }),
  AUTH_JWKS_MAX_AGE_MS: integer({
    means:
      'How long fetched public keys count, in milliseconds. They are fetched again as often while a caller is authenticated by one of them, so that a key which is withdrawn authenticates nobody for longer.',
    default: 10 * MINUTE_MS,
    min: 1_000,
    max: 24 * 60 * MINUTE_MS,
  }),
  AUTH_REMEMBERED_TOKENS: integer({
    means: 'Verified JSON Web Tokens that are cached until they expire.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
  AUTH_CHECK_INTERVAL_MS: integer({
    means:
      'How often the files of tokens, keys, certificates and trusted documents are looked at, and open connections for credentials that are not good any more, in milliseconds. A revocation takes twice as long at most.',
    default: 5_000,
    min: 100,
    max: 15_000,
  }),
  AUTH_KEY_CHECK_MS: integer({
    means:
      'How long a key of AUTH=passthrough counts as good before Runloop is asked again, which ends what is remembered for a key that was revoked, in milliseconds.',
    default: MINUTE_MS,
    min: 1_000,
    max: 60 * MINUTE_MS,
  }),
  AUTH_REFUSED_KEY_MS: integer({
    means:
      'How long a key of AUTH=passthrough that Runloop has refused is refused without asking again, in milliseconds.',
    default: 30_000,
    min: 0,
    max: 10 * MINUTE_MS,
  }),
  AUTH_KEY_CHECKS: integer({
    means:
      'Keys of AUTH=passthrough that Runloop has yet to accept of which it is asked at once; eight times as many wait, and one more is answered RATE_LIMITED.',
    default: 32,
    min: 1,
    max: 1_000,
  }),
  AUTH_REMEMBERED_KEYS: integer({
    means: 'Keys of AUTH=passthrough, accepted by Runloop, that are cached.',
    default: 100_000,
    min: 1_000,
    max: 10_000_000,
  }),
  TICKET_TTL_MS: integer({
    means: 'How long a ticket for an event stream waits to be used, in milliseconds.',
    default: 30_000,
    min: 1_000,
    max: 10 * MINUTE_MS,
  }),
  TICKET_RESUME_MS: integer({
    means:
      'How long the browser that used a ticket may come back with it when its connection is cut, in milliseconds; counted anew each time.',
    default: 60 * MINUTE_MS,
    min: 0,
    max: 24 * 60 * MINUTE_MS,
  }),
  TICKET_MAX_PER_CALLER: integer({
    means: 'Tickets of one caller at once; one more makes the oldest of them worthless.',
    default: 100,
    min: 1,
    max: 100_000,
  }),
  TICKET_MAX: integer({
    means: 'Tickets at once; one more is answered RATE_LIMITED.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  CORS_ORIGINS: setting({
    means:
      'Origins whose pages may use the gateway from a browser, separated by commas. Its own may in any case.',
    expects: 'origins such as https://dashboard.example, separated by commas',
    default: null,
    schema: z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .refine((origins) => origins.every(isOrigin)),
  }),
  CORS_MAX_AGE_SEC: integer({
    means: 'How long a browser may cache the preflight answer of such an origin, in seconds.',
    default: 600,
    min: 0,
    max: 86_400,
  }),
  GRAPHIQL: oneOf(['on', 'off'], {
    means: 'Whether people find GraphiQL at `/graphql`. By default unless NODE_ENV=production.',
    default: null,
  }),
  INTROSPECTION: oneOf(['on', 'off'], {
    means: 'Whether the graph describes itself to whoever asks. By default unless NODE_ENV=production.',
    default: null,
  }),
} as const satisfies Record<string, Setting<unknown>>;
