/** `createCachingLists`: the lists of a `CachingSession`: a page is kept for a moment, or for good when nothing in it can change. */
import { sizeOf } from '../../memory/size.ts';
import type { Account } from '../account.ts';
import { type ListPlace, scenarioRunsOf } from './account-cache.ts';
import type { Cached, Reading } from './cached-value.ts';
import { kindOf } from './freshness.ts';
import type { Ask } from './caching-session.ts';
import { type CacheState, uncached } from './cache-state.ts';
import type { CacheDependency, ReadTracker } from './read-tracker.ts';
import type { PageRequest, UpstreamSession } from '../upstream.ts';
import type { Entity, Page, ReadMark, Row } from '../types.ts';

/** What is read of lists, and of all else that has no id of its own. */
type Lists = Pick<
  UpstreamSession,
  | 'scenarioRuns'
  | 'benchmarkRuns'
  | 'benchmarkRunScenarioRuns'
  | 'benchmarks'
  | 'benchmarkJobs'
  | 'scenarios'
  | 'benchmarkScenarios'
  | 'devboxes'
  | 'devboxUsage'
  | 'devboxLogs'
>;

/** A page, and what is kept of its rows. */
interface KeptRows<T> {
  readonly page: Page<T>;
  /** In the order of the rows; null for a row that says nothing about the entity as such. */
  readonly facts: readonly (Cached<T | null> | null)[];
}

/** What a page takes beside its rows, in bytes. */
const PAGE_BYTES = 200;

/** Share of all that is kept which one page, or one log, may take. */
const LARGEST_SHARE = 1 / 8;

export interface CachingListsOptions {
  readonly account: Account;
  readonly isFresh: boolean;
  readonly since: ReadMark | undefined;
  readonly reads: ReadTracker;
  readonly ask: Ask;
}

export function createCachingLists(
  keeping: CacheState,
  { account, isFresh, since, reads, ask }: CachingListsOptions,
): Lists {
  const { cache, clock, upstream, counts, settings, spans } = keeping;

  /** What is kept under a key, if it may be told. */
  function find<T>(key: string): Cached<T> | undefined {
    return isFresh ? undefined : cache?.find(account.id)?.page<T>(key, { nowMs: clock.now(), since });
  }

  /** Of one page. */
  const maxPageBytes = (settings?.maxBytes ?? 0) * LARGEST_SHARE;

  function countHit(kept: CacheDependency): void {
    counts.page.hits++;
    reads.cached++;
    reads.note(kept);
  }

  /** Asks for what is not kept, and keeps it: for good when it is `lasting`. */
  function read<T, Made>(
    key: string,
    {
      list,
      make,
      of = null,
    }: {
      readonly list: (session: UpstreamSession) => Promise<T>;
      readonly make: (
        reading: Reading<T>,
      ) => Made & Pick<Cached<unknown>, 'bytes' | 'isContested'> & { readonly isLasting: boolean };
      readonly of?: ListPlace | null;
    },
  ): Promise<Cached<Made>> {
    counts.page.misses++;
    return ask(key, async (shared) => {
      const received = keeping.begin(account.id);
      const reading = received(await list(upstream.session(shared)));
      const hasMoved = of && cache?.find(account.id)?.hasMovedSince(of.list, reading.sentTick);
      const made = make(reading);
      // One that takes much of all room would be the end of what many others have read.
      if (!cache || !settings || made.bytes > maxPageBytes)
        return { ...uncached({ value: made, read: reading.read }), isContested: made.isContested };
      const isContested = made.isContested || hasMoved === true;
      const endsMs = made.isLasting ? Infinity : reading.read.sentAtMs + settings.liveMs;
      const kept = {
        value: made,
        isContested,
        freshUntilMs: isContested ? -Infinity : endsMs,
        bytes: made.bytes,
      };
      return cache.open(account.id).putPage<Made>(key, { ...reading, ...kept }, of);
    });
  }

  /** A page of entities, whose rows are kept by their ids, too. */
  async function page<T extends Entity>(
    key: string,
    list: (session: UpstreamSession) => Promise<Page<T>>,
    of: ListPlace & {
      /** Whether the list itself can change no more; to be found out before it is read. */
      readonly isClosed?: boolean;
    },
  ): Promise<Page<T>> {
    const known = find<KeptRows<T>>(key);
    const told = known && tell(known);
    if (told) return told;
    const make = (reading: Reading<Page<T>>) => {
      const { rows } = reading.value;
      const facts = rows.map((row) => keepRow(row, reading));
      const shown = { ...reading.value, rows: rows.map((row, index) => facts[index]?.value ?? row) };
      spans.set(shown, reading.read);
      const size = (bytes: number, fact: Cached<T | null> | null, index: number) =>
        bytes + (fact ? fact.bytes : sizeOf(rows[index]));
      return {
        page: shown,
        facts,
        isLasting: of.isClosed === true && facts.every((fact) => fact?.freshUntilMs === Infinity),
        isContested: facts.some((fact) => fact?.isContested),
        bytes: facts.reduce(size, PAGE_BYTES),
      };
    };
    const answer = await read(key, { list, make, of });
    for (const fact of answer.value.facts) if (fact) reads.note(fact);
    return answer.value.page;
  }

  function keepRow<T extends Entity>(row: Row<T>, reading: Reading<Page<T>>): Cached<T | null> | null {
    if (row instanceof Error || row.isPartial) return null;
    // The kind of a row is that of its type.
    return keeping.put(account.id, kindOf(row), { ...reading, id: row.id, value: row }) as Cached<T | null>;
  }

  /**
   * A kept page, with the latest that is known of each row: nobody sees an older state after a newer one. Undefined when
   * that is not known of some row.
   */
  function tell<T extends Entity>(kept: Cached<KeptRows<T>>): Page<T> | undefined {
    const { page: shown, facts } = kept.value;
    // What never changes needs no second look.
    if (kept.freshUntilMs === Infinity || !facts.some((fact) => fact?.isReplaced)) {
      countHit(kept);
      if (kept.freshUntilMs !== Infinity) for (const fact of facts) if (fact) reads.note(fact);
      return shown;
    }
    const drawer = cache?.find(account.id);
    const latest = shown.rows.map((row, index) =>
      row instanceof Error || !facts[index]?.isReplaced
        ? facts[index]
        : drawer?.entity(kindOf(row), row.id, { nowMs: clock.now(), since }),
    );
    if (latest.some((fact) => fact === undefined || fact?.value === null)) return undefined;
    countHit(kept);
    for (const fact of latest) if (fact) reads.note(fact);
    const page = {
      ...shown,
      rows: shown.rows.map((row, index) => (latest[index]?.value as T | undefined) ?? row),
    };
    spans.set(page, kept.read);
    return page;
  }

  async function aside<T>(key: string, ask: (session: UpstreamSession) => Promise<T>): Promise<T> {
    const known = find<{ readonly answer: T }>(key);
    if (known) {
      countHit(known);
      return known.value.answer;
    }
    const answer = await read(key, {
      list: ask,
      make: ({ value }: Reading<T>) => ({
        answer: value,
        isLasting: false,
        isContested: false,
        // A log of tens of megabytes would take a tenth of a second to count.
        bytes: sizeOf(value, maxPageBytes),
      }),
    });
    return answer.value.answer;
  }

  /** Whether a benchmark run is known to have ended for good. */
  const hasEnded = (id: string) =>
    !isFresh && cache?.find(account.id)?.latest('benchmarkRun', id)?.freshUntilMs === Infinity;

  return {
    scenarioRuns: (filter, range) =>
      page(keyOf('scenarioRuns', filter, range), (session) => session.scenarioRuns(filter, range), {
        list: 'ScenarioRun',
        isConditional: isConditional(filter),
      }),
    benchmarkRuns: (filter, range) =>
      page(keyOf('benchmarkRuns', filter, range), (session) => session.benchmarkRuns(filter, range), {
        list: 'BenchmarkRun',
        isConditional: isConditional(filter),
      }),
    benchmarkRunScenarioRuns: (id, filter, range) =>
      page(
        keyOf(`benchmarkRunScenarioRuns ${id}`, filter, range),
        (session) => session.benchmarkRunScenarioRuns(id, filter, range),
        { list: scenarioRunsOf(id), isConditional: isConditional(filter), isClosed: hasEnded(id) },
      ),
    benchmarks: (filter, range) =>
      page(keyOf('benchmarks', filter, range), (session) => session.benchmarks(filter, range), {
        list: 'Benchmark',
        isConditional: isConditional(filter),
      }),
    benchmarkJobs: (filter, range) =>
      page(keyOf('benchmarkJobs', filter, range), (session) => session.benchmarkJobs(filter, range), {
        list: 'BenchmarkJob',
        isConditional: isConditional(filter),
      }),
    scenarios: (filter, range) =>
      page(keyOf('scenarios', filter, range), (session) => session.scenarios(filter, range), {
        list: 'Scenario',
        isConditional: isConditional(filter),
      }),
    benchmarkScenarios: (id, range) =>
      page(keyOf(`benchmarkScenarios ${id}`, {}, range), (session) => session.benchmarkScenarios(id, range), {
        list: 'Scenario',
        isConditional: true,
      }),
    devboxes: (filter, range) =>
      page(keyOf('devboxes', filter, range), (session) => session.devboxes(filter, range), {
        list: 'Devbox',
        isConditional: isConditional(filter),
      }),
    devboxUsage: (id) => aside(`devboxUsage ${id}`, (session) => session.devboxUsage(id)),
    devboxLogs: (id, filter) =>
      aside(`devboxLogs ${id} ${JSON.stringify(Object.entries(filter).sort())}`, (session) =>
        session.devboxLogs(id, filter),
      ),
  };
}

/** Equal questions have equal keys, whatever the order of their conditions; what is undefined is not asked. */
function keyOf(list: string, filter: object, { limit, after, totalCount }: PageRequest): string {
  const conditions = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const count = totalCount ? ' counted' : '';
  // An empty cursor is one, which the upstream refuses.
  const cursor = after === undefined ? '' : JSON.stringify(after);
  return `${list} ${String(limit)}${count} ${cursor} ${conditions.length === 0 ? '' : JSON.stringify(conditions)}`;
}

function isConditional(filter: object): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}
