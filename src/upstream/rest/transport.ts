/** `Transport`: one HTTP request to the upstream over a pool of keep-alive sockets, with every bound that a request needs. */
import { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { reasonOf } from '../../clock.ts';
import type { AcquireFairShare } from '../../process/fair-turns.ts';
import type { ByteBudget } from './byte-budget.ts';
import { decodedBody } from './content-coding.ts';
import { type BodyText, CutList, readBody, type RowReading, smallUpTo, textOf } from './read-body.ts';
import { receive } from './receive.ts';
import { failureOf } from './transport-failure.ts';
import { raceSignal } from '../../values/race-signal.ts';
import {
  type CommitResult,
  isSuccess,
  type StreamResult,
  type TransportHeaders,
  type TransportResult,
} from './transport-result.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query below the base URL, encoded, from the first slash. */
  readonly path: string;
  /** The `Authorization` header; null sends none. */
  readonly authorization: string | null;
  /** JSON. */
  readonly body?: string;
  /** Further headers, with names in lower case. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request and closes its socket. */
  readonly signal: AbortSignal;
  /** Who holds the bytes of its answer while it is read: those who hold many wait for those who hold few. */
  readonly owner: string;
  /** Where the answer is a list whose rows are read one by one when it is large. */
  readonly rows?: RowReading | undefined;
}

/** A request that changes something, so that it matters whether any of it may have arrived. */
export interface CommitRequest extends TransportRequest {
  /** Sent as `x-request-id`: by it the upstream knows a repetition. */
  readonly requestId: string;
  /** Is called right before the first byte leaves: from then on the upstream may act, and the signal ends nothing. */
  readonly onSend: () => void;
}

export interface Transport extends AsyncDisposable {
  /** Rejects only with the signal's reason, and as soon as it aborts; whatever else goes wrong is a result. */
  request(request: TransportRequest): Promise<TransportResult>;
  /** Like `request` until the first byte has left. Then it goes on to its end, whoever has gone meanwhile. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /** Like `request`, but hands a 2xx answer over as soon as its headers are there. The signal ends its body, too. */
  stream(request: TransportRequest): Promise<StreamResult>;
  /** Closes the sockets that are idle now, and those in use as soon as their requests are answered. */
  releaseSockets(): void;
}

export interface TransportOptions {
  readonly baseUrl: string;
  readonly userAgent: string;
  /**
   * Which media types are wanted.
   * @default 'application/json'
   */
  readonly accept?: string;
  readonly connections: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly responseMaxBytes: number;
  /** For the bodies of all transports together. */
  readonly budget: ByteBudget;
  /** Called when an answer has come whole, with its bytes, before anything is made of it. @default none waits */
  readonly acquireTurn?: AcquireFairShare;
}

/** How long an idle socket is kept, unless the upstream asks for less: below the 60 s after which load balancers drop one. */
const KEEP_ALIVE_MS = 30_000;

export function createTransport(options: TransportOptions): Transport {
  const { accept = 'application/json' } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/{1,99}$/, '');
  const open = () =>
    new Pool(base.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: options.headersTimeoutMs },
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
      maxResponseSize: options.responseMaxBytes,
    });
  const wholeUpToBytes = Math.min(options.budget.freeBytes, smallUpTo(options.responseMaxBytes));
  let pool = open();
  /** Pools that take no more requests and still have some to answer. */
  const closing = new Set<Pool>();

  function optionsOf(request: TransportRequest, requestId?: string): Dispatcher.DispatchOptions {
    const headers: Record<string, string> = {
      ...request.headers,
      accept,
      'accept-encoding': 'identity',
      'user-agent': options.userAgent,
    };
    if (request.authorization !== null) headers['authorization'] = request.authorization;
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (requestId !== undefined) headers['x-request-id'] = requestId;
    return {
      method: request.method,
      path: prefix + request.path,
      headers,
      body: request.body ?? null,
    };
  }

  function send(
    request: TransportRequest,
    commit?: Pick<CommitRequest, 'requestId' | 'onSend'>,
  ): Promise<Dispatcher.ResponseData> {
    const dispatcher = commit ? pool.compose(noteSending(commit.onSend)) : pool;
    return dispatcher.request({ ...optionsOf(request, commit?.requestId), signal: request.signal });
  }

  /** Whole answers are not worth a stream, which costs as much as all the rest of a small one. */
  async function receiveAnswer(request: TransportRequest): Promise<TransportResult> {
    const { signal } = request;
    const { status, headers, body } = await receive(pool, optionsOf(request), { signal, wholeUpToBytes });
    const isStream = body instanceof Readable;
    if (isSuccess(status)) {
      const read = isStream
        ? await raceSignal(bodyOf(decoded(body, headers), request), signal)
        : ({ text: textOf(body) } satisfies BodyText as BodyText);
      const turn = options.acquireTurn?.(request.owner, amountOf(read));
      if (turn) await turn;
      return { kind: 'answer', status, headers, ...read };
    }
    // The body of a failure is not read: one that is long is not waited for.
    if (isStream) body.destroy();
    return { kind: 'answer', status, headers, text: '' };
  }

  async function exchange(
    request: TransportRequest,
    commit: Pick<CommitRequest, 'requestId' | 'onSend'>,
  ): Promise<TransportResult> {
    const answer = await send(request, commit);
    const status = answer.statusCode;
    // An unread body would keep its socket: a failure's is drained, or its socket destroyed when it is long.
    const read = isSuccess(status)
      ? await bodyOf(decoded(answer.body, answer.headers), request)
      : await answer.body.dump().then(() => ({ text: '' }));
    return { kind: 'answer', status, headers: answer.headers, ...read };
  }

  function decoded(body: Readable, headers: TransportHeaders): Readable {
    return decodedBody(body, headers['content-encoding'], { maxBytes: options.responseMaxBytes });
  }

  async function bodyOf(
    body: Readable,
    { owner, rows }: TransportRequest,
  ): Promise<BodyText & { readonly isCut?: true }> {
    using bytes = options.budget.enter(owner);
    try {
      return await readBody(body, { bytes, rows, maxBytes: options.responseMaxBytes });
    } catch (error) {
      if (!(error instanceof CutList)) throw error;
      if (failureOf(error.cause).failure !== 'too-large') throw error.cause;
      return { text: '{}', rows: error.rows, rowBytes: error.rowBytes, isCut: true };
    }
  }

  async function openStream(request: TransportRequest): Promise<StreamResult> {
    const { statusCode: status, headers, body } = await send(request);
    if (Number(headers['content-length']) > options.responseMaxBytes) {
      body.on('error', () => undefined).destroy();
      return { kind: 'failure', failure: 'too-large', cause: new Error('The length says so') };
    }
    if (isSuccess(status)) return { kind: 'stream', status, headers, body };
    await body.dump();
    return { kind: 'answer', status, headers, text: '' };
  }

  /** What `work` came to, or why there is nothing. */
  async function settled<Result>(
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result | TransportResult> {
    refuseAborted(signal);
    try {
      return await work();
    } catch (cause) {
      refuseAborted(signal);
      return failureOf(cause);
    }
  }

  return {
    request: (request) => settled(request.signal, () => receiveAnswer(request)),
    // undici notices an abort only once a request has its socket; one that still waits for a socket is given up here.
    stream: (request) => settled(request.signal, () => raceSignal(openStream(request), request.signal)),
    async commit({ signal, requestId, onSend, ...request }) {
      refuseAborted(signal);
      const cut = new AbortController();
      let isSent = false;
      const onAbort = () => {
        if (!isSent) cut.abort(reasonOf(signal));
      };
      const noteSend = () => {
        if (cut.signal.aborted) return;
        isSent = true;
        onSend();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const sending = exchange({ ...request, signal: cut.signal }, { requestId, onSend: noteSend });
        return { result: await raceSignal(sending, cut.signal), isSent };
      } catch (cause) {
        refuseAborted(cut.signal);
        return { result: failureOf(cause), isSent };
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    releaseSockets() {
      const released = pool;
      pool = open();
      closing.add(released);
      // It rejects when it is destroyed meanwhile, which is an end as good as any.
      released
        .close()
        .catch(() => undefined)
        .finally(() => closing.delete(released));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([pool, ...closing].map((each) => each.destroy()));
    },
  };
}

/** The most that an answer counts for. While a log of 30 MB waited for as much to be taken in, those behind it would fill the memory. */
const MAX_AMOUNT = 128 * 1024; // 128 KiB

function amountOf({ text, rowBytes = 0 }: BodyText): number {
  return Math.min(text.length + rowBytes, MAX_AMOUNT);
}

/** Tells when a request gets its socket, which is when undici writes it. */
function noteSending(onSend: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        onSend();
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}
