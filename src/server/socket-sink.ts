/** `SocketSink`: one subscription's end of a WebSocket, which writes shared bytes and only the operation's id anew. */
import type { GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import type { Rendered } from './broadcast.ts';
import { toAnswer } from './present-error.ts';
import type { Sink, Subscriber, SubscriptionEnd } from './subscriber.ts';

/** Bytes on their way to one socket beyond which it takes no more for now. */
const HIGH_WATER_BYTES = 64 * 1024; // 64 KiB

const SUFFIX = Buffer.from('}');
const AS_TEXT = { binary: false, compress: false };

export class SocketSink implements Sink {
  readonly #socket: WebSocket;
  readonly #prefix: Buffer;
  readonly #presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
  #subscriber: Subscriber | undefined;
  /** Settles the protocol's wait for the end of the operation. */
  #finish: () => void = () => undefined;

  constructor(options: {
    readonly socket: WebSocket;
    /** The client's name for the operation. */
    readonly id: string;
    readonly presentErrors: (errors: readonly unknown[]) => readonly GraphQLError[];
  }) {
    this.#socket = options.socket;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(options.id)},"type":"next","payload":`);
    this.#presentErrors = options.presentErrors;
  }

  /**
   * The subscription as the protocol takes it: a generator that yields nothing, because events go to the socket by
   * themselves, and ends when the subscription does.
   */
  operation(subscriber: Subscriber): AsyncGenerator<never, undefined, undefined> {
    this.#subscriber = subscriber;
    const done = { done: true, value: undefined } as const;
    const ended = new Promise<typeof done>((resolve) => {
      this.#finish = () => {
        resolve(done);
      };
    });
    const leave = () => {
      subscriber[Symbol.dispose]();
      this.#finish();
      return ended;
    };
    return {
      next: () => {
        subscriber.resume();
        return ended;
      },
      return: leave,
      throw: leave,
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]: async () => {
        await leave();
      },
    };
  }

  send({ payload }: Rendered): boolean {
    this.#write(payload);
    return this.#socket.bufferedAmount < HIGH_WATER_BYTES;
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
        // The endpoint closes the socket, which says that the client should come back.
        return;
      case 'stalled':
        this.#socket.terminate();
        return;
    }
  }

  #write(payload: Buffer): void {
    this.#socket.send(Buffer.concat([this.#prefix, payload, SUFFIX]), AS_TEXT, this.#onSent);
  }

  readonly #onSent = (): void => {
    const subscriber = this.#subscriber;
    if (subscriber?.blockedSince !== null && this.#socket.bufferedAmount < HIGH_WATER_BYTES)
      subscriber?.resume();
  };
}
