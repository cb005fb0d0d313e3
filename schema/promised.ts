/** `promised`: what the graph promises of every thing and the upstream owes. Where that is missing, its field alone fails. */
import { GatewayError } from '../src/errors.ts';

/** `what` is shown to clients: `start of a benchmark run`. */
export function promised<T>(value: T | null, what: string): T {
  if (value === null) throw new GatewayError('UPSTREAM_ERROR', `Runloop answered no usable ${what}`);
  return value;
}
