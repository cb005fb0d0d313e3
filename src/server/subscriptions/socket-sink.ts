/** `SocketSink`: one subscription's end of a WebSocket, which writes shared bytes and only the operation's id anew. */
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
 * The subscription as the protocol takes it: an asynchronous generator that is there at once, so that it can be completed
 * while it is still being started. It yields only why there is nothing to follow; events go to the socket by themselves.
 * Written out, because one that the language makes keeps its whole frame for as long as it waits.
 */
export class SocketSink implements Sink, AsyncGenerator<ExecutionResult, undefined, undefined> {
  readonly #socket: WebSocket;
  readonly #stream: Writable;
  readonly #presentErrors: PresentErrors;
  readonly #requestId: string;
  /** A string: as a small buffer, it would keep a large one alive that it is cut from. */
  readonly #prefix: string;
  /** What is left to do; null once it has begun. */
  #start: Start | null;
  /** Stops what it is being started by. */
  #client: AbortController | null = null;
  #subscriber: Subscriber | null = null;
  #isEnded = false;
  /** Settles the step that the protocol waits for. */
  #settle: (step: Step) => void = () => undefined;

  constructor(options: {
    readonly socket: WebSocket;
    /** What the socket writes to. */
    readonly stream: Writable;
    /** The client's name for the operation. */
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

  /** The first step starts it. Like all others it is done when the subscription is over. */
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

  /** The client has completed it or is gone. */
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
    // The endpoint pings the socket, once for all its operations.
  }

  end(why: SubscriptionEnd): void {
    switch (why.kind) {
      case 'complete':
        this.#finish();
        return;
      case 'fail':
        this.#tell(why.error);
        this.#finish();
        return;
      case 'expire':
        // The socket is closed for it. After a `complete` no client would come back for the rest.
        this.#tell(why.error);
        return;
      case 'close':
        // The endpoint closes the socket, which says that the client should come back. One that takes nothing would
        // not even take that.
        if (this.#stream.writableNeedDrain) this.#socket.terminate();
        return;
      case 'stalled':
        this.#socket.terminate();
        return;
    }
  }

  /** Why it ends, in the words of the graph. */
  #tell(error: GatewayError): void {
    const errors = toAnswer(this.#presentErrors([error], this.#requestId));
    this.#write(Buffer.from(JSON.stringify({ errors })));
  }

  /**
   * Writes past ws, which would make an event two writes and a queue of promises to call back. Its own messages are not
   * cut in two: without compression it writes each of them at once.
   */
  #write(payload: Buffer): boolean {
    // A message for a socket that is closing is for nobody.
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    return this.#stream.write(textFrame(this.#prefix, payload));
  }
}

const BRACE = '}'.charCodeAt(0);
/** A whole message in one frame, of text. */
const FINAL_TEXT = 0x81;

/** A frame of a server, which is not masked (RFC 6455, section 5.2), with the payload inside of the message. */
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
