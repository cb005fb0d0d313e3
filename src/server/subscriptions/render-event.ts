/** `createRenderEvent`: an event as the answer to a document, executed once in the name of those who ask for it. */
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { Execute } from '../../execution/executor.ts';
import type { Delivery } from '../../live/follow.ts';
import type { Clock } from '../../clock.ts';
import type { Caller } from '../../security/caller.ts';
import type { CreateContext, OperationContext } from '../graphql/operation-context.ts';
import { type PresentErrors, toAnswer } from '../graphql/present-error.ts';
import { SharedBill } from '../graphql/shared-bill.ts';
import type { EventAnswer } from './broadcast.ts';

/** What every event is an answer to. */
export interface EventDocument {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  /** Takes each event through the hooks of one subscription, which is not shared then. @default null */
  readonly onEvent?: ((event: ExecutionResult) => Promise<ExecutionResult>) | null;
}

/** Who asks for an event. Those who ask for the same one see the same, but have budgets and requests of their own. */
export interface EventAsker {
  readonly caller: Caller;
  readonly requestId: string;
  /** They have left. */
  readonly isEnded: boolean;
}

export interface RenderEventOptions {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  readonly clock: Clock;
  /** Told what an event has cost each of the callers who pay for it. @default nobody wants to know */
  readonly onSpent?: (spent: { readonly caller: Caller; readonly cost: { readonly sent: number } }) => void;
}

/**
 * Answers the event. `askers` are those who have asked for it so far, the one whose asking has started it first,
 * and none of them before. What it costs is shared among those who are there when it is done: also when it has failed.
 */
export type RenderEvent = (delivery: Delivery, askers: () => readonly EventAsker[]) => Promise<EventAnswer>;

/** `signal` aborts when nobody is left to ask. */
export function createRenderEvent(
  options: RenderEventOptions,
): (document: EventDocument, signal: AbortSignal) => RenderEvent {
  const { schema, execute, createContext, presentErrors, clock } = options;

  return ({ document, variables, operationName, onEvent }, signal) => {
    const bill = new SharedBill();
    const spend = ({ cost: { sent: calls } }: OperationContext, askers: readonly EventAsker[]) => {
      if (calls === 0) return;
      const callers = new Map(askers.map(({ caller }) => [caller.id, caller]));
      for (const [caller, sent] of bill.split(calls, [...callers.values()]))
        options.onSpent?.({ caller, cost: { sent } });
    };

    return async (delivery, askers) => {
      // Whoever asks is there, and they see what all see.
      const first = askers().slice(0, 1);
      const present = () => {
        const there = askers().filter(({ isEnded }) => !isEnded);
        return there.length > 0 ? there : first;
      };
      const [asker] = first;
      if (!asker) throw new Error('Expected somebody to ask for an event');
      let result: ExecutionResult;
      let reads: OperationContext['reads'];
      try {
        // A fresh context for every event: a loader that outlived one would answer the next with what it remembers.
        // What was read of other things before this one moved is too old to stand beside it.
        using contextValue = createContext({ caller: asker.caller, signal, since: delivery.mark });
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
      const [answered = asker] = present();
      const presented = (shown: ExecutionResult): ExecutionResult =>
        shown.errors ? { ...shown, errors: presentErrors(shown.errors, answered.requestId) } : shown;
      const seen = presented(result);
      const shown = onEvent ? presented(await onEvent(seen).catch(failed)) : seen;
      const json = JSON.stringify(shown.errors ? { ...shown, errors: toAnswer(shown.errors) } : shown);
      return { json, isCurrent };
    };
  };
}

/** What an event is when a hook breaks on it. */
function failed(error: unknown): ExecutionResult {
  return { errors: [error as GraphQLError] };
}
