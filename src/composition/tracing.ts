/** `openTracing`: what is traced, and where it goes. */
import { randomUUID } from 'node:crypto';
import type { TracerProvider } from '@opentelemetry/api';
import type { Config } from '../config.ts';
import type { LiveObserver } from '../live/live-options.ts';
import { createTracing } from '../observability/tracing/create-tracing.ts';
import type { Tracing } from '../observability/tracing/tracing.ts';
import { VERSION } from '../version.ts';

/**
 * Null when nothing is traced. Puts what has to be disposed into `opened`. `provider` is that of a program that traces itself,
 * and goes before the one that settings describe.
 */
export async function openTracing(
  {
    config,
    provider = null,
    upstreamUrl,
  }: { readonly config: Config; readonly provider?: TracerProvider | null; readonly upstreamUrl: string },
  opened: AsyncDisposable[],
): Promise<Tracing | null> {
  const used = provider ?? (await exporting(config, opened));
  if (!used) return null;
  return createTracing({ provider: used, version: VERSION, upstreamUrl });
}

async function exporting({ tracing }: Config, opened: AsyncDisposable[]): Promise<TracerProvider | null> {
  if (!tracing) return null;
  // Read where it is used: most processes export nothing.
  const { openOtlp } = await import('../observability/tracing/otlp.ts');
  const resource = {
    'service.version': VERSION,
    'service.instance.id': randomUUID(),
    ...tracing.resource,
  };
  const otlp = openOtlp({ ...tracing, resource });
  opened.push(otlp);
  return otlp.provider;
}

/** The same, with a span for each poll. */
export function tracePolls(tracing: Tracing, observer: LiveObserver): LiveObserver {
  return {
    ...observer,
    pollStarted: (kind) => {
      const span = tracing.poll(kind);
      return {
        calls: span.calls,
        traceparent: span.traceparent,
        ended: (result) => {
          span.end(result);
        },
      };
    },
  };
}
