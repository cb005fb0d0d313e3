/** What one request, one operation and one caller may take at most. Most of it may change while the gateway runs. */
import type { DocumentBounds } from '../security/document-bounds.ts';
import type { AdmissionBounds } from '../server/graphql/admission.ts';
import type { ReadRequired } from './read-required.ts';

export interface LimitsConfig {
  readonly requestMaxBytes: number;
  readonly operationTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly documents: DocumentBounds;
  readonly operations: AdmissionBounds;
  readonly budget: { readonly callsPerMinute: number; readonly maxCallers: number };
  /** Of one caller, at once. */
  readonly callerOperations: number;
  /** What may wait of one caller that has yet to be read, in bytes. */
  readonly callerWaitingBytes: number;
  readonly callerConnections: number;
  /** On one socket, at once. */
  readonly socketOperations: number;
  readonly documentCache: { readonly maxDocuments: number; readonly maxBytes: number };
}

export function limitsConfig(required: ReadRequired): LimitsConfig {
  return {
    requestMaxBytes: required('REQUEST_MAX_BYTES'),
    operationTimeoutMs: required('OPERATION_TIMEOUT_MS'),
    shutdownTimeoutMs: required('SHUTDOWN_TIMEOUT_MS'),
    documents: {
      maxBytes: required('QUERY_MAX_BYTES'),
      maxTokens: required('QUERY_MAX_TOKENS'),
      maxDepth: required('QUERY_MAX_DEPTH'),
      maxSelections: required('QUERY_MAX_SELECTIONS'),
      maxAliases: required('QUERY_MAX_ALIASES'),
      maxRootFields: required('QUERY_MAX_ROOT_FIELDS'),
      maxDirectives: required('QUERY_MAX_DIRECTIVES'),
      maxRepeats: required('QUERY_MAX_REPEATS'),
    },
    operations: {
      maxCalls: required('QUERY_MAX_CALLS'),
      maxRows: required('QUERY_MAX_ROWS'),
      maxValues: required('QUERY_MAX_VALUES'),
      maxPageSize: required('QUERY_MAX_PAGE_SIZE'),
    },
    budget: {
      callsPerMinute: required('CALLER_CALLS_PER_MINUTE'),
      maxCallers: required('CALLER_MAX_BUDGETS'),
    },
    callerOperations: required('CALLER_MAX_OPERATIONS'),
    callerWaitingBytes: required('CALLER_WAITING_MAX_BYTES'),
    callerConnections: required('CALLER_MAX_CONNECTIONS'),
    socketOperations: required('SOCKET_MAX_OPERATIONS'),
    documentCache: {
      maxDocuments: required('DOCUMENT_CACHE_SIZE'),
      maxBytes: required('DOCUMENT_CACHE_MAX_BYTES'),
    },
  };
}
