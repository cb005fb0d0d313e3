/** `readExport`: all scenario runs of a benchmark run, page by page, each page read when the one before has been taken. */
import { GatewayError } from '../errors.ts';
import type { Row, ScenarioRun } from '../upstream/types.ts';
import { placeOf, walkPages } from '../upstream/walk-pages.ts';
import { type ExportedRun, exportedRun, type ScenarioNames } from './exported-run.ts';

export interface ExportBounds {
  /** Rows of one upstream call. */
  readonly pageSize: number;
  /** Rows of one export. A benchmark run with more is refused, or breaks off where its size was not known before. */
  readonly maxRows: number;
  /** Columns of a CSV for scores and metadata together. */
  readonly maxColumns: number;
}

export interface SourcePage {
  readonly rows: readonly Row<ScenarioRun>[];
  readonly hasMore: boolean;
  /** Null when it was not asked for, or the upstream does not say. */
  readonly totalCount: number | null;
  /** The names of the scenarios on this page, as far as they were not known. */
  readonly names: ScenarioNames;
}

export interface ExportSource {
  /** `isKnown` tells whether the name of a scenario came with an earlier page. */
  read(page: {
    readonly first: number;
    readonly after: string | undefined;
    readonly isKnown: (scenarioId: string) => boolean;
  }): Promise<SourcePage>;
}

export interface ExportPage {
  readonly runs: readonly ExportedRun[];
  /** Whether there are no other pages. */
  readonly isAll: boolean;
}

export async function* readExport(
  source: ExportSource,
  bounds: ExportBounds,
): AsyncGenerator<ExportPage, undefined> {
  const names = new Map<string, string | null | GatewayError>();
  const pages = walkPages<ScenarioRun, SourcePage>((after) =>
    source.read({ first: bounds.pageSize, after, isKnown: (id) => names.has(id) }),
  );
  let count = 0;
  let isFirst = true;
  for await (const page of pages) {
    const { rows, hasMore } = page;
    for (const [id, name] of page.names) names.set(id, name);
    count += rows.length;
    if (Math.max(count, page.totalCount ?? 0) > bounds.maxRows) throw tooLarge(bounds.maxRows);
    // An export that ends well is whole.
    if (hasMore && !rows.some((row) => placeOf(row) !== undefined))
      throw new GatewayError('UPSTREAM_ERROR', 'Runloop says that there is more, and answered no new row');
    yield { runs: rows.map((row) => exportedRun(row, names)), isAll: isFirst && !hasMore };
    isFirst = false;
  }
}

function tooLarge(maxRows: number): GatewayError {
  return new GatewayError(
    'QUERY_TOO_COMPLEX',
    `Expected a benchmark run of at most ${String(maxRows)} scenario runs (EXPORT_MAX_ROWS)`,
  );
}
