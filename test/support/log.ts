/** A logger that keeps its lines, for tests that ask what was written. */
import { createLogger, type Logger } from '../../src/observability/logger.ts';

export interface RecordingLog {
  readonly log: Logger;
  /** What was written so far, as it would stand in a log file. */
  readonly text: () => string;
  readonly lines: () => readonly Record<string, unknown>[];
  /** Without those that every operation leaves. */
  readonly linesBesideAccess: () => readonly Record<string, unknown>[];
}

export function createRecordingLog(): RecordingLog {
  const written: string[] = [];
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    log: createLogger({
      level: 'trace',
      destination: {
        write: (line: string) => {
          written.push(line);
        },
      },
    }),
    text: () => written.join(''),
    lines,
    linesBesideAccess: () => lines().filter(({ event }) => event !== 'operation.done'),
  };
}
