/** How a scenario run is followed. */
import type {
  ScenarioRunChange as ScenarioRunChangeShape,
  ScenarioRunLiveEvent,
} from '../../src/events/event.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { builder } from '../builder.ts';
import { conditionsOf } from '../connections.ts';
import { Event, resumeArgs } from '../events.ts';
import { followedListArgs, listEventOf, rowsAsked } from '../list-events.ts';
import { ScenarioRunFilter } from './queries.ts';
import { ScenarioRun, ScenarioRunState } from './type.ts';

const ScenarioRunEvent = builder.objectRef<DeliveryOf<ScenarioRunLiveEvent>>('ScenarioRunEvent').implement({
  description: 'A scenario run as it is now, or after something about it changed.',
  interfaces: [Event],
  fields: (t) => ({
    previousState: t.field({
      type: ScenarioRunState,
      nullable: true,
      description: 'The state before; the same as now when something else changed, null in a snapshot.',
      resolve: ({ event }) => event.previousState,
    }),
    scenarioRun: t.field({
      type: ScenarioRun,
      description: 'The scenario run right after the event.',
      resolve: ({ event }) => event.scenarioRun,
    }),
  }),
});

/** A scenario run that changed, within an event of its benchmark run. */
export const ScenarioRunChange = builder.objectRef<ScenarioRunChangeShape>('ScenarioRunChange').implement({
  description: 'A scenario run of a benchmark run that changed or was started.',
  fields: (t) => ({
    previousState: t.expose('previousState', {
      type: ScenarioRunState,
      nullable: true,
      description: 'The state before; null when the scenario run is new.',
    }),
    scenarioRun: t.expose('scenarioRun', {
      type: ScenarioRun,
      description: 'The scenario run right after the event.',
    }),
  }),
});

const ScenarioRunListEvent = listEventOf<'scenarioRuns'>({
  row: ScenarioRun,
  field: 'scenarioRun',
  state: ScenarioRunState,
  plural: 'scenario runs',
});

builder.subscriptionFields((t) => ({
  scenarioRun: t.field({
    type: ScenarioRunEvent,
    authScopes: { 'runs:read': true },
    description:
      'Every change of a scenario run, in order, once. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `scr_…`.' }), ...resumeArgs },
    subscribe: (_root, { id, after }, { live }) => live.scenarioRun(id, after),
    resolve: (delivery) => delivery,
  }),
  scenarioRuns: t.field({
    type: ScenarioRunListEvent,
    authScopes: { 'runs:read': true },
    description:
      'The newest scenario runs that meet the conditions, and every change of them, in order, once; also of runs that start later. Conditions that the upstream does not know are looked for as far as `isExhaustive` says. It never completes by itself.',
    args: {
      filter: t.arg({ type: ScenarioRunFilter, description: 'Which runs; all when absent.' }),
      ...followedListArgs,
    },
    subscribe: (_root, { filter, first, after }, { live }) =>
      live.scenarioRuns({ filter: conditionsOf(filter), first: rowsAsked({ first }) }, after),
    resolve: (delivery, _args, { loaders }) => {
      // What the rows lead to leads back to them as they are in the event.
      for (const row of delivery.event.page.rows) loaders.scenarioRun.prime(row);
      return delivery;
    },
  }),
}));
