/** `exportFile`: all scenario runs of a benchmark run as a file, read from the upstream as fast as the file is taken. */
import { GatewayError } from '../../errors.ts';
import type { ScenarioNames } from '../../export/exported-run.ts';
import type { ExportFormat } from '../../export/formats.ts';
import type { ExportBounds, ExportPage, ExportSource } from '../../export/read-export.ts';
import type { BenchmarkRun, Row, ScenarioRun } from '../../upstream/types.ts';
import type { Admissions } from '../graphql/admission.ts';
import type { FileKind, FileRequest } from './file-route.ts';
import type { CreateContext, OperationContext } from '../graphql/operation-context.ts';

export interface ExportFileOptions {
  readonly createContext: CreateContext;
  /** Called with the cost of each page. */
  readonly spend: Admissions['spend'];
  readonly read: (source: ExportSource, bounds: ExportBounds) => AsyncGenerator<ExportPage, undefined>;
  readonly bounds: ExportBounds;
  /** Resolves when no page is answered from what is older than another replica has shown. @default there are no others */
  readonly catchUp?: (accountId: string) => Promise<void> | undefined;
}

export function exportPath({ extension }: ExportFormat): string {
  return `/export/benchmark-runs/{id}.${extension}`;
}

export function exportFile(format: ExportFormat, options: ExportFileOptions): FileKind {
  const { read, bounds } = options;
  return {
    scope: 'runs:read',
    contentType: format.contentType,
    fileName: (id) => `benchmark-run-${id}.${format.extension}`,
    check: (request) => inContext(request, options, (context) => requireBenchmarkRun(request.id, context)),
    open: async (request) => {
      const chunks = format.write(read(sourceOf(request, options), bounds), bounds);
      // What is wrong shows when the first page is read, before anything is sent.
      const first = await chunks.next();
      return { chunks: startingWith(first.done ? '' : first.value, chunks), byteLength: null };
    },
  };
}

/** Each page is read in a context of its own, so that its memory is released with it. */
function sourceOf(request: FileRequest, options: ExportFileOptions): ExportSource {
  const { id } = request;
  let benchmarkId: string | null = null;
  return {
    read: ({ first, after, isKnown }) =>
      inContext(request, options, async (context) => {
        const list = context.loaders.benchmarkRunScenarioRuns.list({ benchmarkRunId: id }, { first, after });
        // The first page is counted by the same call; whether there is such a run, the list alone need not say.
        const [{ rows, hasMore }, totalCount, run] = await Promise.all([
          list.rows(),
          after === undefined ? list.totalCount() : null,
          after === undefined ? requireBenchmarkRun(id, context) : null,
        ]);
        if (run) ({ benchmarkId } = run);
        const wanted = scenarioIdsOf(rows).filter((scenarioId) => !isKnown(scenarioId));
        return { rows, hasMore, totalCount, names: await namesOf(wanted, benchmarkId, context) };
      }),
  };
}

async function inContext<T>(
  { caller, signal }: FileRequest,
  { createContext, spend, catchUp }: ExportFileOptions,
  work: (context: OperationContext) => Promise<T>,
): Promise<T> {
  await catchUp?.(caller.account.id);
  using context = createContext({ caller, signal });
  try {
    return await work(context);
  } finally {
    spend(context);
  }
}

async function requireBenchmarkRun(id: string, { loaders }: OperationContext): Promise<BenchmarkRun> {
  const run = await loaders.benchmarkRun.load(id);
  if (!run) throw new GatewayError('NOT_FOUND', 'There is no such benchmark run');
  return run;
}

function scenarioIdsOf(rows: readonly Row<ScenarioRun>[]): string[] {
  return [...new Set(rows.flatMap((row) => (row instanceof GatewayError ? [] : [row.scenarioId])))];
}

/** All at once, so that few calls answer them. */
async function namesOf(
  ids: readonly string[],
  benchmarkId: string | null,
  { loaders }: OperationContext,
): Promise<ScenarioNames> {
  const nameOf = async (id: string) => {
    try {
      return (await loaders.scenario.load(id, { benchmarkId }))?.name ?? null;
    } catch (error) {
      // A failure that has a name leaves its rows without one; a defect ends the export.
      if (error instanceof GatewayError) return error;
      throw error;
    }
  };
  return new Map(await Promise.all(ids.map(async (id) => [id, await nameOf(id)] as const)));
}

async function* startingWith(first: string, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield first;
  yield* rest;
}
