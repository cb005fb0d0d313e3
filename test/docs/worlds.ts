/** The worlds that examples of documents are run in: the one that the gateway starts with, at several ages. */
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { loadConfig } from '../../src/config.ts';
import type { Example } from './blocks.ts';
import { treeOf } from './compare.ts';
import { runExample } from './run-example.ts';

/** When the printed answers were given. */
const PRINTED_AT = Date.UTC(2026, 10, 24, 10);

/** Whether its answer comes all at once: events come as the world moves. */
export function isStill({ run, answer }: Example): boolean {
  const isAsked = run.language === 'graphql' || run.text.includes('curl');
  return isAsked && answer?.language !== 'text';
}

/** Answers of a world as a gateway without settings starts with it, so old, at speed 0 unless it is to live. */
export async function answersAt(
  examples: readonly Example[],
  { ageMs, startMs = PRINTED_AT }: { readonly ageMs: number; readonly startMs?: number },
): Promise<readonly unknown[]> {
  const { upstream } = loadConfig({});
  if (upstream.kind !== 'simulator') throw new Error('Without settings the upstream is the simulator');
  const clock = createFakeClock(startMs);
  const { seed, scenarioRuns, maxScenarioRuns } = upstream;
  const speed = ageMs === 0 ? 0 : upstream.speed;
  await using gateway = await createTestGateway({
    simulator: { clock, seed, speed, size: { scenarioRuns }, maxScenarioRuns },
  });
  await clock.advance(ageMs);
  const answers: unknown[] = [];
  for (const example of examples) {
    const { output } = await runExample(example, gateway.url);
    answers.push(example.answer ? treeOf(example.answer, beginningOf(output, example)) : null);
  }
  return answers;
}

/** Of a table only so many lines are printed. */
export function beginningOf(output: string, { answer }: Example): string {
  if (answer?.language !== 'csv') return output;
  return output.split('\n').slice(0, answer.text.trimEnd().split('\n').length).join('\n');
}
