/** `costWishOf`: whether a request wants to know what it costs, and whether it wants nothing else. */
import { GatewayError } from '../../errors.ts';

/** `report`: execute, and say what it cost. `explain`: say what it would cost at most, and do nothing. */
export type CostWish = 'report' | 'explain';

/** The name of the wish in lower case, as a header; `extensions.cost` of a request says the same. */
export const COST_HEADER = 'x-graphql-cost';

/** Null when nothing is wished for; BAD_USER_INPUT when it is not known what. */
export function costWishOf(wish: unknown): CostWish | null {
  if (wish === undefined || wish === null) return null;
  if (wish === 'report' || wish === 'explain') return wish;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'Expected `extensions.cost`, or the header X-GraphQL-Cost, to be "report" or "explain"',
  );
}
