/** `parseBenchmarkRun`: a benchmark run as the REST API shows it, in camelCase. */
import { isId } from '../../id.ts';
import { isBenchmarkRunTerminal } from '../../lifecycle.ts';
import type { BenchmarkRun, BenchmarkRunState, Row, WireViews } from '../../types.ts';
import { unreadable } from './page.ts';
import { isObject, readDuration, readInstant, readKeyValues, readNumber, readText } from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { endOf, readEnvironmentVariables, readSecretReferences } from './scenario-run.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

export const BENCHMARK_RUN_FIELDS = {
  own: {
    id: true,
    name: true,
    state: true,
    score: true,
    benchmark_id: true,
    start_time_ms: true,
    duration_ms: true,
    purpose: true,
    metadata: true,
    environment_variables: true,
    secrets_provided: true,
  },
} satisfies RowFields<WireViews['benchmarkRun']>;

type Wire = WireOf<typeof BENCHMARK_RUN_FIELDS.own>;

/** Rows of other entities say it in the same words. */
export const BENCHMARK_RUN_STATES = createEnumValues<BenchmarkRunState>('benchmarkRun.state', {
  running: true,
  canceled: true,
  completed: true,
  failed: true,
});

export function parseBenchmarkRun(row: unknown, report: ReportUnknown): Row<BenchmarkRun> {
  if (!isObject(row)) return unreadable('benchmark run', 'form');
  const wire: Wire = row;
  const { id } = wire;
  if (!isId(id)) return unreadable('benchmark run', 'id');
  const state = readEnumValue(BENCHMARK_RUN_STATES, wire.state, report);
  if (state === null) return unreadable('benchmark run', 'state');
  const startedAtMs = readInstant(wire.start_time_ms);
  const durationMs = readDuration(wire.duration_ms);
  return {
    type: 'BenchmarkRun',
    id,
    name: readText(wire.name),
    state,
    isTerminal: isBenchmarkRunTerminal(state),
    score: readNumber(wire.score),
    startedAtMs,
    endedAtMs: endOf(startedAtMs, durationMs),
    durationMs,
    purpose: readText(wire.purpose),
    metadata: readKeyValues(wire.metadata),
    environmentVariables: readEnvironmentVariables(wire.environment_variables),
    secretsProvided: readSecretReferences(wire.secrets_provided),
    benchmarkId: isId(wire.benchmark_id) ? wire.benchmark_id : null,
  };
}
