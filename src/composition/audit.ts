/** `createRefusalAudit`: writes down that credentials were refused, and why, so that nobody can fill the log with it. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Authenticate } from '../server/operation-context.ts';
import type { EnterByTicket } from '../server/ticket-route.ts';
import { createSampled } from './sampled.ts';

export interface RefusalAudit extends AsyncDisposable {
  /** The same, with what it refuses written down. */
  readonly authenticate: (authenticate: Authenticate) => Authenticate;
  readonly enterByTicket: (enter: EnterByTicket) => EnterByTicket;
}

export function createRefusalAudit({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Logger;
}): RefusalAudit {
  // The reasons are those of the code, a handful, and quote nothing of what was presented.
  const tell = createSampled(clock, (reason, count) => {
    log.warn('auth.refused', { reason, count });
  });
  const note = (error: unknown): never => {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') tell(error.message);
    throw error;
  };
  return {
    authenticate: (authenticate) => (credentials) =>
      // Who presents nothing has nothing refused.
      credentials.authorization === null ? authenticate(credentials) : authenticate(credentials).catch(note),
    enterByTicket: (enter) => (request) => enter(request).catch(note),
    [Symbol.asyncDispose]: () => {
      tell[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
