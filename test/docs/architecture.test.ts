/** What ARCHITECTURE.md says of who may import whom is what the linter enforces, and every file has rules. */
import { readdir, readFile } from 'node:fs/promises';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { LEAVES, NAMES, PARTS, ROOMS } from '../../lint/rooms.js';

const root = new URL('../../', import.meta.url);
const text = await readFile(new URL('ARCHITECTURE.md', root), 'utf8');

describe('the rooms', { timeout: 60_000 }, () => {
  it('are imported as ARCHITECTURE.md says', () => {
    const rows = text
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, name = '']) => NAMES.includes(name.replaceAll('`', '')))
      .map(([, name = '', values = '', types = '']) => [
        name.replaceAll('`', ''),
        wordsOf(values),
        wordsOf(types),
      ]);

    expect(rows).toEqual(
      Object.entries(ROOMS)
        .filter(([name]) => NAMES.includes(name) && !LEAVES.includes(name))
        .map(([name, room]) => [name, shortOf(room.values), shortOf(room.types)]),
    );
  });

  it('have every file of src and schema', async () => {
    const eslint = new ESLint({ cwd: root.pathname });
    const entries = await Promise.all(
      ['src', 'schema'].map(async (folder) => {
        const names = await readdir(new URL(folder, root), { recursive: true });
        return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
      }),
    );
    const files = entries.flat();
    const withoutRules: string[] = [];
    for (const file of files) {
      const { rules } = (await eslint.calculateConfigForFile(file)) as {
        readonly rules: Readonly<Record<string, unknown>>;
      };
      if (!rules['no-restricted-imports']) withoutRules.push(file);
    }

    expect(files.length).toBeGreaterThan(300);
    expect(withoutRules).toEqual([]);
  });
});

function wordsOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** All parts together, and all files of the upstream's interface, have one name each. */
function shortOf(entries: readonly string[] = []): readonly string[] {
  const groups = [
    { name: 'parts', of: PARTS },
    { name: 'upstream/*.ts', of: entries.filter((entry) => entry.startsWith('upstream/')) },
  ].filter(({ name, of }) =>
    name === 'parts' ? of.every((part) => entries.includes(part)) : entries.includes('upstream/upstream.ts'),
  );
  const others = entries.filter((entry) => !groups.some(({ of }) => of.includes(entry)));
  return [...others, ...groups.map(({ name }) => name)];
}

describe('the documents', () => {
  it('name files and folders, and link to documents, that exist', async () => {
    const folders = await Promise.all(
      ['deploy', 'docs', 'lint', 'schema', 'src', 'test'].map(async (folder) => {
        const names = await readdir(new URL(folder, root), { recursive: true });
        return [folder, ...names.map((name) => `${folder}/${name}`)];
      }),
    );
    const files = [...(await readdir(root)), ...folders.flat()];
    const documents = files.filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md');
    const missing: string[] = [];
    for (const document of documents) {
      const markdown = await readFile(new URL(document, root), 'utf8');
      for (const [, name = ''] of markdown.matchAll(/`((?!dist\/)[\w./-]+\.(?:ts|js|graphql))`/g))
        if (!files.some((file) => file === name || file.endsWith(`/${name}`)))
          missing.push(`${document}: ${name}`);
      for (const [, link = ''] of markdown.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
        const target = new URL(link, new URL(document, root)).pathname.slice(root.pathname.length);
        if (!files.includes(target.replace(/\/$/, ''))) missing.push(`${document}: ${link}`);
      }
    }

    expect(documents.length).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });
});
