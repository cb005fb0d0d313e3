import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { parseBenchmark } from '../../../src/upstream/rest/parse/benchmark.ts';
import { parseBenchmarkJob } from '../../../src/upstream/rest/parse/benchmark-job.ts';
import { parseBenchmarkRun } from '../../../src/upstream/rest/parse/benchmark-run.ts';
import { parseDevbox } from '../../../src/upstream/rest/parse/devbox.ts';
import { parseDevboxLog } from '../../../src/upstream/rest/parse/devbox-log.ts';
import { parseDevboxUsage } from '../../../src/upstream/rest/parse/devbox-usage.ts';
import { parseLaunchParameters } from '../../../src/upstream/rest/parse/launch-parameters.ts';
import type { ParseRow } from '../../../src/upstream/rest/parse/page.ts';
import { parseScenario } from '../../../src/upstream/rest/parse/scenario.ts';
import { parseScenarioRun } from '../../../src/upstream/rest/parse/scenario-run.ts';
import {
  BENCHMARK,
  BENCHMARK_JOB,
  BENCHMARK_RUN,
  DEVBOX,
  DEVBOX_LOG,
  DEVBOX_USAGE,
  LAUNCH_PARAMETERS,
  SCENARIO,
  SCENARIO_RUN,
} from '../rows.ts';

interface Kind {
  readonly name: string;
  readonly parse: ParseRow<unknown>;
  readonly row: Readonly<Record<string, unknown>>;
  /** Without one of these a row is an error. */
  readonly required: readonly string[];
  /** What the entity is silent about. */
  readonly left: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'scenario run',
    parse: parseScenarioRun,
    row: SCENARIO_RUN,
    required: ['id', 'scenario_id', 'state'],
    left: [],
  },
  {
    name: 'benchmark run',
    parse: parseBenchmarkRun,
    row: BENCHMARK_RUN,
    required: ['id', 'state'],
    left: [],
  },
  {
    name: 'benchmark',
    parse: parseBenchmark,
    row: BENCHMARK,
    required: ['id', 'name', 'status', 'scenarioIds'],
    left: [],
  },
  {
    name: 'benchmark job',
    parse: parseBenchmarkJob,
    row: BENCHMARK_JOB,
    required: ['id', 'state'],
    left: [],
  },
  {
    name: 'scenario',
    parse: parseScenario,
    row: SCENARIO,
    required: ['id', 'name', 'status', 'input_context'],
    left: [],
  },
  {
    name: 'devbox',
    parse: parseDevbox,
    row: DEVBOX,
    required: ['id', 'status'],
    left: ['tunnel', 'gateway_specs', 'mcp_specs'],
  },
  {
    name: 'devbox usage',
    parse: parseDevboxUsage,
    row: DEVBOX_USAGE,
    required: [
      'total_elapsed_seconds',
      'total_active_seconds',
      'vcpu_seconds',
      'memory_gb_seconds',
      'disk_gb_seconds',
    ],
    left: ['id', 'status'],
  },
  { name: 'devbox log line', parse: parseDevboxLog, row: DEVBOX_LOG, required: [], left: [] },
  {
    name: 'set of launch parameters',
    parse: parseLaunchParameters,
    row: LAUNCH_PARAMETERS,
    required: [],
    // The new place of `after_idle` is filled in this row, so its old one does not count.
    left: ['after_idle', 'available_ports', 'provisioning_tier'],
  },
];

const silent = () => undefined;

function without(row: Kind['row'], property: string): Kind['row'] {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== property));
}

describe.each(KINDS)('a $name', ({ parse, row, required, left }) => {
  it('with everything there is, is this', () => {
    expect(parse(row, silent)).toMatchSnapshot();
  });

  it('with only what it must have is this', () => {
    const minimal = Object.fromEntries(required.map((property) => [property, row[property]]));
    expect(parse(minimal, silent)).toMatchSnapshot();
  });

  it('ignores unknown properties', () => {
    expect(parse({ ...row, from_the_future: { deep: [1] } }, silent)).toEqual(parse(row, silent));
  });

  it('takes null for absent', () => {
    for (const property of Object.keys(row)) {
      const absent = parse(without(row, property), silent);
      expect(parse({ ...row, [property]: null }, silent)).toEqual(absent);
    }
  });

  it('says something about every property but those it leaves out', () => {
    const whole = JSON.stringify(parse(row, silent));
    const silentAbout = Object.keys(row).filter(
      (property) => JSON.stringify(parse(without(row, property), silent)) === whole,
    );
    expect(silentAbout.toSorted()).toEqual(left.toSorted());
  });

  it('is an error without what it must have', () => {
    for (const property of Object.keys(row)) {
      const isError = parse(without(row, property), silent) instanceof GatewayError;
      expect(`${property}: ${String(isError)}`).toBe(`${property}: ${String(required.includes(property))}`);
    }
  });

  it('is an entity or an UPSTREAM_ERROR, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const entity = parse(value, silent);
        if (entity instanceof GatewayError) expect(entity.code).toBe('UPSTREAM_ERROR');
      }),
    );
  });

  it('is an entity or an UPSTREAM_ERROR, whatever JSON one of its properties is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(row)), fc.jsonValue({ maxDepth: 4 }), (property, value) => {
        const entity = parse({ ...row, [property]: value }, silent);
        if (entity instanceof GatewayError) expect(entity.code).toBe('UPSTREAM_ERROR');
        else expect(Object.keys(entity as object)).toEqual(Object.keys(parse(row, silent) as object));
      }),
    );
  });

  it('holds no number that JSON or GraphQL cannot', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(row)), fc.double(), (property, value) => {
        const numbers: number[] = [];
        JSON.stringify(parse({ ...row, [property]: value }, silent), (_, item: unknown) => {
          if (typeof item === 'number') numbers.push(item);
          return item;
        });
        expect(numbers.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('an id of another entity', () => {
  it.each(['../../secrets', '', 'a b', 7, {}])('that is %j is none', (id) => {
    const run = parseScenarioRun({ ...SCENARIO_RUN, devbox_id: id, benchmark_run_id: id }, silent);
    expect(run).toMatchObject({ devboxId: null, benchmarkRunId: null });
  });
});

describe('the result of a scenario run', () => {
  const parse = (result: unknown) =>
    parseScenarioRun({ ...SCENARIO_RUN, scoring_contract_result: result }, silent);

  it('decides its outcome', () => {
    expect(parse({ score: 1, scoring_function_results: [] })).toMatchObject({ outcome: 'passed' });
    expect(parse({ score: '1.0' })).toMatchObject({ outcome: 'passed' });
    expect(parse({ score: 0.999 })).toMatchObject({ outcome: 'failed' });
    expect(parse(null)).toMatchObject({ outcome: 'errored', scoringResult: null });
  });

  it('is none while it has no score', () => {
    expect(parse({ score: null, scoring_function_results: [] })).toMatchObject({ scoringResult: null });
  });

  it.each(['1', 7, [], { score: 'high' }, { score: {} }])('that is %j makes the row an error', (result) => {
    expect(parse(result)).toMatchObject({ code: 'UPSTREAM_ERROR' });
  });

  it('leaves out what is no result of a function and fills what one lacks', () => {
    const results = [null, 'x', {}, { scoring_function_name: 'f', score: null, state: 'exploded' }];
    expect(parse({ score: 0.5, scoring_function_results: results })).toMatchObject({
      scoringResult: {
        functionResults: [
          { name: '', score: 0, state: 'unknown', output: '' },
          { name: 'f', score: 0, state: 'unknown', output: '' },
        ],
      },
    });
  });
});

describe("a devbox's history", () => {
  const parse = (transitions: unknown) => parseDevbox({ ...DEVBOX, state_transitions: transitions }, silent);

  it('lasts from each transition to the next', () => {
    expect(parse(DEVBOX.state_transitions)).toMatchObject({
      stateTransitions: [
        { status: 'queued', durationMs: 1_500 },
        { status: 'running', durationMs: 98_500 },
        { status: 'shutdown', durationMs: null, failureReason: 'idle' },
      ],
    });
  });

  it('lasts an unknown time where a time is missing, and never less than none', () => {
    const transitions = [
      { status: 'queued', transition_time_ms: 5_000 },
      { status: 'provisioning', transition_time_ms: 4_000 },
      { status: 'running' },
      'not a transition',
      { status: 'dancing', transition_time_ms: 'soon' },
    ];
    expect(parse(transitions)).toMatchObject({
      stateTransitions: [
        { status: 'queued', atMs: 5_000, durationMs: 0 },
        { status: 'provisioning', atMs: 4_000, durationMs: null },
        { status: 'running', atMs: null, durationMs: null },
        { status: 'unknown', atMs: null, durationMs: null },
      ],
    });
  });
});

describe('the credentials of a devbox', () => {
  it('stay upstream', () => {
    expect(JSON.stringify(parseDevbox(DEVBOX, silent))).not.toMatch(/secret|sec_1|tunnel/);
  });
});

describe('the idle action of launch parameters', () => {
  it('is read from its old place while the new one is empty', () => {
    expect(parseLaunchParameters(without(LAUNCH_PARAMETERS, 'lifecycle'), silent)).toMatchObject({
      afterIdle: { idleTimeSec: 60, onIdle: 'suspend' },
    });
    expect(parseLaunchParameters(LAUNCH_PARAMETERS, silent)).toMatchObject({
      afterIdle: { idleTimeSec: 90, onIdle: 'shutdown' },
    });
  });
});

describe('a benchmark job', () => {
  const parse = (parts: object) => parseBenchmarkJob({ ...BENCHMARK_JOB, ...parts }, silent);

  it.each([
    ['initializing', false],
    ['queued', false],
    ['running', false],
    ['completed', true],
    ['failed', true],
    ['cancelled', true],
    ['timeout', true],
    ['canceled', false],
  ])('in the state %s is over: %s', (state, isTerminal) => {
    expect(parse({ state })).toMatchObject({
      state: state === 'canceled' ? 'unknown' : state,
      isTerminal,
    });
  });

  it.each([
    [
      { type: 'harbor', inline_yaml: 'a: 1' },
      { type: 'harbor', inlineYaml: 'a: 1' },
    ],
    [
      { type: 'scenarios', scenario_ids: ['scn_1', '../x', 7] },
      { type: 'scenarios', scenarioIds: ['scn_1'] },
    ],
    [
      { type: 'benchmark', benchmark_id: 'a/b' },
      { type: 'benchmark', benchmarkId: null, benchmarkName: null },
    ],
    [
      { type: 'dataset', rows: 5 },
      { type: 'unknown', typeName: 'dataset' },
    ],
    [{}, { type: 'unknown', typeName: '' }],
    ['x', null],
  ])('made from %j is made from %j', (job_source, source) => {
    expect(parse({ job_source })).toMatchObject({ source });
  });

  it('loses a row without the id of a run, and no other', () => {
    const [run, other] = BENCHMARK_JOB.in_progress_runs ?? [];
    const [outcome] = BENCHMARK_JOB.benchmark_outcomes ?? [];
    expect(
      parse({
        in_progress_runs: [null, { ...run, benchmark_run_id: '../x' }, { ...other, state: 'dancing' }],
        benchmark_outcomes: [7, { ...outcome, benchmark_run_id: null }, outcome],
      }),
    ).toMatchObject({
      inProgressRuns: [{ benchmarkRunId: 'bmr_2', state: 'unknown', agent: null }],
      outcomes: [{ benchmarkRunId: 'bmr_3' }],
    });
  });

  it('counts the outcomes of scenarios itself where the upstream does not', () => {
    const outcome = {
      benchmark_run_id: 'bmr_1',
      scenario_outcomes: [
        { state: 'COMPLETED' },
        { state: 'TIMEOUT' },
        { state: 'TIMEOUT' },
        { state: 'GONE' },
      ],
    };
    expect(parse({ benchmark_outcomes: [outcome] })).toMatchObject({
      outcomes: [
        {
          completedCount: 1,
          failedCount: 0,
          timeoutCount: 2,
          scenarioOutcomes: [
            { state: 'COMPLETED', failureReason: null },
            { state: 'TIMEOUT' },
            { state: 'TIMEOUT' },
            { state: 'unknown' },
          ],
        },
      ],
    });
  });
});
