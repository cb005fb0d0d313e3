/** `mergeMetrics`: the metrics of several workers as one text, each series with the number of its worker. */
import { type Metric, Registry } from 'prom-client';

/** What one worker has measured of one metric, as prom-client makes JSON of it. */
export interface MetricSnapshot {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly { readonly labels: Readonly<Partial<Record<string, string | number>>> }[];
}

/** By the number of the worker, or any other text that tells who has measured. */
export function mergeMetrics(measured: ReadonlyMap<string, readonly MetricSnapshot[]>): Promise<string> {
  const merged = new Map<string, MetricSnapshot>();
  for (const [worker, metrics] of measured) {
    for (const metric of metrics) {
      const values = metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } }));
      const { values: before = [] } = merged.get(metric.name) ?? {};
      merged.set(metric.name, { ...metric, values: [...before, ...values] });
    }
  }
  const registry = new Registry();
  for (const metric of merged.values()) registry.registerMetric(asMetric(metric));
  return registry.metrics();
}

/** A registry needs the name and `get` alone; prom-client's type of a metric is a union of its own classes. */
function asMetric(snapshot: MetricSnapshot): Metric {
  return { name: snapshot.name, get: () => Promise.resolve(snapshot) } as unknown as Metric;
}
