/** Ids as Runloop makes them: a prefix per kind, an underscore and 21 base62 characters. */
import type { Random } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 21;

const PREFIXES = {
  scenario: 'scn',
  scenarioRun: 'scr',
  benchmark: 'bmd',
  benchmarkRun: 'bmr',
  // The real prefix of jobs is published nowhere.
  benchmarkJob: 'bmj',
  devbox: 'dbx',
  scorer: 'scs',
  blueprint: 'bpt',
  snapshot: 'snp',
  secret: 'sec',
  execution: 'exe',
  agent: 'agt',
  account: 'acc',
} as const;

export type IdKind = keyof typeof PREFIXES;

/** Makes the next id of a kind. */
export type Ids = (kind: IdKind) => string;

/** Each kind has a stream of its own, so that one more of a kind leaves the ids of all others as they were. */
export function createIds(random: Random): Ids {
  const streams = new Map<IdKind, Random>();
  const streamOf = (kind: IdKind) => {
    const known = streams.get(kind);
    if (known) return known;
    const stream = random.fork(kind);
    streams.set(kind, stream);
    return stream;
  };
  return (kind) => {
    const stream = streamOf(kind);
    let id = `${PREFIXES[kind]}_`;
    for (let count = 0; count < LENGTH; count++)
      id += ALPHABET.charAt(Math.floor(stream.next() * ALPHABET.length));
    return id;
  };
}
