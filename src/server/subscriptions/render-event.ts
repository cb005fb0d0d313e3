/** `createRenderEvent`: executes a document once for an event, in the name of the subscribers that wait for it. */
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { ExecuteDocument } from '../../execution/executor.ts';
import type { Delivery } from '../../live/follow.ts';
import type { Clock } from '../../clock.ts';
import type { WatchKind } from '../../events/event.ts';
import type { CallTrace } from '../../upstream/purpose.ts';
import type { Caller } from '../../security/caller.ts';
import type { CreateContext, OperationContext } from '../graphql/operation-context.ts';
import { type PresentErrors, toAnswer } from '../graphql/present-error.ts';
import { SharedBill } from '../graphql/shared-bill.ts';
import type { EventAnswer } from './broadcast.ts';

/** The document that every event executes. */
export interface EventDocument {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  /** Takes each event through the hooks of one subscription, which is not shared then. @default null */
  readonly onEvent?: ((event: ExecutionResult) => Promise<ExecutionResult>) | null;
}

/** A subscriber that waits for an event. Those who share an event have the same view, but budgets and requests of their own. */
export interface EventReceiver {
  readonly caller: Caller;
  readonly requestId: string;
  /** By which others refer to the operation that has subscribed; undefined when it is not traced. */
  readonly traceparent: string | undefined;
  /** Whether the client has left. */
  readonly isEnded: boolean;
}

export interface RenderEventOptions {
  readonly schema: GraphQLSchema;
  readonly execute: ExecuteDocument;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  readonly clock: Clock;
  /** Called when an event is about to be executed; what it answers is told how that ended. @default null, it is not traced */
  readonly traceEvent?: TraceEvent | null;
  /** Called with the share of an event's cost of each caller who pays for it. @default none */
  readonly onSpent?: (spent: { readonly caller: Caller; readonly cost: { readonly sent: number } }) => void;
}

export type TraceEvent = (event: {
  readonly kind: WatchKind;
  /** Of the poll that has read it, as the header `traceparent` has it; undefined when that is not known. */
  readonly poll: string | undefined;
  /** The same of the operation that has subscribed. */
  readonly subscription: string | undefined;
}) => {
  readonly calls: CallTrace;
  /** With the code of its first error; null when it has none. */
  end(code: string | null): void;
};

/**
 * Renders the event. `receivers` are those who wait for it at the moment of the call, the one that started it first.
 * Its cost is split among those who are still there when it has ended, also when it has failed.
 */
export type RenderEvent = (
  delivery: Delivery,
  receivers: () => readonly EventReceiver[],
) => Promise<EventAnswer>;

/** `signal` aborts when the last subscriber has left. */
export function createRenderEvent(
  options: RenderEventOptions,
): (document: EventDocument, signal: AbortSignal) => RenderEvent {
  const { schema, execute, createContext, presentErrors, clock } = options;

  return ({ document, variables, operationName, onEvent }, signal) => {
    const bill = new SharedBill();
    const spend = ({ cost: { sent: calls } }: OperationContext, receivers: readonly EventReceiver[]) => {
      if (calls === 0) return;
      const callers = new Map(receivers.map(({ caller }) => [caller.id, caller]));
      for (const [caller, sent] of bill.split(calls, [...callers.values()]))
        options.onSpent?.({ caller, cost: { sent } });
    };

    return async (delivery, receivers) => {
      // The first receiver is present at the start, and has the view of all others.
      const first = receivers().slice(0, 1);
      const present = () => {
        const there = receivers().filter(({ isEnded }) => !isEnded);
        return there.length > 0 ? there : first;
      };
      const [starter] = first;
      if (!starter) throw new Error('Expected a subscriber to wait for the event');
      const span = options.traceEvent?.({
        kind: delivery.event.type,
        poll: delivery.event.traceparent,
        subscription: starter.traceparent,
      });
      const { caller, requestId } = starter;
      let result: ExecutionResult;
      let reads: OperationContext['reads'];
      try {
        // A fresh context for every event: a loader that outlived one would answer the next from its memory.
        // Readings of other entities from before this event are too old to stand beside it.
        using contextValue = createContext({
          ...{ caller, requestId, signal, since: delivery.mark },
          calls: span?.calls ?? null,
        });
        ({ reads } = contextValue);
        try {
          result = await execute({
            schema,
            document,
            rootValue: delivery,
            contextValue,
            variableValues: variables,
            operationName,
          });
        } finally {
          if (options.onSpent) spend(contextValue, present());
        }
      } catch (error) {
        result = { errors: [error as GraphQLError] };
      }
      const isCurrent = () => reads?.isValid(clock.now()) ?? true;
      const [requester = starter] = present();
      const presented = (shown: ExecutionResult): ExecutionResult =>
        shown.errors ? { ...shown, errors: presentErrors(shown.errors, requester.requestId) } : shown;
      const seen = presented(result);
      const [error] = seen.errors ?? [];
      span?.end(error ? String(error.extensions['code']) : null);
      const shown = onEvent ? presented(await onEvent(seen).catch(failed)) : seen;
      const answer = shown.errors ? { ...shown, errors: toAnswer(shown.errors) } : shown;
      const extensions = { ...shown.extensions, ...placeOf(delivery) };
      const json = JSON.stringify({ ...answer, extensions });
      return { json, isCurrent };
    };
  };
}

/** What a client that does not know the document has to know of an event: where it stands, and what does not stand before it. */
function placeOf({ cursor, kind, skipped }: Delivery): ExecutionResult['extensions'] {
  return { cursor, ...(kind === 'snapshot' && { kind: 'SNAPSHOT' }), ...(skipped > 0 && { skipped }) };
}

/** The result of an event whose hook has thrown. */
function failed(error: unknown): ExecutionResult {
  return { errors: [error as GraphQLError] };
}
