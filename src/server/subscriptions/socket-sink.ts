/** `SocketSink`: the sink of one subscription over a WebSocket, which writes the shared payload behind its operation's id. */
import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import type { GatewayError } from '../../errors.ts';
import type { Rendered } from './broadcast.ts';
import { clientGone } from '../http/client-gone.ts';
import { type PresentErrors, toAnswer } from '../graphql/present-error.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';
import type { StartedSubscription } from './subscriptions.ts';

/** Starts the subscription of a sink; the signal aborts when the client goes away meanwhile. */
type Start = (sink: Sink, signal: AbortSignal) => Promise<StartedSubscription>;

type Step = IteratorResult<ExecutionResult, undefined>;

const DONE: Step = { done: true, value: undefined };

/**
 * The async generator that graphql-ws iterates. It exists at once, so that the client can complete the subscription while
 * it is still being started. It yields only the errors of a refusal; events are written to the socket directly.
 * Written by hand, because a generator function holds its whole frame while it waits.
 */
export class SocketSink implements Sink, AsyncGenerator<ExecutionResult, undefined, undefined> {
  readonly transport = 'websocket';
  readonly #socket: WebSocket;
  readonly #stream: Writable;
  readonly #presentErrors: PresentErrors;
  readonly #requestId: string;
  /** A string: a small buffer would keep the large pool alive that it is cut from. */
  readonly #prefix: string;
  /** Starts the subscription; null once it was called. */
  #start: Start | null;
  /** Aborts the start that is under way. */
  #client: AbortController | null = null;
  #subscriber: Subscriber | null = null;
  #isEnded = false;
  /** Resolves the `next()` that graphql-ws waits for. */
  #settle: (step: Step) => void = () => undefined;

  constructor(options: {
    readonly socket: WebSocket;
    /** What the socket writes to. */
    readonly stream: Writable;
    /** The id that the client gave the operation. */
    readonly id: string;
    readonly requestId: string;
    readonly presentErrors: PresentErrors;
    readonly start: Start;
  }) {
    this.#socket = options.socket;
    this.#stream = options.stream;
    this.#prefix = `{"id":${JSON.stringify(options.id)},"type":"next","payload":`;
    this.#requestId = options.requestId;
    this.#presentErrors = options.presentErrors;
    this.#start = options.start;
  }

  /** The first call starts the subscription, and resolves when it has ended. */
  next(): Promise<Step> {
    const start = this.#start;
    this.#start = null;
    if (this.#isEnded || !start) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#begin(start).catch(reject);
    });
  }

  async #begin(start: Start): Promise<void> {
    this.#client = new AbortController();
    const started = await start(this, this.#client.signal);
    this.#client = null;
    if (started.kind === 'refused') {
      this.#isEnded = true;
      this.#settle({ done: false, value: { errors: started.errors } });
    }
    if (started.kind !== 'started') return;
    this.#subscriber = started.subscriber;
    this.#subscriber.resume();
  }

  /** The client has sent `complete` or has left. */
  return(): Promise<Step> {
    this.#client?.abort(clientGone());
    this.#subscriber?.[Symbol.dispose]();
    this.#finish();
    return Promise.resolve(DONE);
  }

  throw(error: Error): Promise<Step> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #finish(): void {
    this.#isEnded = true;
    this.#settle(DONE);
  }

  send({ payload }: Rendered): boolean {
    if (this.#write(payload)) return true;
    this.#stream.once('drain', () => this.#subscriber?.resume());
    return false;
  }

  heartbeat(): void {
    // The endpoint pings each socket once for all its operations.
  }

  end(why: SubscriptionEnd): void {
    switch (why.kind) {
      case 'complete':
        this.#finish();
        return;
      case 'fail':
        this.#sendError(why.error);
        this.#finish();
        return;
      case 'expire':
        // No `complete`: the socket is closed instead, so that the client reconnects and resumes.
        this.#sendError(why.error);
        return;
      case 'close':
        // The endpoint closes the socket, after which clients reconnect. A client that reads nothing would not read the
        // close frame either.
        if (this.#stream.writableNeedDrain) this.#socket.terminate();
        return;
      case 'stalled':
        this.#socket.terminate();
        return;
    }
  }

  /** Sends the error as the last result. */
  #sendError(error: GatewayError): void {
    const errors = toAnswer(this.#presentErrors([error], this.#requestId));
    this.#write(Buffer.from(JSON.stringify({ errors })));
  }

  /**
   * Writes past ws, which would take two writes and a callback for each event. That is safe, because ws writes each of its
   * own frames synchronously when there is no compression.
   */
  #write(payload: Buffer): boolean {
    // A closing socket takes no more messages.
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    return this.#stream.write(textFrame(this.#prefix, payload));
  }
}

const BRACE = '}'.charCodeAt(0);
/** A whole message in one frame, of text. */
const FINAL_TEXT = 0x81;

/** An unmasked text frame (RFC 6455, section 5.2): the prefix, the payload and the closing brace. */
function textFrame(prefix: string, payload: Buffer): Buffer {
  const prefixLength = Buffer.byteLength(prefix);
  const length = prefixLength + payload.length + 1;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = FINAL_TEXT;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(prefix, headerLength);
  payload.copy(frame, headerLength + prefixLength);
  frame[frame.length - 1] = BRACE;
  return frame;
}
