/** `mediansOf`: the middle of several rounds of the same load, figure by figure. */
import { median } from '../live/figure.ts';
import type { Measured } from './stage.ts';

export function mediansOf(rounds: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(rounds.map((each) => each[name]));
  return {
    queries: of('queries'),
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    p999Ms: of('p999Ms'),
    slowShare: of('slowShare'),
    bytes: of('bytes'),
    callsPerQuery: of('callsPerQuery'),
    cpuUsPerQuery: of('cpuUsPerQuery'),
    residentBytes: of('residentBytes'),
  };
}
