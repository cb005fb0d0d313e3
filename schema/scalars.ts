/** The scalars, each with its wire format in the description. */
import { GatewayError } from '../src/errors.ts';
import { builder } from './builder.ts';

builder.scalarType('DateTime', {
  description: 'An instant in UTC, written as ISO 8601 with milliseconds: `2026-01-31T12:00:00.000Z`.',
  serialize: (ms) => new Date(ms).toISOString(),
  parseValue: (value) => {
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(ms)) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        'Expected an ISO 8601 instant such as "2026-01-31T12:00:00.000Z"',
      );
    }
    return ms;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value: an object, a list, a string, a number, a boolean or null.',
  serialize: (value) => value,
});
