/** `resumeCursorOf`: where a client resumes whose document has no `after`, by `extensions.cursor` of its request. */
import { GatewayError } from '../../errors.ts';

/** Undefined when it begins anew, or where its document says. Throws what the client is told when it is no text. */
export function resumeCursorOf({ cursor }: Readonly<Record<string, unknown>>): string | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  if (typeof cursor === 'string') return cursor;
  throw new GatewayError('BAD_USER_INPUT', 'Expected `extensions.cursor` to be a cursor, which is a text');
}
