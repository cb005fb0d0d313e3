/** `createMetrics`: every metric there is, by the conventions of Prometheus, and their text. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createDefinitions } from './define-metrics.ts';
import { liveMetrics } from './live-metrics.ts';
import type { MetricSnapshot } from './merge-metrics.ts';
import { requestMetrics } from './request-metrics.ts';
import { upstreamMetrics } from './upstream-metrics.ts';

export interface Metrics
  extends
    ReturnType<typeof requestMetrics>,
    ReturnType<typeof liveMetrics>,
    ReturnType<typeof upstreamMetrics> {
  /** Calls `read` before each text is made, to set what is counted elsewhere. */
  readonly onCollect: (read: () => void) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** The same as values, to be merged with those of other processes. */
  readonly snapshot: () => Promise<readonly MetricSnapshot[]>;
}

export interface MetricsOptions {
  /** Of the gateway. */
  readonly version: string;
}

export function createMetrics({ version }: MetricsOptions): Metrics {
  const registry = new Registry();
  const definitions = createDefinitions(registry);
  definitions.gauge('build_info', 'The version that runs; always 1.', ['version']).set({ version }, 1);
  const collectors: (() => void)[] = [];
  const collect = () => {
    for (const read of collectors) read();
  };
  return {
    ...requestMetrics(definitions),
    ...liveMetrics(definitions),
    ...upstreamMetrics(definitions),
    onCollect: (read) => {
      collectors.push(read);
    },
    contentType: registry.contentType,
    text: async () => {
      collect();
      return `${await registry.metrics()}\n${await ofProcess().metrics()}`;
    },
    snapshot: async () => {
      collect();
      return [...(await registry.getMetricsAsJSON()), ...(await ofProcess().getMetricsAsJSON())];
    },
  };
}

let processRegistry: Registry | null = null;

/** What is measured of the process is measured once, however many gateways run in it: of that nothing can be stopped. */
function ofProcess(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}
