/** The command `wait`, against a gateway whose world a test moves and whose connections it cuts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { UsageError } from '../../src/process/token-command.ts';
import { createRandom } from '../../src/simulator/seed/random.ts';
import { runWaitCommand, STATUS } from '../../src/wait/wait-command.ts';
import { readWaitOptions } from '../../src/wait/wait-options.ts';
import { createFolder } from '../support/folder.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { freePort } from '../support/redis.ts';
import { FAST_POLLS } from '../support/subscriptions.ts';
import { startUnreliableProxy } from '../support/unreliable-proxy.ts';

const fastGateway = () => createTestGateway({ env: FAST_POLLS });

/** Waits for what the arguments say, with what it tells. */
function wait(url: string, args: readonly string[]) {
  const told: string[] = [];
  const status = runWaitCommand({
    options: readWaitOptions(['--url', `${url}/graphql`, ...args], { defaultUrl: undefined }),
    token: null,
    fetch,
    clock: createSystemClock(),
    tell: (line) => told.push(line),
  });
  return { told, status };
}

/** A benchmark run with so many passed and failed scenario runs of its own scenarios. */
function insertRun({ world }: TestGateway, scores: readonly number[]) {
  const { id } = world.insert.benchmarkRun({ name: 'Nightly' });
  const runs = scores.map(
    (_, index) =>
      world.insert.scenarioRun({ benchmark_run_id: id, scenario_id: `scn_wait${String(index)}` }).id,
  );
  return {
    id,
    end: (state: 'completed' | 'failed' | 'canceled' = 'completed') => {
      for (const [index, run] of runs.entries()) {
        world.scenarioRuns.update(run, {
          state: 'completed',
          duration_ms: 1_000,
          scoring_contract_result: {
            score: scores[index] ?? 0,
            scoring_function_results: [
              {
                scoring_function_name: 'tests',
                score: scores[index] ?? 0,
                state: 'complete',
                output: 'said <this>',
              },
            ],
          },
        });
      }
      world.benchmarkRuns.update(id, { state, duration_ms: 60_000 });
    },
  };
}

describe('waiting for a benchmark run', { timeout: 30_000 }, () => {
  it('ends with 0 when the run has ended and is good enough, and tells how it goes', async () => {
    await using gateway = await fastGateway();
    const { id, end } = insertRun(gateway, [1, 1, 0, 1]);
    const { told, status } = wait(gateway.url, [id, '--min-pass-rate', '0.75']);
    await expect.poll(() => told.length).toBeGreaterThan(0);
    end();

    expect(await status).toBe(STATUS.good);
    expect(told[0]).toBe('RUNNING, 0 finished, 0 passed, 0 failed, 0 errored');
    expect(told).toContain('COMPLETED, 4 of 4 finished, 3 passed, 1 failed, 0 errored');
    expect(told.at(-1)).toBe('pass rate 75 %');
  });

  it('ends with 1 when it is not, and says why', async () => {
    await using gateway = await fastGateway();
    const [base, head] = [insertRun(gateway, [1, 1, 1]), insertRun(gateway, [1, 0, 0])];
    base.end();
    head.end();
    const judged = wait(gateway.url, [head.id, '--min-pass-rate', '0.5', '--baseline', base.id]);

    expect(await judged.status).toBe(STATUS.bad);
    expect(judged.told).toContain('not good enough: its pass rate is 33.33 %, expected 50 % at least');
    expect(judged.told).toContain('not good enough: 2 scenarios have regressed, expected 0 at most');

    const allowed = wait(gateway.url, [head.id, '--baseline', base.id, '--max-regressions', '2']);
    expect(await allowed.status).toBe(STATUS.good);
  });

  it('ends with 1 when the run was canceled', async () => {
    await using gateway = await fastGateway();
    const { id, end } = insertRun(gateway, [1]);
    end('canceled');
    const { told, status } = wait(gateway.url, [id]);

    expect(await status).toBe(STATUS.bad);
    expect(told.at(-1)).toBe('not good enough: it has ended as CANCELED');
  });

  it('writes every scenario run as JUnit, also those behind the first page', async () => {
    await using gateway = await fastGateway();
    await using folder = await createFolder();
    const { id, end } = insertRun(
      gateway,
      Array.from({ length: 120 }, (_, index) => index % 2),
    );
    end();
    const path = join(folder.path, 'report.xml');

    expect(await wait(gateway.url, [id, '--junit', path]).status).toBe(STATUS.good);
    const report = await readFile(path, 'utf8');
    expect(report).toContain('<testsuite name="Nightly" tests="120" failures="60" errors="0" skipped="0"');
    expect(report.match(/said &lt;this&gt;/g)).toHaveLength(60);
  });

  it('goes on where it was when its connection is cut', async () => {
    await using gateway = await fastGateway();
    const { id, end } = insertRun(gateway, [1, 1]);
    const random = createRandom(3);
    let cuts = 0;
    await using proxy = await startUnreliableProxy({
      target: gateway.url,
      random: () => random.next(),
      maxBytes: 700,
      onCut: () => cuts++,
    });
    const { told, status } = wait(proxy.url, [id]);
    await expect
      .poll(() => {
        gateway.world.benchmarkRuns.update(id, { name: `name ${String(told.length)} ${String(cuts)}` });
        return cuts;
      })
      .toBeGreaterThanOrEqual(2);
    proxy.heal();
    end();

    expect(await status).toBe(STATUS.good);
    expect(told.filter((line) => line.startsWith('tries again: '))).not.toEqual([]);
  });

  it('ends with 2 when the run is unknown, nobody answers, it takes too long, or the report cannot be written', async () => {
    await using gateway = await fastGateway();
    const { id, end } = insertRun(gateway, [1]);
    const unknown = wait(gateway.url, ['bmr_unknown']);
    expect(await unknown.status).toBe(STATUS.unknown);
    expect(unknown.told.at(-1)).toContain('bmr_unknown');

    const [late, nobody] = [
      wait(gateway.url, [id, '--timeout', '1s']),
      wait(`http://127.0.0.1:${String(await freePort())}`, [id, '--timeout', '1s']),
    ];
    expect(await late.status).toBe(STATUS.unknown);
    expect(late.told.at(-1)).toBe(`${id}: it has not ended in 1 s (--timeout)`);
    expect(await nobody.status).toBe(STATUS.unknown);
    expect(nobody.told[0]).toMatch(/^tries again: .* cannot be reached \(.*ECONNREFUSED/);

    end();
    const unwritable = wait(gateway.url, [id, '--junit', '/nowhere/report.xml']);
    expect(await unwritable.status).toBe(STATUS.unknown);
    expect(unwritable.told.at(-1)).toBe(`${id}: /nowhere/report.xml cannot be written (ENOENT)`);
  });
});

describe('its options', () => {
  it.each([
    [[], 'Expected the id of one benchmark run'],
    [['bmr_1', 'bmr_2'], 'Expected the id of one benchmark run'],
    [['bmr_1', '--min-pass-rate', '80'], '--min-pass-rate is "80", expected a number from 0 to 1'],
    [['bmr_1', '--max-regressions', '1'], 'expected --baseline beside it'],
    [
      ['bmr_1', '--baseline', 'bmr_2', '--max-regressions', '-1'],
      "'--max-regressions' argument is ambiguous",
    ],
    [['bmr_1', '--timeout', '10'], '--timeout is "10", expected a number with s, m or h'],
    [['bmr_1', '--url', 'gateway'], '--url is "gateway", expected an http:// or https:// URL'],
    [['bmr_1', '--nothing'], "Unknown option '--nothing'"],
  ])('%j are refused', (args, message) => {
    const read = () => readWaitOptions(args, { defaultUrl: undefined });
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('have the address of the environment, else that of a gateway on this machine', () => {
    const urlOf = (defaultUrl: string | undefined) => readWaitOptions(['bmr_1'], { defaultUrl }).url;
    expect(urlOf('https://gateway.example/graphql')).toBe('https://gateway.example/graphql');
    expect(urlOf(undefined)).toBe('http://127.0.0.1:4000/graphql');
  });
});
