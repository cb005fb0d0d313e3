/** The scalars, each with its wire format in the description. */
import { GatewayError } from '../src/errors.ts';
import { parseInstant, writeInstant } from '../src/values/instants.ts';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description:
    'An instant as RFC 3339 writes it, always with a zone: `2026-01-31T12:00:00.000Z`. What is answered is in UTC with milliseconds. Where the upstream gives what can be no instant (0, a time before 1970 or after 9999), there is none. An end is never before its beginning, and a duration never negative: it is 0 where clocks disagree so far.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: writeInstant,
  parseValue: (value) => {
    const ms = typeof value === 'string' ? parseInstant(value) : null;
    if (ms === null) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        'Expected an RFC 3339 instant with a zone, such as "2026-01-31T12:00:00.000Z"',
      );
    }
    return ms;
  },
});

builder.scalarType('JSON', {
  description:
    'Any JSON value: an object, a list, a string, a number, a boolean or null. A whole number beyond 2^53, which many clients would round, comes as a string of its digits. What nests deeper than 1,000 levels is null with an error.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (value) => value,
});
