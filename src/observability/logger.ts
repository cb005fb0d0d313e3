/** `Logger`: structured log lines, each an event of one closed table with attributes, never a sentence with values in it. */
import { pino, type DestinationStream } from 'pino';

/** Every log line there is. What an event's attributes hold is chosen where it is written: never a key, header or body. */
export type LogEvent =
  /** The wanted port of the simulator was busy, another was taken. */
  | 'simulator.port_taken'
  /** A defect: an error that nobody expected was masked. Its `errorId` stands in the answer too. */
  | 'operation.failed'
  /** A download broke off after its first byte, for another reason than its client. */
  | 'download.broken'
  /** An attempt to call the upstream ended without a usable answer. */
  | 'upstream.call_failed'
  /** A file of tokens or keys has changed, and is in force. */
  | 'auth.file_reloaded'
  /** A file of tokens or keys has become unusable; what it said before stays in force. */
  | 'auth.file_broken'
  /** The public keys that tokens are checked with could not be fetched. */
  | 'auth.keys_unavailable'
  /** A poll of a followed thing failed; followers keep what they have until one succeeds. */
  | 'live.poll_failed'
  /** The upstream said a word of an enumeration that this version does not know. */
  | 'upstream.unknown_value';

export type LogAttributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Logger {
  debug(event: LogEvent, attributes?: LogAttributes): void;
  info(event: LogEvent, attributes?: LogAttributes): void;
  warn(event: LogEvent, attributes?: LogAttributes): void;
  /** `error` is written with its class, message and stack. */
  error(event: LogEvent, attributes?: LogAttributes, error?: unknown): void;
}

export interface LoggerOptions {
  /** The least severe line that is written. */
  readonly level: string;
  /** Where lines go, one JSON object each. @default standard error */
  readonly destination?: DestinationStream;
}

export function createLogger(options: LoggerOptions): Logger {
  const log = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (event, attributes) => {
      log.debug(attributes, event);
    },
    info: (event, attributes) => {
      log.info(attributes, event);
    },
    warn: (event, attributes) => {
      log.warn(attributes, event);
    },
    error: (event, attributes, error) => {
      log.error({ ...attributes, ...(error === undefined ? {} : { err: error }) }, event);
    },
  };
}
