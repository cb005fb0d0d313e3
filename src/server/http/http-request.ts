/** `HttpRequest`: a request whose body has been read; its other parts are computed when they are used. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AcquireShare } from '../../process/turn-budget.ts';
import type { Client, ClientOf } from './client.ts';
import { clientGone } from './client-gone.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** What stands in the path where its pattern has names. Not decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** From the question mark on; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  /** Null when the method has none. */
  readonly body: string | null;
  /** Names the request in its answer and in every log line about it. */
  readonly requestId: string;
  readonly client: Client;
  /** Aborts when the client goes away before it is answered. */
  readonly signal: AbortSignal;
  /** From now on the signal never aborts: a long-lived stream listens to the `close` of its response itself. */
  release(): void;
}

/** Where a request goes. */
export interface Target {
  readonly path: string;
  /** From the question mark on; empty when there is none. */
  readonly query: string;
}

/** A request as it came over a socket. */
export class SocketRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string | null;
  readonly requestId: string;
  readonly #response: ServerResponse;
  readonly #clientOf: ClientOf;
  readonly #acquireTurn: AcquireShare | undefined;
  #gone: AbortController | undefined;
  #onClose: (() => void) | undefined;

  constructor(
    { method = 'GET', headers }: IncomingMessage,
    response: ServerResponse,
    {
      path,
      params,
      query,
      body,
      requestId,
      clientOf,
    }: Target & Pick<HttpRequest, 'params' | 'body' | 'requestId'> & { readonly clientOf: ClientOf },
    /** Called when the client has gone, before the signal aborts. @default it aborts at once */
    acquireTurn?: AcquireShare,
  ) {
    this.method = method;
    this.path = path;
    this.params = params;
    this.query = query;
    this.headers = headers;
    this.body = method === 'GET' || method === 'HEAD' ? null : body;
    this.requestId = requestId;
    this.#response = response;
    this.#acquireTurn = acquireTurn;
    this.#clientOf = clientOf;
  }

  get client(): Client {
    return this.#clientOf(this.#response.req);
  }

  /** Lazy, because most answers are ready before a client could leave. */
  get signal(): AbortSignal {
    return (this.#gone ??= this.#watch()).signal;
  }

  #watch(): AbortController {
    const response = this.#response;
    const gone = new AbortController();
    const leave = () => {
      if (response.writableFinished) return;
      const abort = () => {
        gone.abort(clientGone());
      };
      const turn = this.#acquireTurn?.(1);
      if (turn) void turn.then(abort);
      else abort();
    };
    this.#onClose = leave;
    if (response.destroyed) leave();
    else response.on('close', leave);
    return gone;
  }

  release(): void {
    if (this.#onClose) this.#response.off('close', this.#onClose);
  }
}

export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): Target {
  const queryAt = url.indexOf('?');
  return queryAt === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, queryAt), query: url.slice(queryAt) };
}
