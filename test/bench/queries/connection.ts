/** `Connection`: a plain socket on which one question after the other is sent, so that a client costs next to nothing. */
import { connect, type Socket } from 'node:net';

export interface Question {
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** The whole request, written once however often it is sent. */
export function requestOf({ url, query, variables, headers = {} }: Question): Buffer {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ query, variables });
  const lines = Object.entries({
    host: `${hostname}:${port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** Takes one answer after the other from a socket. Servers that are measured say how long their answers are. */
export class Connection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #received = 0;
  #expected = Infinity;
  #bodyStart = 0;
  #settle: ((body: Buffer | Error) => void) | null = null;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    const broken = (error?: Error | boolean) => {
      this.#settle?.(error instanceof Error ? error : new Error('The server hung up'));
    };
    this.#socket.on('error', broken).on('close', broken);
  }

  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#settle = (answer) => {
        this.#settle = null;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.byteLength;
    if (this.#expected === Infinity && !this.#readHead()) return;
    if (this.#received < this.#expected) return;
    const answer = Buffer.concat(this.#chunks).subarray(this.#bodyStart);
    this.#chunks = [];
    this.#received = 0;
    this.#expected = Infinity;
    this.#settle?.(answer);
  }

  #readHead(): boolean {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const end = all?.indexOf(HEAD_END) ?? -1;
    if (!all || end < 0) return false;
    const head = all.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200') || length === undefined)
      this.#settle?.(new Error(`Not an answer: ${all.toString('utf8', 0, 500)}`));
    this.#bodyStart = end + HEAD_END.byteLength;
    this.#expected = this.#bodyStart + Number(length);
    return true;
  }
}
