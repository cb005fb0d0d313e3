/** What a worker and the process that has forked it say to each other. */

/** By their names. */
export type ReloadedSettings = Readonly<Record<string, string | null>>;

export type MessageToWorker =
  /** It is to end, as a process does at SIGTERM. */
  | { readonly kind: 'leave' }
  /** Settings that are in force from now on; null for one that is not given any more. */
  | { readonly kind: 'reload'; readonly settings: ReloadedSettings }
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
