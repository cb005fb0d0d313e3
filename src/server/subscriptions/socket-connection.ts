/** `SocketConnection`: one WebSocket: the socket that graphql-ws uses, and its state in the gateway. */
import { isUtf8 } from 'node:buffer';
import type { Writable } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import { withoutMark } from '../http/json-text.ts';
import type { WebSocket } from 'ws';
import type { Caller } from '../../security/caller.ts';
import type { TransportRequest } from '../graphql/operation-steps.ts';
import { excessOf, REQUEST_JSON_BOUNDS } from '../http/json-bounds.ts';

/** The longest message before `connection_init` was accepted, in bytes: it holds a token. */
const MAX_ANONYMOUS_BYTES = 16 * 1024; // 16 KiB
const ANONYMOUS_JSON_BOUNDS = { maxValues: 100, maxLevels: 10 };

/** The most bytes that may wait for a client to read them: a socket with more is terminated. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024; // 8 MiB

/** Undefined when a message of so many bytes may be read at once; else a promise. The caller is null until `connection_init` was accepted. */
export type AcquireMessageTurn = (caller: Caller | null, bytes: number) => Promise<void> | undefined;

/** There are thousands, most of them idle: behaviour is in methods instead of closures, and state is made when it is needed. */
export class SocketConnection {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Writable;
  /** The `Authorization` header of the request that opened it. */
  readonly authorization: string | null;
  /** The request that opened it; null without plugins, which alone need it, to save memory. */
  readonly transport: TransportRequest | null;
  readonly openedAtMs: number;
  /** Of its client; null when it is not known, and once its caller is. */
  address: string | null;
  /** When its last message or pong came, as Unix time in milliseconds. */
  lastSeenAtMs: number;
  /** Set once `connection_init` has been accepted; null before. */
  caller: Caller | null = null;
  /** Stops watching whether the caller's credentials are still valid. */
  stopWatching: () => void = nothing;
  /** Releases the slot of its caller that the socket takes. */
  leave: () => void = nothing;
  /** Called when a message has been processed, and its answer sent. */
  onAnswered: () => void = nothing;
  /** Called with the bytes of each message before it is read. */
  readonly #acquireTurn: AcquireMessageTurn;
  #running: Set<AbortController> | null = null;
  #receive: (text: string) => Promise<void> = () => Promise.resolve();

  constructor(options: {
    readonly socket: WebSocket;
    readonly stream: Writable;
    readonly authorization: string | null;
    readonly transport: TransportRequest | null;
    readonly openedAtMs: number;
    readonly address: string | null;
    readonly acquireTurn?: AcquireMessageTurn;
  }) {
    this.socket = options.socket;
    this.stream = options.stream;
    this.authorization = options.authorization;
    this.transport = options.transport;
    this.openedAtMs = options.openedAtMs;
    this.address = options.address;
    this.lastSeenAtMs = options.openedAtMs;
    this.#acquireTurn = options.acquireTurn ?? nothing;
  }

  /** The abort controllers of the queries and mutations under way. */
  get running(): Set<AbortController> {
    return (this.#running ??= new Set());
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** Terminates a socket whose client does not read. */
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

  /** Sets the function that processes the messages. */
  onMessage(receive: (text: string) => Promise<void>): void {
    this.#receive = receive;
  }

  receive(message: Buffer): void {
    const answered = () => {
      this.onAnswered();
    };
    const refuse = () => {
      this.socket.close(CloseCode.BadRequest, 'Unexpected message received');
      answered();
    };
    // ws checks text frames. In a binary frame, invalid UTF-8 would silently become U+FFFD.
    if (!isUtf8(message)) {
      refuse();
      return;
    }
    const text = withoutMark(message.toString('utf8'));
    if (this.#exceedsBounds(text)) {
      this.socket.close(CloseCode.BadRequest, 'Expected a smaller message');
      return;
    }
    this.#pauseUntilDrained();
    this.#receive(text).then(answered, refuse);
  }

  /** In its turn. Messages are read in the order in which they came. */
  receiveInTurn(message: Buffer): void {
    const turn = this.#acquireTurn(this.caller, message.byteLength);
    if (!turn) {
      this.receive(message);
      return;
    }
    void turn.then(() => {
      if (this.socket.readyState === this.socket.OPEN) this.receive(message);
    });
  }

  /** Checked before a parser makes objects of the text. */
  #exceedsBounds(text: string): boolean {
    if (this.caller) return excessOf(text, REQUEST_JSON_BOUNDS) === 'maxValues';
    return text.length > MAX_ANONYMOUS_BYTES || excessOf(text, ANONYMOUS_JSON_BOUNDS) !== null;
  }

  /** Reads no more of a client that does not read its answers: further answers would only wait in memory. */
  #pauseUntilDrained(): void {
    if (!this.stream.writableNeedDrain || this.socket.isPaused) return;
    this.socket.pause();
    this.stream.once('drain', () => {
      this.socket.resume();
    });
  }
}

const nothing = () => undefined;
