/** `createGatewayClient`: asks a gateway queries, and follows subscriptions to their ends, whatever cuts the connection. */
import { createParser } from 'eventsource-parser';
import type { Clock } from '../clock.ts';
import { ERROR_CODES } from '../errors.ts';

export interface GatewayClientOptions {
  /** Where the graph is. */
  readonly url: string;
  /** What is brought as `Authorization: Bearer`; null brings nothing. */
  readonly token: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
  /** Called with why it is tried again. */
  readonly onRetry: (why: string) => void;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface GatewayClient {
  /** The data of the answer. Rejects with an `Unanswered`. */
  ask(request: GraphqlRequest): Promise<unknown>;
  /** Calls `onEvent` with the data of each event, in order and once, and resolves behind the last one. Rejects with an `Unanswered`. */
  follow(request: GraphqlRequest, onEvent: (data: unknown) => void): Promise<void>;
}

/** The gateway has refused what was asked, or nobody would answer. The message says which. */
export class Unanswered extends Error {}

/** Cut, or refused for the moment: it is tried again. */
class Interrupted extends Error {}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** A question that has no answer after so many tries has none. Events are waited for as long as anybody wants. */
const MAX_TRIES = 8;
/** A stream that gives no sign of life for so long is cut, though nobody says so: the gateway gives one every 15 s. */
const SILENCE_MS = 60_000;

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
  readonly extensions?: { readonly cursor?: string };
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const { clock, signal } = options;

  const send = async (accept: string, body: object, silence: AbortSignal): Promise<Response> => {
    try {
      return await options.fetch(options.url, {
        method: 'POST',
        headers: {
          Accept: accept,
          'Content-Type': 'application/json',
          ...(options.token === null ? {} : { Authorization: `Bearer ${options.token}` }),
        },
        body: JSON.stringify(body),
        signal: silence,
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Interrupted(`${options.url} cannot be reached (${reasonOf(error)})`);
    }
  };

  /** Tries until it is done, is refused for good, or has failed `maxTries` times without getting anywhere. */
  const persist = async <T>(
    maxTries: number,
    attempt: (onProgress: () => void) => Promise<T>,
  ): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt(() => {
          tries = 0;
        });
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (tries >= maxTries) throw new Unanswered(error.message);
        options.onRetry(error.message);
        await clock.sleep(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, tries - 1)), signal);
      }
    }
  };

  return {
    ask: (request) =>
      persist(MAX_TRIES, async () => {
        const answer = await send('application/graphql-response+json', request, signal);
        return dataOf(await readResult(answer));
      }),
    follow: async (request, onEvent) => {
      let cursor: string | undefined;
      await persist(Infinity, async (onProgress) => {
        using silence = watchSilence(clock, signal);
        const extensions = cursor === undefined ? {} : { extensions: { cursor } };
        const answer = await send('text/event-stream', { ...request, ...extensions }, silence.signal);
        if (!answer.headers.get('content-type')?.startsWith('text/event-stream') || !answer.body)
          throw refusalOf(await readResult(answer), answer.status);
        const stream = { isComplete: false };
        const parser = createParser({
          onEvent: ({ event, data }) => {
            if (event === 'complete') stream.isComplete = true;
            if (event !== 'next') return;
            const result = JSON.parse(data) as Result;
            const read = dataOf(result);
            cursor = result.extensions?.cursor ?? cursor;
            onProgress();
            onEvent(read);
          },
        });
        const decoder = new TextDecoder();
        try {
          for await (const chunk of answer.body) {
            silence.restart();
            parser.feed(decoder.decode(chunk, { stream: true }));
          }
        } catch (error) {
          if (signal.aborted || error instanceof Unanswered || error instanceof Interrupted) throw error;
          throw new Interrupted(`the connection was lost (${reasonOf(error)})`);
        }
        if (!stream.isComplete) throw new Interrupted('the connection was closed');
      });
    },
  };
}

/** A signal that aborts with the other one, and after a time in which nobody has called `restart`. */
function watchSilence(
  clock: Clock,
  signal: AbortSignal,
): Disposable & {
  readonly signal: AbortSignal;
  readonly restart: () => void;
} {
  const silence = new AbortController();
  const onAbort = () => {
    silence.abort(signal.reason);
  };
  const start = () =>
    clock.after(SILENCE_MS, () => {
      silence.abort(new Error(`no sign of life for ${String(SILENCE_MS / 1_000)} s`));
    });
  let cancel = start();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return {
    signal: silence.signal,
    restart: () => {
      cancel();
      cancel = start();
    },
    [Symbol.dispose]: () => {
      cancel();
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** The answer as a result of GraphQL; a proxy in front that answers something else is tried again. */
async function readResult(answer: Response): Promise<Result> {
  const text = await answer.text().catch((error: unknown) => {
    throw new Interrupted(`the answer was cut (${reasonOf(error)})`);
  });
  try {
    return JSON.parse(text) as Result;
  } catch {
    throw answer.status >= 500
      ? new Interrupted(`the answer has the status ${String(answer.status)}`)
      : new Unanswered(
          `the answer has the status ${String(answer.status)} and is no GraphQL: is the address that of a gateway?`,
        );
  }
}

function dataOf(result: Result): unknown {
  if (result.errors) throw refusalOf(result, 200);
  return result.data;
}

function refusalOf({ errors = [] }: Result, status: number): Error {
  const [error] = errors;
  if (!error) return new Unanswered(`the answer has the status ${String(status)}`);
  const code = error.extensions?.code ?? '';
  const isRetryable = code in ERROR_CODES && ERROR_CODES[code as keyof typeof ERROR_CODES].retryable;
  return isRetryable ? new Interrupted(error.message) : new Unanswered(error.message);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
