/** `createWorkerMetrics`: the metrics of all workers of a process, asked of each when somebody reads them. */
import type { Clock } from '../clock.ts';
import { mergeMetrics, type MetricSnapshot } from '../observability/metrics/merge-metrics.ts';
import { createWorkerRestarts } from '../observability/metrics/worker-restarts.ts';
import type { MessageFromWorker } from '../process/worker-messages.ts';
import type { WorkerProcess } from '../process/worker-pool.ts';

export interface WorkerMetrics {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** Takes what workers say of metrics: what one has measured, and that somebody wants those of all. */
  readonly onMessage: (message: MessageFromWorker, worker: WorkerProcess) => void;
  /** Another worker takes the place of this one. */
  readonly noteRestart: (worker: number) => void;
}

/** A worker that does not answer in time is left out. In milliseconds. */
const COLLECT_TIMEOUT_MS = 1_000;

export function createWorkerMetrics(options: {
  readonly clock: Clock;
  /** Those that can be asked, by their numbers. */
  readonly workers: () => ReadonlyMap<number, WorkerProcess>;
}): WorkerMetrics {
  const { clock, workers } = options;
  const restarts = createWorkerRestarts();
  /** Who waits for what a worker has measured, by the question. */
  const asked = new Map<number, (metrics: readonly MetricSnapshot[]) => void>();
  let questions = 0;

  function ask(worker: WorkerProcess): Promise<readonly MetricSnapshot[]> {
    const id = ++questions;
    return new Promise((resolve) => {
      const settle = (metrics: readonly MetricSnapshot[]) => {
        asked.delete(id);
        cancel();
        resolve(metrics);
      };
      const cancel = clock.after(COLLECT_TIMEOUT_MS, () => {
        settle([]);
      });
      asked.set(id, settle);
      worker.send({ kind: 'collect', id });
    });
  }

  async function text(): Promise<string> {
    const measured = await Promise.all(
      [...workers()].map(async ([number, worker]) => [String(number), await ask(worker)] as const),
    );
    return `${await mergeMetrics(new Map(measured))}\n${await restarts.text()}`;
  }

  return {
    contentType: restarts.contentType,
    text,
    onMessage(message, worker) {
      switch (message.kind) {
        case 'collected':
          asked.get(message.id)?.(message.metrics as readonly MetricSnapshot[]);
          return;
        case 'wanted':
          void text().then((metrics) => {
            worker.send({ kind: 'metrics', id: message.id, text: metrics });
          });
          return;
        case 'ready':
      }
    },
    noteRestart: restarts.note,
  };
}
