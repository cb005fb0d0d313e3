/** `Origins`: checks the origin of requests, and answers CORS preflights. */
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../process/loopback.ts';
import type { ClientOf, ReceivedRequest } from './client.ts';
import { errorAnswer } from './error-answer.ts';
import type { HttpAnswer } from './route.ts';

export interface OriginsOptions {
  /** Origins whose pages may use the gateway beside its own, such as `https://dashboard.example`. */
  readonly allowed: readonly string[];
  /** How long a browser caches the answer to a preflight, in seconds. */
  readonly maxAgeSec: number;
  /**
   * Whether the gateway answers under the names of this machine only. Without credentials, a name of another site that resolves
   * to this machine (DNS rebinding) would make the pages of that site look like the gateway's own.
   */
  readonly isLoopbackOnly: boolean;
  readonly clientOf: ClientOf;
  /** Whether a request is answered by a page for people, which executes nothing by itself. @default none is */
  readonly isForPage?: (request: CheckedRequest) => boolean;
}

type CheckedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & ReceivedRequest;

/** The result of the origin check, made before the body is read. */
export interface OriginVerdict {
  /** What answers it at once: a refusal, or what a browser asked before sending it. Null when it may come in. */
  readonly answer: HttpAnswer | null;
  /** What every answer to it says beside its own headers. */
  readonly headersBeside: (headers: Headers) => Headers;
}

type Headers = Readonly<Record<string, string>>;

export type CheckOrigin = (request: CheckedRequest) => OriginVerdict;

/** Headers of answers that scripts of other origins may read. */
const EXPOSED = 'ETag, Retry-After, WWW-Authenticate, X-Request-Id';

const NOTHING: Headers = {};
/** A cache must not serve an answer to pages of another origin. */
const varied = ({ Vary: vary }: Headers): Headers => ({
  Vary: vary === undefined ? 'Origin' : `${vary}, Origin`,
});

/**
 * Requests that a page of another site can send without asking first are recognised by what browsers say of them, `Origin` and
 * `Sec-Fetch-Site`, which pages cannot forge. Programs that are no browsers say neither and are not concerned.
 */
export function createOrigins(options: OriginsOptions): CheckOrigin {
  const allowed = new Set(options.allowed);
  const welcome: OriginVerdict = { answer: null, headersBeside: allowed.size === 0 ? () => NOTHING : varied };
  const refuse = (message: string): OriginVerdict => ({
    answer: errorAnswer('FORBIDDEN', message),
    headersBeside: welcome.headersBeside,
  });
  return (request) => {
    const { headers } = request;
    const { origin, host = '', 'sec-fetch-site': site } = headers;
    if (options.isLoopbackOnly && !isLoopback(hostNameOf(host))) {
      return refuse(
        'Expected to be reached as localhost or 127.0.0.1: nobody has to say here who they are, so a name that others control is refused',
      );
    }
    if (site === 'same-origin' || site === 'none' || (origin === undefined && site === undefined))
      return welcome;
    if (origin === undefined) {
      // Somebody follows a link to us, or reloads what a link led to. What is asked in a link was written by another site, and
      // so is which file it brings; in the editor of a page it may stand until a person has read it.
      const asksNothing = !/\?|\/(?:export|download)\//.test(request.url ?? '');
      if (headers['sec-fetch-mode'] === 'navigate' && (asksNothing || options.isForPage?.(request) === true))
        return welcome;
      return refuse('A page of another site may not ask this of you');
    }
    if (allowed.has(origin)) {
      const isPreflight =
        request.method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
      return {
        answer: isPreflight ? preflight(headers, options) : null,
        headersBeside: (own) => ({ ...varied(own), ...corsHeaders(origin) }),
      };
    }
    if (site === undefined && isOwn(origin, [host, options.clientOf(request).host])) return welcome;
    return refuse(
      'Pages of this origin may not use this gateway: its setting CORS_ORIGINS lists those that may',
    );
  };
}

function corsHeaders(origin: string): Headers {
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED,
  };
}

/** The answer to a CORS preflight. */
function preflight(headers: IncomingMessage['headers'], { maxAgeSec }: OriginsOptions): HttpAnswer {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers':
        headers['access-control-request-headers'] ?? 'Authorization, Content-Type',
      'Access-Control-Max-Age': String(maxAgeSec),
    },
    body: '',
  };
}

/** Whether an origin is one of these hosts, each of which may name the port that its protocol has by default. */
function isOwn(origin: string, hosts: readonly (string | null)[]): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return hosts.some((own) => {
    const url = `${protocol}//${own ?? ''}`;
    return URL.canParse(url) && new URL(url).host === host;
  });
}

/** A `Host` header without its port. */
function hostNameOf(host: string): string {
  return host.replace(/:\d{0,5}$/, '').toLowerCase();
}
