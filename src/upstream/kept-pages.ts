/** `createKeptPages`: the lists of a `KeptSession`: a page is kept for a moment, or for good when nothing in it can change. */
import { sizeOf } from '../size.ts';
import type { Account } from './account.ts';
import type { Kept, Reading } from './entity-cache.ts';
import { kindOf } from './keeping.ts';
import type { Ask } from './kept-session.ts';
import { type Keeping, unkept } from './kept-state.ts';
import type { Reads } from './read-record.ts';
import type { PageRequest, UpstreamSession } from './upstream.ts';
import type { Entity, Page, Row } from './types.ts';

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
  readonly facts: readonly (Kept<T | null> | null)[];
}

/** What a page takes beside its rows, in bytes. */
const PAGE_BYTES = 200;

export interface KeptPagesOptions {
  readonly account: Account;
  readonly isFresh: boolean;
  readonly reads: Reads;
  readonly ask: Ask;
}

export function createKeptPages(keeping: Keeping, { account, isFresh, reads, ask }: KeptPagesOptions): Lists {
  const { cache, clock, upstream, counts, settings, spans } = keeping;

  /** What is kept under the key, or else what `read` brings, kept as long as `untilMs` says. */
  async function kept<T>(
    key: string,
    read: (session: UpstreamSession) => Promise<T>,
    take: (reading: Reading<T>) => Kept<unknown>,
  ): Promise<Kept<unknown>> {
    const known = isFresh ? undefined : cache?.find(account.id)?.page(key, clock.now());
    if (known) {
      counts.page.hits++;
      reads.cached++;
      reads.note(known);
      return known;
    }
    counts.page.misses++;
    return ask(key, async (shared) => {
      const generation = keeping.generationOf(account.id);
      const sentAtMs = clock.now();
      const value = await read(upstream.session(shared));
      return take({ value, read: { sentAtMs, receivedAtMs: clock.now() }, generation });
    });
  }

  /** The same for a page of entities, whose rows are kept by their ids, too. */
  async function page<T extends Entity>(
    key: string,
    read: (session: UpstreamSession) => Promise<Page<T>>,
    /** Whether the list itself can change no more; asked before it is read. */
    isClosed = false,
  ): Promise<Page<T>> {
    const answer = (await kept(key, read, (reading) => {
      const facts = reading.value.rows.map((row) => keepRow(row, reading));
      const isLasting = isClosed && facts.every((fact) => fact?.trueUntilMs === Infinity);
      const value: KeptRows<T> = { page: withLatest(reading.value, facts), facts };
      spans.set(value.page, reading.read);
      return put(
        key,
        { ...reading, value },
        {
          isLasting,
          bytes: facts.reduce(
            (sum, fact, index) => sum + sizeOf(fact ? fact.value : reading.value.rows[index]),
            PAGE_BYTES,
          ),
        },
      );
    })) as Kept<KeptRows<T>>;
    const { page: shown, facts } = answer.value;
    // What never changes needs no second look.
    if (answer.trueUntilMs === Infinity) return shown;
    for (const fact of facts) if (fact) reads.note(fact);
    return facts.some((fact) => fact?.isReplaced) ? renewed(answer.value, answer.read) : shown;
  }

  function keepRow<T extends Entity>(row: Row<T>, reading: Reading<Page<T>>): Kept<T | null> | null {
    if (row instanceof Error || row.isPartial) return null;
    const { read, generation } = reading;
    // The kind of a row is that of its type.
    return keeping.keep(account.id, kindOf(row), {
      id: row.id,
      value: row,
      read,
      generation,
    }) as Kept<T | null>;
  }

  function put<T>(
    key: string,
    reading: Reading<T>,
    { isLasting, bytes }: { readonly isLasting: boolean; readonly bytes: number },
  ): Kept<T> {
    if (!cache || !settings) return unkept(reading);
    const trueUntilMs = isLasting ? Infinity : reading.read.sentAtMs + settings.liveMs;
    return cache.open(account.id).putPage(key, { ...reading, trueUntilMs, bytes });
  }

  /** A kept page that shows of each row the latest that is known: nobody sees an older state after a newer one. */
  function renewed<T extends Entity>({ page: shown, facts }: KeptRows<T>, read: Reading<T>['read']): Page<T> {
    const drawer = cache?.find(account.id);
    const latest = shown.rows.map((row, index) => {
      if (row instanceof Error || !facts[index]?.isReplaced) return row;
      const known = drawer?.latest(kindOf(row), row.id);
      if (!known?.value || known.read.sentAtMs < read.sentAtMs) return row;
      reads.note(known);
      return known.value as T;
    });
    const page = { ...shown, rows: latest };
    spans.set(page, read);
    return page;
  }

  async function aside<T>(key: string, read: (session: UpstreamSession) => Promise<T>): Promise<T> {
    const answer = await kept(key, read, (reading) =>
      put(key, reading, { isLasting: false, bytes: sizeOf(reading.value) }),
    );
    return answer.value as T;
  }

  /** Whether a benchmark run is known to have ended for good. */
  const hasEnded = (id: string) =>
    !isFresh && cache?.find(account.id)?.latest('benchmarkRun', id)?.trueUntilMs === Infinity;

  return {
    scenarioRuns: (filter, range) =>
      page(keyOf('scenarioRuns', filter, range), (session) => session.scenarioRuns(filter, range)),
    benchmarkRuns: (filter, range) =>
      page(keyOf('benchmarkRuns', filter, range), (session) => session.benchmarkRuns(filter, range)),
    benchmarkRunScenarioRuns: (id, filter, range) =>
      page(
        keyOf(`benchmarkRunScenarioRuns ${id}`, filter, range),
        (session) => session.benchmarkRunScenarioRuns(id, filter, range),
        hasEnded(id),
      ),
    benchmarks: (filter, range) =>
      page(keyOf('benchmarks', filter, range), (session) => session.benchmarks(filter, range)),
    benchmarkJobs: (filter, range) =>
      page(keyOf('benchmarkJobs', filter, range), (session) => session.benchmarkJobs(filter, range)),
    scenarios: (filter, range) =>
      page(keyOf('scenarios', filter, range), (session) => session.scenarios(filter, range)),
    benchmarkScenarios: (id, range) =>
      page(keyOf(`benchmarkScenarios ${id}`, {}, range), (session) => session.benchmarkScenarios(id, range)),
    devboxes: (filter, range) =>
      page(keyOf('devboxes', filter, range), (session) => session.devboxes(filter, range)),
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
  return `${list} ${String(limit)}${count} ${after ?? ''} ${conditions.length === 0 ? '' : JSON.stringify(conditions)}`;
}

/** The page with what is to be told of each row. */
function withLatest<T extends Entity>(page: Page<T>, facts: KeptRows<T>['facts']): Page<T> {
  return { ...page, rows: page.rows.map((row, index) => facts[index]?.value ?? row) };
}
