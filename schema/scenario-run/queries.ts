/** How scenario runs are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { outcomeCondition, runConditions } from '../run-conditions.ts';
import { ORDER_BY, ScenarioRunOrder } from './order.ts';
import { ScenarioRun, ScenarioRunConnection, ScenarioRunState } from './type.ts';

export const ScenarioRunFilter = builder.inputType('ScenarioRunFilter', {
  description: 'Which scenario runs. Conditions add up: a run has to meet all that are given.',
  fields: (t) => ({
    name: t.string({ description: 'Runs with this name.' }),
    search: t.string({ description: 'Runs whose id or name contains this text.' }),
    state: t.field({
      type: ScenarioRunState,
      description:
        'Runs in this state. FAILED finds runs that broke; `outcome: FAILED` those that were scored below 1.',
    }),
    ...runConditions(t, ScenarioRunState),
    outcome: outcomeCondition(t),
    benchmarkRunId: t.id({ description: 'Runs that are part of this benchmark run.' }),
    scenarioId: t.id({ description: 'Runs of this scenario.' }),
  }),
});

builder.queryFields((t) => ({
  scenarioRun: t.field({
    type: ScenarioRun,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The scenario run with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `scr_…`.' }) },
    resolve: (_root, { id }, { loaders }) => loaders.scenarioRun.load(id),
  }),
  scenarioRuns: t.field({
    type: ScenarioRunConnection,
    authScopes: { 'runs:read': true },
    description: 'The scenario runs of the account, newest first unless `orderBy` says otherwise.',
    args: {
      ...connectionArgs,
      filter: t.arg({ type: ScenarioRunFilter, description: 'Which runs; all when absent.' }),
      orderBy: t.arg({ type: ScenarioRunOrder, description: ORDER_BY }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { loaders }) =>
      connect(page, (range) => loaders.scenarioRuns.list(conditionsOf(filter), range, orderBy ?? undefined)),
  }),
}));
