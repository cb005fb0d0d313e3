import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles, readImports } from '../lint/import-circles.ts';
import { createFolder } from './support/folder.ts';

/** The circles of a tree with these files. */
async function circlesOf(files: Readonly<Record<string, string>>): Promise<readonly (readonly string[])[]> {
  await using folder = await createFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder.path, file, '..'), { recursive: true });
    await writeFile(join(folder.path, file), text);
  }
  return findCircles(await readImports(folder.path, ['src', 'schema']));
}

describe('the files of src and schema', () => {
  it('import each other in no circle, types included', async () => {
    const imports = await readImports(new URL('../', import.meta.url).pathname, ['src', 'schema']);

    expect(imports.get('src/upstream/upstream.ts')).toContain('src/upstream/endpoints.ts');
    expect(findCircles(imports)).toEqual([]);
  });
});

describe('the check of imports', () => {
  it('finds a circle, also of types and of what is exported again, wherever it is entered', async () => {
    expect(
      await circlesOf({
        'schema/a.ts': "import { b } from '../src/deep/b.ts';",
        'src/deep/b.ts': "import type { C } from '../c.ts';",
        'src/c.ts': "export { d } from './d.ts';",
        'src/d.ts': "export type E = import('./deep/b.ts').B;",
      }),
    ).toEqual([['src/c.ts', 'src/d.ts', 'src/deep/b.ts']]);
  });

  it('finds a file that imports itself', async () => {
    expect(await circlesOf({ 'src/a.ts': "import type { A } from './a.ts';", 'schema/b.ts': '' })).toEqual([
      ['src/a.ts'],
    ]);
  });

  it('takes for none what two files import, and what only comments say', async () => {
    expect(
      await circlesOf({
        'schema/a.ts': "import { b } from './b.ts'; import { c } from './c.ts';",
        'schema/b.ts': "import { c } from './c.ts';",
        'schema/c.ts': "// import { a } from './a.ts';",
        'src/d.ts': "import { a } from '../schema/a.ts'; import ts from 'typescript';",
      }),
    ).toEqual([]);
  });

  it('allows the circles between types of entities that it names, and none through another file', async () => {
    const types = {
      'schema/benchmark-run/type.ts': "import { B } from '../benchmark/type.ts';",
      'schema/benchmark/type.ts': "import { R } from '../benchmark-run/type.ts';",
    };
    expect(await circlesOf({ ...types, 'src/a.ts': '' })).toEqual([]);
    expect(
      await circlesOf({
        ...types,
        'schema/benchmark/type.ts': "import { Q } from './queries.ts';",
        'schema/benchmark/queries.ts': "import { R } from '../benchmark-run/type.ts';",
        'src/a.ts': '',
      }),
    ).toEqual([['schema/benchmark/queries.ts', 'schema/benchmark-run/type.ts', 'schema/benchmark/type.ts']]);
  });
});
