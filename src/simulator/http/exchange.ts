/** One request and its answer, the same for HTTP/1.1 and HTTP/2. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Exchange {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  header(name: string): string | undefined;
  /** The body, or `undefined` when it is longer than `MAX_BODY_BYTES`. Rejects when the client goes away. */
  readonly body: Promise<Buffer | undefined>;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  send(answer: Answer): void;
  /** Sends the headers and half of the body, and then nothing. */
  stall(answer: Answer): void;
  /** Ends the connection (HTTP/2: the stream) without an answer. */
  reset(): void;
}

export const MAX_BODY_BYTES = 1024 * 1024; // 1 MiB

export function http1Exchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const abort = new AbortController();
  response.once('close', () => {
    abort.abort(new Error('The client went away'));
  });
  const head = ({ status, headers, body }: Answer) =>
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    header: (name) => single(request.headers, name),
    body: collect(request),
    signal: abort.signal,
    send: (answer) => {
      if (response.destroyed) return;
      // A body that was not read to its end would be taken for the next request.
      if (!request.complete) response.shouldKeepAlive = false;
      head(answer).end(answer.body);
    },
    stall: (answer) => {
      if (!response.destroyed) head(answer).write(half(answer.body));
    },
    reset: () => {
      request.socket.resetAndDestroy();
    },
  };
}

export function http2Exchange(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Exchange {
  const abort = new AbortController();
  stream.once('close', () => {
    abort.abort(new Error('The client went away'));
  });
  // A reset by the client shows as an error of the stream; the signal already tells it.
  stream.on('error', () => undefined);
  const head = ({ status, headers: fields, body }: Answer) => {
    stream.respond({ ':status': status, ...fields, 'content-length': Buffer.byteLength(body) });
  };
  return {
    method: headers[':method'] ?? 'GET',
    target: headers[':path'] ?? '/',
    header: (name) => single(headers, name),
    body: collect(stream),
    signal: abort.signal,
    send: (answer) => {
      if (stream.destroyed || stream.closed) return;
      head(answer);
      stream.end(answer.body);
    },
    stall: (answer) => {
      if (stream.destroyed || stream.closed) return;
      head(answer);
      stream.write(half(answer.body));
    },
    reset: () => {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    },
  };
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function half(body: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(body);
  return bytes.subarray(0, bytes.length >> 1);
}

/**
 * Begins to read at once: the end of an HTTP/2 body that came in one piece with the connection's preface is lost on
 * whoever listens later.
 */
function collect(source: IncomingMessage | ServerHttp2Stream): Promise<Buffer | undefined> {
  const body = new Promise<Buffer | undefined>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    source.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve(undefined);
      }
    });
    source.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    source.once('error', reject);
    source.once('close', () => {
      reject(new Error('The client went away'));
    });
  });
  // Not everybody asks for the body; who does sees the rejection.
  body.catch(() => undefined);
  return body;
}
