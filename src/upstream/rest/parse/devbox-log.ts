/** `parseDevboxLog`: one log line of a devbox, in camelCase. */
import type { DevboxLog, DevboxLogSource, Row, WireViews } from '../../types.ts';
import { unreadable } from './page.ts';
import { isObject, type Loose, readInstant, readInteger, readText } from './primitives.ts';
import { createEnumValues, readEnumValue, type ReportUnknown } from './enum-values.ts';

type Wire = Loose<
  WireViews['devboxLog'],
  'level' | 'source' | 'timestamp_ms' | 'message' | 'cmd' | 'cmd_id' | 'exit_code' | 'shell_name'
>;

const SOURCES = createEnumValues<DevboxLogSource>('devboxLog.source', {
  setup_commands: true,
  entrypoint: true,
  exec: true,
  files: true,
  stats: true,
  kmsg: true,
});

export function parseDevboxLog(row: unknown, report: ReportUnknown): Row<DevboxLog> {
  if (!isObject(row)) return unreadable('devbox log line', 'form');
  const wire: Wire = row;
  return {
    level: readText(wire.level) ?? '',
    source: readEnumValue(SOURCES, wire.source, report) ?? 'unknown',
    atMs: readInstant(wire.timestamp_ms),
    message: readText(wire.message),
    command: readText(wire.cmd),
    executionId: readText(wire.cmd_id),
    exitCode: readInteger(wire.exit_code),
    shellName: readText(wire.shell_name),
  };
}
