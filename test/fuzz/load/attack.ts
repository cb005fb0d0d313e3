/**
 * `Attack`: one thing that a caller, or nobody, may do to a gateway for as long as they like. Each is a file of its own in
 * `attacks/`, which exports its `attack`: `npm run fuzz:load` finds it there by its name.
 */
import type { Counts } from './counts.ts';
import type { Target } from './target.ts';

export interface Attack {
  /** What is sent, for whoever reads the figures. */
  readonly sends: string;
  /** Settings of the gateway, beside those of production with `AUTH=passthrough`. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Makes what has to be there before the gateway starts, in the process that measures. @default nothing */
  readonly prepare?: () => Promise<Preparation>;
  /**
   * Sends, in a process of its own, which is killed in the end: it need not stop by itself. Rejects when it is answered
   * what nobody should be.
   */
  readonly strike: (target: Target) => Promise<void>;
  /** What has to have been counted so often at least by its end, or it has not reached what it attacks. @default nothing */
  readonly reaches?: Counts;
  /** What honest callers do beside asking, over and over. Rejects when they are refused. @default nothing */
  readonly meanwhile?: (target: Target, authorization: string) => Promise<void>;
}

/** What an attack needs beside the gateway, such as a file of tokens, or an upstream of its own. */
export interface Preparation extends AsyncDisposable {
  /** More settings of the gateway. */
  readonly env: Readonly<Record<string, string>>;
  /** The credentials of honest callers. @default a key that nobody else has */
  readonly honest?: string;
  /** Handed to `strike`. @default an empty text */
  readonly prepared?: string;
  /** What was counted there so far, such as what an upstream was asked. @default nothing */
  readonly counts?: () => Counts;
}
