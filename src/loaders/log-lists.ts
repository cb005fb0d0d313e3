/** `createLogLists`: the logs of devboxes as lists, each read from the upstream once per operation. */
import { GatewayError } from '../errors.ts';
import type { DevboxLog, Row } from '../upstream/types.ts';
import type { DevboxLogsFilter } from '../upstream/filters.ts';
import {
  type Charge,
  countOfLog,
  type LogBounds,
  type LogConditions,
  type LogLine,
  type LogRange,
  pageOfLog,
  positionOf,
} from './log-page.ts';
import type { FilteredList } from './filtered-list.ts';

export type LogFilter = DevboxLogsFilter & LogConditions & { readonly devboxId: string };

/** The first so many lines, or the last so many, of those between two cursors. */
export type LogListRange = { readonly after?: string | undefined; readonly before?: string | undefined } & (
  | { readonly first: number; readonly last?: undefined }
  | { readonly last: number; readonly first?: undefined }
);

export interface LogLists {
  list(filter: LogFilter, range: LogListRange): FilteredList<LogLine>;
}

export interface LogListBounds extends LogBounds {
  /** Characters of logs that are looked at for all pages and counts of one operation. */
  readonly searchMaxChars: number;
}

/** The logs of one operation. `load` answers the whole log, or null when there is no such devbox. */
export function createLogLists(
  load: (devboxId: string, filter: DevboxLogsFilter) => Promise<readonly Row<DevboxLog>[] | null>,
  bounds: LogListBounds,
): LogLists {
  const charge = createCharge(bounds);
  return {
    list({ devboxId, executionId, shellName, ...conditions }, range) {
      check(conditions, bounds);
      const page: LogRange = {
        ...(range.last === undefined
          ? { count: range.first, from: 'start' }
          : { count: range.last, from: 'end' }),
        after: range.after === undefined ? null : positionOf(range.after, 'after'),
        before: range.before === undefined ? null : positionOf(range.before, 'before'),
        conditions,
      };
      const read = async () => (await load(devboxId, { executionId, shellName })) ?? [];
      let shown: Promise<ReturnType<typeof pageOfLog>> | undefined;
      const scanned = () => (shown ??= read().then((lines) => pageOfLog(lines, page, bounds, charge)));
      return {
        rows: scanned,
        scanned,
        totalCount: async () => countOfLog(await read(), conditions, bounds, charge),
      };
    },
  };
}

/** However often an operation asks for a log, looking at its lines takes a bounded time. */
function createCharge({ searchMaxChars }: LogListBounds): Charge {
  let looked = 0;
  return (chars) => {
    looked += chars;
    if (looked <= searchMaxChars) return;
    throw new GatewayError(
      'QUERY_TOO_COMPLEX',
      `Expected at most ${String(searchMaxChars)} characters of logs to be looked at in one operation (LOGS_SEARCH_MAX_CHARS), got more: search fewer logs, or the same log less often`,
    );
  };
}

function check({ level, search }: LogConditions, { messageMaxChars }: LogBounds): void {
  for (const [name, text] of Object.entries({ level, search })) {
    if (text !== undefined && (text.length === 0 || text.length > messageMaxChars)) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `Expected \`filter.${name}\` to have 1 to ${String(messageMaxChars)} characters, got ${String(text.length)}`,
      );
    }
  }
}
