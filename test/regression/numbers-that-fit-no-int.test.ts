import { describe, expect, it } from 'vitest';
import { startRewrittenUpstream } from '../support/rewritten-upstream.ts';

/** What is put in the place of every number that an `Int` was thought to hold. */
const ODD = [
  4_294_967_294,
  3_221_225_786,
  0.5,
  -1,
  1e300,
  2 ** 53,
  Number.MIN_VALUE,
  '7',
  'seven',
  null,
  true,
];

const wide = (value: unknown) => {
  const number = typeof value === 'string' ? Number(value || 'x') : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
};
const count = (value: unknown) => {
  const number = wide(value);
  return number !== null && number >= 0 && number < 2 ** 31 ? number : null;
};

const QUERY = `query($devbox: ID!, $job: ID!) {
  devbox(id: $devbox) {
    name
    launchParameters { user { name uid } afterIdle { idleTimeSec } keepAliveSec }
    logs { nodes { message exitCode } }
  }
  benchmarkJob(id: $job) {
    name
    orchestrator { concurrentTrials attempts }
    outcomes { agentName completedCount failedCount timeoutCount }
  }
  devboxes { totalCount nodes { name } }
}`;

describe('a number of the upstream', () => {
  it.each(ODD)('that is %j breaks nothing beside it, and is no defect of the gateway', async (odd) => {
    await using upstream = await startRewrittenUpstream((request, text) => {
      if (request.pathname.endsWith('/logs'))
        return JSON.stringify({
          logs: [
            { level: 'info', source: 'exec', timestamp_ms: 1_767_225_600_000, message: 'm', exit_code: odd },
          ],
        });
      return text.replaceAll('"ODD"', JSON.stringify(odd));
    });
    const { insert } = upstream.world;
    const value = 'ODD' as unknown as number;
    const devbox = insert.devbox({
      name: 'box',
      launch_parameters: {
        // The simulator looks at none of these.
        user_parameters: { username: 'agent', uid: value },
        after_idle: { idle_time_seconds: value, on_idle: 'shutdown' },
        keep_alive_time_seconds: value,
      } as object,
    });
    const job = insert.benchmarkJob({
      name: 'job',
      job_spec: {
        agent_configs: [],
        scenario_ids: [],
        orchestrator_config: { n_attempts: value, n_concurrent_trials: value },
      },
      benchmark_outcomes: [
        {
          benchmark_run_id: 'bmr_1',
          agent_name: 'agent',
          model_name: null,
          average_score: null,
          duration_ms: null,
          n_completed: value,
          n_failed: value,
          n_timeout: value,
          scenario_outcomes: [],
        },
      ],
    });
    const listed = upstream.gateway;

    const { data, errors } = await listed.query(QUERY, { devbox: devbox.id, job: job.id });

    expect(errors).toEqual([]);
    const uid = wide(odd);
    const number = typeof odd === 'string' ? Number(odd) : odd;
    const span = typeof number === 'number' && number <= 253_402_300_799_999 ? Math.max(0, number) : null;
    expect(data).toEqual({
      devbox: {
        name: 'box',
        launchParameters: {
          user: uid === null ? null : { name: 'agent', uid },
          afterIdle: span === null ? null : { idleTimeSec: span },
          keepAliveSec: span,
        },
        logs: { nodes: [{ message: 'm', exitCode: wide(odd) }] },
      },
      benchmarkJob: {
        name: 'job',
        orchestrator: { concurrentTrials: count(odd), attempts: count(odd) },
        outcomes: [
          {
            agentName: 'agent',
            completedCount: count(odd) ?? 0,
            failedCount: count(odd) ?? 0,
            timeoutCount: count(odd) ?? 0,
          },
        ],
      },
      devboxes: { totalCount: 1, nodes: [{ name: 'box' }] },
    });
  });

  it.each([2 ** 31, 0.5, -1, 1e300])('that is a total of %d is none', async (total) => {
    await using upstream = await startRewrittenUpstream((_request, text) =>
      text.replace(/"total_count":\d+/, `"total_count":${String(total)}`),
    );
    upstream.world.insert.devbox({ name: 'box' });

    const { data, errors } = await upstream.gateway.query('{ devboxes { totalCount nodes { name } } }');

    expect(errors).toEqual([]);
    expect(data).toEqual({ devboxes: { totalCount: null, nodes: [{ name: 'box' }] } });
  });

  it('that is a score or a duration beyond all bounds leaves every sum finite', async () => {
    await using upstream = await startRewrittenUpstream((_request, text) =>
      text.replaceAll('"ODD"', '1e308').replaceAll('-7', '-1e308'),
    );
    const { insert } = upstream.world;
    const { id } = insert.benchmarkRun({ state: 'completed' });
    for (let number = 0; number < 3; number++)
      insert.scenarioRun({
        benchmark_run_id: id,
        state: 'completed',
        duration_ms: 'ODD' as unknown as number,
        scoring_contract_result: {
          score: 0.5,
          scoring_function_results: [
            {
              scoring_function_name: 'huge',
              score: 'ODD' as unknown as number,
              output: '',
              state: 'complete',
            },
          ],
        },
      });

    const { errors } = await upstream.gateway.query(
      `{ benchmarkRun(id: "${id}") { stats { meanScore duration { p50 max } scorers { meanScore } } } }`,
    );

    expect(errors).toEqual([]);
  });
});
