/** `PageRequest`: which part of a list is asked for. */
export interface PageRequest {
  /** How many rows at most, 0 to 5,000. With 0 only the count is asked for. */
  readonly limit: number;
  /** Rows after (older than) the one with this id; from the newest when absent. */
  readonly after?: string | undefined;
  /** Whether to count all rows, which costs the upstream a query of its own. */
  readonly totalCount: boolean;
}
