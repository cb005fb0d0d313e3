/** Lists of the naive reference: the rows of a kind one by one, those left that a filter leaves, a page of these. */
import type { World } from '../../../src/simulator/simulator.ts';
import { inOrder } from './ordered.ts';
import { outcomeOf, ownScore, startOf } from './runs.ts';
import {
  type Args,
  checkId,
  type Collection,
  howMany,
  isAbsent,
  type Listed,
  record,
  refuse,
  rowsOf,
  snake,
  span,
  type Thing,
  thingOf,
  type Wire,
  word,
} from './thing.ts';

/** A page of a list. Nothing is looked at that is not asked for. */
function connection({ all, behind, isFiltered, cursorOf }: Listed, args: Args): Thing {
  const first = howMany(args['first'], { max: 100, usual: 20 });
  // The cursor of rows that have none, where no row before them has one.
  const after = args['after'] === '(start)' ? null : (args['after'] as string | null | undefined);
  const rest = () => (isAbsent(after) ? all() : behind(after));
  const page = () => rest().slice(0, first);
  const edges = () => page().map((node) => record({ cursor: cursorOf(node), node }));
  return record({
    edges,
    nodes: page,
    totalCount: () => all().length,
    isExhaustive: () => !isFiltered || isAnswered(rest),
    pageInfo: () =>
      record({
        hasNextPage: rest().length > first,
        hasPreviousPage: !isAbsent(after),
        startCursor: edges()[0]?.wire['cursor'] ?? null,
        endCursor: edges().at(-1)?.wire['cursor'] ?? null,
      }),
  });
}

export function isAnswered(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}

/** Conditions that the upstream does not know, beside several states. */
const FILTERED = [
  'startedAfter',
  'startedBefore',
  'metadata',
  'outcome',
  'minScore',
  'maxScore',
  'minDurationMs',
  'maxDurationMs',
] as const;

/** A page of the rows of a kind that a filter leaves. */
export function listOf(
  world: World,
  collection: Collection,
  args: Args,
  only?: (wire: Wire) => boolean,
): Thing {
  return connection(inOrder(filtered(world, collection, args, only), args), args);
}

/** The rows of a kind that have what `only` says and that the filter among the arguments leaves. */
export function filtered(
  world: World,
  collection: Collection,
  args: Args,
  only: (wire: Wire) => boolean = () => true,
): Listed {
  const filter = conditionsOf(args);
  checkConditions(filter);
  // Nothing is asked of anybody when no row can meet it.
  const isNothing = isContradictory(filter);
  const all = () => {
    if (!isNothing) checkAsked(filter);
    return rowsOf(world, collection)
      .filter((wire) => only(wire) && meets(wire, filter))
      .map((wire) => thingOf(collection, wire));
  };
  return {
    all,
    behind: (cursor) => {
      const ids = rowsOf(world, collection).map(({ id }) => id);
      if (!isNothing && !ids.includes(cursor)) refuse();
      // Behind a cursor are the rows that are older, whether its own row is on the list or not.
      const older = ids.slice(1 + ids.indexOf(cursor));
      return all().filter(({ wire }) => older.includes(wire['id']));
    },
    isFiltered: !isNothing && (hasFilteredStates(filter) || FILTERED.some((name) => name in filter)),
    cursorOf: ({ wire }) => wire['id'],
    isNothing,
    rowWith: (id) => rowsOf(world, collection).find((wire) => wire['id'] === id) ?? refuse(),
  };
}

/** What is null is no condition. */
function conditionsOf({ filter }: Args): Wire {
  return Object.fromEntries(Object.entries((filter ?? {}) as Wire).filter(([, wanted]) => !isAbsent(wanted)));
}

/** States that no row can be in, because one of them is asked for and others too. */
function isContradictory({ state, states }: Wire): boolean {
  return state !== undefined && states !== undefined && !(states as unknown[]).includes(state);
}

/** One state alone is asked of the upstream, if that can know it. */
function hasFilteredStates({ state, states }: Wire): boolean {
  if (state !== undefined) return state === 'UNKNOWN';
  if (states === undefined) return false;
  const distinct = [...new Set(states as unknown[])];
  return distinct.length > 1 || distinct[0] === 'UNKNOWN';
}

/** What is refused whatever is asked of the list. */
function checkConditions(filter: Wire): void {
  const { states, metadata, minScore = 0, maxScore = 1, startedAfter, startedBefore } = filter;
  const scores = [minScore, maxScore] as [number, number];
  if (scores.some((score) => score < 0 || score > 1) || scores[0] > scores[1]) refuse();
  const { minDurationMs = 0, maxDurationMs = Infinity } = filter as Record<string, number>;
  if (minDurationMs < 0 || maxDurationMs < minDurationMs) refuse();
  if (states !== undefined && (states as unknown[]).length === 0) refuse();
  if (metadata !== undefined) howMany((metadata as unknown[]).length, { max: 20, usual: 1 });
  if (startedAfter !== undefined && startedBefore !== undefined && at(startedAfter) >= at(startedBefore))
    refuse();
}

/** What is refused once rows, or their number, are asked for. */
function checkAsked(filter: Wire): void {
  const isPublic = filter['isPublic'] === true;
  for (const [name, wanted] of Object.entries(filter)) {
    if (name.endsWith('Id')) checkId(wanted);
    if (wanted === 'UNKNOWN' && name !== 'states' && name !== 'state') refuse();
    if (isPublic && (name === 'benchmarkId' || name === 'validationType')) refuse();
  }
}

const at = (text: unknown) => Date.parse(text as string);

const includes = (text: unknown, part: unknown) =>
  ((text ?? '') as string).toLowerCase().includes((part as string).toLowerCase());

function meets(wire: Wire, filter: Wire): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    // The upstream takes an empty text for none.
    if (wanted === '') return true;
    switch (name) {
      case 'search':
        return includes(wire['id'], wanted) || includes(wire['name'], wanted);
      case 'state':
      case 'status':
      case 'validationType':
        return word(wire[snake(name)]) === wanted;
      case 'states':
        return (wanted as unknown[]).includes(word(wire['state']));
      case 'startedAfter':
        return startOf(wire) >= at(wanted);
      case 'startedBefore':
        return startOf(wire) < at(wanted);
      case 'outcome':
        return outcomeOf(wire) === wanted;
      case 'minScore':
        return (ownScore(wire) ?? NaN) >= (wanted as number);
      case 'maxScore':
        return (ownScore(wire) ?? NaN) <= (wanted as number);
      case 'minDurationMs':
        return (span(wire['duration_ms']) ?? NaN) >= (wanted as number);
      case 'maxDurationMs':
        return (span(wire['duration_ms']) ?? NaN) <= (wanted as number);
      case 'metadata':
        return (wanted as Wire[]).every(({ key, value }) => ownEntry(wire['metadata'], key) === value);
      case 'isPublic':
        return wanted === false || wire['is_public'] === true;
      default:
        return wire[snake(name)] === wanted;
    }
  });
}

function ownEntry(entries: unknown, key: unknown): unknown {
  const all = (entries ?? {}) as Wire;
  return Object.hasOwn(all, key as string) ? all[key as string] : undefined;
}
