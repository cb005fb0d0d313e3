/** `createAudit`: writes down who was refused, and what was done for whom, so that nobody who is not known can fill the log with it. */
import type { Clock } from '../clock.ts';
import type { AuditedMutation } from '../control/audited-control.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { type Caller, ANONYMOUS } from '../security/caller.ts';
import type { KeyedCall } from '../security/key-check.ts';
import type { Authenticate } from '../server/graphql/operation-context.ts';
import type { EnterByTicket } from '../server/subscriptions/ticket-route.ts';
import { createSampled } from './sampled.ts';

export interface Audit extends AsyncDisposable {
  /** The same, with what it refuses written down. */
  readonly authenticate: (authenticate: Authenticate) => Authenticate;
  readonly enterByTicket: (enter: EnterByTicket) => EnterByTicket;
  /** Learns how the upstream has answered a call: it refuses keys, too. */
  readonly noteCall: (call: KeyedCall) => void;
  /** Learns that a mutation has ended, or was refused. */
  readonly noteMutation: (told: AuditedMutation, by: AuditedRequest) => void;
}

export interface AuditedRequest {
  readonly caller: Caller;
  readonly requestId: string | undefined;
}

export function createAudit({ clock, log }: { readonly clock: Clock; readonly log: Logger }): Audit {
  // The reasons are those of the code, a handful, and quote nothing of what was presented.
  const tellRefused = createSampled(clock, (reason, count, requestId) => {
    log.warn('auth.refused', { reason, count, requestId });
  });
  const tellOfNobody = createSampled(clock, (outcome, count, requestId) => {
    log.info('mutation.done', { outcome, count, requestId });
  });
  const note = (error: unknown, requestId?: string): never => {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED')
      tellRefused(error.message, requestId);
    throw error;
  };
  return {
    authenticate: (authenticate) => (credentials) =>
      // Who presents nothing has nothing refused.
      credentials.authorization === null
        ? authenticate(credentials)
        : authenticate(credentials).catch((error: unknown) => note(error, credentials.requestId)),
    enterByTicket: (enter) => (request) => enter(request).catch((error: unknown) => note(error)),
    noteCall: ({ status }) => {
      if (status === 401) tellRefused('Runloop refuses the key');
    },
    noteMutation: (told, { caller, requestId }) => {
      // Whoever makes keys up is not known by any of them.
      if (caller.boundId === ANONYMOUS) tellOfNobody(told.outcome, requestId);
      else log.info('mutation.done', { ...told, callerId: caller.id, requestId });
    },
    [Symbol.asyncDispose]: () => {
      tellRefused[Symbol.dispose]();
      tellOfNobody[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
