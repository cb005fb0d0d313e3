/** `createAdmission`: checks bounds and budget before an operation is executed, and charges its actual cost after. */
import { type DocumentNode, OperationTypeNode } from 'graphql';
import { checkVariables } from '../../security/argument-bounds.ts';
import type { Budget, Charge } from '../../security/cost/budget.ts';
import { type CostMode, costModeOf } from '../../security/cost/cost-mode.ts';
import type { Prediction } from '../../security/cost/predict.ts';
import type { Predict } from '../../security/cost/predictor.ts';
import type { Caller } from '../../security/caller.ts';
import type { CallerSlots } from '../../security/caller-slots.ts';
import { GatewayError } from '../../errors.ts';
import { tooComplex } from '../../security/too-complex.ts';
import type { Admission, Admit } from './operation.ts';
import type { OperationContext } from './operation-context.ts';

/** The most that one operation may ask for. */
export interface AdmissionBounds {
  /** Upstream calls, as they are predicted. */
  readonly maxCalls: number;
  /** Rows of lists, as they are predicted. */
  readonly maxRows: number;
  /** Values of the answer, as they are predicted. */
  readonly maxValues: number;
  /** Rows of one page. */
  readonly maxPageSize: number;
}

export interface AdmissionOptions {
  readonly predict: Predict;
  /** May change. */
  readonly bounds: () => AdmissionBounds;
  readonly budget: Budget;
  /** Queries and mutations under way. */
  readonly operations: CallerSlots;
}

/** A subscription that is about to start. */
export interface SubscriptionToAdmit {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

export interface Admissions {
  /** Queries and mutations. */
  readonly admit: Admit;
  /** What is executed before anybody asks for it: only while the caller has at least half of their budget left. */
  readonly admitRefresh: (caller: Caller) => Promise<Pick<Admission, 'settle'>>;
  /** Rejects when starting this subscription, or one event of it, exceeds a bound or the caller's budget. */
  readonly admitSubscription: (subscription: SubscriptionToAdmit) => Promise<void>;
  /** Rejects when the caller has no upstream call left. For file downloads, which are charged while they are sent. */
  readonly admitCaller: (caller: Caller) => Promise<void>;
  /**
   * Charges the budget for what an event, or a part of a file, has cost. Never rejects: an empty budget delays no event.
   */
  readonly spend: (spent: {
    readonly caller: Caller;
    readonly cost: Pick<OperationContext['cost'], 'sent'>;
  }) => void;
}

/** Share of a caller's budget that refreshing cached answers leaves for what they ask for. */
const REFRESH_RESERVE = 1 / 2;

export function createAdmission(options: AdmissionOptions): Admissions {
  const { predict, bounds, budget, operations } = options;

  const admit: Admit = async ({ read, variables, extensions, caller }) => {
    const mode = costModeOf(extensions['cost']);
    if (read.operation !== OperationTypeNode.MUTATION) checkVariables(variables);
    // Introspection sends no upstream call, and needs no caller.
    if (!caller) return { settle: () => undefined };
    const { document, operationName } = read;
    const prediction = predict({ document, operationName, variables });
    if (mode === 'explain') {
      const cost = explained(prediction, {
        bounds: bounds(),
        remaining: await budget.remaining(caller.boundId),
      });
      return { instead: { data: null, extensions: { cost } }, settle: () => undefined };
    }
    check(prediction, bounds());
    const { boundId } = caller;
    const leave = operations.take(boundId);
    try {
      const charge = await budget.charge(boundId, prediction.calls);
      const settle = (used: number) =>
        caller.boundId === boundId ? charge.settle(used) : settleAsKnown(charge, { budget, caller, used });
      return admitted({ mode, prediction, leave, settle });
    } catch (error) {
      leave();
      throw error;
    }
  };

  return {
    admit,
    admitSubscription: async ({ caller, ...operation }) => {
      checkVariables(operation.variables);
      const prediction = predict(operation);
      check(prediction, bounds());
      const charge = await budget.charge(caller.boundId, prediction.calls);
      // This only checks that the budget suffices: the first read, and each event, is charged when it is sent.
      await charge.settle(0);
    },
    admitRefresh: async (caller) => {
      const remaining = await budget.remaining(caller.boundId);
      if (remaining < budget.callsPerMinute() * REFRESH_RESERVE)
        throw new GatewayError('RATE_LIMITED', 'What is left of the budget is for what is asked for');
      return {
        settle: (context) => {
          if (context && context.cost.sent > 0) void budget.spend(caller.boundId, context.cost.sent);
        },
      };
    },
    admitCaller: async ({ boundId }) => {
      const charge = await budget.charge(boundId, 1);
      await charge.settle(0);
    },
    spend: ({ caller, cost }) => {
      if (cost.sent > 0) void budget.spend(caller.boundId, cost.sent);
    },
  };
}

/** Moves the charge from the anonymous bound to the caller, whose key was accepted meanwhile. Answers what they have left. */
async function settleAsKnown(
  charge: Charge,
  { budget, caller, used }: { readonly budget: Budget; readonly caller: Caller; readonly used: number },
): Promise<number> {
  await charge.settle(0);
  await budget.spend(caller.boundId, used);
  return budget.remaining(caller.boundId);
}

function admitted(given: {
  readonly mode: CostMode | null;
  readonly prediction: Prediction;
  /** Charges the calls that were sent, and answers how many are left. */
  readonly settle: Charge['settle'];
  readonly leave: () => void;
}): Admission {
  const { mode, prediction, leave } = given;
  let settled: Promise<number> | undefined;
  const settle = (context: OperationContext | null) => {
    leave();
    return (settled ??= given.settle(context?.cost.sent ?? 0));
  };
  return {
    predictedCalls: prediction.calls,
    settle: (context) => {
      void settle(context);
    },
    ...(mode === null
      ? {}
      : {
          report: async (context) => {
            const { sent, asked } = context?.cost ?? { sent: 0, asked: 0 };
            return {
              cost: {
                predicted: prediction.calls,
                actual: sent,
                cached: Math.max(0, asked - sent),
                budgetRemaining: await settle(context),
              },
            };
          },
        }),
  };
}

function explained(
  { calls, rows, fields }: Prediction,
  { bounds, remaining }: { readonly bounds: AdmissionBounds; readonly remaining: number },
) {
  return {
    predicted: calls,
    maxCalls: bounds.maxCalls,
    rows,
    maxRows: bounds.maxRows,
    budgetRemaining: remaining,
    fields,
  };
}

function check(
  { calls, rows, values, pageSize }: Prediction,
  { maxCalls, maxRows, maxValues, maxPageSize }: AdmissionBounds,
): void {
  if (pageSize > maxPageSize) {
    throw tooComplex({
      counts: 'rows a page',
      value: pageSize,
      bound: maxPageSize,
      setting: 'QUERY_MAX_PAGE_SIZE',
      advice: 'ask for a smaller `first`, and for the next page after `pageInfo.endCursor`',
    });
  }
  if (rows > maxRows) {
    throw tooComplex({
      counts: 'rows',
      value: rows,
      bound: maxRows,
      setting: 'QUERY_MAX_ROWS',
      advice: 'ask for a smaller `first` of lists within lists',
    });
  }
  if (values > maxValues) {
    throw tooComplex({
      counts: 'values',
      value: values,
      bound: maxValues,
      setting: 'QUERY_MAX_VALUES',
      advice: 'ask for fewer fields of each row, or for a smaller `first`',
    });
  }
  if (calls > maxCalls) {
    throw tooComplex({
      counts: 'upstream calls',
      value: calls,
      bound: maxCalls,
      setting: 'QUERY_MAX_CALLS',
      advice: 'ask for a smaller `first`, or send `X-GraphQL-Cost: explain` to see which fields cost them',
    });
  }
}
