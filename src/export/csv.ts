/** CSV by RFC 4180, in UTF-8 without a byte order mark, whose cells no spreadsheet takes for formulas. */
import { type ExportedRun, FIXED_COLUMNS } from './exported-run.ts';

/** A cell; nothing where there is no value. */
export type Cell = string | number | null | undefined;

/** The columns that depend on the runs, in the order in which they were first seen. */
export interface CsvColumns {
  readonly scores: readonly string[];
  readonly metadata: readonly string[];
  /** Whether there may be more of them than have a column: then two columns hold the rest, as JSON. */
  readonly hasRest: boolean;
}

/**
 * The columns of an export, decided by its first rows: they have to be written before the others are read. At most
 * `maxColumns` of them; `isAll` says that there are no other rows.
 */
export function columnsOf(
  runs: readonly ExportedRun[],
  { isAll, maxColumns }: { readonly isAll: boolean; readonly maxColumns: number },
): CsvColumns {
  const scores = [...new Set(runs.flatMap((run) => [...run.scores.keys()]))];
  const metadata = [...new Set(runs.flatMap((run) => [...run.metadata.keys()]))];
  const hasRest = !isAll || scores.length + metadata.length > maxColumns;
  const shownScores = scores.slice(0, maxColumns);
  return { scores: shownScores, metadata: metadata.slice(0, maxColumns - shownScores.length), hasRest };
}

export function csvHeader({ scores, metadata, hasRest }: CsvColumns): string {
  return csvLine([
    ...FIXED_COLUMNS,
    ...scores.map((name) => `scores.${name}`),
    ...metadata.map((key) => `metadata.${key}`),
    ...(hasRest ? ['otherScores', 'otherMetadata'] : []),
  ]);
}

export function csvRow(run: ExportedRun, { scores, metadata, hasRest }: CsvColumns): string {
  return csvLine([
    ...FIXED_COLUMNS.map((column) => run[column]),
    ...scores.map((name) => run.scores.get(name)),
    ...metadata.map((key) => run.metadata.get(key)),
    ...(hasRest ? [restOf(run.scores, scores), restOf(run.metadata, metadata)] : []),
  ]);
}

/** One line, with its end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** The first character that anybody sees: neither a control or format character nor a space of any kind. */
const FIRST_VISIBLE = /[^\p{C}\p{Z}]/u;
/** What a spreadsheet takes for the beginning of a formula, and what it takes for one of these. */
const FORMULA = /^[=+\-@]/;
const LINE_OR_TAB = /^[\t\r\n]/;
/** It ends texts where they are read by programs in C. */
const NUL = /\0/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** Numbers are written as they are; text that could be a formula gets an apostrophe in front. */
function cellOf(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const sent = cell.replace(NUL, '');
  const text = isFormula(sent) ? `'${sent}` : sent;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets look past what nobody sees, and take full-width and small forms for the characters that they stand for. */
function isFormula(text: string): boolean {
  const [first = ''] = FIRST_VISIBLE.exec(text) ?? [];
  return LINE_OR_TAB.test(text) || FORMULA.test(first.normalize('NFKC'));
}

/** What has no column, as a JSON object; nothing when all has one. */
function restOf(all: ReadonlyMap<string, unknown>, columns: readonly string[]): string | null {
  const rest = [...all].filter(([key]) => !columns.includes(key));
  return rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest));
}
