import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type RestStage, startRest } from '../upstream/rest-stage.ts';
import { SCENARIO_RUN } from '../upstream/rows.ts';

/** What the endpoints of a healthy upstream take, in milliseconds. */
const TAKES_MS: readonly (readonly [path: RegExp, ms: number])[] = [
  [/^\/v1\/benchmark_runs\/[^/]+\/scenario_runs/, 1_200],
  [/^\/v1\/scenarios\/runs\/./, 20],
  [/^\/v1\/devboxes\/[^/]+\/logs/, 4_000],
  [/^\/v1\/devboxes\/./, 15],
];

/** Lets time pass until the work is done. */
async function passed({ clock }: RestStage, work: Promise<unknown>): Promise<void> {
  const progress = { isDone: false };
  const done = work.finally(() => {
    progress.isDone = true;
  });
  while (!progress.isDone) await clock.advance(200);
  await done;
}

describe('a healthy upstream whose lists take sixty times as long as its look-ups', () => {
  it('is asked as many things at once after 20 s of both as before', async () => {
    const held: ServerResponse[] = [];
    let isHolding = false;
    await using stage = await startRest((response, _number, { url = '' }) => {
      if (isHolding) {
        held.push(response);
        return;
      }
      const ms = TAKES_MS.find(([path]) => path.test(url))?.[1] ?? 20;
      stage.clock.after(ms, () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ...SCENARIO_RUN, runs: [], logs: [], has_more: false }));
      });
    });
    const { clock, server } = stage;
    const until = clock.now() + 20_000;
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const session = stage.session({ signal, deadlineAt: Infinity });
    const page = { limit: 100, totalCount: false };
    const asks = [
      () => session.get('scenarioRun', 'scr_1'),
      () => session.list('benchmarkRunScenarioRuns', { benchmarkRunId: 'bmr_1' }, page),
      () => session.get('devbox', 'dbx_1').catch(() => null),
      () => session.read('devboxLogs', { id: 'dbx_1' }),
    ];
    const workers = Array.from({ length: 16 }, async (_, worker) => {
      for (let call = worker; clock.now() < until; call++) await asks[call % asks.length]?.();
    });
    await passed(stage, Promise.all(workers));

    isHolding = true;
    const before = server.requests.length;
    const crowd = Array.from({ length: 300 }, () => session.get('scenarioRun', 'scr_1'));
    await server.received(before + 256);
    expect(server.requests.length - before).toBe(256);

    isHolding = false;
    for (const response of held) response.end(JSON.stringify(SCENARIO_RUN));
    await passed(stage, Promise.all(crowd));
  });
});
