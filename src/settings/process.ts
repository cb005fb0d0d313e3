/** Where the gateway listens, and which upstream answers. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { integer, MINUTE_MS, oneOf, setting, type Setting } from './setting.ts';

const isHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
  );
};

const PROXY_NAMES: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

const isProxy = (entry: string): boolean => {
  if (PROXY_NAMES.includes(entry)) return true;
  const [address = '', prefix = '0', ...others] = entry.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && others.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
};

export const PROCESS_SETTINGS = {
  HOST: setting({
    means: 'Address to listen on; `::` takes connections over IPv6 and IPv4, `0.0.0.0` over IPv4 alone.',
    expects: 'a host name or IP address',
    default: '127.0.0.1',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
  }),
  PORT: integer({ means: 'Port to listen on; 0 takes any free one.', default: 4000, min: 0, max: 65_535 }),
  UNIX_SOCKET_PATH: setting({
    means:
      'File of a Unix socket to listen on instead of HOST and PORT. One that an earlier process has left behind is replaced, and it is removed at the end.',
    expects: 'a path of at most 100 bytes',
    default: null,
    schema: z.string().refine((path) => Buffer.byteLength(path) <= 100 && !path.includes('\0')),
  }),
  UNIX_SOCKET_MODE: setting({
    means: 'Who may connect to it, as for `chmod`: a client needs the right to write.',
    expects: 'three octal digits such as 660',
    default: '660',
    schema: z
      .string()
      .regex(/^0?[0-7]{3}$/)
      .transform((digits) => Number.parseInt(digits, 8)),
  }),
  TLS_CERT_FILE: setting({
    means:
      'File of the certificate that clients are shown, followed by those of its issuers (PEM). With it and TLS_KEY_FILE all listening is by TLS 1.2 and 1.3, that of METRICS_PORT too. Both are read again when they change.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  TLS_KEY_FILE: setting({
    means: 'File of the private key of TLS_CERT_FILE (PEM), without a passphrase.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  BASE_PATH: setting({
    means:
      'Path under which a proxy shows the gateway, such as `/runloop`. Requests are answered under it and, for proxies that take it off, without it.',
    expects: 'a path that begins with a slash and ends without one',
    default: null,
    schema: z.string().regex(/^(?:\/[A-Za-z0-9._~-]{1,100}){1,10}$/),
  }),
  TRUST_PROXY: setting({
    means:
      'Proxies whose word about their clients counts (X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, Forwarded): `loopback`, `linklocal` and `uniquelocal` are the ranges of those addresses, `none` trusts nobody.',
    expects:
      '`none`, or some of loopback, linklocal, uniquelocal, IP addresses and ranges such as 10.0.0.0/8, with commas between them',
    default: 'loopback,linklocal,uniquelocal',
    schema: z
      .string()
      .transform((text) => (text === 'none' ? [] : text.split(',').map((entry) => entry.trim())))
      .refine((entries) => entries.every(isProxy)),
  }),
  KEEP_ALIVE_TIMEOUT_MS: integer({
    means:
      'How long a connection stays open between two requests, in milliseconds. Above what a balancer in front leaves it idle, which would send the next request into a connection that is being closed.',
    default: 75_000,
    min: 1_000,
    max: 60 * MINUTE_MS,
  }),
  PLUGINS: setting({
    means:
      'Plugins of Envelop or Yoga that are called for every operation, the outermost first: modules that export them, as paths or names of packages, with commas between them. Looked for from the working directory.',
    expects: 'paths or names of packages with commas between them',
    default: null,
    schema: z
      .string()
      .transform((text) => text.split(',').map((name) => name.trim()))
      .pipe(z.array(z.string().min(1).max(1_000)).max(100)),
  }),
  UPSTREAM: oneOf(['simulator', 'runloop'], {
    means:
      'Which REST API answers. By default `runloop` when RUNLOOP_API_KEY, RUNLOOP_BASE_URL or AUTH is set, else `simulator`; with NODE_ENV=production it must be said.',
    default: null,
  }),
  RUNLOOP_BASE_URL: setting({
    means: 'Where the Runloop API is.',
    expects: 'an http:// or https:// URL without query, fragment and credentials',
    default: 'https://api.runloop.ai',
    schema: z.string().refine(isHttpUrl),
  }),
  RUNLOOP_API_KEY: setting({
    means: 'The Runloop key that the gateway calls with in AUTH=service.',
    expects: 'a key of 1 to 512 visible ASCII characters',
    default: null,
    schema: z.string().regex(/^[\x21-\x7e]{1,512}$/),
    isSecret: true,
  }),
} as const satisfies Record<string, Setting<unknown>>;
