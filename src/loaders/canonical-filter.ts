/** `canonicalFilter(filter)`: the one form that all filters have which ask a list for the same rows. */
import type { KeyValue } from '../upstream/types.ts';
import { planConditions, type RunConditions } from './run-conditions.ts';

/**
 * Equal for filters that say the same in another order, twice, or with `states` where `state` is enough. BAD_USER_INPUT when a
 * condition makes no sense. What it answers is a filter, too.
 */
export function canonicalFilter<
  State extends string,
  Filter extends RunConditions<State> & { readonly state?: State | undefined },
>(filter: Filter): Filter {
  // All of the filter passes for conditions: what the plan does not know, it leaves as it is.
  const plan = planConditions<State>(filter.state, filter);
  const planned =
    plan.kind === 'scan' ? { ...plan.conditions, state: plan.state } : { ...filter, ...stateOf(plan) };
  const { states, metadata } = planned;
  const given = Object.entries({
    ...planned,
    states: states && [...new Set(states)].sort(),
    metadata: metadata && withoutDoubles(metadata),
  }).filter(([, condition]) => condition !== undefined);
  return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))) as unknown as Filter;
}

/** Where the upstream is asked for the state alone, `states` says nothing more. */
function stateOf<State extends string>(plan: ReturnType<typeof planConditions<State>>) {
  return plan.kind === 'upstream' ? { state: plan.state, states: undefined } : {};
}

function withoutDoubles(pairs: readonly KeyValue[]): readonly KeyValue[] {
  const texts = new Set(pairs.map(({ key, value }) => JSON.stringify([key, value])));
  return [...texts].sort().map((text) => {
    const [key = '', value = ''] = JSON.parse(text) as readonly string[];
    return { key, value };
  });
}
