/** The tabs of a first-time visitor of GraphiQL: the most common operations, ready to run. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GraphiqlTab } from './graphiql.ts';

/** Ids that stand in the tabs which need some. */
export interface TabExamples {
  /** Two runs of one benchmark, to be compared. */
  readonly compared: { readonly base: string; readonly head: string } | null;
  /** The benchmark of the run that is followed: its runs are more than a few chosen scenarios. */
  readonly benchmark: string | null;
  /** Things that are under way, to be followed. */
  readonly followed: {
    readonly benchmarkRun: string | null;
    readonly benchmarkJob: string | null;
    readonly devbox: string | null;
  };
}

export const NO_EXAMPLES: TabExamples = {
  compared: null,
  benchmark: null,
  followed: { benchmarkRun: null, benchmarkJob: null, devbox: null },
};

/** The package, wherever the program was built to: the files of the tabs are shipped as they are. */
const ROOT = dirname(createRequire(import.meta.url).resolve('runloop-graphql/package.json'));
const FOLDER = join(ROOT, 'src/server/graphiql/tabs');

interface Tab {
  /** Its file in `tabs/`, without the ending. */
  readonly name: string;
  /** What its variables are without any example. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What fills its variables; null when nothing does. */
  readonly fill?: (examples: TabExamples) => Readonly<Record<string, string>> | null;
}

/** In the order in which they are shown. */
const TABS: readonly Tab[] = [
  { name: 'dashboard', fill: ofBenchmark },
  { name: 'detail' },
  { name: 'board', fill: ofBenchmark },
  { name: 'progress', fill: ofBenchmark },
  { name: 'compare', variables: { base: '', head: '' }, fill: ({ compared }) => compared },
  { name: 'leaderboard' },
  { name: 'board-live' },
  { name: 'live', variables: { id: '' }, fill: ({ followed }) => idOf(followed.benchmarkRun) },
  { name: 'job', variables: { id: '' }, fill: ({ followed }) => idOf(followed.benchmarkJob) },
  { name: 'devbox', variables: { id: '' }, fill: ({ followed }) => idOf(followed.devbox) },
];

/** The tabs, with what is known to fill their variables. Rejects when a file of the package is missing. */
export function graphiqlTabs(examples: TabExamples): Promise<readonly GraphiqlTab[]> {
  return Promise.all(
    TABS.map(async ({ name, variables = null, fill }) => {
      const query = await readFile(join(FOLDER, `${name}.graphql`), 'utf8');
      const filled = fill?.(examples) ?? variables;
      return filled === null ? { query } : { query, variables: JSON.stringify(filled, null, 2) };
    }),
  );
}

function ofBenchmark({ benchmark }: TabExamples) {
  return benchmark === null ? null : { benchmark };
}

function idOf(id: string | null) {
  return id === null ? null : { id };
}

/** The newest of the runs, which are newest first, and the one before it of the same benchmark; null when there are none. */
export function comparableRuns(
  runs: readonly { readonly id: string; readonly benchmarkId: string | null }[],
): TabExamples['compared'] {
  for (const [index, { id: head, benchmarkId }] of runs.entries()) {
    const base = runs.slice(index + 1).find((run) => benchmarkId !== null && run.benchmarkId === benchmarkId);
    if (base) return { base: base.id, head };
  }
  return null;
}
