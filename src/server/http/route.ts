/** `Route`: what answers a request, and the two forms that an answer has. */
import type { ServerResponse } from 'node:http';
import type { HttpRequest } from './http-request.ts';

/** An answer that is there at once. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An answer that comes bit by bit, until whoever writes it ends it. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Sends the body in chunks, or within a given `Content-Length`, so that a client knows a part from the whole.
   * @default false, its end is that of the connection
   */
  readonly isChunked?: boolean;
  /** Called when the headers have been sent. */
  readonly open: (response: ServerResponse) => void;
}

export type Route = (request: HttpRequest) => Promise<HttpAnswer | HttpStream>;

/** Not to be cached by anybody, and private for caches that ignore that. */
export const PRIVATE = {
  'Cache-Control': 'private, no-store',
  Vary: 'Authorization, Accept',
} as const;
