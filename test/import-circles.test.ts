import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../src/', import.meta.url);

/** The files of src that each file of src imports, types included. */
function importsOfSrc(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(fileURLToPath(SRC), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => {
      const url = new URL(file, SRC);
      const found = readFileSync(url, 'utf8').matchAll(/ from '(\.[^']{1,200}\.ts)'/g);
      const paths = [...found].map(([, path = '']) => new URL(path, url).href.slice(SRC.href.length));
      return [file, paths.filter((path) => files.includes(path))];
    }),
  );
}

/** The first circle that is found, as the path that leads around it; null when there is none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const left = new Set<string>();
  function look(file: string, path: readonly string[]): readonly string[] | null {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (left.has(file)) return null;
    for (const imported of imports.get(file) ?? []) {
      const circle = look(imported, [...path, file]);
      if (circle) return circle;
    }
    left.add(file);
    return null;
  }
  for (const file of imports.keys()) {
    const circle = look(file, []);
    if (circle) return circle;
  }
  return null;
}

describe('the files of src', () => {
  it('import each other in no circle, types included', () => {
    const imports = importsOfSrc();
    expect(imports.get('upstream/upstream.ts')).toContain('upstream/endpoints.ts');
    expect(circleIn(imports)).toBeNull();
  });

  it('would be found in a circle', () => {
    const imports = new Map([
      ['a.ts', ['b.ts']],
      ['b.ts', ['c.ts', 'd.ts']],
      ['c.ts', []],
      ['d.ts', ['b.ts']],
    ]);
    expect(circleIn(imports)).toEqual(['b.ts', 'd.ts', 'b.ts']);
  });
});
