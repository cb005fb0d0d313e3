/** `forkWorker`: another process of this program, which listens on the same port as all others that are forked here. */
import cluster from 'node:cluster';
import type { MessageFromWorker, ReloadedSettings } from './worker-messages.ts';
import type { WorkerListener, WorkerProcess } from './worker-pool.ts';

/** How a forked process knows that it is one, and which. */
export const WORKER_VARIABLE = 'GRAPHQL_WORKER';
/** Where the simulator is that all workers share; empty where none is. */
export const SIMULATOR_VARIABLE = 'GRAPHQL_WORKER_SIMULATOR';

export function forkWorker(
  number: number,
  {
    simulatorUrl,
    settings,
    onMessage,
    onExit,
  }: WorkerListener & {
    readonly simulatorUrl: string | null;
    /** Those that differ from what this process was started with. */
    readonly settings: ReloadedSettings;
  },
): WorkerProcess {
  const worker = cluster.fork({
    // Without a value, a variable is not passed on.
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? undefined])),
    [WORKER_VARIABLE]: String(number),
    [SIMULATOR_VARIABLE]: simulatorUrl ?? '',
  });
  worker.on('message', (message: MessageFromWorker) => {
    onMessage(message);
  });
  worker.once('exit', (code: number, signal: string | null) => {
    onExit(signal ?? `exit code ${String(code)}`);
  });
  // One that cannot be spoken to ends, which is told.
  worker.on('error', () => undefined);
  return {
    send: (message) => {
      if (worker.isConnected()) worker.send(message, () => undefined);
    },
  };
}

/** Whether workers can be forked: a process that another program has forked as a worker forks none. */
export function canForkWorkers(): boolean {
  return cluster.isPrimary;
}
