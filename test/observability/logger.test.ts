import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../src/observability/logger.ts';
import { createRedaction } from '../../src/observability/redact.ts';

/** What is written by a logger at its most talkative. */
function written(write: (log: Logger) => void, secrets?: readonly string[]): string {
  let text = '';
  write(
    createLogger({
      level: 'trace',
      ...(secrets ? { secrets } : {}),
      destination: {
        write: (line: string) => {
          text += line;
        },
      },
    }),
  );
  return text;
}

const CANARY = 'CANARYcanary';

/** Each way in which a credential could get into a text. */
const LEAKS = [
  ['a bearer token', `Authorization: Bearer ${CANARY}`],
  ['a bearer token, however it is spelled', `bearer   ${CANARY}`],
  ['a password', `Basic ${CANARY}==`],
  ['a key of Runloop', `the key ak_${CANARY} is refused`],
  ['a gateway token', `rlg_${CANARY}`],
  ['a JSON Web Token', `eyJ${CANARY}.eyJ${CANARY}.${CANARY}`],
  ['a header in an object', `{"authorization":"${CANARY}"}`],
  ['a cookie', `cookie: ${CANARY}`],
  ['the cookie of a stream', `a=1; runloop_graphql_stream=${CANARY}`],
  ['a ticket in an address', `/graphql?query={x}&ticket=${CANARY}&x=1`],
  ['the password of an address', `https://user:${CANARY}@host/`],
  ['what could not be written', `Int cannot represent non-integer value: "${CANARY}"`],
  ['what could not be parsed', `Unexpected token 'C', "${CANARY}" is not valid JSON`],
  ['what could not be parsed, cut', `Unexpected token 'C', ..."${CANARY}"... is not valid JSON`],
] as const;

describe('a log line', () => {
  it.each(LEAKS)('does not hold %s, wherever it was put', (_name, text) => {
    const error = Object.assign(new Error(text, { cause: new TypeError(text) }), {
      request: { headers: { authorization: CANARY } },
    });
    error.name = 'Broken';
    const lines = written((log) => {
      log.debug('operation.failed', { text });
      log.info('operation.failed', { text });
      log.warn('operation.failed', { text });
      log.error('operation.failed', { text }, error);
      log.error('operation.failed', {}, { authorization: CANARY, toString: () => text });
    });

    expect(lines.trim().split('\n')).toHaveLength(5);
    expect(lines).toContain('[redacted]');
    expect(lines).not.toContain(CANARY);
  });

  it('says of an error what it is, where it comes from and what caused it', () => {
    const cause = new TypeError('x is not a function');
    const line = written((log) => {
      log.error('operation.failed', { errorId: 'an-id' }, new Error('It broke', { cause }));
    });

    expect(JSON.parse(line)).toMatchObject({
      event: 'operation.failed',
      errorId: 'an-id',
      err: {
        type: 'Error',
        message: 'It broke',
        at: expect.arrayContaining([
          expect.stringMatching(/test\/observability\/logger\.test\.ts:\d+:\d+$/),
        ]) as string[],
        cause: { type: 'TypeError', message: 'x is not a function' },
      },
    });
  });

  it('ends in a circle of causes', () => {
    const error = new Error('It broke');
    error.cause = error;

    expect(
      written((log) => {
        log.error('operation.failed', {}, error);
      }).match(/"message":"It broke"/g),
    ).toHaveLength(5);
  });

  it('holds no secret that is known, whatever it looks like and whatever is around it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
        expect(createRedaction([secret])(before + secret + after)).not.toContain(secret);
      }),
    );
  });

  it('leaves what is none of that as it is', () => {
    for (const text of [
      'scr_M8hYkL6bFwEPOXnKqQ9yC',
      'GET /v1/devboxes/{id}',
      'live.poll_failed',
      'ECONNRESET',
    ])
      expect(createRedaction(['ak_secret'])(text)).toBe(text);
  });
});
