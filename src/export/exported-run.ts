/** `ExportedRun`: one row of an export: a scenario run with everything that a spreadsheet or a notebook wants to know of it. */
import { GatewayError, UnreadableRow } from '../errors.ts';
import { writeInstant } from '../values/instants.ts';
import { failureOf } from '../statistics/failure.ts';
import type { WithoutSecrets } from '../upstream/secret-fields.ts';
import type { Row } from '../upstream/types.ts';

/** A scenario run as an export may see it: without what is sensitive. */
type ExportableRun = WithoutSecrets<'scenarioRun'>;

export interface ExportedRun {
  /** Of a row that could not be read this is all there is, beside `error`; null when not even this could be. */
  readonly id: string | null;
  readonly name: string | null;
  readonly scenarioId: string | null;
  /** Null when the scenario is gone, or could not be read: then `error` says why. */
  readonly scenarioName: string | null;
  /** In the words of the graph. */
  readonly state: string | null;
  readonly outcome: string | null;
  /** Why it did not pass; null when it did, or is unfinished. */
  readonly outcomeReason: string | null;
  readonly score: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly purpose: string | null;
  readonly devboxId: string | null;
  readonly benchmarkRunId: string | null;
  /** What could not be read of the row; null when all of it could. */
  readonly error: string | null;
  /** The score that each scoring function gave, by its name; null for one that broke: it gave none, whatever it says. */
  readonly scores: ReadonlyMap<string, number | null>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The columns that every export has, in their order. */
export const FIXED_COLUMNS = [
  'id',
  'name',
  'scenarioId',
  'scenarioName',
  'state',
  'outcome',
  'outcomeReason',
  'score',
  'startedAt',
  'endedAt',
  'durationMs',
  'purpose',
  'devboxId',
  'benchmarkRunId',
  'error',
] as const satisfies readonly (keyof ExportedRun)[];

/** What is known of a scenario by its id: its name, that it is gone (null), or why it could not be read. */
export type ScenarioNames = ReadonlyMap<string, string | null | GatewayError>;

export function exportedRun(row: Row<ExportableRun>, names: ScenarioNames): ExportedRun {
  if (row instanceof GatewayError)
    return { ...NOTHING, id: row instanceof UnreadableRow ? row.id : null, error: row.message };
  const { startedAtMs, endedAtMs } = row;
  const name = names.get(row.scenarioId) ?? null;
  return {
    id: row.id,
    name: row.name,
    scenarioId: row.scenarioId,
    scenarioName: name instanceof GatewayError ? null : name,
    state: row.state.toUpperCase(),
    outcome: row.outcome?.toUpperCase() ?? null,
    outcomeReason: failureOf(row)?.reason.toUpperCase() ?? null,
    score: row.scoringResult?.score ?? null,
    startedAt: startedAtMs === null ? null : writeInstant(startedAtMs),
    endedAt: endedAtMs === null ? null : writeInstant(endedAtMs),
    durationMs: row.durationMs,
    purpose: row.purpose,
    devboxId: row.devboxId,
    benchmarkRunId: row.benchmarkRunId,
    error: name instanceof GatewayError ? `scenarioName: ${name.message}` : null,
    scores: scoresOf(row),
    metadata: new Map(row.metadata.map(({ key, value }) => [key, value])),
  };
}

const NOTHING: ExportedRun = {
  id: null,
  name: null,
  scenarioId: null,
  scenarioName: null,
  state: null,
  outcome: null,
  outcomeReason: null,
  score: null,
  startedAt: null,
  endedAt: null,
  durationMs: null,
  purpose: null,
  devboxId: null,
  benchmarkRunId: null,
  error: null,
  scores: new Map(),
  metadata: new Map(),
};

/** A name that a scoring contract gives twice counts on: `pytest`, `pytest (2)`. */
function scoresOf({ scoringResult }: ExportableRun): ReadonlyMap<string, number | null> {
  const scores = new Map<string, number | null>();
  for (const { name, score, state } of scoringResult?.functionResults ?? []) {
    let unique = name;
    for (let number = 2; scores.has(unique); number++) unique = `${name} (${String(number)})`;
    // Whoever takes the mean of a column must not find the 0 of a function that broke.
    scores.set(unique, state === 'error' ? null : score);
  }
  return scores;
}
