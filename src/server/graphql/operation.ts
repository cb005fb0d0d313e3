/** An operation on its way through the pipeline, and the seams of it that other parts fill in. */
import { createHash } from 'node:crypto';
import type { DocumentNode, ExecutionArgs, ExecutionResult, OperationTypeNode } from 'graphql';
import type { Caller } from '../../security/caller.ts';
import type { OperationContext } from './operation-context.ts';
import type { PluginContext } from '../plugins/plugin-context.ts';

/** A document that may be executed. Equal texts and names are read once: the object stands for both. */
export interface ReadDocument {
  /** As it was sent. */
  readonly text: string;
  readonly document: DocumentNode;
  /** Which operation of the document was asked for; null when it has one only. */
  readonly operationName: string | null;
  readonly operation: OperationTypeNode;
  /** Whether it asks about the schema and nothing else, which anybody may. */
  readonly isIntrospection: boolean;
}

/** A query or mutation that has been read, whatever transport it came by. */
export interface Operation {
  readonly read: ReadDocument;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Equal for operations that ask the same, see `operationHashOf`. */
  readonly hash: string;
  /** Wants to be told how things are now: nothing that is kept may answer it. */
  readonly isFreshOnly: boolean;
  /** Null for an operation about the schema alone whose caller presents nothing that lets them in. */
  readonly caller: Caller | null;
  readonly requestId: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** What plugins have added to the context of its resolvers. @default nothing */
  readonly extension?: PluginContext;
}

/**
 * Equal documents, variables and names of operations have equal hashes, whoever asks. The variables are no
 * deeper than they may be.
 */
export function operationHashOf(read: ReadDocument, variables: Operation['variables']): string {
  return createHash('sha256')
    .update(JSON.stringify([read.text, read.operationName, variables]))
    .digest('base64url');
}

export type Report = Readonly<Record<string, unknown>>;

/** What was let in, until its operation has ended. */
export interface Admission {
  /** Told once: with the context that the operation was executed in, or null when it was answered without executing. */
  readonly settle: (context: OperationContext | null) => void;
  /** What the answer tells about itself in `extensions`, when that was asked for: then it is nobody else's answer. */
  readonly report?: (context: OperationContext | null) => Report | Promise<Report>;
  /** The answer, when the operation is not to be executed. */
  readonly instead?: ExecutionResult;
}

/** Decides whether an operation may be executed now. Throws, or rejects with, a `GatewayError` when it may not. */
export type Admit = (operation: Operation) => Admission | Promise<Admission>;

/** A result that may know a faster way to write itself down. */
export interface ExecutedResult extends ExecutionResult {
  readonly stringify?: (result: ExecutionResult) => string;
}

/** Executes a query or mutation. `read` stays the same object for as long as the document is remembered. */
export type Execute = (
  args: ExecutionArgs & { readonly read: ReadDocument },
) => ExecutedResult | Promise<ExecutedResult>;
