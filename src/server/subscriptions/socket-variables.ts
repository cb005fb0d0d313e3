/** `checkSocketVariables`: checks variables that came over a WebSocket. Bodies over HTTP are checked before they are parsed. */
import { GatewayError } from '../../errors.ts';
import { isDeeperThan } from '../../values/nesting.ts';
import type { Operation } from '../graphql/operation.ts';
import { hasLoneSurrogate } from '../http/lone-surrogates.ts';

/** Levels of objects and lists in variables: inputs have a handful, and their readers are recursive. */
const MAX_VARIABLE_LEVELS = 100;

/** Throws BAD_USER_INPUT when they nest too deep, or hold lone surrogates, which would be stored as other characters. */
export function checkSocketVariables(variables: Operation['variables']): void {
  if (isDeeperThan(variables, MAX_VARIABLE_LEVELS)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `Expected variables of at most ${String(MAX_VARIABLE_LEVELS)} levels, got deeper ones`,
    );
  }
  if (hasLoneSurrogate(variables)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'Expected variables of text that UTF-8 can write, got half of a surrogate pair',
    );
  }
}
