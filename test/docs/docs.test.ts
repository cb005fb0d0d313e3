/** What each document beside the README prints runs as printed, and is answered as printed. */
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeDocument } from './document-suite.ts';

const names = (await readdir(new URL('../../docs/', import.meta.url))).filter((name) => name.endsWith('.md'));

describe('the documents', () => {
  it('are found', () => {
    expect(names).toContain('access.md');
  });
});

for (const name of names) await describeDocument(`docs/${name}`);
