/** NDJSON: one JSON object per line and run, whole and unchanged, where CSV has to flatten. */
import { type ExportedRun, FIXED_COLUMNS } from './exported-run.ts';

/** One line, with its end. */
export function ndjsonRow(run: ExportedRun): string {
  const fixed = FIXED_COLUMNS.map((column) => [column, run[column]] as const);
  const { scores, metadata } = run;
  return `${JSON.stringify({
    ...Object.fromEntries(fixed),
    scores: Object.fromEntries(scores),
    metadata: Object.fromEntries(metadata),
  })}\n`;
}
