/** A logger that keeps its lines, for tests that ask what was written. */
import { createLogger, type Logger } from '../../src/observability/logger.ts';

export interface RecordingLog {
  readonly log: Logger;
  /** What was written so far, as it would stand in a log file. */
  readonly text: () => string;
  readonly lines: () => readonly Record<string, unknown>[];
}

export function createRecordingLog(): RecordingLog {
  const written: string[] = [];
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
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
