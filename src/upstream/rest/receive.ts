/** `receive`: sends a request and hands over its answer: a small body as a whole, which costs less than a stream, any other as a stream. */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { reasonOf } from '../../clock.ts';
import { isSuccess, type TransportHeaders } from './transport-result.ts';

export interface Received {
  readonly status: number;
  readonly headers: TransportHeaders;
  /** The chunks of a whole body, or a stream: read it to its end, or destroy it, because it holds a socket. */
  readonly body: readonly Buffer[] | Readable;
}

export interface ReceiveOptions {
  /** Ends the request and closes its socket, also while the body is read. */
  readonly signal: AbortSignal;
  /** The largest body that is handed over as a whole, in bytes. One of a 2xx answer that is encoded never is. */
  readonly wholeUpToBytes: number;
}

/** Rejects as the request fails, and with the signal's reason as soon as it aborts, also while it waits for a socket. */
export function receive(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { signal, wholeUpToBytes }: ReceiveOptions,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: Pick<Received, 'status' | 'headers'> = { status: 0, headers: {} };
    let chunks: Buffer[] = [];
    let length = 0;
    let stream: Readable | undefined;

    const onAbort = () => {
      const reason = reasonOf(signal);
      controller?.abort(reason);
      reject(reason);
    };
    const stopListening = () => {
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });

    const openStream = (from: Dispatcher.DispatchController): Readable => {
      const opened = new Readable({
        read: () => {
          from.resume();
        },
        destroy: (error, done) => {
          // Without effect where the answer has come to its end.
          if (!opened.readableEnded) from.abort(error ?? new Error('The body was given up'));
          // Whoever waits for the answer has listeners by then: an error in the turn in which the stream was opened comes before them.
          queueMicrotask(() => {
            done(error);
          });
        },
      });
      for (const chunk of chunks) opened.push(chunk);
      chunks = [];
      resolve({ ...head, body: opened });
      return opened;
    };

    dispatcher.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        if (signal.aborted) started.abort(reasonOf(signal));
      },
      onResponseStart: (from, status, headers) => {
        head = { status, headers };
        if (isSuccess(status) && headers['content-encoding'] !== undefined) stream = openStream(from);
      },
      onResponseData: (from, chunk) => {
        if (stream) {
          if (!stream.push(chunk)) from.pause();
          return;
        }
        chunks.push(chunk);
        length += chunk.byteLength;
        if (length > wholeUpToBytes) stream = openStream(from);
      },
      onResponseEnd: () => {
        stopListening();
        if (stream) stream.push(null);
        else resolve({ ...head, body: chunks });
      },
      onResponseError: (_from, error) => {
        stopListening();
        if (stream) stream.destroy(error);
        else reject(error);
      },
    });
  });
}
