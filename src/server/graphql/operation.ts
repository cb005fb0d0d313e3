/** An operation on its way through the pipeline, and the seams of it that other parts fill in. */
import { hash } from 'node:crypto';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { OperationContext } from './operation-context.ts';
import type { CallTrace } from '../../upstream/purpose.ts';
import type { PluginContext } from '../plugins/plugin-context.ts';

/** A document that may be executed. Equal texts and names are read once: the object stands for both. */
export interface ReadDocument {
  /** As it was sent. */
  readonly text: string;
  /** That of `documentKey`: for whoever holds what is read, so that equal texts are in memory once. */
  readonly key: string;
  readonly document: DocumentNode;
  /** Which operation of the document was asked for; null when it has one only. */
  readonly operationName: string | null;
  readonly operation: OperationTypeNode;
  /** Whether it is introspection alone, which needs no caller. */
  readonly isIntrospection: boolean;
}

/** A query or mutation that has been read, whatever transport it came by. */
export interface Operation {
  readonly read: ReadDocument;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Equal for operations with the same document, name and variables, see `operationHashOf`. */
  readonly hash: string;
  /** `Cache-Control: no-cache` or alike: no cached answer may be used. */
  readonly isFreshOnly: boolean;
  /** Null for anonymous introspection. */
  readonly caller: Caller | null;
  readonly requestId: string;
  /** Aborts when no client waits for the answer any more. */
  readonly signal: AbortSignal;
  /** What plugins have added to the context of its resolvers. @default nothing */
  readonly extension?: PluginContext;
  /** What is told of it to those who count and log. @default nothing */
  readonly record?: OperationNotes | undefined;
}

/** `cache`: the response cache; `execution`: its own one, or a running one of an equal operation. */
export type AnsweredBy = 'cache' | 'execution';

/** What the pipeline tells of an operation to those who count and log. */
export interface OperationNotes {
  /** Null when it is not traced. */
  readonly trace: { readonly calls: CallTrace } | null;
  answeredBy: AnsweredBy | null;
  /** Upstream calls that it was predicted to need at most; null when nothing had to be predicted. */
  predictedCalls: number | null;
  /** Counts the upstream calls that are sent for it; null when it is answered without executing it. */
  tally: { readonly actual: number } | null;
  errors: readonly GraphQLError[];
  /** Whether its client has left before it was answered. */
  isAbandoned: boolean;
}

/**
 * Equal documents, variables and names of operations have equal hashes, whoever the caller is. The depth of the
 * variables has to be checked before.
 */
export function operationHashOf(read: ReadDocument, variables: Operation['variables']): string {
  return hash('sha256', JSON.stringify([read.text, read.operationName, variables]), 'base64url');
}

export type Report = Readonly<Record<string, unknown>>;

/** An admitted operation, until it has ended. */
export interface Admission {
  /** Called once: with the context that the operation was executed in, or null when it was answered without executing. */
  readonly settle: (context: OperationContext | null) => void;
  /** The cost report in `extensions`, when the client wants one: then the answer is not shared. */
  readonly report?: (context: OperationContext | null) => Report | Promise<Report>;
  /** Upstream calls that it needs at most. @default nothing had to be predicted */
  readonly predictedCalls?: number;
  /** The answer, when the operation is not to be executed. */
  readonly instead?: ExecutionResult;
}

/** Decides whether an operation may be executed now. Throws, or rejects with, a `GatewayError` when it may not. */
export type Admit = (operation: Operation) => Admission | Promise<Admission>;

/** A result that may bring a faster serialiser. */
export interface ExecutedResult extends ExecutionResult {
  readonly stringify?: (result: ExecutionResult) => string;
}

/** Executes a query or mutation. `read` is the same object for as long as the document is cached. */
export type ExecuteOperation = (
  args: ExecutionArgs & { readonly read: ReadDocument },
) => ExecutedResult | Promise<ExecutedResult>;
