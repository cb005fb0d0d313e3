import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Page, ScenarioRun } from '../../src/upstream/types.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { startRest } from './rest-stage.ts';

const PAGE = { limit: 100, totalCount: true };

async function startSimulated() {
  const size = { scale: 0.1, scenarioRuns: 200, inProgress: 1 };
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: createFakeClock(),
    seed: 1,
    speed: 1,
    size,
    maxScenarioRuns: 5_000,
  });
  const stage = await startRest(() => undefined, { baseUrl: simulator.url });
  return {
    ...stage,
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]();
      await simulator[Symbol.asyncDispose]();
    },
  };
}

/** The rows of a page that has some, all of them readable. */
function entities<T>(page: Page<T>): readonly T[] {
  expect(page.rows).not.toHaveLength(0);
  return page.rows.map((row) => {
    if (row instanceof GatewayError) throw row;
    return row;
  });
}

describe('the simulator', () => {
  it('sends nothing that the adapter does not understand', async () => {
    await using stage = await startSimulated();
    const session = stage.session();
    const runs = entities(await session.list('scenarioRuns', {}, PAGE));
    const benchmarkRuns = entities(await session.list('benchmarkRuns', {}, PAGE));
    const benchmarks = entities(await session.list('benchmarks', {}, PAGE));
    const scenarios = entities(await session.list('scenarios', {}, PAGE));
    const devboxes = entities(await session.list('devboxes', {}, PAGE));
    entities(await session.list('benchmarkScenarios', { benchmarkId: benchmarks[0]?.id ?? '' }, PAGE));
    entities(
      await session.list(
        'benchmarkRunScenarioRuns',
        { benchmarkRunId: benchmarkRuns.at(-1)?.id ?? '' },
        PAGE,
      ),
    );
    await session.list('benchmarks', { isPublic: true }, PAGE);
    await session.list('scenarios', { isPublic: true }, PAGE);
    for (const [list, kind] of [
      [runs, 'scenarioRun'],
      [benchmarkRuns, 'benchmarkRun'],
      [benchmarks, 'benchmark'],
      [scenarios, 'scenario'],
      [devboxes, 'devbox'],
    ] as const) {
      const [first] = list;
      expect(await session.get(kind, first?.id ?? '')).toEqual(first);
    }
    const devboxId = devboxes.at(-1)?.id ?? '';
    expect(await session.read('devboxUsage', { id: devboxId })).not.toBeNull();
    expect(await session.read('devboxLogs', { id: devboxId })).not.toBeNull();
    expect(stage.unknownValues).toEqual([]);
    expect(stage.calls.every(({ result }) => 'status' in result && result.status === 200)).toBe(true);
  });

  it('lists every run once, page by page', async () => {
    await using stage = await startSimulated();
    const session = stage.session();
    const all: ScenarioRun[] = [];
    let page = await session.list('scenarioRuns', {}, { limit: 50, totalCount: true });
    const { totalCount } = page;
    all.push(...entities(page));
    while (page.hasMore) {
      page = await session.list('scenarioRuns', {}, { limit: 50, after: all.at(-1)?.id, totalCount: false });
      all.push(...entities(page));
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(totalCount);
    expect(all).toHaveLength(totalCount ?? 0);
  });

  it.each([
    ['scenarioRun', 'scr_000000000000000000000'],
    ['benchmarkRun', 'bmr_000000000000000000000'],
    ['benchmark', 'bmd_000000000000000000000'],
    ['scenario', 'scn_000000000000000000000'],
    ['devbox', 'dbx_000000000000000000000'],
  ] as const)('knows no such %s', async (kind, id) => {
    await using stage = await startSimulated();
    expect(await stage.session().get(kind, id)).toBeNull();
  });

  it('knows no usage of a devbox that there is not', async () => {
    await using stage = await startSimulated();
    const id = 'dbx_000000000000000000000';
    expect(await stage.session().read('devboxUsage', { id })).toBeNull();
  });

  it('accepts a key', async () => {
    await using stage = await startSimulated();
    const { signal } = new AbortController();
    await expect(stage.upstream.ping(stage.account, signal)).resolves.toBeUndefined();
    await expect(stage.upstream.ping(null, signal)).resolves.toBeUndefined();
  });
});
