/** The composition root of a process with workers: forks them, plays the simulator that they share, answers the metrics of all. */
import { createSystemClock } from './clock.ts';
import { openCertificates } from './composition/certificates.ts';
import { warnOfSettings } from './composition/dangers.ts';
import { freeSocketPath, listenForMetrics } from './composition/listening.ts';
import { startEmbedded } from './composition/opened.ts';
import { createMetricsServer } from './composition/servers.ts';
import { createWorkerMetrics } from './composition/worker-metrics.ts';
import type { Config } from './config.ts';
import type { Logger } from './observability/logger.ts';
import { type Reload, reloadedSettings, warnOfRestart } from './composition/reloading.ts';
import type { ReloadedSettings } from './process/worker-messages.ts';
import { forkWorker } from './process/fork-worker.ts';
import { createWorkerPool } from './process/worker-pool.ts';

export { createLoggerOf } from './composition/logged.ts';

export interface Workers extends AsyncDisposable {
  readonly url: string;
  /** Where metrics are answered on their own port; null when they have none. */
  readonly metricsUrl: string | null;
  readonly upstreamUrl: string;
  /** Whether the upstream is the embedded simulator. */
  readonly isSimulated: boolean;
  /** Has all workers put into force what may change of the configuration, and look at the files that they read. */
  readonly reload: Reload;
}

export interface WorkersGiven {
  readonly environmentFile: string | null;
  readonly log: Logger;
  /** A worker has ended so often that the others are to end, too. */
  readonly onGivenUp: () => void;
}

/** Dispose it to have all workers leave as a process does at SIGTERM. Rejects when one of them cannot start. */
export async function startWorkers(config: Config, given: WorkersGiven): Promise<Workers> {
  const { log, onGivenUp } = given;
  const clock = createSystemClock();
  await warnOfSettings(config, given);
  await freeSocketPath(config);
  const opened: AsyncDisposable[] = [];
  let settings: ReloadedSettings = {};
  const simulator =
    config.upstream.kind === 'simulator' ? await startEmbedded(config.upstream, { clock, log }) : null;
  if (simulator) opened.push(simulator);
  const metrics = createWorkerMetrics({ clock, workers: () => pool.ready });
  const pool = createWorkerPool({
    count: config.workers,
    clock,
    fork: (number, listener) =>
      forkWorker(number, { ...listener, settings, simulatorUrl: simulator?.url ?? null }),
    onMessage: metrics.onMessage,
    onEnded: ({ worker, how, restartInMs }) => {
      metrics.noteRestart(worker);
      log.warn('worker.ended', { worker, how, restartInMs });
    },
    onRestarted: (worker) => {
      // They may have changed since it was forked.
      pool.ready.get(worker)?.send({ kind: 'reload', settings });
      log.info('worker.restarted', { worker });
    },
    onGivenUp: ({ worker, how }) => {
      log.error('worker.given_up', { worker, how });
      onGivenUp();
    },
  });
  const dispose = async () => {
    await pool.stop();
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const tls = await openCertificates(config, { clock, log }, opened);
    const metricsServer = createMetricsServer({
      config,
      limits: { current: config.limits },
      clock,
      log,
      metrics,
      tls,
    });
    if (metricsServer) opened.push(metricsServer);
    return {
      metricsUrl: await listenForMetrics(metricsServer, config),
      url: await pool.start(),
      upstreamUrl: config.upstream.kind === 'runloop' ? config.upstream.baseUrl : (simulator?.url ?? ''),
      isSimulated: simulator !== null,
      reload: async (next) => {
        log.setLevel(next.logging.level);
        warnOfRestart({ started: config, next }, log);
        settings = reloadedSettings(next);
        for (const worker of pool.ready.values()) worker.send({ kind: 'reload', settings });
        await tls?.look();
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
