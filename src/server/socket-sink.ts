/** `SocketSink`: one subscription's end of a WebSocket, which writes shared bytes and only the operation's id anew. */
import type { Writable } from 'node:stream';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import { GatewayError } from '../errors.ts';
import type { Rendered } from './broadcast.ts';
import { toAnswer } from './present-error.ts';
import type { Sink, SubscriptionEnd } from './subscriber.ts';
import type { StartedSubscription } from './subscriptions.ts';

export class SocketSink implements Sink {
  readonly #socket: WebSocket;
  readonly #stream: Writable;
  /** A string: as a small buffer, it would keep a large one alive that it is cut from. */
  readonly #prefix: string;
  readonly #presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
  #resume: () => void = () => undefined;
  #finish: () => void = () => undefined;

  constructor(options: {
    readonly socket: WebSocket;
    /** What the socket writes to. */
    readonly stream: Writable;
    /** The client's name for the operation. */
    readonly id: string;
    readonly presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
  }) {
    this.#socket = options.socket;
    this.#stream = options.stream;
    this.#prefix = `{"id":${JSON.stringify(options.id)},"type":"next","payload":`;
    this.#presentErrors = options.presentErrors;
  }

  /**
   * The subscription as the protocol takes it. It is there at once, so that it can be completed while it is still being
   * started. It yields only why there is nothing to follow: events go to the socket by themselves.
   */
  operation(
    start: (signal: AbortSignal) => Promise<StartedSubscription>,
  ): AsyncGenerator<ExecutionResult, undefined, undefined> {
    const client = new AbortController();
    const generator = this.#run(start, client.signal);
    const leave = generator.return.bind(generator);
    // A generator that waits ends only after its wait: this ends the wait.
    generator.return = (value) => {
      client.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The client went away'));
      return leave(value);
    };
    return generator;
  }

  async *#run(
    start: (signal: AbortSignal) => Promise<StartedSubscription>,
    signal: AbortSignal,
  ): AsyncGenerator<ExecutionResult, undefined, undefined> {
    const isEnded = new Promise<void>((resolve) => {
      this.#finish = resolve;
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    const started = await start(signal);
    if (started.kind === 'refused') {
      yield { errors: started.errors };
      return undefined;
    }
    if (started.kind === 'started') {
      this.#resume = () => {
        started.subscriber.resume();
      };
      this.#resume();
    }
    await isEnded;
    return undefined;
  }

  send({ payload }: Rendered): boolean {
    if (this.#write(payload)) return true;
    this.#stream.once('drain', this.#resume);
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
        this.#write(Buffer.from(JSON.stringify({ errors: toAnswer(this.#presentErrors([why.error])) })));
        this.#finish();
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
