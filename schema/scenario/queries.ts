/** How scenarios are found. */
import { builder } from '../builder.ts';
import { conditionsOf, connect, connectionArgs } from '../connections.ts';
import { lookUp } from '../look-ahead.ts';
import { Scenario, ScenarioConnection, ValidationType } from './type.ts';

const ScenarioFilter = builder.inputType('ScenarioFilter', {
  description: 'Which scenarios. Conditions add up: a scenario has to meet all that are given.',
  fields: (t) => ({
    name: t.string({ description: 'Scenarios with this name.' }),
    search: t.string({ description: 'Scenarios whose id or name contains this text.' }),
    benchmarkId: t.id({ description: 'Scenarios of this benchmark. Not together with `isPublic: true`.' }),
    validationType: t.field({
      type: ValidationType,
      description: 'Scenarios that are validated in this way. Not together with `isPublic: true`.',
    }),
    isPublic: t.boolean({
      description: "True lists the public scenarios; false or absent lists the account's own.",
    }),
  }),
});

builder.queryFields((t) => ({
  scenario: t.field({
    type: Scenario,
    nullable: true,
    authScopes: { 'runs:read': true },
    description: 'The scenario with this id, archived ones included; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `scn_…`.' }) },
    resolve: (_root, { id }, context, info) => lookUp('scenario', id, context, info),
  }),
  scenarios: t.field({
    type: ScenarioConnection,
    authScopes: { 'runs:read': true },
    description: 'The scenarios of the account, newest first, without archived ones.',
    args: {
      ...connectionArgs,
      filter: t.arg({
        type: ScenarioFilter,
        description: 'Which scenarios; all of the account when absent.',
      }),
    },
    resolve: (_root, { filter, ...page }, { loaders }) =>
      connect(page, (range) => loaders.scenarios.list(conditionsOf(filter), range)),
  }),
}));
