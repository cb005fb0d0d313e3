/** Each recipe of CONTRIBUTING.md names files that exist, and every file that had to be touched for an example of it. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../src/live/kinds/kinds.ts';
import { ENTITIES } from '../../src/upstream/endpoints.ts';

const root = new URL('../../', import.meta.url);

const TEXTS = /\.(?:ts|js|md|graphql|snap)$/;
const FILES: ReadonlyMap<string, string> = new Map(
  await Promise.all(
    (await namesOf()).map(async (name) => [name, await readFile(new URL(name, root), 'utf8')] as const),
  ),
);

/** What is written about the project's past, and about this. */
const RECORDS = /^docs\/decisions\/|^CONTRIBUTING\.md$/;

const RECIPES = recipesOf(FILES.get('CONTRIBUTING.md') ?? '');

const FIELD = 'Add a field that the upstream already sends';
const COSTS = 'Add a field that calls the upstream';
const ENTITY = 'Add an entity, or another read of the upstream';
const KIND = 'Follow a new kind';
const SUBSCRIPTION = 'Add a subscription';
const SENSITIVE = 'Name something sensitive';
const MUTATION = 'Add a mutation';
const SETTING = 'Add a setting';

interface Example {
  readonly what: string;
  /** The recipes that are followed for it. */
  readonly recipes: readonly string[];
  /** What `<entity>` and `<kind>` are called in its files. */
  readonly name: string;
  /** What every file names, in some form, that has to be touched for it. */
  readonly traces: readonly RegExp[];
  /** Files that the recipes need not name: a parser of a part, a regression test that asks for all kinds. */
  readonly except?: readonly string[];
}

/** Tests may use any example: those count that a table over all kinds is in, and what tests share. */
const EXAMPLES: readonly Example[] = [
  {
    what: 'the field Devbox.initiatorId',
    recipes: [FIELD],
    name: 'devbox',
    traces: [/\binitiator(?:Id|_id)\b/],
  },
  {
    what: 'the field Benchmark.attribution',
    recipes: [FIELD],
    name: 'benchmark',
    traces: [/\battribution\b/],
  },
  {
    what: 'the entity BenchmarkJob, of which there is a list',
    recipes: [ENTITY, KIND, SUBSCRIPTION],
    name: 'benchmark-job',
    traces: [/\bbenchmarkJobs?\b/],
    except: ['src/upstream/rest/parse/job-outcome.ts'],
  },
  {
    what: 'the read devboxUsage',
    recipes: [ENTITY, COSTS],
    name: 'devbox',
    traces: [/\bdevboxUsage\b/],
    except: ['src/upstream/rest/parse/devbox-usage.ts'],
  },
  {
    what: 'an entity of any kind',
    recipes: [ENTITY, SENSITIVE],
    name: 'benchmark',
    traces: tableOver(Object.keys(ENTITIES)),
  },
  {
    what: 'a followed thing of any kind',
    recipes: [ENTITY, SENSITIVE, KIND, SUBSCRIPTION],
    name: 'benchmark-run',
    traces: tableOver(Object.keys(KINDS)),
    except: ['test/regression/events-show-relations-no-older-than-they-are.test.ts'],
  },
  {
    what: 'the mutation shutdownDevbox',
    recipes: [MUTATION],
    name: 'devbox',
    traces: [/\bshutdownDevbox\b/],
  },
  {
    what: 'the setting LOGS_SEARCH_MAX_CHARS',
    recipes: [SETTING],
    name: '',
    traces: [/\bLOGS_SEARCH_MAX_CHARS\b|\bsearchMaxChars\b/],
  },
];

describe('the recipes', () => {
  it.each([...RECIPES])('name files and folders that exist: %s', (_title, paths) => {
    const missing = paths.filter(
      (path) => !EXAMPLES.some(({ name }) => isThere(path.replace(/<(?:entity|kind)>/, name))),
    );

    expect(missing).toEqual([]);
  });

  it.each(EXAMPLES)(
    'name every file that was touched for $what',
    ({ recipes, name, traces, except = [] }) => {
      const named = recipes.flatMap((title) =>
        (RECIPES.get(title) ?? []).map((path) => path.replace(/<(?:entity|kind)>/, name)),
      );
      const touched = [...FILES].filter(([, text]) => traces.every((trace) => trace.test(text)));
      const unnamed = touched
        .map(([file]) => file)
        .filter((file) => !RECORDS.test(file) && (traces.length > 1 || !file.endsWith('.test.ts')))
        .filter((file) => !except.includes(file) && !named.some((path) => covers(path, file)));

      expect(touched.length).toBeGreaterThan(3);
      expect(unnamed).toEqual([]);
    },
  );
});

/** Every kind as the property of a table, as the case of a switch, or declared. */
function tableOver(kinds: readonly string[]): readonly RegExp[] {
  return kinds.map((kind) => new RegExp(String.raw`(?:^|[\s{(,])${kind}: |case '${kind}':`, 'm'));
}

/** The paths that stand in each section below "Recipes", by its title. */
function recipesOf(markdown: string): ReadonlyMap<string, readonly string[]> {
  const [, recipes = ''] = /\n## Recipes\n(.*?)\n## /s.exec(markdown) ?? [];
  const sections = recipes.split('\n### ').slice(1);
  return new Map(
    sections.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      const code = [...lines.join('\n').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
      return [title, code.filter((text) => /^(?!dist\/)[\w.<>-]+\/[\w./<>*-]*$|^\.env\.example$/.test(text))];
    }),
  );
}

function isThere(path: string): boolean {
  return [...FILES.keys()].some((file) => covers(path, file));
}

/** A folder names all that is in it. */
function covers(path: string, file: string): boolean {
  return path.endsWith('/') || path.endsWith('/*.md')
    ? file.startsWith(path.replace(/[^/]*$/, ''))
    : file === path;
}

async function namesOf(): Promise<readonly string[]> {
  const folders = await Promise.all(
    ['docs', 'lint', 'schema', 'src', 'test'].map(async (folder) =>
      (await readdir(new URL(folder, root), { recursive: true })).map((name) => `${folder}/${name}`),
    ),
  );
  return [
    '.env.example',
    'CONTRIBUTING.md',
    'README.md',
    ...folders.flat().filter((name) => TEXTS.test(name)),
  ];
}
