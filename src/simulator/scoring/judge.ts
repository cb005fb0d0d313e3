/** Applies a scoring contract: one result per scoring function, and their weighted mean. */
import type { Random } from '../seed/random.ts';
import type {
  ScenarioView,
  Scorer,
  ScoringContract,
  ScoringContractResult,
  ScoringFunction,
  ScoringFunctionResult,
} from '../wire/scenario.ts';
import { runShell, type ShellState } from '../devbox/shell.ts';
import { brokenScorerOutput, scorerOutput } from './scorer-output.ts';

/** `pass` scores exactly 1, `partial` between 0 and 1, `fail` well below 1. */
export type Verdict = 'pass' | 'partial' | 'fail';

/** One scorer in this many breaks instead of judging, in runs that do not pass. */
const BROKEN_ONE_IN = 20;

/** A result that bears out the verdict. */
export function judge(contract: ScoringContract, verdict: Verdict, random: Random): ScoringContractResult {
  const results = contract.scoring_function_parameters.map((scoring, index) =>
    resultOf(scoring, verdict, index === 0, random),
  );
  return { score: weigh(contract, results), scoring_function_results: results };
}

/**
 * Scores a run that a client drove: scorers made of commands that the simulated shell knows are really run on the
 * devbox, the others are judged by chance.
 */
export function score(scenario: ScenarioView, devbox: ShellState, random: Random): ScoringContractResult {
  const verdict: Verdict = random.chance(0.6) ? 'pass' : 'partial';
  const results = scenario.scoring_contract.scoring_function_parameters.map((scoring, index) => {
    const script = scriptOf(scoring.scorer);
    const outcome = script === undefined ? undefined : runShell(devbox, script);
    // 127: the shell knows too little to judge.
    if (!outcome || outcome.exitStatus === 127) return resultOf(scoring, verdict, index === 0, random);
    return {
      scoring_function_name: scoring.name,
      score: scoreIn(outcome.stdout) ?? (outcome.exitStatus === 0 ? 1 : 0),
      output: outcome.stdout + outcome.stderr,
      state: 'complete' as const,
    };
  });
  return { score: weigh(scenario.scoring_contract, results), scoring_function_results: results };
}

function resultOf(
  { name, scorer }: ScoringFunction,
  verdict: Verdict,
  isFirst: boolean,
  random: Random,
): ScoringFunctionResult {
  if (verdict !== 'pass' && random.integer(1, BROKEN_ONE_IN) === 1) {
    return { scoring_function_name: name, score: 0, output: brokenScorerOutput(random), state: 'error' };
  }
  // The first function decides, so that no run passes by accident.
  const points = verdict === 'pass' ? 1 : verdict === 'partial' ? random.integer(3, 9) / 10 : 0;
  const value = isFirst || verdict === 'pass' ? points : random.pick([0, points, 1]);
  return {
    scoring_function_name: name,
    score: value,
    output: scorerOutput(scorer, value, random),
    state: 'complete',
  };
}

function weigh(contract: ScoringContract, results: readonly ScoringFunctionResult[]): number {
  const weights = contract.scoring_function_parameters.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  const sum = results.reduce((points, result, index) => points + result.score * (weights[index] ?? 0), 0);
  return Math.min(1, Math.max(0, Math.round((sum / total) * 10_000) / 10_000));
}

function scriptOf(scorer: Scorer): string | undefined {
  if (scorer.type === 'bash_script_scorer') return scorer.bash_script;
  if (scorer.type === 'command_scorer') return scorer.command;
  return undefined;
}

/** Scorer scripts say their score as `score=0.5`, or print nothing but a number. */
function scoreIn(stdout: string): number | undefined {
  const text =
    /(?:^|\s)score=([0-9.]{1,30})/.exec(stdout)?.[1] ?? /^([0-9.]{1,30})$/.exec(stdout.trim())?.[1];
  const value = text === undefined ? NaN : Number(text);
  return value >= 0 && value <= 1 ? value : undefined;
}
