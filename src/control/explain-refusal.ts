/** Why the upstream refused to start a run, found out by reading what the run needs: it never says so itself in words of ours. */
import type { BenchmarkRunStart, ScenarioRunStart } from '../upstream/mutations.ts';
import type { Scenario } from '../upstream/types.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { type InputIssue, invalidInput, invalidTransition, type Problem } from './outcome.ts';
import { readOrNull } from './sending.ts';

export interface ExplainOptions {
  readonly session: Pick<UpstreamSession, 'get'>;
  readonly maySeeSecretNames: () => boolean;
}

const NO_NEW_RUN = 'takes no new run';

export async function explainScenarioRunRefusal(
  code: 'BAD_USER_INPUT' | 'CONFLICT',
  { scenarioId, benchmarkRunId, profile }: ScenarioRunStart,
  { session, maySeeSecretNames }: ExplainOptions,
): Promise<Problem> {
  const [scenario, benchmarkRun] = await Promise.all([
    readOrNull(() => session.get('scenario', scenarioId)),
    benchmarkRunId === null ? null : readOrNull(() => session.get('benchmarkRun', benchmarkRunId)),
  ]);
  if (code === 'CONFLICT') {
    return benchmarkRun
      ? invalidTransition(benchmarkRun, 'benchmark run', NO_NEW_RUN)
      : invalidTransition(scenario, 'scenario', NO_NEW_RUN);
  }
  const given: Given = {
    // A run takes from its benchmark run what it does not say itself.
    variables: [...profile.environmentVariables, ...(benchmarkRun?.environmentVariables ?? [])].map(
      ({ name }) => name,
    ),
    secrets: [...profile.secrets, ...(benchmarkRun?.secretsProvided ?? [])].flatMap((secret) => [
      secret.environmentVariable,
      secret.secretName,
    ]),
  };
  return lacking('scenario', scenario, { given, maySeeSecretNames });
}

export async function explainBenchmarkRunRefusal(
  code: 'BAD_USER_INPUT' | 'CONFLICT',
  { benchmarkId, profile }: BenchmarkRunStart,
  { session, maySeeSecretNames }: ExplainOptions,
): Promise<Problem> {
  const benchmark = await readOrNull(() => session.get('benchmark', benchmarkId));
  if (code === 'CONFLICT') return invalidTransition(benchmark, 'benchmark', NO_NEW_RUN);
  const given: Given = {
    variables: profile.environmentVariables.map(({ name }) => name),
    secrets: profile.secrets.flatMap((secret) => [secret.environmentVariable, secret.secretName]),
  };
  return lacking('benchmark', benchmark, { given, maySeeSecretNames });
}

interface Given {
  readonly variables: readonly string[];
  /** Names of variables and of secrets: either may be what a scenario requires. */
  readonly secrets: readonly string[];
}

function lacking(
  noun: string,
  required: Pick<Scenario, 'requiredEnvironmentVariables' | 'requiredSecretNames'> | null,
  { given, maySeeSecretNames }: { readonly given: Given } & Pick<ExplainOptions, 'maySeeSecretNames'>,
): Problem {
  const missing = (names: readonly string[] = [], has: readonly string[]) =>
    names.filter((name) => !has.includes(name));
  const issues: InputIssue[] = missing(required?.requiredEnvironmentVariables, given.variables).map(
    (name) => ({
      field: 'input.environmentVariables',
      message: `Expected \`input.environmentVariables\` to give ${name}, which the ${noun} requires`,
    }),
  );
  const secrets = missing(required?.requiredSecretNames, given.secrets);
  if (secrets.length > 0) {
    const names = maySeeSecretNames() ? secrets.join(', ') : 'all secrets';
    issues.push({
      field: 'input.secrets',
      message: `Expected \`input.secrets\` to provide ${names}, which the ${noun} requires`,
    });
  }
  const [
    first = { field: null, message: 'Runloop refused the input as invalid and does not say which part' },
  ] = issues;
  return invalidInput(first, ...issues.slice(1));
}
