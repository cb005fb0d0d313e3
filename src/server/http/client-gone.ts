/** `clientGone`: the abort reason of an operation whose client has left. */
import { GatewayError } from '../../errors.ts';

export function clientGone(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'The client went away');
}
