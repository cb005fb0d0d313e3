/** What is opened before anything is put together: files that callers and documents are known by, and the embedded upstream. */
import { type GraphQLSchema, validate } from 'graphql';
import type { Clock } from '../clock.ts';
import { type Config, ConfigError } from '../config.ts';
import type { Logger } from '../observability/logger.ts';
import { isPortTaken } from '../port-taken.ts';
import { type Authenticator, createAuthenticator } from '../security/authenticate.ts';
import { parseBounded } from '../security/document-bounds.ts';
import { ANY_DOCUMENT, readTrustedDocuments, type TrustedDocuments } from '../security/trusted-documents.ts';
import { UnusableFile } from '../security/watched-file.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { logAuthentication } from './logged.ts';

/** Reads the file of documents, each of which has to be one that can be executed. */
export async function openTrustedDocuments(
  schema: GraphQLSchema,
  { trustedDocumentsFile, limits }: Config,
): Promise<TrustedDocuments> {
  if (trustedDocumentsFile === null) return ANY_DOCUMENT;
  try {
    return await readTrustedDocuments(trustedDocumentsFile, (text) => {
      const [error] = validate(schema, parseBounded(text, limits.documents));
      if (error) throw error;
    });
  } catch (error) {
    throw error instanceof UnusableFile ? new ConfigError(error.problems) : error;
  }
}

/** Reads the files of tokens and keys; what is wrong with them is wrong with the configuration. */
export async function openAuthenticator(
  { auth, authCheckIntervalMs }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<Authenticator> {
  const observer = logAuthentication(log);
  try {
    return await createAuthenticator({
      settings: auth,
      clock,
      checkIntervalMs: authCheckIntervalMs,
      observer,
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
  const { startSimulator } = await import('../simulator/simulator.ts');
  const start = (wanted: number) =>
    startSimulator({
      host: '127.0.0.1',
      port: wanted,
      clock,
      seed,
      speed,
      size: { scenarioRuns },
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
