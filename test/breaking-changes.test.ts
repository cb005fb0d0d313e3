import { describe, expect, it } from 'vitest';
import { unannouncedChanges } from '../lint/breaking-changes.ts';

const BEFORE = `
type Query { run(id: ID!): Run }
type Run { id: ID! score: Float state: State! }
enum State { RUNNING DONE }
`;

const changelogWith = (entry: string) => `# Changelog

## [Unreleased]

### Changed

- ${entry}

## [1.0.0]

### Removed

- \`Run.state\`, because of nothing.
`;

const changesTo = (after: string, entry = 'Nothing.') =>
  unannouncedChanges({ before: BEFORE, after, changelog: changelogWith(entry) });

describe('changes of the graph', () => {
  it('are welcome while they break nothing', async () => {
    expect(await changesTo(BEFORE.replace('score: Float', 'score: Float duration: Float'))).toEqual([]);
    expect(await changesTo(BEFORE.replace('DONE', 'DONE LOST'))).toEqual([]);
  });

  it('are refused when they break clients and the changelog names them nowhere', async () => {
    expect(await changesTo(BEFORE.replace('score: Float', ''))).toEqual([
      "Field 'score' was removed from object type 'Run'",
    ]);
    expect(await changesTo(BEFORE.replace('run(id: ID!)', 'run(id: ID!, of: ID!)'))).toHaveLength(1);
    expect(await changesTo(BEFORE.replace('RUNNING DONE', 'RUNNING'))).toHaveLength(1);
  });

  it('are accepted when the changelog names them, or what they are a part of, below Unreleased', async () => {
    const without = BEFORE.replace('score: Float', '');
    expect(await changesTo(without, '`Run.score` is gone: ask `Run.rate`.')).toEqual([]);
    expect(await changesTo(without, '`Run` has changed throughout.')).toEqual([]);
    expect(await changesTo(without, 'Run.score is gone, without being marked as code.')).toHaveLength(1);
  });

  it('are not announced by what the changelog said of a release before', async () => {
    expect(await changesTo(BEFORE.replace('state: State!', ''))).toHaveLength(1);
  });
});
