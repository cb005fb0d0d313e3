/** `runFollowers`: pairs of followers with one random document, each of whom must get what they get alone. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { schema } from '../../schema/index.ts';
import type { Figures } from './document-runs.ts';
import type { FollowerStage } from './follower-stage.ts';
import { type FollowerPair, followerPairs } from './followers.ts';

export async function runFollowers(
  stage: FollowerStage,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<Figures> {
  const figures = { pairs: 0, 'answered together': 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(followerPairs({ schema, pool: stage.pool }), async (pair) => {
      let followed = await followInBothWays(stage, pair);
      // Which of several errors is named can depend on what was read first. Nothing has to be read again.
      if (!isSame(followed)) followed = await followInBothWays(stage, pair);
      if (!isSame(followed)) assert.deepEqual(followed.together, followed.alone, JSON.stringify(pair));
      note(figures, followed);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  return figures;
}

type Followed = Awaited<ReturnType<typeof followInBothWays>>;

async function followInBothWays(stage: FollowerStage, { variables, ...asked }: FollowerPair) {
  const together = await stage.follow({ ...asked, variables });
  const [first, second] = [
    await stage.follow({ ...asked, variables: [variables[0]] }),
    await stage.follow({ ...asked, variables: [variables[1]] }),
  ];
  return {
    together: together.told,
    alone: [...first.told, ...second.told],
    hasShared: together.executions < first.executions + second.executions,
  };
}

function isSame({ together, alone }: Followed): boolean {
  return together.every((told, index) => told === alone[index]);
}

function note(
  figures: Record<'pairs' | 'answered together' | 'refused', number>,
  { alone, hasShared }: Followed,
): void {
  figures.pairs++;
  if (hasShared) figures['answered together']++;
  if (alone.every((told) => !told.startsWith('event: next'))) figures.refused++;
}
