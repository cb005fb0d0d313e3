/** `SocketConnection`: one WebSocket, as graphql-ws takes it and as the gateway looks after it. */
import { isUtf8 } from 'node:buffer';
import type { Writable } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import { withoutMark } from '../http/json-text.ts';
import type { WebSocket } from 'ws';
import type { Caller } from '../../security/caller.ts';
import type { TransportRequest } from '../graphql/operation-steps.ts';
import { excessOf, REQUEST_JSON_BOUNDS } from '../http/json-bounds.ts';

/** The longest message of who has not been let in yet, in bytes: it holds a token. */
const MAX_STRANGER_BYTES = 16 * 1024; // 16 KiB
const STRANGER_JSON_BOUNDS = { maxValues: 100, maxLevels: 10 };

/** What may wait for a client to read it, in bytes, before it gets more: beyond it, it is gone. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024; // 8 MiB

/** There are thousands, most of them silent: what all have in common is in its methods, and the rest is made when it is needed. */
export class SocketConnection {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Writable;
  /** The header of the request that opened it. */
  readonly authorization: string | null;
  /** The request that opened it; null where no plugin can ask for it, since there are thousands. */
  readonly transport: TransportRequest | null;
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
    readonly transport: TransportRequest | null;
    readonly openedAtMs: number;
  }) {
    this.socket = options.socket;
    this.stream = options.stream;
    this.authorization = options.authorization;
    this.transport = options.transport;
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
    if (this.stream.writableLength > MAX_UNREAD_BYTES) this.socket.terminate();
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
    const refuse = () => {
      this.socket.close(CloseCode.BadRequest, 'Unexpected message received');
      answered();
    };
    // A text frame was checked by ws. In a binary one, what is no character would become U+FFFD unnoticed.
    if (!isUtf8(message)) {
      refuse();
      return;
    }
    const text = withoutMark(message.toString('utf8'));
    if (this.#isTooMuch(text)) {
      this.socket.close(CloseCode.BadRequest, 'Expected a smaller message');
      return;
    }
    this.#listenAtItsPace();
    this.#receive(text).then(answered, refuse);
  }

  /** Found out before a parser makes objects of it. */
  #isTooMuch(text: string): boolean {
    if (this.caller) return excessOf(text, REQUEST_JSON_BOUNDS) === 'maxValues';
    return text.length > MAX_STRANGER_BYTES || excessOf(text, STRANGER_JSON_BOUNDS) !== null;
  }

  /** Who does not read what they are told is not listened to: what they ask for would only wait. */
  #listenAtItsPace(): void {
    if (!this.stream.writableNeedDrain || this.socket.isPaused) return;
    this.socket.pause();
    this.stream.once('drain', () => {
      this.socket.resume();
    });
  }
}

const nothing = () => undefined;
