/** The formats of an export: from pages of runs to the text of a file. */
import { columnsOf, csvHeader, csvRow } from './csv.ts';
import { ndjsonRow } from './ndjson.ts';
import type { ExportPage } from './read-export.ts';

export interface ExportFormat {
  readonly extension: 'csv' | 'ndjson';
  readonly contentType: string;
  /** A chunk for each page. Nothing is remembered of a page but the columns that the first one decides. */
  write(
    pages: AsyncIterable<ExportPage>,
    bounds: { readonly maxColumns: number },
  ): AsyncGenerator<string, void>;
}

export const CSV: ExportFormat = {
  extension: 'csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  async *write(pages, { maxColumns }) {
    let columns;
    for await (const { runs, isAll } of pages) {
      const header = columns ? '' : csvHeader((columns = columnsOf(runs, { isAll, maxColumns })));
      const shown = columns;
      yield header + runs.map((run) => csvRow(run, shown)).join('');
    }
  },
};

export const NDJSON: ExportFormat = {
  extension: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  async *write(pages) {
    for await (const { runs } of pages) yield runs.map(ndjsonRow).join('');
  },
};
