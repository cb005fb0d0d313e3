/** What a worker and the process that has forked it say to each other. */

export type MessageToWorker =
  /** It is to end, as a process does at SIGTERM. */
  | { readonly kind: 'leave' }
  /** It is asked for its metrics. */
  | { readonly kind: 'collect'; readonly id: number }
  /** The metrics of all workers, which it has asked for. */
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string };

export type MessageFromWorker =
  /** It accepts requests at this address. */
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'collected'; readonly id: number; readonly metrics: readonly object[] }
  /** Somebody wants the metrics of all workers from it. */
  | { readonly kind: 'wanted'; readonly id: number };
