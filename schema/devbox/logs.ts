/** The log lines of a devbox, which the upstream hands out all at once and the gateway page by page. */
import { GatewayError } from '../../src/errors.ts';
import type { ListRange } from '../../src/loaders/list-loader.ts';
import type {
  DevboxLog as DevboxLogShape,
  DevboxLogSource as DevboxLogSourceWord,
  Row,
} from '../../src/upstream/types.ts';
import { builder, UNKNOWN_WORD, wordEnum } from '../builder.ts';
import { type Connection, connectionOf } from '../connections.ts';

/** A line and its place in the log, which is its cursor. */
interface NumberedLog extends DevboxLogShape {
  readonly index: number;
}

const DevboxLogSource = wordEnum<DevboxLogSourceWord>('DevboxLogSource', 'What wrote a log line.', {
  setup_commands: 'The commands that set the devbox up.',
  entrypoint: 'The entrypoint program.',
  exec: 'A command that somebody ran.',
  files: 'A file operation.',
  stats: 'The measurement of resources.',
  kmsg: 'The kernel.',
  unknown: UNKNOWN_WORD,
});

const DevboxLog = builder.objectRef<NumberedLog>('DevboxLog').implement({
  description: 'One line of the log of a devbox.',
  fields: (t) => ({
    level: t.exposeString('level', {
      description: 'How severe it is, in the words of its source: `info`, `error`, ….',
    }),
    source: t.expose('source', { type: DevboxLogSource, description: 'What wrote it.' }),
    at: t.expose('atMs', { type: 'DateTime', description: 'When it was written.' }),
    message: t.exposeString('message', {
      nullable: true,
      description: 'The text; null when the line reports a command only.',
    }),
    command: t.exposeString('command', {
      nullable: true,
      description: 'The command that was run; null for other lines.',
    }),
    executionId: t.exposeString('executionId', {
      nullable: true,
      description: 'The execution that the line belongs to; null for other lines.',
    }),
    exitCode: t.exposeInt('exitCode', {
      nullable: true,
      description: 'The exit status of the command; null while there is none.',
    }),
    shellName: t.exposeString('shellName', {
      nullable: true,
      description: 'The shell that the command ran in; null when unnamed.',
    }),
  }),
});

export const DevboxLogConnection = connectionOf(DevboxLog, {
  plural: 'log lines',
  order: 'oldest first',
  cursorOf: ({ index }) => String(index),
});

/** The page of a log that a range asks for. A log is one upstream call, whatever the page. */
export function pageOfLog(
  load: () => Promise<readonly Row<DevboxLogShape>[] | null>,
  range: ListRange,
): Omit<Connection<NumberedLog>, 'after'> {
  const start = startOf(range.after);
  return {
    rows: async () => {
      const lines = (await load()) ?? [];
      const rows = lines
        .slice(start, start + range.first)
        .map((line, offset) => (line instanceof GatewayError ? line : { ...line, index: start + offset }));
      return { rows, hasMore: start + rows.length < lines.length };
    },
    totalCount: async () => ((await load()) ?? []).length,
  };
}

function startOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (!/^\d{1,9}$/.test(after)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Expected `after` to be a cursor of this log, such as `pageInfo.endCursor` of the page before',
    );
  }
  return Number(after) + 1;
}
