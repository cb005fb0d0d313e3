/** `npm run bench:live`: what following costs and how fast it is, beside a bare broadcaster and stock Yoga. */
import { cpus } from 'node:os';
import { fanout } from './live/fanout.ts';
import type { Figure } from './live/figure.ts';
import { latency } from './live/latency.ts';
import { memory } from './live/memory.ts';
import { acrossReplicas, fanoutOverRedis, holderKilled } from './live/replicas.ts';
import { rollingRestart } from './live/rolling-restart.ts';
import { createStage, type Stage } from './live/stage.ts';
import { stall } from './live/stall.ts';
import { upstreamCost } from './live/upstream-cost.ts';
import { openFilesLimit } from './live/usage.ts';

/** The part that follows most at once has three servers with 5,000 each. */
const OPEN_FILES = 16_000;

const figures: Figure[] = [];
const rows: Readonly<Record<string, string | number>>[] = [];
const keep = async (measuring: Promise<readonly Figure[]>) => {
  figures.push(...(await measuring));
};

/** `BENCH_ONLY=fanout,memory` runs these only. */
const PARTS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  latency: (stage) => keep(latency(stage)),
  upstream: (stage) => keep(upstreamCost(stage)),
  fanout: async (stage) => {
    for (const transport of ['SSE', 'WebSocket'] as const) {
      const result = await fanout(stage, transport);
      figures.push(...result.figures);
      rows.push(...result.rows);
    }
  },
  memory: async (stage) => {
    for (const transport of ['SSE', 'WebSocket'] as const) await keep(memory(stage, transport));
  },
  stall: (stage) => keep(stall(stage)),
  handover: (stage) => keep(acrossReplicas(stage)),
  redis: async (stage) => {
    for (const transport of ['SSE', 'WebSocket'] as const) {
      const result = await fanoutOverRedis(stage, transport);
      figures.push(...result.figures);
      rows.push(...result.rows);
    }
  },
  kills: (stage) => keep(holderKilled(stage)),
  restart: (stage) => keep(rollingRestart(stage)),
};

const only = process.env['BENCH_ONLY']?.split(',');
const limit = openFilesLimit();
if (limit < OPEN_FILES)
  console.warn(`Open files are limited to ${String(limit)}; ${String(OPEN_FILES)} are needed`);

const startedAt = performance.now();
let isPinned = false;
for (const [name, run] of Object.entries(PARTS)) {
  if (only && !only.includes(name)) continue;
  // Fresh processes for each part: none inherits the heap of another.
  await using stage = await createStage();
  ({ isPinned } = stage);
  await run(stage);
}

console.log(
  `Node ${process.version}, ${String(cpus().length)} cores (${cpus()[0]?.model ?? 'unknown'}), ` +
    `${isPinned ? 'the server on one, everything else on the other' : 'not pinned'}, ` +
    `${String(Math.round((performance.now() - startedAt) / 1_000))} s`,
);
console.table(figures.map(({ isMet, ...figure }) => ({ ...figure, '': isMet ? 'met' : 'MISSED' })));
if (rows.length > 0) console.table(rows);
