import { expect, it } from 'vitest';
import { runFollowers } from './follower-runs.ts';
import { createFollowerStage } from './follower-stage.ts';

const PAIRS = 500;

/** Other documents at every run; a failure names the seed. `npm run fuzz` follows in twenty times as many pairs. */
const seed = Math.floor(Math.random() * 2 ** 31);

it('two followers with one document each get what they get alone', { timeout: 180_000 }, async () => {
  await using stage = await createFollowerStage();

  const figures = await runFollowers(stage, { runs: PAIRS, seed });

  expect(figures).toMatchObject({ pairs: PAIRS });
  // What is answered apart anyway would prove nothing.
  expect(figures['answered together']).toBeGreaterThan(PAIRS / 3);
  expect(figures['refused']).toBeLessThan(PAIRS / 4);
});
