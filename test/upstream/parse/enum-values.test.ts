import { describe, expect, it } from 'vitest';
import type { UnknownValueEvent } from '../../../src/upstream/observer.ts';
import { parseDevbox } from '../../../src/upstream/rest/parse/devbox.ts';
import { parseScenario } from '../../../src/upstream/rest/parse/scenario.ts';
import { parseScenarioRun } from '../../../src/upstream/rest/parse/scenario-run.ts';
import { createReportUnknown } from '../../../src/upstream/rest/parse/enum-values.ts';
import { DEVBOX, SCENARIO, SCENARIO_RUN } from '../rows.ts';

function createRecorder() {
  const events: UnknownValueEvent[] = [];
  const report = createReportUnknown({ call: () => undefined, unknownValue: (event) => events.push(event) });
  return { events, report };
}

describe('a value that this version does not know', () => {
  it('is unknown, ends nothing, and is reported', () => {
    const { events, report } = createRecorder();
    expect(parseScenarioRun({ ...SCENARIO_RUN, state: 'paused' }, report)).toMatchObject({
      state: 'unknown',
      isTerminal: false,
      isFinished: false,
      outcome: null,
    });
    expect(events).toEqual([{ field: 'scenarioRun.state', value: 'paused', isFirst: true }]);
  });

  it('is unknown in every enumeration of a devbox', () => {
    const { events, report } = createRecorder();
    const strange = {
      ...DEVBOX,
      status: 'a',
      failure_reason: 'b',
      shutdown_reason: 'c',
      initiator_type: 'd',
      capabilities: ['e', 'docker_in_docker', 7],
      launch_parameters: {
        architecture: 'f',
        resource_size_request: 'g',
        after_idle: { idle_time_seconds: 1, on_idle: 'h' },
      },
      state_transitions: [{ status: 'i' }],
    };
    expect(parseDevbox(strange, report)).toMatchObject({
      status: 'unknown',
      isTerminal: false,
      failureReason: 'unknown',
      shutdownReason: 'unknown',
      initiatorType: 'unknown',
      capabilities: ['unknown', 'docker_in_docker'],
      launchParameters: {
        architecture: 'unknown',
        resourceSize: 'unknown',
        afterIdle: { onIdle: 'unknown' },
      },
      stateTransitions: [{ status: 'unknown' }],
    });
    expect(events.map(({ value }) => value).toSorted()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
      'h',
      'i',
    ]);
  });

  it('keeps the name of a seventh scorer', () => {
    const { events, report } = createRecorder();
    const contract = {
      scoring_function_parameters: [{ name: 'x', weight: 1, scorer: { type: 'oracle_scorer' } }],
    };
    expect(parseScenario({ ...SCENARIO, scoring_contract: contract }, report)).toMatchObject({
      scoringFunctions: [{ scorer: { type: 'unknown', typeName: 'oracle_scorer' } }],
    });
    expect(events).toMatchObject([{ field: 'scorer.type', value: 'oracle_scorer' }]);
  });

  it('is reported every time, as new only the first', () => {
    const { events, report } = createRecorder();
    report('a.state', 'x');
    report('a.state', 'x');
    report('b.state', 'x');
    expect(events.map(({ isFirst }) => isFirst)).toEqual([true, false, true]);
  });

  it('is cut to a length that a log line can hold', () => {
    const { events, report } = createRecorder();
    report('a.state', 'x'.repeat(1_000_000));
    expect(events[0]?.value).toHaveLength(64);
  });

  it('is no longer recorded once there are more than an honest upstream has', () => {
    const { events, report } = createRecorder();
    for (let index = 0; index < 1_500; index++) report('a.state', String(index));
    expect(events).toHaveLength(1_500);
    expect(events.filter(({ isFirst }) => isFirst)).toHaveLength(1_000);
  });

  it('is nothing new when the upstream itself says unknown', () => {
    const { events, report } = createRecorder();
    expect(parseDevbox({ ...DEVBOX, initiator_type: 'unknown' }, report)).toMatchObject({
      initiatorType: 'unknown',
    });
    expect(events).toEqual([]);
  });
});
