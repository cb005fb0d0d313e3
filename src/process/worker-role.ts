/** `openWorkerRole`: what a process knows and says that is one of several workers. */
import cluster from 'node:cluster';
import { SIMULATOR_VARIABLE, WORKER_VARIABLE } from './fork-worker.ts';
import type { MessageFromWorker, MessageToWorker, ReloadedSettings } from './worker-messages.ts';

export interface WorkerRole {
  /** From 1 on. */
  readonly number: number;
  /** Where the simulator is that all workers share; null where none is. */
  readonly simulatorUrl: string | null;
  /** The metrics of all workers, as Prometheus reads them. */
  readonly metricsOfAll: () => Promise<string>;
  /** Says that this one accepts requests, and does from then on what it is told. */
  readonly begin: (given: {
    readonly url: string;
    readonly leave: () => void;
    readonly reload: (settings: ReloadedSettings) => void;
    readonly collect: () => Promise<readonly object[]>;
  }) => void;
}

/** Null for a process that is no worker of this program. */
export function openWorkerRole(env: Readonly<Record<string, string | undefined>>): WorkerRole | null {
  const { worker } = cluster;
  const number = Number(env[WORKER_VARIABLE] ?? 0);
  if (!worker || number === 0) return null;
  const simulatorUrl = env[SIMULATOR_VARIABLE] ?? '';
  const wanted = new Map<number, (text: string) => void>();
  let questions = 0;
  const send = (message: MessageFromWorker) => void worker.send(message);
  return {
    number,
    simulatorUrl: simulatorUrl === '' ? null : simulatorUrl,
    metricsOfAll: () =>
      new Promise((resolve) => {
        const id = ++questions;
        wanted.set(id, resolve);
        send({ kind: 'wanted', id });
      }),
    begin({ url, leave, reload, collect }) {
      worker.on('message', (message: MessageToWorker) => {
        switch (message.kind) {
          case 'leave':
            leave();
            return;
          case 'reload':
            reload(message.settings);
            return;
          case 'collect':
            void collect().then((metrics) => {
              send({ kind: 'collected', id: message.id, metrics });
            });
            return;
          case 'metrics':
            wanted.get(message.id)?.(message.text);
            wanted.delete(message.id);
        }
      });
      send({ kind: 'ready', url });
    },
  };
}
