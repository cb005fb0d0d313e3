/**
 * `npm run check:changes`: compares the SDL with that of a commit, and refuses what breaks clients without an entry in CHANGELOG.md.
 * `npm run check:changes -- origin/main` names the commit; without a name it is the last release, a tag such as v1.2.0.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { unannouncedChanges } from './lint/breaking-changes.ts';

const SDL = 'schema/schema.graphql';

const [, , named] = process.argv;
const commit = named ?? lastRelease();
if (commit === null) console.log('There is no release yet that clients could have been written for.');
else await compare(commit);

async function compare(commit: string): Promise<void> {
  const before = git(['show', `${commit}:${SDL}`]);
  if (before === null) {
    console.error(`${commit} has no ${SDL}: expected the name of a commit of this repository`);
    process.exitCode = 2;
    return;
  }
  const [after, changelog] = await Promise.all([readFile(SDL, 'utf8'), readFile('CHANGELOG.md', 'utf8')]);
  const changes = await unannouncedChanges({ before, after, changelog });
  for (const change of changes) console.error(`Breaks clients of ${commit}: ${change}`);
  if (changes.length > 0) {
    console.error('Expected each of them under "Unreleased" in CHANGELOG.md, by its coordinate as code.');
    process.exitCode = 1;
  }
}

function lastRelease(): string | null {
  return git(['describe', '--tags', '--match', 'v*', '--abbrev=0'])?.trim() ?? null;
}

/** What git prints; null where it fails, or there is none. */
function git(args: readonly string[]): string | null {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}
