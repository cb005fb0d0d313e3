/** `createWorkerRestarts`: how often another worker has taken the place of one that had ended. */
import { Counter, Registry } from 'prom-client';

export interface WorkerRestarts {
  readonly note: (worker: number) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export function createWorkerRestarts(): WorkerRestarts {
  const registry = new Registry();
  const counter = new Counter({
    name: 'runloop_graphql_worker_restarts_total',
    help: 'How often another worker took the place of one that had ended by itself.',
    labelNames: ['worker'],
    registers: [registry],
  });
  return {
    note: (worker) => {
      counter.inc({ worker });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
