/** What several replicas of the gateway share: their secret, and the Redis that they meet in. */
import { z } from 'zod';
import { integer, MINUTE_MS, oneOf, setting, type Setting } from './setting.ts';

const MIN_SECRET_BYTES = 32;

/** Whether percent signs stand for characters. */
const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

const isRedisUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  return (
    [username, password].every(isDecodable) &&
    ['redis:', 'rediss:'].includes(protocol) &&
    hostname !== '' &&
    /^(?:\/\d{0,4})?$/.test(pathname) &&
    search === '' &&
    hash === ''
  );
};

export const SHARING_SETTINGS = {
  GATEWAY_SECRET: setting({
    means:
      'What all replicas sign with, recognise each other’s signatures by, and name accounts by, with commas or line breaks between several: the first one signs, all are accepted. A new one is put in front, the old one taken out when nobody holds anything from before any more. Without it each process makes up its own.',
    expects:
      'secrets of at least 32 bytes such as `openssl rand -base64 32` prints, with commas or line breaks between them',
    default: null,
    schema: z
      .string()
      .transform((text) =>
        text
          .split(/[,\n]/)
          .map((secret) => secret.trim())
          .filter((secret) => secret !== ''),
      )
      .pipe(
        z
          .array(z.string().refine((secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES))
          .min(1)
          .max(10),
      ),
    isSecret: true,
  }),
  WORKERS: setting({
    means:
      'How many processes serve on the one port, each a replica; `auto` takes as many as there are cores for it. More than one need REDIS_URL, which they meet in. They share one embedded simulator. One that dies is started again.',
    expects: 'auto, or a whole number from 1 to 64',
    default: '1',
    schema: z.union([
      z.literal('auto'),
      z
        .string()
        .regex(/^\d{1,2}$/)
        .transform(Number)
        .pipe(z.int().min(1).max(64)),
    ]),
  }),
  REDIS_URL: setting({
    means:
      'The Redis 7 that replicas share; needs GATEWAY_SECRET. User, password and database stand in it, `rediss://` is encrypted. Without it one process serves alone and keeps everything in memory.',
    expects:
      'a redis:// or rediss:// URL such as redis://user:password@host:6379/0, without query and fragment',
    default: null,
    schema: z.string().refine(isRedisUrl),
    isSecret: true,
  }),
  REDIS_SENTINELS: setting({
    means:
      'Sentinels, with commas between them, which are asked for the primary whenever a connection is opened. The host in REDIS_URL is then the name by which they know it, as in `redis://user:password@mymaster`. They are asked without a password, and by TLS where REDIS_URL is `rediss://`.',
    expects: 'host:port, with commas between several',
    default: null,
    schema: z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .pipe(z.array(z.string().regex(/^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}$/)).max(20)),
  }),
  REDIS_CA_FILE: setting({
    means:
      'File of the certificates (PEM) that a Redis at `rediss://` has to be signed by. By default those that Node.js trusts, with those of NODE_EXTRA_CA_CERTS.',
    expects: 'a path of at most 4096 characters',
    default: null,
    schema: z.string().min(1).max(4096),
  }),
  REDIS_KEY_PREFIX: setting({
    means:
      'What the name of every key and channel in Redis begins with. The replicas of one fleet have the same, and no other program has it.',
    expects: '1 to 100 letters, digits, `:`, `.`, `_` or `-`',
    default: 'runloop-graphql:',
    schema: z.string().regex(/^[A-Za-z0-9:._-]{1,100}$/),
  }),
  REDIS_COMMAND_TIMEOUT_MS: integer({
    means:
      'Longest wait for an answer of Redis, in milliseconds. When it is over the connection is given up and another one opened.',
    default: 1_000,
    min: 50,
    max: MINUTE_MS,
  }),
  REDIS_REQUIRED_TO_START: oneOf(['on', 'off'], {
    means:
      'Whether the gateway starts only when Redis answers. Without it, it begins as if Redis had just gone away, and uses it as soon as it answers. A Redis that answers and cannot be used stops the start in any case.',
    default: 'off',
  }),
  REDIS_REQUIRED_TO_BE_READY: oneOf(['on', 'off'], {
    means:
      'Whether `/ready` answers 503 while Redis is away. By default it says `degraded` with status 200, because queries and mutations are answered without it.',
    default: 'off',
  }),
} as const satisfies Record<string, Setting<unknown>>;
