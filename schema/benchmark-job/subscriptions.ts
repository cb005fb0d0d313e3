/** How a benchmark job is followed. */
import type { BenchmarkJobLiveEvent } from '../../src/events/event.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { builder } from '../builder.ts';
import { conditionsOf } from '../connections.ts';
import { Event, resumeArgs } from '../events.ts';
import { followedListArgs, listEventOf, rowsAsked } from '../list-events.ts';
import { BenchmarkJobFilter } from './queries.ts';
import { BenchmarkJob, BenchmarkJobState } from './type.ts';

const BenchmarkJobEvent = builder
  .objectRef<DeliveryOf<BenchmarkJobLiveEvent>>('BenchmarkJobEvent')
  .implement({
    description: 'A benchmark job as it is now, or after it, one of its agents or an outcome changed.',
    interfaces: [Event],
    fields: (t) => ({
      previousState: t.field({
        type: BenchmarkJobState,
        nullable: true,
        description:
          'The state before; the same as now when only agents or outcomes changed, null in a snapshot.',
        resolve: ({ event }) => event.previousState,
      }),
      benchmarkJob: t.field({
        type: BenchmarkJob,
        description: 'The benchmark job right after the event.',
        resolve: ({ event }) => event.benchmarkJob,
      }),
    }),
  });

const BenchmarkJobListEvent = listEventOf<'benchmarkJobs'>({
  row: BenchmarkJob,
  field: 'benchmarkJob',
  state: BenchmarkJobState,
  plural: 'benchmark jobs',
});

builder.subscriptionFields((t) => ({
  benchmarkJob: t.field({
    type: BenchmarkJobEvent,
    authScopes: { 'runs:read': true },
    description:
      'Every change of a benchmark job, in order, once: of its state, of which agents are at work, of what came of them. How each of their scenario runs changes is an event of `benchmarkRun`. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of a job, whatever its prefix.' }),
      ...resumeArgs,
    },
    subscribe: (_root, { id, after }, { live }) => live.benchmarkJob(id, after),
    resolve: (delivery) => delivery,
  }),
  benchmarkJobs: t.field({
    type: BenchmarkJobListEvent,
    authScopes: { 'runs:read': true },
    description:
      'The newest benchmark jobs that meet the conditions, and every change of them, in order, once; also of jobs that are started later. It never completes by itself.',
    args: {
      filter: t.arg({ type: BenchmarkJobFilter, description: 'Which jobs; all when absent.' }),
      ...followedListArgs,
    },
    subscribe: (_root, { filter, first, after }, { live }) =>
      live.benchmarkJobs({ filter: conditionsOf(filter), first: rowsAsked({ first }) }, after),
    resolve: (delivery, _args, { loaders }) => {
      // What the rows lead to leads back to them as they are in the event.
      for (const row of delivery.event.page.rows) loaders.benchmarkJob.prime(row);
      return delivery;
    },
  }),
}));
