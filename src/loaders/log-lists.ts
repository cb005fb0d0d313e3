/** `createLogLists`: the logs of devboxes as lists, each read from the upstream once per operation. */
import { GatewayError } from '../errors.ts';
import type { DevboxLog, Row } from '../upstream/types.ts';
import type { DevboxLogsFilter } from '../upstream/upstream.ts';
import {
  countOfLog,
  type LogBounds,
  type LogConditions,
  type LogLine,
  pageOfLog,
  positionOf,
} from './log-page.ts';
import type { NarrowedListLoader } from './narrow-lists.ts';

export type LogFilter = DevboxLogsFilter & LogConditions & { readonly devboxId: string };

/** `load` answers the whole log, or null when there is no such devbox. */
export function createLogLists(
  load: (devboxId: string, filter: DevboxLogsFilter) => Promise<readonly Row<DevboxLog>[] | null>,
  bounds: LogBounds,
): NarrowedListLoader<LogFilter, LogLine> {
  return {
    list({ devboxId, executionId, shellName, ...conditions }, range) {
      check(conditions, bounds);
      const { first } = range;
      const after = range.after === undefined ? null : positionOf(range.after);
      const read = async () => (await load(devboxId, { executionId, shellName })) ?? [];
      const scanned = async () => pageOfLog(await read(), { first, after, conditions }, bounds);
      return {
        rows: scanned,
        scanned,
        totalCount: async () => countOfLog(await read(), conditions, bounds),
      };
    },
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
