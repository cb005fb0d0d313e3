import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Zones with summer times, half hours, and a day that never was; languages with letters and digits of their own. */
const PLACES = [
  { TZ: 'UTC', LANG: 'C' },
  { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8' },
  { TZ: 'Pacific/Apia', LANG: 'ar_EG.UTF-8' },
] as const;

/** Paths of other versions of Node, with a colon between them: `.ci/run` brings two. */
const OTHER_NODES = (process.env['GOLDEN_NODES'] ?? '').split(':').filter((path) => path !== '');

async function answers(node: string, { TZ, LANG }: (typeof PLACES)[number]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(node, ['--import', 'tsx', 'test/golden/print-answers.ts'], {
    env: { ...process.env, TZ, LANG, LC_ALL: LANG, LANGUAGE: LANG },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trimEnd().split('\n');
}

const asked = answers(process.execPath, PLACES[0]);

describe('the golden answers', { timeout: 300_000 }, () => {
  it('are answers, and tell mistakes', async () => {
    const statuses = (await asked).map((line) => (JSON.parse(line) as unknown[])[2]);

    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status === 400).length).toBeGreaterThan(2);
  });

  it.each(PLACES.slice(1))('are the same in the zone $TZ and the language $LANG', async (place) => {
    expect(await answers(process.execPath, place)).toEqual(await asked);
  });

  it.skipIf(OTHER_NODES.length === 0)('are the same on the versions of Node in GOLDEN_NODES', async () => {
    for (const [number, node] of OTHER_NODES.entries()) {
      expect(await answers(node, PLACES[1 + (number % 2)] ?? PLACES[0])).toEqual(await asked);
    }
  });
});
