/** `costWishOf`: whether a request wants to know what it costs, and whether it wants nothing else. */
import { GatewayError } from '../../errors.ts';

/** `report`: execute, and say what it cost. `explain`: say what it would cost at most, and do nothing. */
export type CostMode = 'report' | 'explain';

/** The name of the mode in lower case, as a header; `extensions.cost` of a request says the same. */
export const COST_HEADER = 'x-graphql-cost';

/** Null when nothing is wished for; BAD_USER_INPUT when it is not known what. */
export function costModeOf(mode: unknown): CostMode | null {
  if (mode === undefined || mode === null) return null;
  if (mode === 'report' || mode === 'explain') return mode;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected `extensions.cost`, or the header X-GraphQL-Cost, to be "report" or "explain"',
  );
}
