/** What documents print runs as printed: every shell block, every query, and what is printed as its answer. */
import { readFile } from 'node:fs/promises';
import { expect, describe, it } from 'vitest';
import { startProcess } from '../support/process.ts';
import { examplesOf, strayAnswers } from './blocks.ts';
import { differences, movedPlaces, treeOf } from './compare.ts';
import { runExample } from './run-example.ts';
import { answersAt, beginningOf } from './worlds.ts';

const markdown = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const examples = examplesOf(markdown);
/** Answers that come all at once: events come as the world moves. */
const still = examples.filter(({ run, answer }) => answer?.language !== 'text' && isAsked(run));

function isAsked({ language, text }: { readonly language: string; readonly text: string }): boolean {
  return language === 'graphql' || text.includes('curl');
}

describe('the README', { timeout: 240_000 }, () => {
  it('prints no answer whose question does not stand before it', () => {
    expect(strayAnswers(markdown)).toEqual([]);
  });

  it('prints what a world answers that has just begun (`npm run readme` prints it anew)', async () => {
    const answers = await answersAt(still, { ageMs: 0 });
    for (const [index, { answer, run }] of still.entries()) {
      if (!answer) continue;
      expect(
        differences(treeOf(answer, answer.text), answers[index], { isMoved: () => false }),
        run.text,
      ).toEqual([]);
    }
  });

  it('runs as printed against the gateway that npm start starts; only what lives there has moved', async () => {
    const first = await answersAt(still, { ageMs: 0 });
    const later = [
      await answersAt(still, { ageMs: 30_000, startMs: Date.UTC(2027, 2, 3, 4, 5, 6, 7) }),
      await answersAt(still, { ageMs: 300_000 }),
    ];
    await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
    const url = await gateway.ready();
    for (const example of examples) {
      const { run, answer } = example;
      const { output, files } = await runExample(example, url);
      expect(output, run.text).not.toContain('"errors"');
      for (const start of Object.values(files)) expect(start).toBe('PK');
      expect(Object.keys(files).length).toBe(run.text.match(/curl -OJ/g)?.length ?? 0);
      if (!answer) continue;
      const index = still.indexOf(example);
      const moved = later.flatMap((answers) => movedPlaces(first[index], answers[index]));
      const isMoved =
        index === -1
          ? (path: string) => /\.(?:id|changes)$/.test(path)
          : (path: string) =>
              // What a caller has left depends on what was asked before.
              path.endsWith('.budgetRemaining') ||
              moved.some((place) => path === place || path.startsWith(`${place}.`));
      const [printed, came] = [treeOf(answer, answer.text), treeOf(answer, beginningOf(output, example))];
      expect(differences(printed, came, { isMoved }), run.text).toEqual([]);
    }
  });
});
