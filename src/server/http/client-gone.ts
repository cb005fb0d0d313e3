/** `clientGone`: why what is done for a client ends when nobody takes its answer any more. */
import { GatewayError } from '../../errors.ts';

export function clientGone(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'The client went away');
}
