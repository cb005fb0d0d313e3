import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobAgents } from '../../src/statistics/job-agents.ts';
import type { BenchmarkJob, BenchmarkRunState } from '../../src/upstream/types.ts';
import { benchmarkJob, inProgressRun, jobAgentConfig, jobOutcome } from '../support/entities.ts';

const CLAUDE = jobAgentConfig('claude-code', 'opus');
const SONNET = jobAgentConfig('claude-code', 'sonnet');
const CODEX = jobAgentConfig('codex', 'gpt');

/** Each agent in a word: `claude-code/opus bmr_1 running`. */
function told(parts: Partial<BenchmarkJob>): readonly string[] {
  return jobAgents(benchmarkJob({ id: 'job_1', ...parts })).map(
    ({ agentName, modelName, benchmarkRunId, state }) =>
      `${agentName ?? '?'}/${modelName ?? '-'} ${benchmarkRunId ?? '-'} ${state}`,
  );
}

describe('the agents of a job', () => {
  it('are pending until their benchmark runs start', () => {
    expect(told({ agentConfigs: [CLAUDE, CODEX] })).toEqual([
      'claude-code/opus - pending',
      'codex/gpt - pending',
    ]);
  });

  it('are in the order of the job, whatever the order of their runs', () => {
    expect(
      told({
        agentConfigs: [CLAUDE, SONNET, CODEX],
        inProgressRuns: [inProgressRun('bmr_3', CODEX), inProgressRun('bmr_2', SONNET)],
        outcomes: [jobOutcome('bmr_1', CLAUDE)],
      }),
    ).toEqual([
      'claude-code/opus bmr_1 finished',
      'claude-code/sonnet bmr_2 running',
      'codex/gpt bmr_3 running',
    ]);
  });

  it('have what came of them rather than their row in progress', () => {
    const [agent, ...others] = jobAgents(
      benchmarkJob({
        id: 'job_1',
        agentConfigs: [CLAUDE],
        inProgressRuns: [inProgressRun('bmr_1', CLAUDE, { startedAtMs: 5, durationMs: 1 })],
        outcomes: [jobOutcome('bmr_1', CLAUDE, { durationMs: 60_000 })],
      }),
    );
    expect(others).toEqual([]);
    expect(agent).toMatchObject({
      state: 'finished',
      startedAtMs: 5,
      durationMs: 60_000,
      outcome: { benchmarkRunId: 'bmr_1' },
      config: CLAUDE,
    });
  });

  it.each<readonly [BenchmarkRunState, string]>([
    ['running', 'running'],
    ['unknown', 'running'],
    ['completed', 'finished'],
    ['canceled', 'finished'],
    ['failed', 'finished'],
  ])('whose row is %s are %s', (state, expected) => {
    expect(
      told({ agentConfigs: [CLAUDE], inProgressRuns: [inProgressRun('bmr_1', CLAUDE, { state })] }),
    ).toEqual([`claude-code/opus bmr_1 ${expected}`]);
  });

  it('with the same name and model are distinguished by their order', () => {
    expect(
      told({
        agentConfigs: [CLAUDE, CLAUDE, CLAUDE],
        inProgressRuns: [inProgressRun('bmr_1', CLAUDE), inProgressRun('bmr_2', CLAUDE)],
      }),
    ).toEqual([
      'claude-code/opus bmr_1 running',
      'claude-code/opus bmr_2 running',
      'claude-code/opus - pending',
    ]);
  });

  it('are recognised where only one side says the model', () => {
    expect(
      told({
        agentConfigs: [jobAgentConfig('codex'), CLAUDE],
        inProgressRuns: [inProgressRun('bmr_2', jobAgentConfig('claude-code'))],
        outcomes: [jobOutcome('bmr_1', CODEX)],
      }),
    ).toEqual(['codex/gpt bmr_1 finished', 'claude-code/opus bmr_2 running']);
  });

  it('are those outside of the job, too', () => {
    expect(told({ agentConfigs: [CLAUDE], inProgressRuns: [inProgressRun('bmr_1', null)] })).toEqual([
      'claude-code/opus - pending',
      '?/- bmr_1 running',
    ]);
  });

  it('are each run once and each configured agent once, whatever the job says', () => {
    const configs = fc.constantFrom(CLAUDE, SONNET, CODEX, jobAgentConfig('codex'));
    const ids = fc.constantFrom('bmr_1', 'bmr_2', 'bmr_3', 'bmr_4', 'bmr_5');
    const job = fc.record({
      agentConfigs: fc.array(configs, { maxLength: 5 }),
      inProgressRuns: fc.array(
        fc.tuple(ids, fc.option(configs)).map(([id, config]) => inProgressRun(id, config)),
      ),
      outcomes: fc.array(fc.tuple(ids, configs).map(([id, config]) => jobOutcome(id, config))),
    });
    fc.assert(
      fc.property(job, (parts) => {
        const agents = jobAgents(benchmarkJob({ id: 'job_1', ...parts }));
        const runs = new Set([...parts.inProgressRuns, ...parts.outcomes].map((run) => run.benchmarkRunId));
        const shown = agents.flatMap(({ benchmarkRunId }) => benchmarkRunId ?? []);
        expect(shown.toSorted()).toEqual([...runs].toSorted());
        expect(agents.slice(0, parts.agentConfigs.length).map(({ config }) => config)).toEqual(
          parts.agentConfigs,
        );
        // No row in progress hides what came of its run.
        for (const { outcome } of parts.outcomes.map((each) => ({ outcome: each }))) {
          const agent = agents.find(({ benchmarkRunId }) => benchmarkRunId === outcome.benchmarkRunId);
          expect(agent).toMatchObject({ state: 'finished' });
          expect(agent?.outcome).not.toBeNull();
        }
      }),
    );
  });
});
