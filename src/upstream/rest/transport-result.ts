/** `TransportResult`: what came of one HTTP request to the upstream: an answer, or why there is none. */
import type { Readable } from 'node:stream';
import type { CallFailure } from '../purpose.ts';

export type TransportHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Why there is no answer. */
export type TransportFailure = Exclude<CallFailure, 'aborted'>;

export type TransportResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: TransportHeaders;
      /** The whole body of a 2xx answer, but for its `rows`; the body of any other is thrown away. */
      readonly text: string;
      /** What was made of the rows of a large list; undefined when they are in the text. */
      readonly rows?: readonly unknown[];
      /** How many bytes these rows had. */
      readonly rowBytes?: number;
      /** The list was larger than what is read of one answer: it goes on behind these rows. */
      readonly isCut?: true;
    }
  | { readonly kind: 'failure'; readonly failure: TransportFailure; readonly cause: unknown };

/** An answer whose body has not been read. */
export type StreamResult =
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: TransportHeaders;
      /** Read it to its end, or destroy it: it holds a socket. What it fails with, `failureOf` can name. */
      readonly body: Readable;
    }
  | TransportResult;

export interface CommitResult {
  readonly result: TransportResult;
  /** False only when the upstream has surely got nothing. */
  readonly isSent: boolean;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
