/** How a benchmark run is followed, with all its scenario runs. */
import type { BenchmarkRunLiveEvent } from '../../src/events/event.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { builder } from '../builder.ts';
import { conditionsOf } from '../connections.ts';
import { Event, resumeArgs } from '../events.ts';
import { followedListArgs, listEventOf, rowsAsked } from '../list-events.ts';
import { ScenarioRunChange } from '../scenario-run/subscriptions.ts';
import { BenchmarkRunFilter } from './queries.ts';
import { BenchmarkRun, BenchmarkRunState } from './type.ts';

const BenchmarkRunEvent = builder
  .objectRef<DeliveryOf<BenchmarkRunLiveEvent>>('BenchmarkRunEvent')
  .implement({
    description: 'A benchmark run as it is now, or after it or some of its scenario runs changed.',
    interfaces: [Event],
    fields: (t) => ({
      previousState: t.field({
        type: BenchmarkRunState,
        nullable: true,
        description: 'The state before; the same as now when only scenario runs changed, null in a snapshot.',
        resolve: ({ event }) => event.previousState,
      }),
      benchmarkRun: t.field({
        type: BenchmarkRun,
        description: 'The benchmark run right after the event.',
        resolve: ({ event }) => event.benchmarkRun,
      }),
      changes: t.field({
        type: [ScenarioRunChange],
        description: 'Each scenario run that changed or was started, once; empty in a snapshot.',
        resolve: ({ event }) => event.changes,
      }),
    }),
  });

const BenchmarkRunListEvent = listEventOf<'benchmarkRuns'>({
  row: BenchmarkRun,
  field: 'benchmarkRun',
  state: BenchmarkRunState,
  plural: 'benchmark runs',
});

builder.subscriptionFields((t) => ({
  benchmarkRun: t.field({
    type: BenchmarkRunEvent,
    authScopes: { 'runs:read': true },
    description:
      'Every change of a benchmark run and of its scenario runs, in order, once. Completes when it is terminal and its last scenario run is finished. An unknown id is a NOT_FOUND error.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `bmr_…`.' }), ...resumeArgs },
    subscribe: (_root, { id, after }, { live }) => live.benchmarkRun(id, after),
    resolve: (delivery, _args, { loaders }) => {
      const { benchmarkRun } = delivery.event;
      // Wherever the event leads back to the benchmark run, it is the one of the event, and costs nothing.
      loaders.benchmarkRun.prime(benchmarkRun);
      if (delivery.totals) loaders.runTotals.prime(benchmarkRun.id, delivery.totals);
      return delivery;
    },
  }),
  benchmarkRuns: t.field({
    type: BenchmarkRunListEvent,
    authScopes: { 'runs:read': true },
    description:
      'The newest benchmark runs that meet the conditions, and every change of them, in order, once; also of runs that somebody starts elsewhere. Conditions that the upstream does not know are looked for as far as `isExhaustive` says. It never completes by itself.',
    args: {
      filter: t.arg({ type: BenchmarkRunFilter, description: 'Which runs; all when absent.' }),
      ...followedListArgs,
    },
    subscribe: (_root, { filter, first, after }, { live }) =>
      live.benchmarkRuns({ filter: conditionsOf(filter), first: rowsAsked({ first }) }, after),
    resolve: (delivery, _args, { loaders }) => {
      // What the rows lead to leads back to them as they are in the event.
      for (const row of delivery.event.page.rows) loaders.benchmarkRun.prime(row);
      return delivery;
    },
  }),
}));
