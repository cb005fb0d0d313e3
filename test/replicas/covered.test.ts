/** A scenario run that is followed at one replica is not polled while another one polls its benchmark run. */
import { describe, expect, it } from 'vitest';
import { changesIn, followBenchmarkRun } from '../support/benchmark-stream.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFleet } from '../support/fleet.ts';
import { FOLLOW_RUN, runEvents } from '../support/subscriptions.ts';

const POLLS = {
  LIVE_POLL_INTERVAL_MS: '50',
  LIVE_IDLE_POLL_INTERVAL_MS: '50',
  LIVE_GRACE_MS: '0',
};

describe(
  'a scenario run and its benchmark run that are followed at different replicas',
  { timeout: 60_000 },
  () => {
    it.each(['before', 'after'])('are one poll when the scenario run is followed %s', async (order) => {
      await using fleet = await createFleet({ env: POLLS });
      const [one, two] = [await fleet.start(), await fleet.start()];
      const run = fleet.world.insert.benchmarkRun();
      const [row] = Array.from({ length: 3 }, () =>
        fleet.world.insert.scenarioRun({ benchmark_run_id: run.id }),
      );
      const id = row?.id ?? '';
      const followParent = async () => {
        const stream = await followBenchmarkRun(one.url, { id: run.id });
        await stream.received(1);
        return stream;
      };
      const followChild = async () => {
        const stream = await openEventStream(two.url, { query: FOLLOW_RUN, variables: { id } });
        await stream.received(1);
        return stream;
      };
      const early = order === 'after' ? await followParent() : null;
      using child = await followChild();
      using parent = early ?? (await followParent());
      /** Of twenty polls of the benchmark run, how many polls of the scenario run there were beside them. */
      const polls = async () => {
        fleet.calls();
        const calls: string[] = [];
        await expect
          .poll(
            () => {
              calls.push(...fleet.calls());
              return calls.filter((call) => call.endsWith(`/benchmark_runs/${run.id}`)).length;
            },
            { timeout: 20_000 },
          )
          .toBeGreaterThanOrEqual(20);
        return calls.filter((call) => call.endsWith(`/runs/${id}`)).length;
      };
      await expect.poll(polls, { timeout: 40_000 }).toBe(0);
      const states = () => runEvents(child).map(({ scenarioRun }) => scenarioRun.state);
      for (const state of ['scoring', 'scored'] as const) {
        fleet.world.scenarioRuns.update(id, { state });
        await expect.poll(() => states().at(-1)).toBe(state.toUpperCase());
        await expect.poll(() => changesIn(parent).at(-1)).toBe(`${id} ${state.toUpperCase()}`);
      }

      expect(states()).toEqual(['RUNNING', 'SCORING', 'SCORED']);
      expect(await polls()).toBe(0);
      expect(runEvents(child).every(({ skipped }) => skipped === 0)).toBe(true);
    });

    it('are polled by themselves when nobody follows the benchmark run any more', async () => {
      await using fleet = await createFleet({ env: POLLS });
      const [one, two] = [await fleet.start(), await fleet.start()];
      const run = fleet.world.insert.benchmarkRun();
      const { id } = fleet.world.insert.scenarioRun({ benchmark_run_id: run.id });
      const parent = await followBenchmarkRun(one.url, { id: run.id });
      await parent.received(1);
      using child = await openEventStream(two.url, { query: FOLLOW_RUN, variables: { id } });
      await child.received(1);
      parent[Symbol.dispose]();
      const last = () => runEvents(child).at(-1)?.scenarioRun.state;
      fleet.world.scenarioRuns.update(id, { state: 'scoring' });
      await expect.poll(last, { timeout: 10_000 }).toBe('SCORING');
      await one[Symbol.asyncDispose]();
      fleet.world.scenarioRuns.update(id, { state: 'scored' });

      await expect.poll(last, { timeout: 10_000 }).toBe('SCORED');
    });
  },
);
