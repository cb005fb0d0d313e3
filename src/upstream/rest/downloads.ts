/** `createDownloads`: files of the upstream as streams, on sockets of their own, within a bound of bytes and never whole in memory. */
import type { Readable } from 'node:stream';
import { type Clock, reasonOf } from '../../clock.ts';
import { type CallRequest, pathOf, transportRequestOf } from './calls.ts';
import { toGatewayError } from './error-mapping.ts';
import type { CallEvent, UpstreamObserver } from '../observer.ts';
import { readRetryHints, type RetryPolicy } from './retry.ts';
import type { Transport } from './transport.ts';
import { failureOf } from './transport-failure.ts';
import type { TransportHeaders } from './transport-result.ts';
import type { UpstreamCaller } from '../caller.ts';
import type { Download } from '../download.ts';

export interface Downloads {
  /** Sends once. Null when the upstream does not know what was asked for. */
  open(caller: UpstreamCaller, request: CallRequest): Promise<Download | null>;
}

export interface DownloadsOptions extends Pick<RetryPolicy, 'retryAfterMaxMs'> {
  readonly transport: Transport;
  readonly observer: UpstreamObserver;
  readonly clock: Clock;
}

export function createDownloads({
  transport,
  observer,
  clock,
  retryAfterMaxMs,
}: DownloadsOptions): Downloads {
  return {
    async open(caller, request) {
      const { account, priority, purpose } = caller;
      const { method, route } = request;
      const startedAt = clock.now();
      const span = purpose?.trace?.startCall({ method, route, attempt: 1 });
      const observe = (result: CallEvent['result']) => {
        const durationMs = clock.now() - startedAt;
        span?.end(result);
        observer.call({
          method,
          route,
          result,
          durationMs,
          queuedMs: 0,
          attempt: 1,
          priority,
          cause: purpose?.cause ?? 'query',
          requestId: purpose?.requestId,
          accountId: account.id,
        });
      };
      const opened = await transport
        .stream({
          ...transportRequestOf(caller, request, pathOf(request)),
          ...(span ? { headers: span.headers } : {}),
        })
        .catch((error: unknown) => {
          observe({ failure: 'aborted' });
          throw error;
        });
      switch (opened.kind) {
        case 'stream':
          return downloadOf(opened, { signal: caller.signal, observe });
        case 'failure':
          observe({ failure: opened.failure });
          throw toGatewayError(opened, null);
        case 'answer': {
          observe({ status: opened.status });
          if (opened.status === 404) return null;
          const hints = readRetryHints(opened.headers, { nowMs: clock.now(), maxMs: retryAfterMaxMs });
          throw toGatewayError(opened, hints.afterMs);
        }
      }
    },
  };
}

function downloadOf(
  opened: { readonly status: number; readonly headers: TransportHeaders; readonly body: Readable },
  {
    signal,
    observe,
  }: { readonly signal: AbortSignal; readonly observe: (result: CallEvent['result']) => void },
): Download {
  const { status, headers, body } = opened;
  // A body that is given up before it is read fails for nobody.
  body.on('error', () => undefined);
  const length = Number(headers['content-length'] ?? NaN);
  return {
    byteLength: Number.isSafeInteger(length) ? length : null,
    async *[Symbol.asyncIterator]() {
      try {
        for await (const chunk of body as AsyncIterable<Uint8Array>) yield chunk;
        observe({ status });
      } catch (cause) {
        const isAborted = signal.aborted;
        const result = failureOf(cause);
        observe({ failure: isAborted ? 'aborted' : result.failure });
        throw isAborted ? reasonOf(signal) : toGatewayError(result, null);
      } finally {
        body.destroy();
      }
    },
    [Symbol.dispose]: () => {
      body.destroy();
    },
  };
}
