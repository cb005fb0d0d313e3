/** `createAdmissions`: what callers may ask for, by what it costs in this graph. */
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import { MAX_CONCURRENT } from '../loaders/run-totals-loader.ts';
import { LARGEST_PAGE } from '../loaders/scan-size.ts';
import type { Current } from '../memory/current.ts';
import { type CallerSlots, createCallerSlots } from '../security/caller-slots.ts';
import { createMemoryBudget } from '../security/cost/budget.ts';
import { createSharedBudget } from '../security/cost/shared-budget.ts';
import type { Secrets } from '../security/secrets.ts';
import { FIELD_COSTS } from '../security/cost/field-costs.ts';
import { createPredictor } from '../security/cost/predictor.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import { measureRefusals } from './measured-requests.ts';
import type { Shared } from './shared.ts';
import { type Admissions, createAdmission } from '../server/graphql/admission.ts';

export function createAdmissions(given: {
  readonly schema: GraphQLSchema;
  /** Of lists of the graph. */
  readonly pageSizes: { readonly default: number; readonly max: number };
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Null when one process serves alone. */
  readonly shared: Shared | null;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
  /** Of queries and mutations under way. */
  readonly operations: CallerSlots;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
}): Admissions {
  const { schema, pageSizes, clock, secrets, shared, metrics, operations, limits } = given;
  const callsPerMinute = () => limits.current.budget.callsPerMinute;
  const { filters, statistics, limits: started } = given.config;
  const onRefused = measureRefusals(metrics, 'CALLER_CALLS_PER_MINUTE');
  const budget = { clock, ...started.budget, callsPerMinute, onRefused };
  return createAdmission({
    predict: createPredictor({
      schema,
      costs: FIELD_COSTS,
      bounds: {
        defaultPageSize: pageSizes.default,
        maxPageSize: pageSizes.max,
        maxScanCalls: filters.maxCalls,
        ...statisticsCosts(statistics),
      },
    }),
    bounds: () => limits.current.operations,
    budget: shared
      ? createSharedBudget({ redis: shared.redis, hide: secrets.hide, ...budget })
      : createMemoryBudget(budget),
    operations,
  });
}

export function createOperationSlots({
  limits,
  metrics,
}: {
  readonly limits: Current<LimitsConfig>;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
}): CallerSlots {
  return createCallerSlots({
    counts: 'operations',
    max: () => limits.current.callerOperations,
    setting: 'CALLER_MAX_OPERATIONS',
    onRefused: measureRefusals(metrics, 'CALLER_MAX_OPERATIONS'),
  });
}

/** What statistics cost that are worked out over many scenario runs, which are read in the largest pages there are. */
function statisticsCosts(statistics: Config['statistics']) {
  const maxWholeListCalls = Math.ceil(statistics.maxScenarioRuns / LARGEST_PAGE);
  return {
    maxWholeListCalls,
    maxPooledRuns: statistics.maxBenchmarkRuns,
    // Some are read concurrently, so that one more of each may be under way when there are enough.
    maxPooledExtraCalls:
      Math.ceil(statistics.maxPooledScenarioRuns / LARGEST_PAGE) + MAX_CONCURRENT * maxWholeListCalls,
  };
}
