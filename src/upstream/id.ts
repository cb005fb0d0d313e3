/** `assertId`: nothing but a well-formed id gets into a path, a query or a cache key. */
import { GatewayError } from '../errors.ts';

const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** How much of a bad id its error repeats, so that somebody recognises it. */
const ECHO_LENGTH = 16;

/** Throws BAD_USER_INPUT unless `id` could be an upstream id. Which ids exist only the upstream knows. */
export function assertId(id: string): void {
  if (ID.test(id)) return;
  const start = id.slice(0, ECHO_LENGTH).replaceAll(/[^A-Za-z0-9_-]/g, '?');
  const echo = id === '' ? 'nothing' : `"${start}${id.length > ECHO_LENGTH ? '…' : ''}"`;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `Expected an id of 1 to 128 letters, digits, "_" and "-", got ${echo}`,
  );
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
