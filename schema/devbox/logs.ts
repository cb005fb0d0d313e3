/** The log lines of a devbox, which the upstream hands out all at once and the gateway page by page. */
import { GatewayError } from '../../src/errors.ts';
import type { LogListRange } from '../../src/loaders/log-lists.ts';
import type { LogLine } from '../../src/loaders/log-page.ts';
import type { FilteredList } from '../../src/loaders/filtered-list.ts';
import type { DevboxLogSource as DevboxLogSourceValue } from '../../src/upstream/types.ts';
import { builder, UNKNOWN_VALUE, upstreamEnum } from '../builder.ts';
import {
  type Connection,
  type ConnectionArgs,
  connectionArgs,
  connectionOf,
  PAGE_SIZES,
  pageSize,
} from '../connections.ts';
import { promised } from '../promised.ts';

const DevboxLogSource = upstreamEnum<DevboxLogSourceValue>('DevboxLogSource', 'What wrote a log line.', {
  setup_commands: 'The commands that set the devbox up.',
  entrypoint: 'The entrypoint program.',
  exec: 'A command that somebody ran.',
  files: 'A file operation.',
  stats: 'The measurement of resources.',
  kmsg: 'The kernel.',
  unknown: UNKNOWN_VALUE,
});

const DevboxLog = builder.objectRef<LogLine>('DevboxLog').implement({
  description: 'One line of the log of a devbox.',
  fields: (t) => ({
    level: t.exposeString('level', {
      description: 'How severe it is, in the words of its source: `info`, `error`, ….',
    }),
    source: t.expose('source', { type: DevboxLogSource, description: 'What wrote it.' }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was written.',
      resolve: ({ atMs }) => promised(atMs, 'time of a log line'),
    }),
    message: t.exposeString('message', {
      nullable: true,
      description:
        'The text, at most as many characters of it as the gateway shows (`LOGS_MESSAGE_MAX_CHARS`); null when the line reports a command only.',
    }),
    command: t.exposeString('command', {
      nullable: true,
      description: 'The command that was run, cut like the message; null for other lines.',
    }),
    isCut: t.exposeBoolean('isCut', {
      description: 'Whether the message or the command goes on beyond what is shown.',
    }),
    executionId: t.exposeString('executionId', {
      nullable: true,
      description: 'The execution that the line belongs to; null for other lines.',
    }),
    exitCode: t.exposeFloat('exitCode', {
      nullable: true,
      description:
        'The exit status of the command: a whole number, which may be beyond an `Int` (3221225786 on Windows). Null while there is none.',
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
  cursorOf: ({ cursor }) => cursor,
});

const DevboxLogFilter = builder.inputType('DevboxLogFilter', {
  description: 'Which lines of a log. Conditions add up.',
  fields: (t) => ({
    executionId: t.id({ description: 'Lines of this execution. The upstream is asked for them alone.' }),
    shellName: t.string({
      description: 'Lines of commands in the shell with this name. The upstream is asked for them alone.',
    }),
    level: t.string({
      description: 'Lines of this level, in the words of their source, whatever the case: `error`.',
    }),
    source: t.field({ type: DevboxLogSource, description: 'Lines that this wrote.' }),
    search: t.string({
      description: 'Lines with this text in their message or command, whatever the case.',
    }),
  }),
});

/** The arguments of every field that holds a log. Unlike a list of the upstream, it can be walked backwards. */
export const logArgs = builder.args((t) => ({
  ...connectionArgs,
  last: t.int({
    description: `How many of the latest lines at most, 1 to ${String(PAGE_SIZES.max)}, oldest first all the same; in the place of \`first\`.`,
  }),
  before: t.string({
    description:
      'The cursor of the line to stop before: with `last`, `pageInfo.startCursor` of the page behind.',
  }),
  filter: t.field({ type: DevboxLogFilter, description: 'Which lines; all when absent.' }),
}));

/** The part of a log that the arguments ask for; BAD_USER_INPUT when they ask for none. */
export function connectLog(
  { first, last, after, before }: LogArgs,
  list: (range: LogListRange) => FilteredList<LogLine>,
): Connection<LogLine> {
  if (isGiven(first) && isGiven(last))
    throw new GatewayError('BAD_USER_INPUT', 'Expected `first` or `last`, got both');
  const between = { after: after ?? undefined, before: before ?? undefined };
  const isBackward = isGiven(last);
  const size = isBackward ? { last: pageSize('last', last) } : { first: pageSize('first', first) };
  return { ...list({ ...between, ...size }), ...between, isBackward };
}

interface LogArgs extends ConnectionArgs {
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
