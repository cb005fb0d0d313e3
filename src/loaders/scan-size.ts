/** `scanSize`: how many rows the next call of a scan asks for: few where most rows match, ever more where few do. */

export interface ScanState {
  /** Rows that are still to be found. */
  readonly missing: number;
  readonly found: number;
  readonly examined: number;
  /** Rows that the call before asked for; null before the first one. */
  readonly lastSize: number | null;
  /** Rows that may still be read; at least 1. */
  readonly rowsLeft: number;
}

/** The most rows that the upstream answers at once. */
export const LARGEST_PAGE = 5_000;

/** Below this a call costs more than the rows that it would save. */
const SMALLEST_PAGE = 50;

/** How many rows the first call reads for each that is wanted. */
const FIRST_GUESS = 3;

/** How many times larger than the one before a page may be: a wrong guess costs at most this. */
const LARGEST_GROWTH = 4;

/** How much more is read than the share of matches so far makes likely, so that one call usually is enough. */
const MARGIN = 1.25;

export function scanSize({ missing, found, examined, lastSize, rowsLeft }: ScanState): number {
  const most = Math.min(LARGEST_PAGE, rowsLeft);
  if (lastSize === null) return clamp(missing * FIRST_GUESS, SMALLEST_PAGE, most);
  const likely = found === 0 ? Infinity : Math.ceil((missing * examined * MARGIN) / found);
  return clamp(likely, SMALLEST_PAGE, Math.min(most, lastSize * LARGEST_GROWTH));
}

/** The upper bound wins. */
function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
