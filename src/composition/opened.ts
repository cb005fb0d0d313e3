/** What is opened before anything is put together: files that callers and documents are known by, and the embedded upstream. */
import { type GraphQLSchema, validate } from 'graphql';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import type { Current } from '../memory/current.ts';
import type { Logger } from '../observability/logger.ts';
import { isPortTaken } from '../process/port-taken.ts';
import { type Authenticator, createAuthenticator } from '../security/authenticate.ts';
import type { KeyCheck } from '../security/key-check.ts';
import type { Secrets } from '../security/secrets.ts';
import { parseBounded } from '../security/document-bounds.ts';
import { ANY_DOCUMENT, parseTrustedDocuments, type TrustedDocuments } from '../security/trusted-documents.ts';
import {
  openWatchedFile,
  UnusableFile,
  type WatchedFile,
  type WatchedFileOptions,
} from '../security/watched-file.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { logAuthentication, logDocuments, summaryOf } from './logged.ts';

/** Documents that are trusted at the moment: a file of them is read again when it changes. */
export interface OpenedDocuments extends TrustedDocuments, AsyncDisposable {
  /** What was read by the file before must be read anew. */
  onChange(listener: () => void): void;
  /** Reads the file now, and by the bounds that are in force now. Resolves when it is in force, or was found to be unusable. */
  read(): Promise<void>;
}

/** Opens the file of documents and watches it from then on. */
export async function openTrustedDocuments(
  schema: GraphQLSchema,
  { trustedDocuments, authCheckIntervalMs }: Config,
  {
    clock,
    log,
    limits,
  }: { readonly clock: Clock; readonly log: Logger; readonly limits: Current<LimitsConfig> },
): Promise<OpenedDocuments> {
  const listeners: (() => void)[] = [];
  const onChange = (listener: () => void) => void listeners.push(listener);
  if (!trustedDocuments) {
    const nothing = () => Promise.resolve();
    return { ...ANY_DOCUMENT, onChange, read: nothing, [Symbol.asyncDispose]: nothing };
  }
  const { path, isStrict } = trustedDocuments;
  const readUsable = (text: string) => {
    const document = parseBounded(text, limits.current.documents);
    const [error] = validate(schema, document);
    if (error) throw error;
    return document;
  };
  const file = await openFile({
    path,
    parse: (content) =>
      parseTrustedDocuments(content, {
        readUsable,
        isStrict,
        onLeftOut: (problems) => {
          log.warn('documents.left_out', { path, ...summaryOf(problems) });
        },
      }),
    clock,
    intervalMs: authCheckIntervalMs,
    observer: logDocuments(log, () => {
      for (const listener of listeners) listener();
    }),
  });
  return {
    textOf: (request) => file.current.textOf(request),
    check: (text, parse) => {
      file.current.check(text, parse);
    },
    onChange,
    read: () => file.look({ isAnew: true }),
    [Symbol.asyncDispose]: () => {
      file[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Opens a watched file whose problems are those of the setting that names it. */
async function openFile<T>(options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
  try {
    return await openWatchedFile(options);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new ConfigError(error.problems.map((problem) => `TRUSTED_DOCUMENTS_FILE ${problem}`));
  }
}

/** Reads the files of tokens and keys; what is wrong with them is wrong with the configuration. */
export async function openAuthenticator(
  { auth, authCheckIntervalMs }: Config,
  {
    clock,
    log,
    limits,
    secrets,
    keyCheck,
  }: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly limits: Current<LimitsConfig>;
    readonly secrets: Secrets;
    readonly keyCheck: KeyCheck;
  },
): Promise<Authenticator> {
  const observer = logAuthentication(log, clock);
  try {
    return await createAuthenticator({
      settings: auth,
      clock,
      secrets,
      checkIntervalMs: authCheckIntervalMs,
      maxWaitingBytes: () => limits.current.callerWaitingBytes,
      observer,
      keyCheck,
    });
  } catch (error) {
    throw error instanceof UnusableFile ? new ConfigError(error.problems) : error;
  }
}

/** Starts the embedded simulator, on another port where somebody else listens on the one that is wanted. */
export async function startEmbedded(
  { port, seed, speed, scenarioRuns, maxScenarioRuns }: Extract<Config['upstream'], { kind: 'simulator' }>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<Simulator> {
  const { sizeOf, startSimulator } = await import('../simulator/simulator.ts');
  const start = (wanted: number) =>
    startSimulator({
      host: '127.0.0.1',
      port: wanted,
      clock,
      seed,
      speed,
      size: sizeOf(scenarioRuns),
      maxScenarioRuns,
    });
  try {
    return await start(port);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    const simulator = await start(0);
    log.warn('simulator.port_taken', { wanted: port, taken: simulator.port });
    return simulator;
  }
}
