/** `Logger`: structured log lines, each an event of one closed table with attributes, never a sentence with values in it. */
import { isatty } from 'node:tty';
import { pino, type DestinationStream } from 'pino';
import { prettyLine } from './pretty.ts';
import { createRedaction, type Redact } from './redact.ts';

/** Every log line there is. What an event's attributes hold is chosen where it is written: never a key, header or body. */
export type LogEvent =
  /** The process accepts requests, at this `url`. */
  | 'process.started'
  /** The process was asked to end: running operations may finish. */
  | 'process.stopping'
  /** Everything is closed, and the process ends. */
  | 'process.stopped'
  /** A worker has ended by itself: how, and when another one takes its place. */
  | 'worker.ended'
  /** Another worker has taken the place of one that had ended. */
  | 'worker.restarted'
  /** A worker has ended so often that all of them end. */
  | 'worker.given_up'
  /** The wanted port of the simulator was busy, another was taken. */
  | 'simulator.port_taken'
  /** An operation was answered, or a subscription has ended: what it was, who asked, what it cost and how it ended. */
  | 'operation.done'
  /** Operations were answered whose lines were too many: how many. */
  | 'operation.lines_left_out'
  /** A defect: an error that nobody expected was masked. Its `errorId` stands in the answer too. */
  | 'operation.failed'
  /** A defect: an error that nobody expected came up in something that is done again and again. It goes on. */
  | 'process.task_failed'
  /** A download broke off after its first byte, for another reason than its client. */
  | 'download.broken'
  /** An attempt to call the upstream ended without a usable answer. */
  | 'upstream.call_failed'
  /** A call was given up, because nobody waited for its answer any more. That is no failure. */
  | 'upstream.call_aborted'
  /** A setting is usable, and lets somebody do what they should not. */
  | 'config.dangerous'
  /** A variable begins as settings do and is none: it says nothing. */
  | 'config.unknown_name'
  /** A setting was given by the name that it had before: what it is called `now`, and the version in which the old one is removed. */
  | 'config.deprecated_name'
  /** Limits and files were read anew: which settings have `changed`. */
  | 'config.reloaded'
  /** Settings say something else now that comes into force when the process starts again. */
  | 'config.restart_needed'
  /** The settings were read anew and are not usable; those from before stay in force. */
  | 'config.reload_refused'
  /** A mutation has ended: who asked for it, what it was about, and how it ended. */
  | 'mutation.done'
  /** Credentials were refused: why, and how often since the last line that says so, once a minute at most. */
  | 'auth.refused'
  /** Gateway tokens were added to their file, or revoked. */
  | 'auth.tokens_changed'
  /** A file of tokens or keys has changed, and is in force. */
  | 'auth.file_reloaded'
  /** A file of tokens or keys has become unusable; what it said before stays in force. */
  | 'auth.file_broken'
  /** The file of trusted documents has changed, and is in force. */
  | 'documents.reloaded'
  /** The file of trusted documents has become unusable; what it said before stays in force. */
  | 'documents.file_broken'
  /** Documents of the file cannot be executed: they are not trusted, the others are. */
  | 'documents.left_out'
  /** The certificate or its key has changed, and new connections are shown it; it is valid until `validUntil`. */
  | 'tls.reloaded'
  /** The certificate and its key have become unusable; those from before stay in force. */
  | 'tls.files_broken'
  /** The public keys that tokens are checked with could not be fetched. */
  | 'auth.keys_unavailable'
  /** Public keys that tokens are checked with have been read for the first time, or were published or withdrawn. */
  | 'auth.keys_changed'
  /** The connections to Redis are there: for the first time, or again. */
  | 'redis.connected'
  /** A connection to Redis was lost. */
  | 'redis.lost'
  /** Redis cannot be reached, or not be used; it is tried again and again. */
  | 'redis.unavailable'
  /** A poll of a followed thing failed; followers keep what they have until one succeeds. */
  | 'live.poll_failed'
  /** The upstream said a word of an enumeration that this version does not know. */
  | 'upstream.unknown_value';

export type LogAttributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Logger {
  debug(event: LogEvent, attributes?: LogAttributes): void;
  info(event: LogEvent, attributes?: LogAttributes): void;
  warn(event: LogEvent, attributes?: LogAttributes): void;
  /** `error` is written with its class, its message, where in the code it comes from, and its causes. */
  error(event: LogEvent, attributes?: LogAttributes, error?: unknown): void;
  /** The least severe line that is written from now on. */
  setLevel(level: string): void;
}

export interface LoggerOptions {
  /** The least severe line that is written. */
  readonly level: string;
  /** What must stand in no line, whatever it looks like: the gateway's own key. @default nothing */
  readonly secrets?: readonly string[];
  /** Which of several workers of a process writes: it stands in each line. @default there is one process */
  readonly worker?: number | undefined;
  /** @default `pretty` where standard error is a terminal and there is no other destination, else `json` */
  readonly format?: 'json' | 'pretty' | null;
  /** Where lines go. @default standard error */
  readonly destination?: DestinationStream;
}

export function createLogger(options: LoggerOptions): Logger {
  const log = pino(
    {
      level: options.level,
      base: options.worker === undefined ? null : { worker: options.worker },
      // What is logged of an error is decided here, not by pino.
      serializers: { err: (line: ErrorLine) => line },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
    },
    destinationOf(options),
  );
  const redact = createRedaction(options.secrets);
  // There is no other way for a text into a line.
  const shown = (attributes: LogAttributes = {}): LogAttributes =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'string' ? redact(value) : value,
      ]),
    );
  return {
    debug: (event, attributes) => {
      if (log.isLevelEnabled('debug')) log.debug(shown(attributes), event);
    },
    info: (event, attributes) => {
      if (log.isLevelEnabled('info')) log.info(shown(attributes), event);
    },
    warn: (event, attributes) => {
      if (log.isLevelEnabled('warn')) log.warn(shown(attributes), event);
    },
    error: (event, attributes, error) => {
      log.error(
        { ...shown(attributes), ...(error === undefined ? {} : { err: errorLine(error, redact) }) },
        event,
      );
    },
    setLevel: (level) => {
      log.level = level;
    },
  };
}

const STANDARD_ERROR = 2;

function destinationOf({ destination, format }: LoggerOptions): DestinationStream {
  const isTerminal = destination === undefined && isatty(STANDARD_ERROR);
  const out = destination ?? pino.destination({ fd: STANDARD_ERROR, sync: true });
  if ((format ?? (isTerminal ? 'pretty' : 'json')) === 'json') return out;
  return {
    write: (line) => {
      out.write(prettyLine(line, { hasColors: isTerminal }));
    },
  };
}

/** How many places of an error are logged. */
const MAX_PLACES = 12;

/** How many causes of an error are logged. */
const MAX_CAUSES = 4;

interface ErrorLine {
  readonly type: string;
  readonly message: string;
  /** The innermost places first, such as `load src/loaders/loaders.ts:31:7`. */
  readonly at: readonly string[];
  readonly cause?: ErrorLine;
}

/** What is logged of an error: never what else somebody has hung on it, such as a request with its headers. */
function errorLine(error: unknown, redact: Redact, depth = 0): ErrorLine {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'Something that is no error was thrown', at: [] };
  return {
    type: error.name,
    message: redact(error.message),
    at: placesIn(error),
    ...(error.cause === undefined || depth === MAX_CAUSES
      ? {}
      : { cause: errorLine(error.cause, redact, depth + 1) }),
  };
}

/**
 * Where in the code an error comes from. Its `stack` begins with its message, whatever that quotes, and says where on the
 * machine the code is: neither is logged.
 */
function placesIn({ message, stack = '' }: Error): readonly string[] {
  const trace = stack.slice(stack.indexOf(message) + message.length);
  return [...trace.matchAll(/^ {4}at (?:(.{1,500}?) \()?([^()\n]{1,500})\)?$/gm)]
    .slice(0, MAX_PLACES)
    .map(([, caller, place = '']) => {
      const file = place.replace(/^.*\/(?=(?:node_modules|src|schema|test)\/)/, '');
      return caller === undefined ? file : `${caller} ${file}`;
    });
}
