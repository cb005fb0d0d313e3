/** What one request and one caller may ask for. */
import { z } from 'zod';
import { integer, MIB, MINUTE_MS, oneOf, setting, type Setting } from './setting.ts';

export const LIMIT_SETTINGS = {
  REQUEST_MAX_BYTES: integer({
    means: 'Largest body of a request to the gateway, in bytes.',
    default: 256 * 1024, // 256 KiB
    min: 1024,
    max: 64 * MIB,
  }),
  IDEMPOTENCY_KEYS: integer({
    means:
      'Idempotency keys of mutations that are remembered as sent: under one of them a mutation is a repetition, and its answer shows how things are now.',
    default: 10_000,
    min: 0,
    max: 10_000_000,
  }),
  OPERATION_TIMEOUT_MS: integer({
    means: 'Longest time that one query or mutation may take, in milliseconds.',
    default: 30_000,
    min: 1,
    max: 10 * MINUTE_MS,
  }),
  SHUTDOWN_TIMEOUT_MS: integer({
    means: 'Longest time that running operations get to finish at SIGTERM or SIGINT, in milliseconds.',
    default: 10_000,
    min: 0,
    max: 10 * MINUTE_MS,
  }),
  SHUTDOWN_DELAY_MS: {
    ...integer({
      means:
        'How long requests are accepted after SIGTERM or SIGINT, while `/ready` says 503, in milliseconds: longer than a balancer takes to notice. By default 5000 with NODE_ENV=production, else 0.',
      default: 0,
      min: 0,
      max: 10 * MINUTE_MS,
    }),
    default: null,
  },
  SHUTDOWN_SPREAD_MS: {
    ...integer({
      means:
        'Time over which event streams and WebSockets are ended then, one after the other, in milliseconds, so that their clients do not come back all at once. By default 10000 with NODE_ENV=production, else 0.',
      default: 0,
      min: 0,
      max: 10 * MINUTE_MS,
    }),
    default: null,
  },
  TRUSTED_DOCUMENTS_FILE: setting({
    means:
      'File of the only documents that are executed, by id, as `npm run trusted-documents`, GraphQL Code Generator, Relay and Apollo write it. Read again when it changes.',
    expects: 'the path of a file',
    default: null,
    schema: z.string(),
  }),
  TRUSTED_DOCUMENTS_STRICT: oneOf(['on', 'off'], {
    means:
      'Whether one trusted document that this graph cannot execute makes the whole file unusable, which keeps the gateway from starting; by default that document is left out and logged.',
    default: 'off',
  }),
  DOCUMENT_CACHE_SIZE: integer({
    means:
      'Parsed and validated documents that are cached, of those that are sent repeatedly, and as many that were refused.',
    default: 1000,
    min: 1,
    max: 100_000,
  }),
  DOCUMENT_CACHE_MAX_BYTES: integer({
    means:
      'Roughly the memory that cached documents take, and again as much for those that were refused, in bytes.',
    default: 32 * MIB,
    min: 1024,
    max: 1024 * MIB,
  }),
  COMPILED_DOCUMENTS: integer({
    means:
      'Documents held as compiled code, each operation and each choice of its directives for itself; 0 compiles none.',
    default: 200,
    min: 0,
    max: 10_000,
  }),
  COMPILE_AT_EXECUTION: integer({
    means:
      'Which execution of a cached document is the first by compiled code: compiling costs as much as a few executions.',
    default: 3,
    min: 1,
    max: 1_000_000,
  }),
  COMPILED_MAX_FIELDS: integer({
    means:
      'Fields of the largest document that is compiled; those of a fragment count wherever it is spread.',
    default: 1000,
    min: 1,
    max: 100_000,
  }),
  QUERY_MAX_BYTES: integer({
    means: 'Largest document that is read, in bytes; values belong into variables.',
    default: 64 * 1024, // 64 KiB
    min: 256,
    max: 16 * MIB,
  }),
  QUERY_MAX_TOKENS: integer({
    means: 'Names, punctuators and literals of one document.',
    default: 2_000,
    min: 10,
    max: 10_000,
  }),
  QUERY_MAX_DEPTH: integer({
    means: 'Levels of fields in one operation.',
    default: 16,
    min: 1,
    max: 64,
  }),
  QUERY_MAX_SELECTIONS: integer({
    means: 'Fields and fragments of one operation, each fragment counted wherever it is spread.',
    default: 500,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_ALIASES: integer({
    means: 'Fields of one operation that are given another name.',
    default: 50,
    min: 0,
    max: 10_000,
  }),
  QUERY_MAX_ROOT_FIELDS: integer({
    means: 'Fields at the top of one operation.',
    default: 30,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_DIRECTIVES: integer({
    means: 'Directives of one operation.',
    default: 50,
    min: 0,
    max: 10_000,
  }),
  QUERY_MAX_REPEATS: integer({
    means: 'Fields of one operation that stand for one and the same place of the answer.',
    default: 50,
    min: 1,
    max: 10_000,
  }),
  QUERY_MAX_PAGE_SIZE: integer({
    means: 'Rows of one page of a list; 100 at most, which the schema promises.',
    default: 100,
    min: 1,
    max: 100,
  }),
  QUERY_MAX_ROWS: integer({
    means: 'Rows of all lists of one operation together, as they are predicted.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  QUERY_MAX_VALUES: integer({
    means: 'Values of the answer to one operation, rows times fields, as they are predicted.',
    default: 100_000,
    min: 1,
    max: 100_000_000,
  }),
  QUERY_MAX_CALLS: integer({
    means: 'Upstream calls of one operation, as they are predicted.',
    default: 5_000,
    min: 1,
    max: 1_000_000,
  }),
  CALLER_CALLS_PER_MINUTE: integer({
    means: 'Upstream calls of one caller within a minute; what is predicted and not sent is given back.',
    default: 60_000,
    min: 1,
    max: 1_000_000_000,
  }),
  CALLER_MAX_BUDGETS: integer({
    means: 'Callers whose budgets are held at once; beyond it the least recently seen one starts anew.',
    default: 10_000,
    min: 1,
    max: 10_000_000,
  }),
  CALLER_MAX_OPERATIONS: integer({
    means: 'Queries and mutations of one caller that are under way at once.',
    default: 256,
    min: 1,
    max: 1_000_000,
  }),
  CALLER_WAITING_MAX_BYTES: integer({
    means:
      'Bytes of new requests of one caller that may wait to be parsed: one request of a caller is parsed per turn of the event loop.',
    default: 16 * MIB,
    min: MIB,
    max: 1024 * MIB,
  }),
  CALLER_MAX_CONNECTIONS: integer({
    means: 'Event streams and WebSockets of one caller that are open at once.',
    default: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  SOCKET_MAX_OPERATIONS: integer({
    means: 'Operations on one WebSocket that are under way at once.',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
