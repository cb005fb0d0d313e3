import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createBoundedLabel, OTHER } from '../../src/observability/metrics/bounded-label.ts';
import { Durations } from '../../src/observability/metrics/durations.ts';

describe('durations', () => {
  it('print what a histogram of prom-client prints for the same observations', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const described = { name: 'call_seconds', help: 'How long it took.', buckets: [0.01, 0.1, 1] };
    const durations = new Durations<'route'>(described);
    const histogram = new Histogram({ ...described, labelNames: ['route'], registers: [theirs] });
    ours.registerMetric(durations.metric);

    for (const [route, ms] of [
      ['/a', 0],
      ['/a', 10],
      ['/a', 11],
      ['/b "quoted"\n', 4_000],
      ['/a', 250],
    ] as const) {
      durations.series({ route }).recordMs(ms);
      histogram.observe({ route }, ms / 1_000);
    }

    // prom-client prints `le` before the other labels.
    const sorted = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.replace(/\{(le="[^"]*"),(.*)\} /, '{$2,$1} '))
        .sort();
    expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()));
  });

  it('are one series for equal labels', () => {
    const durations = new Durations<'route'>({ name: 'a', help: 'b' });

    expect(durations.series({ route: '/a' })).toBe(durations.series({ route: '/a' }));
    expect(durations.series({ route: '/a' })).not.toBe(durations.series({ route: '/b' }));
  });
});

describe('a bounded label', () => {
  it('tells the first values apart, and no more', () => {
    const bound = createBoundedLabel(2);

    expect(['a', 'b', 'c', 'a', 'd'].map(bound)).toEqual(['a', 'b', OTHER, 'a', OTHER]);
  });
});
