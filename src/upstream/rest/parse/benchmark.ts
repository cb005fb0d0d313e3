/** `parseBenchmark`: a benchmark as the REST API shows it, in camelCase. */
import { isId } from '../../id.ts';
import type { Benchmark, BenchmarkStatus, Row, WireViews } from '../../types.ts';
import { unreadable } from './page.ts';
import { isObject, readKeyValues, readText, readTexts } from './primitives.ts';
import type { RowFields, WireOf } from './row-fields.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

export const BENCHMARK_FIELDS = {
  own: {
    id: true,
    name: true,
    description: true,
    attribution: true,
    status: true,
    is_public: true,
    metadata: true,
    required_environment_variables: true,
    required_secret_names: true,
    scenarioIds: true,
  },
} satisfies RowFields<WireViews['benchmark']>;

type Wire = WireOf<typeof BENCHMARK_FIELDS.own>;

const STATUSES = createEnumValues<BenchmarkStatus>('benchmark.status', { active: true, archived: true });

export function parseBenchmark(row: unknown, report: ReportUnknown): Row<Benchmark> {
  if (!isObject(row)) return unreadable('benchmark', 'form');
  const wire: Wire = row;
  const { id, name, scenarioIds } = wire;
  if (!isId(id)) return unreadable('benchmark', 'id');
  if (typeof name !== 'string') return unreadable('benchmark', 'name');
  // How much of a run is done is counted against this list: a shorter one would be wrong everywhere.
  if (!Array.isArray(scenarioIds) || !scenarioIds.every(isId)) return unreadable('benchmark', 'scenarioIds');
  const status = readEnumValue(STATUSES, wire.status, report);
  if (status === null) return unreadable('benchmark', 'status');
  return {
    type: 'Benchmark',
    id,
    name,
    description: readText(wire.description),
    attribution: readText(wire.attribution),
    status,
    isPublic: wire.is_public === true,
    metadata: readKeyValues(wire.metadata),
    requiredEnvironmentVariables: readTexts(wire.required_environment_variables),
    requiredSecretNames: readTexts(wire.required_secret_names),
    scenarioIds: [...new Set(scenarioIds)],
  };
}
