/** `describeDocument`: a document runs as printed: every shell block, every query, and what is printed as its answer. */
import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { startProcess } from '../support/process.ts';
import { type Block, type Example, examplesOf, strayAnswers } from './blocks.ts';
import { differences, movedPlaces, treeOf } from './compare.ts';
import { runExample } from './run-example.ts';
import { answersAt, beginningOf, isStill } from './worlds.ts';

/** What is another of its kind at each issue of a token. */
const ISSUED = /\.(?:sha256|expiresAt)$/;

/** `path` from the root of the project. */
export async function describeDocument(path: string): Promise<void> {
  const markdown = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const examples = examplesOf(markdown);
  const still = examples.filter(isStill);

  describe(path, { timeout: 240_000 }, () => {
    it('prints no answer whose question does not stand before it', () => {
      expect(strayAnswers(markdown)).toEqual([]);
    });

    it('prints no document that the graph does not know', () => {
      const documents = examples.filter(({ run }) => run.language === 'graphql');
      const mistaken = documents.flatMap(({ run }) => validate(schema, parse(run.text)));
      expect(mistaken.map(({ message }) => message)).toEqual([]);
    });

    if (still.length > 0) {
      it('prints what a world answers that has just begun (`npm run readme` prints it anew)', async () => {
        const answers = await answersAt(still, { ageMs: 0 });
        for (const [index, { answer, run }] of still.entries()) {
          if (!answer) continue;
          const printed = treeOf(answer, answer.text);
          expect(differences(printed, answers[index], { isMoved: () => false }), run.text).toEqual([]);
        }
      });
    }

    if (examples.length > 0) {
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
          expectFiles(example, files);
          if (!answer) continue;
          const index = still.indexOf(example);
          const moved = later.flatMap((answers) => movedPlaces(first[index], answers[index]));
          const isMoved =
            index === -1
              ? (place: string) => /\.(?:id|changes|cursor)$/.test(place)
              : (place: string) =>
                  // What a caller has left depends on what was asked before.
                  place.endsWith('.budgetRemaining') ||
                  moved.some((one) => place === one || place.startsWith(`${thingOf(one)}.`));
          const [printed, came] = [treeOf(answer, answer.text), treeOf(answer, beginningOf(output, example))];
          expect(differences(printed, came, { isMoved }), run.text).toEqual([]);
        }
      });
    }
  });
}

/** What is printed of a file is in it; any other is an archive that was downloaded. */
function expectFiles({ run, files: printed }: Example, files: ReadonlyMap<string, Buffer>): void {
  const titled = new Map(printed.map((block) => [block.title ?? '', block]));
  const archives = [...files].filter(([name]) => !titled.has(name));
  for (const [, bytes] of archives) expect(bytes.subarray(0, 2).toString('latin1')).toBe('PK');
  expect(archives.length).toBe(run.text.match(/curl -OJ/g)?.length ?? 0);
  for (const [name, block] of titled) expectFile(block, files.get(name)?.toString() ?? '');
}

function expectFile(block: Block, text: string): void {
  const [printed, came] = [treeOf(block, block.text), treeOf(block, text)];
  expect(differences(printed, came, { isMoved: (place) => ISSUED.test(place) }), block.title ?? '').toEqual(
    [],
  );
}

/** What has moved with a place: another id is another thing, of which nothing need be as before. */
function thingOf(place: string): string {
  return place.endsWith('.id') ? place.slice(0, -'.id'.length) : place;
}
