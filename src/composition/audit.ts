/** `createAudit`: logs refused credentials and mutations, sampled where anonymous clients could fill the log. */
import type { Clock } from '../clock.ts';
import type { AuditedMutation } from '../control/audited-control.ts';
import { GatewayError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Credentials } from '../security/authenticate.ts';
import { type Caller, ANONYMOUS } from '../security/caller.ts';
import type { KeyedCall } from '../security/key-check.ts';
import type { Authenticate } from '../server/graphql/operation-context.ts';
import type { EnterByTicket } from '../server/subscriptions/ticket-route.ts';
import { createSampled } from './sampled.ts';

export interface Audit extends AsyncDisposable {
  /** The same, with what it refuses written down. */
  readonly authenticate: (authenticate: Authenticate) => Authenticate;
  readonly enterByTicket: (enter: EnterByTicket) => EnterByTicket;
  /** Called with how the upstream has answered a call: it refuses keys, too. */
  readonly noteCall: (call: KeyedCall) => void;
  /** Called when a mutation has ended, or was refused. */
  readonly noteMutation: (mutation: AuditedMutation, by: AuditedRequest) => void;
}

export interface AuditedRequest {
  readonly caller: Caller;
  readonly requestId: string | undefined;
}

export function createAudit({ clock, log }: { readonly clock: Clock; readonly log: Logger }): Audit {
  // The reasons are those of the code, a handful, and quote nothing of what was presented.
  const sampleRefusal = createSampled(clock, (reason, count, where) => {
    log.warn('auth.refused', { reason, count, ...where });
  });
  const sampleAnonymousMutation = createSampled(clock, (outcome, count, where) => {
    log.info('mutation.done', { outcome, count, ...where });
  });
  const note = (error: unknown, from: Credentials['from']): never => {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED')
      sampleRefusal(error.message, { requestId: from?.requestId, clientAddress: from?.client.address });
    throw error;
  };
  return {
    authenticate: (authenticate) => (credentials) =>
      // Missing credentials are no refused ones.
      credentials.authorization === null
        ? authenticate(credentials)
        : authenticate(credentials).catch((error: unknown) => note(error, credentials.from)),
    enterByTicket: (enter) => (request) => enter(request).catch((error: unknown) => note(error, request)),
    noteCall: ({ status }) => {
      if (status === 401) sampleRefusal('Runloop refuses the key');
    },
    noteMutation: (mutation, { caller, requestId }) => {
      // The id of a key that was never accepted identifies nobody, so the line is sampled and leaves it out.
      if (caller.boundId === ANONYMOUS) sampleAnonymousMutation(mutation.outcome, { requestId });
      else log.info('mutation.done', { ...mutation, callerId: caller.id, requestId });
    },
    [Symbol.asyncDispose]: () => {
      sampleRefusal[Symbol.dispose]();
      sampleAnonymousMutation[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
