/** `SocketConnection`: one WebSocket, as graphql-ws takes it and as the gateway looks after it. */
import type { Writable } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../security/caller.ts';

/** There are thousands, most of them silent: what all have in common is in its methods, and the rest is made when it is needed. */
export class SocketConnection {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Writable;
  /** The header of the request that opened it. */
  readonly authorization: string | null;
  readonly openedAtMs: number;
  /** When it was last heard of, as Unix time in milliseconds. */
  heardAtMs: number;
  /** Who introduced themselves; null before. */
  caller: Caller | null = null;
  /** Called when it is not watched any more whether the caller may go on. */
  stopWatching: () => void = nothing;
  /** Gives back the slot that the socket takes among those of its caller. */
  leave: () => void = nothing;
  /** Called when a message has been dealt with, and its answer sent. */
  onAnswered: () => void = nothing;
  #running: Set<AbortController> | null = null;
  #receive: (text: string) => Promise<void> = () => Promise.resolve();

  constructor(options: {
    readonly socket: WebSocket;
    readonly stream: Writable;
    readonly authorization: string | null;
    readonly openedAtMs: number;
  }) {
    this.socket = options.socket;
    this.stream = options.stream;
    this.authorization = options.authorization;
    this.openedAtMs = options.openedAtMs;
    this.heardAtMs = options.openedAtMs;
  }

  /** What stops each query and mutation that is under way. */
  get running(): Set<AbortController> {
    return (this.#running ??= new Set());
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** A message for a socket that is closing is for nobody. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.send(text, () => {
        resolve();
      });
    });
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  /** Who reads the messages. */
  onMessage(receive: (text: string) => Promise<void>): void {
    this.#receive = receive;
  }

  hear(message: Buffer): void {
    const answered = () => {
      this.onAnswered();
    };
    this.#receive(message.toString('utf8')).then(answered, () => {
      this.socket.close(CloseCode.BadRequest, 'Unexpected message received');
      answered();
    });
  }
}

const nothing = () => undefined;
