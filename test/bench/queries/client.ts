/** The clients of the query benchmark, a process of its own: closed loops over plain sockets, so that they cost next to nothing. */
import { connect, type Socket } from 'node:net';
import { answerQuestions } from '../live/child.ts';
import { percentile } from '../live/figure.ts';

export interface Question {
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Load extends Question {
  readonly clients: number;
  /** Each client sends its next query when the last one was answered, until the time is up. */
  readonly durationMs: number;
}

export interface LoadResult {
  readonly queries: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one answer, without its head. */
  readonly bytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Takes one answer after the other from a socket. Servers that are measured say how long their answers are. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #chunks: Buffer[] = [];
  #received = 0;
  #expected = Infinity;
  #bodyStart = 0;
  #settle: ((body: Buffer | Error) => void) | null = null;

  constructor({ url, query, variables, headers = {} }: Question) {
    const { hostname, port } = new URL(url);
    const body = JSON.stringify({ query, variables });
    const lines = Object.entries({
      host: `${hostname}:${port}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#request = Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    const broken = (error?: Error | boolean) => {
      this.#settle?.(error instanceof Error ? error : new Error('The server hung up'));
    };
    this.#socket.on('error', broken).on('close', broken);
  }

  ask(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#settle = (answer) => {
        this.#settle = null;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#socket.write(this.#request);
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

const questions = {
  /** One answer. */
  ask: async (question: Question): Promise<string> => {
    const connection = new Connection(question);
    try {
      return (await connection.ask()).toString('utf8');
    } finally {
      connection.close();
    }
  },
  /** Fails on the first answer that has errors. */
  load: async ({ clients, durationMs, ...question }: Load): Promise<LoadResult> => {
    const latencies: number[] = [];
    let bytes = 0;
    const connections = Array.from({ length: clients }, () => new Connection(question));
    const start = performance.now();
    await Promise.all(
      connections.map(async (connection) => {
        do {
          const sent = performance.now();
          const answer = await connection.ask();
          latencies.push(performance.now() - sent);
          bytes = answer.byteLength;
          if (!answer.includes('"data"') || answer.includes('"errors"'))
            throw new Error(`A query failed: ${answer.toString('utf8', 0, 500)}`);
        } while (performance.now() - start < durationMs);
      }),
    );
    const seconds = (performance.now() - start) / 1_000;
    for (const connection of connections) connection.close();
    return {
      queries: latencies.length,
      perSecond: latencies.length / seconds,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      bytes,
    };
  },
};
export type ClientQuestions = typeof questions;

answerQuestions(questions);
