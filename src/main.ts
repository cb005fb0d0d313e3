#!/usr/bin/env node
/** The process: environment, configuration, gateway, listen, signals. The only file that touches `process`. */
import { existsSync } from 'node:fs';
import { isatty } from 'node:tty';
import { createSystemClock } from './clock.ts';
import { type Config, type LoadOptions, loadConfig } from './config.ts';
import { ConfigError } from './config/config-error.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { Logger } from './observability/logger.ts';
import { type Command, readCommandLine, USAGE } from './process/command-line.ts';
import { collectWhenIdle, createHeap } from './process/idle-collection.ts';
import { readEnvironment } from './process/environment-file.ts';
import { canForkWorkers } from './process/fork-worker.ts';
import { WorkerEnded } from './process/worker-pool.ts';
import { openWorkerRole } from './process/worker-role.ts';
import { runTokenCommand, TOKEN_USAGE, UsageError } from './process/token-command.ts';
import { printInForce } from './settings/print-in-force.ts';
import { VERSION } from './version.ts';
import { runWaitCommand, STATUS } from './wait/wait-command.ts';
import { readWaitOptions, WAIT_USAGE } from './wait/wait-options.ts';
import { createLoggerOf, startWorkers } from './workers.ts';

/** In the working directory. */
const ENVIRONMENT_FILE = '.env';

/** What the process was started with. */
const environment = { ...process.env };
/** What this process knows as one of several workers; null when it is none. */
const worker = openWorkerRole(environment);
const environmentFile = existsSync(ENVIRONMENT_FILE) ? ENVIRONMENT_FILE : null;
// A worker is started with what the file has said when the first one was.
if (environmentFile !== null && !worker) process.loadEnvFile(environmentFile);
const command = commandLine();
if (command) await run(command);

async function run(asked: Command): Promise<void> {
  switch (asked.kind) {
    case 'help':
      process.stdout.write(asked.usage);
      return;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return;
    case 'token':
      await token(asked.args);
      return;
    case 'wait':
      await wait(asked.args);
      return;
    case 'print':
      if (configuration(asked)) process.stdout.write(printInForce(process.env));
      return;
    case 'check':
      await check(asked);
      return;
    case 'serve':
      await serve(asked);
  }
}

/** Does what a start does but listen. */
async function check(options: LoadOptions): Promise<void> {
  const opened = await open(options);
  if (!opened) return;
  await opened.gateway[Symbol.asyncDispose]();
  process.stdout.write('The configuration is usable.\n');
}

interface Opened {
  readonly config: Config;
  readonly gateway: Gateway;
}

/** The gateway that the environment describes; null when it cannot be, which was said then. */
async function open(options: LoadOptions): Promise<Opened | null> {
  const config = configuration(options);
  if (!config) return null;
  // Plugins bring a `graphql` of their own: the gateway has to use the same, and so none that is in one file with it.
  const create =
    config.plugins.length > 0
      ? (await import('./library/unbundled-gateway.ts')).createGateway
      : createGateway;
  const gateway = await create(config, { environmentFile, worker }).catch(unusable);
  return gateway && { config, gateway };
}

async function serve(options: LoadOptions): Promise<void> {
  const config = worker ? null : configuration(options);
  if (!worker && !config) return;
  if (config && config.workers > 1) await serveByWorkers(config, options);
  else await serveAlone(options);
  // Who has forked it would keep it.
  if (worker && process.exitCode === 1) process.exit();
}

/** Serves in this process, which may be one of several workers. */
async function serveAlone(options: LoadOptions): Promise<void> {
  const opened = await open(options);
  if (!opened) return;
  const { config, gateway } = opened;
  const listening = await gateway.listen().catch(async (error: unknown) => {
    await gateway[Symbol.asyncDispose]();
    return unusable(error);
  });
  if (!listening) return;
  const heap = createHeap();
  const collecting =
    heap &&
    collectWhenIdle({
      clock: createSystemClock(),
      heap,
      evictUnused: gateway.forgetUnused,
      onDefect: (error) => {
        gateway.log.error('process.task_failed', { task: 'collect garbage' }, error);
      },
    });
  const leave = async () => {
    collecting?.[Symbol.dispose]();
    await gateway.drain();
    await gateway[Symbol.asyncDispose]();
  };
  if (worker) {
    // Whoever ends a group of processes ends the one that has forked it, too, and that one tells it to leave.
    process.on('SIGTERM', ignore).on('SIGINT', ignore).on('SIGHUP', ignore);
    worker.begin({
      url: listening.url,
      collect: gateway.measured,
      leave: () => void leave().then(() => process.exit(0)),
      reload: (settings) => {
        const given = Object.entries(settings).map(([name, value]) => [name, value ?? undefined] as const);
        void reload(() => ({ ...environment, ...Object.fromEntries(given) }), { ...gateway, options });
      },
    });
  } else {
    onSignal(gateway.log, leave);
    reloadAtSignal({ ...gateway, options });
    gateway.log.info('process.started', { ...listening, upstreamUrl: gateway.upstreamUrl });
    sayWhere({ ...gateway, url: listening.url, isSimulated: gateway.simulator !== null }, config);
  }
  await gateway.prepare();
}

/** Forks workers, which serve. */
async function serveByWorkers(config: Config, options: LoadOptions): Promise<void> {
  if (!canForkWorkers()) {
    fail('WORKERS is not 1 in a process that another program has forked as a worker, expected 1 there');
    return;
  }
  const log = createLoggerOf(config);
  let giveUp: () => void = () => undefined;
  const workers = await startWorkers(config, {
    environmentFile,
    log,
    onGivenUp: () => {
      process.exitCode = 1;
      giveUp();
    },
  }).catch((error: unknown) => {
    // What a worker finds wrong with the configuration it has said itself.
    if (!(error instanceof WorkerEnded)) return unusable(error);
    fail(error.message);
    return null;
  });
  if (!workers) return;
  const { url, metricsUrl, upstreamUrl } = workers;
  giveUp = onSignal(log, async () => {
    await workers[Symbol.asyncDispose]();
  });
  reloadAtSignal({ log, reload: workers.reload, options });
  log.info('process.started', { url, metricsUrl, upstreamUrl, workers: config.workers });
  sayWhere(workers, config);
  // It may have been given up before there was a way to do so.
  if (process.exitCode === 1) giveUp();
}

/** Has a signal end the process by `leave`; what it answers does so, too. A second signal ends it at once, as by default. */
function onSignal(log: Logger, leave: () => Promise<void>): () => void {
  const stop = () => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    log.info('process.stopping');
    void leave().then(() => {
      log.info('process.stopped');
      process.exit();
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return stop;
}

interface Reloading {
  readonly log: Logger;
  readonly reload: (next: Config) => Promise<void>;
  readonly options: LoadOptions;
}

/** Reads the settings anew at SIGHUP, unless that says that the terminal is closed: then it ends the process, as by default. */
function reloadAtSignal(reloading: Reloading): void {
  if (isatty(0)) return;
  let latest = Promise.resolve();
  process.on('SIGHUP', () => {
    latest = latest.then(() => reload(() => readEnvironment(environment, ENVIRONMENT_FILE), reloading));
  });
}

/** Puts settings into force that are usable as a whole, or says what is wrong with them and changes nothing. */
async function reload(
  read: () => NodeJS.ProcessEnv,
  { log, reload: putInForce, options }: Reloading,
): Promise<void> {
  try {
    await putInForce(loadConfig(read(), options));
  } catch (error) {
    if (error instanceof ConfigError)
      log.error('config.reload_refused', { problems: error.problems.join('; ') });
    else log.error('process.task_failed', { task: 'read the settings anew' }, error);
  }
}

function ignore(): void {
  // Whoever has forked this process tells it what to do.
}

function sayWhere(
  at: { readonly url: string; readonly upstreamUrl: string; readonly isSimulated: boolean },
  config: Config,
): void {
  const upstream = at.isSimulated ? 'the embedded simulator' : 'Runloop';
  const { unixSocket, basePath, tls } = config;
  const graphql = unixSocket
    ? `Socket    ${unixSocket.path} (curl --unix-socket ${unixSocket.path} ${tls ? 'https' : 'http'}://localhost${basePath}/graphql)`
    : `GraphiQL  ${at.url}${basePath}/graphql`;
  process.stdout.write(`${graphql}\nUpstream  ${at.upstreamUrl} (${upstream})\n`);
}

/** Prints a new token, and nothing else on the standard output. */
async function token(args: readonly string[]): Promise<void> {
  const given = { defaultFile: process.env['AUTH_TOKENS_FILE'], nowMs: createSystemClock().now() };
  try {
    process.stdout.write(`${await runTokenCommand(args, given)}\n`);
    process.stderr.write('This is the only time that the token is shown.\n');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(`${error.message}\n\n${TOKEN_USAGE}`);
  }
}

/** Follows a benchmark run to its end. The exit status says what came of it. */
async function wait(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    process.stdout.write(WAIT_USAGE);
    return;
  }
  try {
    process.exitCode = await runWaitCommand({
      options: readWaitOptions(args, { defaultUrl: process.env['GATEWAY_URL'] }),
      token: process.env['GATEWAY_TOKEN'] ?? null,
      fetch,
      clock: createSystemClock(),
      tell: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(`${error.message}\n\n${WAIT_USAGE}`);
    process.exitCode = STATUS.unknown;
  }
}

/** What the process is asked to do; null when it cannot be told, which was said then. */
function commandLine(): Command | null {
  try {
    return readCommandLine(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(`${error.message}\n\n${USAGE}`);
    return null;
  }
}

/** The configuration of this process. A file `.env` in the working directory was read before, and never overrides. */
function configuration(options: LoadOptions): Config | null {
  try {
    return loadConfig(process.env, options);
  } catch (error) {
    return unusable(error);
  }
}

/** Says what is wrong with the configuration, when that is what went wrong. */
function unusable(error: unknown): null {
  // By its name: with plugins there is a second one of it.
  if (!(error instanceof Error && error.name === ConfigError.name)) throw error;
  fail(error.message);
  return null;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
