/** `npm run bench`: what queries cost, of one id and of many, cold and warm, by size and history, beside a hand-written server and the floor. */
import { cpus, loadavg } from 'node:os';
import type { Figure } from './live/figure.ts';
import { cold } from './queries/cold.ts';
import { distinct } from './queries/distinct.ts';
import { growth } from './queries/growth.ts';
import { history } from './queries/history.ts';
import { createStage, type Stage } from './queries/stage.ts';
import { observed } from './queries/observed.ts';
import { plugins } from './queries/plugins.ts';
import { replicas } from './queries/replicas.ts';
import { throughput } from './queries/throughput.ts';

type Rows = readonly Readonly<Record<string, string | number>>[];

interface Part {
  readonly run: (stage: Stage) => Promise<{ readonly figures: readonly Figure[]; readonly rows: Rows }>;
  /** How many there are in the account to begin with. */
  readonly benchmarkRuns?: number;
}

/** `BENCH_ONLY=cold,growth` runs these only; `BENCH_ROUNDS` and `BENCH_MS` make the turns of `throughput` and `distinct` more or longer. */
const PARTS: Readonly<Record<string, Part>> = {
  throughput: { run: throughput },
  distinct: { run: distinct, benchmarkRuns: 0 },
  cold: { run: cold },
  growth: { run: growth },
  plugins: { run: plugins },
  observed: { run: observed },
  history: { run: history, benchmarkRuns: 1 },
  replicas: { run: replicas },
};

const only = process.env['BENCH_ONLY']?.split(',');
const startedAt = performance.now();
const figures: Figure[] = [];
const tables: Rows[] = [];
let isPinned = false;
for (const [name, { run, ...world }] of Object.entries(PARTS)) {
  if (only && !only.includes(name)) continue;
  // Fresh processes for each part: none inherits the heap of another.
  await using stage = await createStage(world);
  ({ isPinned } = stage);
  const result = await run(stage);
  figures.push(...result.figures);
  tables.push(result.rows);
}

console.log(
  `Node ${process.version}, ${String(cpus().length)} cores (${cpus()[0]?.model ?? 'unknown'}), ` +
    `${isPinned ? 'each server on one, everything else on the other' : 'not pinned'}, ` +
    `load ${(loadavg()[0] ?? 0).toFixed(1)}, ${String(Math.round((performance.now() - startedAt) / 1_000))} s`,
);
console.table(figures.map(({ isMet, ...figure }) => ({ ...figure, '': isMet ? 'met' : 'MISSED' })));
for (const rows of tables) console.table(rows);
