/** `createRowCompleteness`: which rows of lists hold all that get-by-id answers, by what both have been seen to carry. */
import { isObject, type WireObject } from './parse/primitives.ts';
import type { Kind, WireViews } from '../types.ts';

export interface RowCompleteness {
  /** Takes in an answer of get-by-id. */
  noteEntity(kind: Kind, entity: unknown): void;
  /**
   * Whether a row of the list at this route is the entity as get-by-id answers it. A row that lacks a field is whole
   * only where that can mean null: rows of this list carry the field when it has a value, or no answer of get-by-id
   * has it either. Until either has been seen, the row is not trusted.
   */
  isWhole(route: string, kind: Kind, row: unknown): boolean;
}

/** Whether a field of a view is read here. */
type Fields<View> = Readonly<Record<keyof View, boolean>>;

/** What a row has to carry, for each kind of thing that lists are trusted with. Naming every field is up to the compiler. */
const TRUSTED: { readonly [K in Kind]: Fields<WireViews[K]> } = {
  scenarioRun: {
    id: true,
    name: true,
    state: true,
    scenario_id: true,
    devbox_id: true,
    benchmark_run_id: true,
    scoring_contract_result: true,
    start_time_ms: true,
    duration_ms: true,
    purpose: true,
    metadata: true,
    environment_variables: true,
    secrets_provided: true,
  },
  benchmarkRun: {
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
  benchmarkJob: {
    id: true,
    name: true,
    state: true,
    create_time_ms: true,
    failure_reason: true,
    job_source: true,
    job_spec: true,
    in_progress_runs: true,
    benchmark_outcomes: true,
  },
  benchmark: {
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
  scenario: {
    id: true,
    name: true,
    status: true,
    is_public: true,
    input_context: true,
    reference_output: true,
    validation_type: true,
    scorer_timeout_sec: true,
    metadata: true,
    required_environment_variables: true,
    required_secret_names: true,
    environment: true,
    scoring_contract: true,
  },
  devbox: {
    id: true,
    name: true,
    status: true,
    create_time_ms: true,
    end_time_ms: true,
    metadata: true,
    failure_reason: true,
    shutdown_reason: true,
    initiator_type: true,
    initiator_id: true,
    blueprint_id: true,
    snapshot_id: true,
    capabilities: true,
    launch_parameters: true,
    state_transitions: true,
    // Not read.
    tunnel: false,
    gateway_specs: false,
    mcp_specs: false,
  },
};

/** Fields of nested objects that a list may leave out, which counts when the object is there. */
const NESTED: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  scenarioRun: ['scoring_contract_result.scoring_function_results'],
  scenario: ['input_context.additional_context', 'scoring_contract.scoring_function_parameters'],
};

export function createRowCompleteness(): RowCompleteness {
  const paths = new Map<Kind, readonly Path[]>();
  for (const [kind, fields] of Object.entries(TRUSTED) as [Kind, Readonly<Record<string, boolean>>][]) {
    const read = Object.keys(fields).filter((field) => fields[field]);
    paths.set(kind, [...read, ...(NESTED[kind] ?? [])].map(pathOf));
  }
  /** Fields that answers of get-by-id have had; a kind that none was seen of has no entry. */
  const answered = new Map<Kind, Set<Path>>();
  /** Fields that rows of a list have had, by its route. */
  const carried = new Map<string, Set<Path>>();

  return {
    noteEntity(kind, entity) {
      const fields = paths.get(kind);
      if (!fields || !isObject(entity)) return;
      const seen = answered.get(kind) ?? new Set();
      answered.set(kind, seen);
      if (seen.size < fields.length) for (const path of fields) if (has(entity, path)) seen.add(path);
    },
    isWhole(route, kind, row) {
      const fields = paths.get(kind);
      if (!fields || !isObject(row)) return false;
      const seen = carried.get(route) ?? new Set();
      carried.set(route, seen);
      // A list that carries every field leaves one out only where it is null.
      if (seen.size === fields.length) return true;
      for (const path of fields) if (has(row, path)) seen.add(path);
      const known = answered.get(kind);
      return fields.every(
        (path) =>
          has(row, path) ||
          seen.has(path) ||
          isAbsent(row, path) ||
          (known !== undefined && !known.has(path) && !isDue(kind, row, path)),
      );
    },
  };
}

interface Path {
  readonly name: string;
  /** The object that has it; null for a field of the entity itself. */
  readonly parent: string | null;
}

function pathOf(field: string): Path {
  const [first = field, second] = field.split('.');
  return second === undefined ? { name: first, parent: null } : { name: second, parent: first };
}

function has(entity: WireObject, { name, parent }: Path): boolean {
  if (parent === null) return name in entity;
  const holder = entity[parent];
  return isObject(holder) && name in holder;
}

/** A nested field of an object that is not there: that the object is missing says it all. */
function isAbsent(entity: WireObject, { parent }: Path): boolean {
  return parent !== null && !isObject(entity[parent]);
}

/** A run that has a result has it, whatever the runs lacked that were looked up so far. */
function isDue(kind: Kind, { state }: WireObject, { name }: Path): boolean {
  return (
    kind === 'scenarioRun' &&
    name === 'scoring_contract_result' &&
    (state === 'scored' || state === 'completed')
  );
}
