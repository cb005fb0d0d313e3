/** Refuses files of `src` and `schema` that import each other in a circle, type imports included: a file is read without knowing who reads it. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/**
 * Types of entities that have each other: a run is of a benchmark, which has runs. A circle is natural when all of its files
 * are among these.
 */
const NATURAL: ReadonlySet<string> = new Set([
  'schema/benchmark-run/type.ts',
  'schema/benchmark/type.ts',
  'schema/scenario-run/type.ts',
  'schema/scenario/type.ts',
]);

/** What each file imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Circles with a file that is not natural, each as the files on a shortest way round; one for files that share several. */
export function findCircles(
  graph: ImportGraph,
  natural: ReadonlySet<string> = NATURAL,
): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  const found = new Set<string>();
  for (const file of [...graph.keys()].sort()) {
    if (natural.has(file) || found.has(file)) continue;
    const circle = shortestCircle(graph, file);
    for (const member of circle) found.add(member);
    if (circle.length > 0) circles.push(circle);
  }
  return circles;
}

/** Breadth first; empty when no import leads back to the file. */
function shortestCircle(graph: ImportGraph, start: string): readonly string[] {
  const ways: (readonly [string, ...string[]])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way[0]) ?? []) {
      if (next === start) return way.toReversed();
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([next, ...way]);
    }
  }
  return [];
}

/** The imports of all files in the folders, types and re-exports included, by their paths from `root`. */
export async function readImports(root: string, folders: readonly string[]): Promise<ImportGraph> {
  const graph = new Map<string, readonly string[]>();
  for (const folder of folders) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = join(folder, name);
      const { importedFiles } = ts.preProcessFile(await readFile(join(root, file), 'utf8'));
      const imported = importedFiles.flatMap(({ fileName }) =>
        fileName.startsWith('.') ? [join(dirname(file), fileName)] : [],
      );
      graph.set(file, imported);
    }
  }
  return graph;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const circle of findCircles(await readImports(join(import.meta.dirname, '..'), ['src', 'schema']))) {
    console.error(
      `Expected no circle of imports, give what these share a file of its own: ${[...circle, circle[0]].join(' → ')}`,
    );
    process.exitCode = 1;
  }
}
