/** `ThrottledSocket`: a connection whose bytes are handed to the HTTP parser in small slices, each in its turn. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { AcquireShare } from '../../process/turn-budget.ts';

/** What bytes are that came together. */
export interface Verdict {
  /** A request of a caller who was authenticated before. */
  readonly isKnown: boolean;
  /** A request that waits for nothing. */
  readonly isUrgent: boolean;
  /** One request, or its beginning. */
  readonly isOne: boolean;
  /** One request, from its first byte to its last. */
  readonly isWhole: boolean;
}

export interface ThrottledSocketOptions {
  /** `available` bytes have come, of which these are the first. */
  readonly classify: (bytes: Buffer, available: number) => Verdict;
  /** For the first bytes of a connection. In bytes. */
  readonly acquireFirst: AcquireShare;
  /** For all that come later; `isBehindSlice` says whether they came together with a slice that was handed on. */
  readonly acquireMore: (bytes: number, isBehindSlice: boolean) => ReturnType<AcquireShare>;
  /** Called with the connection itself when the request that comes next is that of a known caller. */
  readonly onKnown: (socket: Socket) => void;
}

const FIRST_SLICE_BYTES = 2 * 1024; // 2 KiB
const SLICE_BYTES = 4 * 1024; // 4 KiB
/** What is taken at once: the longest head that is classified. What is left stays where it is, so that no more is read ahead. */
const TAKEN_BYTES = 8 * 1024; // 8 KiB
/** A slice of fewer bytes counts as so many: a request costs more than its bytes. */
const LEAST_AMOUNT = 512;

/**
 * Node.js parses all that a read has brought in one go, up to 64 KiB, and calls back for each chunk of a body. In chunks of one
 * byte these are ten thousand, which no listener can end. Of a slice they are hundreds.
 */
export class ThrottledSocket extends Duplex {
  readonly #socket: Socket;
  readonly #options: ThrottledSocketOptions;
  /** What has come and was not handed on. */
  #rest: Buffer | null = null;
  #isFirst = true;
  /** Bytes of a whole request that were not taken yet. */
  #wholeBytes = 0;
  /** What is handed on has no turn to wait for. */
  #isUrgent = false;
  /** The parser has been given whole requests only. */
  #isBetween = true;
  /** Requests that were read and not answered. */
  #unanswered = 0;
  /** The last of them. */
  #response: ServerResponse | undefined;
  #hasEnded = false;
  #isBehindSlice = false;
  #isWanted = false;
  #isWaiting = false;
  #isReleased = false;

  constructor(socket: Socket, options: ThrottledSocketOptions) {
    super({ allowHalfOpen: true, decodeStrings: false, readableHighWaterMark: SLICE_BYTES });
    this.#socket = socket;
    this.#options = options;
    socket.on('readable', this.#onReadable).on('end', this.#onEnd).on('timeout', this.#onTimeout);
    socket.on('error', this.#onError).on('close', this.#onClose);
  }

  /** The connection itself, with all that was not handed on yet. This one is gone then. */
  release(): Socket {
    const socket = this.#socket;
    this.#isReleased = true;
    socket.off('readable', this.#onReadable).off('end', this.#onEnd).off('timeout', this.#onTimeout);
    socket.off('error', this.#onError).off('close', this.#onClose);
    socket.setTimeout(0);
    if (this.#rest) socket.unshift(this.#rest);
    this.destroy();
    return socket;
  }

  /** Has been read, and is being answered. */
  begin(response: ServerResponse): void {
    this.#unanswered++;
    this.#response = response;
    response.once('close', () => {
      this.#unanswered--;
      this.#handOn();
    });
  }

  override _read(): void {
    this.#isWanted = true;
    this.#handOn();
  }

  #handOn(): void {
    if (!this.#isWanted || this.#isWaiting || this.#isReleased) return;
    // What comes behind two requests is left unread until the first of them is answered.
    if (this.#unanswered > 1) return;
    if (!this.#rest && !this.#take()) return;
    const bytes = Math.min(this.#rest?.length ?? 0, this.#isFirst ? FIRST_SLICE_BYTES : SLICE_BYTES);
    const turn = this.#isUrgent ? undefined : this.#acquire(Math.max(bytes, LEAST_AMOUNT));
    if (!turn) {
      this.#push(bytes);
      return;
    }
    this.#isWaiting = true;
    void turn.then(() => {
      this.#isWaiting = false;
      this.#push(bytes);
    });
  }

  #acquire(bytes: number): ReturnType<AcquireShare> {
    const { acquireFirst, acquireMore } = this.#options;
    return this.#isFirst ? acquireFirst(bytes) : acquireMore(bytes, this.#isBehindSlice);
  }

  /** Takes what has come. False when there is nothing to hand on. */
  #take(): boolean {
    const available = this.#socket.readableLength;
    const most = this.#wholeBytes > 0 ? Math.min(this.#wholeBytes, TAKEN_BYTES) : TAKEN_BYTES;
    const taken = available > 0 ? Math.min(available, most) : undefined;
    const came = this.#socket.read(taken) as Buffer | null;
    if (!came) return false;
    this.#rest = came;
    if (this.#wholeBytes > 0) {
      this.#wholeBytes -= came.length;
      return true;
    }
    const { isKnown, isUrgent, isOne, isWhole } = this.#options.classify(came, available);
    if (isKnown && isOne && this.#isBetween && this.#unanswered === 0) {
      this.#options.onKnown(this.release());
      return false;
    }
    this.#isBetween &&= isWhole;
    this.#isUrgent = isWhole && (isUrgent || isKnown);
    this.#wholeBytes = isWhole ? available - came.length : 0;
    return true;
  }

  #push(bytes: number): void {
    const rest = this.#rest;
    if (!rest || this.destroyed || this.#isRefused) return;
    this.#rest = bytes < rest.length ? rest.subarray(bytes) : null;
    this.#isFirst = false;
    this.#isBehindSlice = true;
    this.#isWanted = false;
    this.push(bytes < rest.length ? rest.subarray(0, bytes) : rest);
    if (!this.#rest && this.#hasEnded) this.push(null);
  }

  /** Whether a request was answered before it had come whole: then the connection ends. */
  get #isRefused(): boolean {
    return this.#response?.headersSent === true && !this.#response.req.complete;
  }

  readonly #onReadable = () => {
    this.#isBehindSlice = this.#rest !== null;
    this.#handOn();
  };
  readonly #onEnd = () => {
    this.#hasEnded = true;
    if (!this.#rest) this.push(null);
  };
  readonly #onTimeout = () => {
    this.emit('timeout');
  };
  readonly #onError = (error: Error) => {
    this.destroy(error);
  };
  readonly #onClose = () => {
    this.destroy();
  };

  override _write(
    chunk: Buffer | string,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.cork();
    for (const [at, { chunk, encoding }] of chunks.entries())
      this.#socket.write(chunk, encoding, at === chunks.length - 1 ? done : undefined);
    this.#socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#rest = null;
    if (!this.#isReleased) this.#socket.destroy();
    done(error);
  }

  // What Node.js asks of the connections of its HTTP server beside what every stream has.

  setTimeout(timeoutMs: number): this {
    this.#socket.setTimeout(timeoutMs);
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** Whether the connection is by TLS. */
  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Of all that was written here, what waits included. */
  get bytesWritten(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength + this.writableLength;
  }
}
