/** `flatFigure`: something that is to cost the same whatever the size. */
import { type Figure, rounded } from '../live/figure.ts';

/** The most may be so many times the least. */
const FLAT = 1.5;

export function flatFigure(figure: string, values: readonly number[]): Figure {
  const times = Math.max(...values) / Math.min(...values);
  return { figure, target: `≤ ${String(FLAT)} times`, measured: rounded(times, 2), isMet: times <= FLAT };
}
