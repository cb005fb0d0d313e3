/** `clientGone`: the abort reason of an operation whose client has left. */
import { GatewayError } from '../../errors.ts';

export class ClientGone extends GatewayError {
  constructor() {
    super('UPSTREAM_TIMEOUT', 'The client went away');
  }
}

export function clientGone(): ClientGone {
  return new ClientGone();
}
