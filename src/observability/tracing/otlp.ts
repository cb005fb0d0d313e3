/** `openOtlp`: a provider of spans that are exported by OTLP over HTTP. Read on demand: the SDK is as large as all the rest. */
import type { TracerProvider } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

export interface OtlpOptions {
  /** Where spans are posted to. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Share of the traces that `traceidratio` records, from 0 to 1. */
  readonly ratio: number;
  /** What describes this process. */
  readonly resource: Readonly<Record<string, string>>;
}

/** Those of `OTEL_TRACES_SAMPLER` that need no other service. */
type SamplerName = RootSamplerName | `parentbased_${RootSamplerName}`;
type RootSamplerName = 'always_on' | 'always_off' | 'traceidratio';

export interface OpenedOtlp extends AsyncDisposable {
  readonly provider: TracerProvider;
}

export function openOtlp({ url, headers, sampler, ratio, resource }: OtlpOptions): OpenedOtlp {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers } });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  return {
    provider,
    // What has ended is exported before the process ends. A receiver that is away loses it, and nothing else.
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => undefined),
  };
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
