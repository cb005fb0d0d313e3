import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../src/observability/logger.ts';
import { prettyLine } from '../../src/observability/pretty.ts';

/** What is written to a destination that is no terminal. */
function written(format: 'json' | 'pretty' | null, write: (log: Logger) => void): string {
  let text = '';
  const destination = {
    write: (line: string) => {
      text += line;
    },
  };
  write(createLogger({ level: 'info', format, destination }));
  return text;
}

describe('a pretty log line', () => {
  it('has the time of day, the level, the event and its attributes, in that order', () => {
    const line = written('pretty', (log) => {
      log.warn('redis.lost', { reason: 'no answer', count: 3, isLast: true });
    });

    expect(line).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}redis\.lost reason="no answer" count=3 isLast=true\n$/,
    );
  });

  it('shows an error with where it comes from and what has caused it', () => {
    const line = written('pretty', (log) => {
      log.error(
        'operation.failed',
        { errorId: 'id' },
        new Error('It broke', { cause: new TypeError('Not a thing') }),
      );
    });

    expect(line).toContain('ERROR operation.failed errorId=id\n  Error: "It broke"\n    at ');
    expect(line).toContain('\n  TypeError: "Not a thing"\n');
  });

  it('brings no control character to the terminal, whatever stands in it', () => {
    const line = written('pretty', (log) => {
      log.info('redis.lost', { reason: '\u001b[31mred\r\nforged line' });
    });

    expect(line).toContain('reason="\\u001b[31mred\\r\\nforged line"\n');
    expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it('is coloured where that is wanted', () => {
    const json = JSON.stringify({ level: 30, time: '2026-01-02T03:04:05.678Z', event: 'process.started' });

    expect(prettyLine(json, { hasColors: true })).toBe(
      '\u001b[90m03:04:05.678\u001b[0m \u001b[32mINFO \u001b[0m \u001b[1mprocess.started\u001b[0m\n',
    );
  });

  it.each(['json', null] as const)('is JSON with the format %s where there is no terminal', (format) => {
    const line = written(format, (log) => {
      log.info('process.started', { url: 'http://localhost' });
    });

    expect(JSON.parse(line)).toMatchObject({ level: 30, event: 'process.started', url: 'http://localhost' });
  });
});
