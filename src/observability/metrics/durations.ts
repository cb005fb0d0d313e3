/** `Durations`: a histogram of Prometheus whose series are found once: recording in one is a few additions. */
import type { Metric, MetricValueWithName } from 'prom-client';

export interface DurationsOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of its buckets, in seconds and rising. */
  readonly buckets?: readonly number[];
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * prom-client finds the series of a histogram by its labels at each observation, which takes more than a microsecond: a
 * cached answer takes forty. Registered like any of its own metrics.
 */
export class Durations<Label extends string> {
  readonly name: string;
  readonly #help: string;
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, { readonly labels: Readonly<Record<Label, string>>; series: Series }>();

  constructor({ name, help, buckets = BUCKETS }: DurationsOptions) {
    this.name = name;
    this.#help = help;
    this.#buckets = buckets;
  }

  /** The series with these labels, to be kept by whoever records in it often. */
  series(labels: Readonly<Record<Label, string>>): Series {
    const key = JSON.stringify(labels);
    const found = this.#series.get(key);
    if (found) return found.series;
    const series = new Series(this.#buckets);
    this.#series.set(key, { labels, series });
    return series;
  }

  /** What prom-client asks of a metric. */
  get() {
    const values = [...this.#series.values()].flatMap(({ labels, series }) => this.#valuesOf(labels, series));
    return Promise.resolve({
      name: this.name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    });
  }

  /** prom-client's type of a metric is a union of its own classes; a registry needs the name and `get` alone. */
  get metric(): Metric {
    return this as unknown as Metric;
  }

  #valuesOf(labels: Readonly<Record<Label, string>>, { counts, sum }: Series): MetricValueWithName<Label>[] {
    let count = 0;
    const lines = [...this.#buckets.map(String), '+Inf'].map((le, bucket) => {
      count += counts[bucket] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...lines,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

/** One series of a histogram. */
export class Series {
  /** How many durations fell into each bucket alone; the last is for those beyond all bounds. */
  readonly counts: Float64Array;
  readonly #bounds: readonly number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** In seconds. */
  get sum(): number {
    return this.#sum;
  }

  recordMs(durationMs: number): void {
    const seconds = durationMs / 1_000;
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.#sum += seconds;
  }
}
