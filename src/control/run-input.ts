/** `readRunStart`: what a client asks a run to be started with, checked field by field, in the words of the upstream. */
import type { BenchmarkRunStart, RunProfile, ScenarioRunStart } from '../upstream/mutations.ts';
import type { EnvironmentVariable, KeyValue, SecretReference } from '../upstream/types.ts';
import { Issues } from './issues.ts';
import { checkLaunch, type LaunchInput } from './launch-input.ts';
import { type MountInput, readMounts } from './mount-input.ts';
import type { Optional } from './optional.ts';
import type { InputIssue } from './outcome.ts';

interface RunInput {
  readonly name?: Optional<string>;
  readonly metadata?: Optional<readonly KeyValue[]>;
  readonly purpose?: Optional<string>;
  readonly environmentVariables?: Optional<readonly EnvironmentVariable[]>;
  readonly secrets?: Optional<readonly SecretReference[]>;
  readonly mounts?: Optional<readonly MountInput[]>;
  readonly launchParameters?: Optional<LaunchInput>;
}

export interface ScenarioRunInput extends RunInput {
  readonly scenarioId: string;
  readonly benchmarkRunId?: Optional<string>;
}

export interface BenchmarkRunInput extends RunInput {
  readonly benchmarkId: string;
}

/** What to start, or everything that is wrong with it. */
export type ReadInput<Start> =
  | { readonly kind: 'start'; readonly start: Start }
  | { readonly kind: 'invalid'; readonly issues: readonly [InputIssue, ...InputIssue[]] };

export function readScenarioRunStart(input: ScenarioRunInput): ReadInput<ScenarioRunStart> {
  const issues = new Issues();
  issues.id('input.scenarioId', input.scenarioId);
  issues.id('input.benchmarkRunId', input.benchmarkRunId);
  const { scenarioId, benchmarkRunId = null } = input;
  return startOr({ scenarioId, benchmarkRunId, ...readRun(input, issues) }, issues);
}

export function readBenchmarkRunStart(input: BenchmarkRunInput): ReadInput<BenchmarkRunStart> {
  const issues = new Issues();
  issues.id('input.benchmarkId', input.benchmarkId);
  return startOr({ benchmarkId: input.benchmarkId, ...readRun(input, issues) }, issues);
}

function startOr<Start>(start: Start, { found: [first, ...others] }: Issues): ReadInput<Start> {
  return first ? { kind: 'invalid', issues: [first, ...others] } : { kind: 'start', start };
}

function readRun(
  input: RunInput,
  issues: Issues,
): { readonly name: string | null; readonly metadata: readonly KeyValue[]; readonly profile: RunProfile } {
  const { name = null, purpose = null } = input;
  const metadata = input.metadata ?? [];
  issues.text('input.name', name);
  issues.text('input.purpose', purpose);
  for (const [index, { key }] of metadata.entries()) issues.text(`input.metadata[${String(index)}].key`, key);
  issues.unique('input.metadata', metadata, 'key', ({ key }) => key);
  const { environmentVariables, secrets } = readEnvironment(input, issues);
  return {
    name,
    metadata,
    profile: {
      purpose,
      environmentVariables,
      secrets,
      mounts: readMounts('input.mounts', input.mounts ?? [], issues),
      launchParameters: checkLaunch('input.launchParameters', input.launchParameters ?? null, issues),
    },
  };
}

/** Whatever an environment can hold. What a shell can name is less, and not ours to demand. */
const VARIABLE_NAME = /^[^=\s\0]+$/;

function readEnvironment(
  input: RunInput,
  issues: Issues,
): Pick<RunProfile, 'environmentVariables' | 'secrets'> {
  const environmentVariables = input.environmentVariables ?? [];
  const secrets = input.secrets ?? [];
  const checkName = (field: string, name: string) => {
    if (!VARIABLE_NAME.test(name)) issues.add(field, 'a name without blanks and "="', name);
  };
  for (const [index, { name, value }] of environmentVariables.entries()) {
    const field = `input.environmentVariables[${String(index)}]`;
    checkName(`${field}.name`, name);
    if (value.includes('\0')) issues.add(`${field}.value`, 'text without NUL characters');
  }
  issues.unique('input.environmentVariables', environmentVariables, 'name', ({ name }) => name);
  const literal = new Set(environmentVariables.map(({ name }) => name));
  for (const [index, { environmentVariable, secretName }] of secrets.entries()) {
    const field = `input.secrets[${String(index)}]`;
    checkName(`${field}.environmentVariable`, environmentVariable);
    issues.text(`${field}.secretName`, secretName);
    if (literal.has(environmentVariable)) {
      issues.add(
        `${field}.environmentVariable`,
        'no variable that `input.environmentVariables` gives',
        environmentVariable,
      );
    }
  }
  issues.unique('input.secrets', secrets, 'environmentVariable', (secret) => secret.environmentVariable);
  return { environmentVariables, secrets };
}
