/** What is wrong with the records of docs/decisions: a gap in their numbers, and references that do not lead to a record. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const DECISIONS = 'docs/decisions';

/** The text of each document, by its path from the root. */
export type Documents = ReadonlyMap<string, string>;

export interface DecisionRecord {
  readonly path: string;
  readonly number: number;
  /** With the number, as the record says it. */
  readonly title: string;
  readonly text: string;
}

/** What one record says of another, and what the other has to say of it. */
const RELATIONS = [
  ['Amends', 'Amended by'],
  ['Supersedes', 'Superseded by'],
] as const;

/** The Markdown documents of the project. */
export async function readDocuments(root: string): Promise<Documents> {
  const nested = await readdir(join(root, 'docs'), { recursive: true });
  const names = [...(await readdir(root)), ...nested.map((name) => join('docs', name))];
  const paths = names.filter((name) => name.endsWith('.md')).sort();
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
}

export function recordsOf(documents: Documents): readonly DecisionRecord[] {
  return [...documents].flatMap(([path, text]) => {
    const number = numberOf(path);
    const [firstLine = ''] = text.split('\n');
    return number === null ? [] : [{ path, number, title: firstLine.replace(/^# |\.$/g, ''), text }];
  });
}

export function faultsOf(documents: Documents): readonly string[] {
  const records = recordsOf(documents);
  return [
    ...records.flatMap(({ path, number, title }, index) => [
      ...(number === index + 1 ? [] : [`${path}: expected the number ${String(index + 1)}, without a gap`]),
      ...(title.startsWith(`${String(number)}. `)
        ? []
        : [`${path}: expected a title that begins with "${String(number)}."`]),
    ]),
    ...[...documents].flatMap(([path, text]) => referenceFaults(path, text, records)),
    ...records.flatMap((record) => relationFaults(record, records)),
  ];
}

/** A reference is a link, and the number in its text is that of the record it leads to. */
function referenceFaults(path: string, text: string, records: readonly DecisionRecord[]): readonly string[] {
  const faults: string[] = [];
  for (const [link, label = '', name = ''] of text.matchAll(
    /\[([^\]]*)\]\((?:[\w./]*\/)?(\d{4}-[\w-]+\.md)\)/g,
  )) {
    const record = records.find((candidate) => candidate.path === `${DECISIONS}/${name}`);
    const number = /\d+/.exec(label)?.[0];
    if (!record) faults.push(`${path}: no record is called ${name}`);
    else if (number && Number(number) !== record.number)
      faults.push(`${path}: expected another number in ${link}`);
  }
  const withoutLinks = text.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '');
  for (const [reference] of withoutLinks.matchAll(/\b(?:decision|record) \d+|\(0\d{3}\)/gi))
    faults.push(`${path}: expected a link to the record instead of "${reference}"`);
  return faults;
}

/** A record that amends or supersedes another is named by it, and the other way round. */
function relationFaults(record: DecisionRecord, records: readonly DecisionRecord[]): readonly string[] {
  return RELATIONS.flatMap(([active, passive]) =>
    [
      [active, passive],
      [passive, active],
    ].flatMap(([says = '', answer = '']) =>
      relatedTo(record, says).flatMap((number) => {
        const other = records.find((candidate) => candidate.number === number);
        if (!other || relatedTo(other, answer).includes(record.number)) return [];
        return [
          `${other.path}: expected "${answer} [${String(record.number)}]", as ${record.path} says "${says}"`,
        ];
      }),
    ),
  );
}

/** The numbers of the records in the line that begins with the relation. */
function relatedTo({ text }: DecisionRecord, relation: string): readonly number[] {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${relation} [`)) ?? '';
  return [...line.matchAll(/\[(\d+)\]\(/g)].map(([, number]) => Number(number));
}

function numberOf(path: string): number | null {
  const [, digits] = /^docs\/decisions\/(\d{4})-/.exec(path) ?? [];
  return digits === undefined ? null : Number(digits);
}
