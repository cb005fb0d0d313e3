/** The clients of the live benchmark: thousands of followers in one process, which count and time what arrives. */
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { answerQuestions } from './child.ts';
import { instantMs } from './usage.ts';

export type Transport = 'SSE' | 'WebSocket';

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One event, as one follower got it. */
export interface Arrival {
  readonly follower: number;
  readonly at: number;
  /** The number in the name of the thing, when it has one. */
  readonly mark: number | null;
  /** How many events were left out before this one. */
  readonly skipped: number;
}

interface Follower {
  readonly socket: Socket | WebSocket;
  events: number;
}

/** Followers of one server that are asked about together. */
interface Group {
  readonly followers: Follower[];
  /** How many of them have got their first event. */
  started: number;
  /** When each of them got an event since the group was armed. */
  arrivals: number[];
  onArrival: () => void;
  records: Arrival[] | null;
  /** The newest bytes that the first follower got. */
  sample: string;
}

const groups = new Map<string, Group>();
/** Followers that connect at the same time. */
const CONNECTING = 200;
const TIMEOUT_MS = 30_000;
/** Every event of a stream ends like this, and nothing else of it does. */
const END = '}\n\n';
/** One for all: a chunk is looked at before the next is read. */
const buffer = Buffer.alloc(64 * 1024);

function groupOf(name: string): Group {
  const group = groups.get(name) ?? {
    followers: [],
    started: 0,
    arrivals: [],
    onArrival: () => undefined,
    records: null,
    sample: '',
  };
  groups.set(name, group);
  return group;
}

function note(group: Group, number: number, text: () => string): void {
  const follower = group.followers[number];
  if (!follower) return;
  if (follower.events++ === 0) group.started++;
  const at = instantMs();
  group.arrivals.push(at);
  if (number === 0) group.sample = text();
  if (group.records) {
    const [, mark] = /"mark (\d+)/.exec(text()) ?? [];
    const [, skipped] = /"skipped":(\d+)/.exec(text()) ?? [];
    group.records.push({
      follower: number,
      at,
      mark: mark === undefined ? null : Number(mark),
      skipped: Number(skipped ?? 0),
    });
  }
  group.onArrival();
}

/** Reads as little as counting takes. Resolves when the server answers. */
function openStream(url: URL, question: Question, group: Group): Promise<void> {
  const number = group.followers.length;
  const body = JSON.stringify(question);
  let tail = '';
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      onread: {
        buffer,
        callback: (length, chunk) => {
          resolve();
          const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, length);
          // An end that lies across two chunks.
          if ((tail + bytes.toString('latin1', 0, 2)).includes(END)) note(group, number, () => '');
          for (let from = 0, to = bytes.indexOf(END); to !== -1; from = to, to = bytes.indexOf(END, to + 1))
            note(group, number, () => bytes.toString('latin1', from, to + END.length));
          tail = (tail + bytes.toString('latin1', Math.max(0, length - 2))).slice(-2);
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
    );
    group.followers.push({ socket, events: 0 });
  });
}

/** Resolves when the subscription is on its way: the protocol acknowledges no more. */
function openSocket(url: URL, question: Question, group: Group): Promise<void> {
  const number = group.followers.length;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${url.host}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    socket.on('error', reject);
    socket.once('open', () => {
      socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (message: Buffer) => {
      const start = message.toString('latin1', 0, 60);
      if (start.includes('"connection_ack"')) {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: question }));
        resolve();
      } else if (start.includes('"next"')) note(group, number, () => message.toString('latin1'));
    });
    group.followers.push({ socket, events: 0 });
  });
}

/** Resolves once the group is as it should be; checks at each arrival. */
function until(group: Group, isThere: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new Error(`only ${String(group.arrivals.length)} events, ${String(group.started)} followers started`),
      );
    }, TIMEOUT_MS);
    group.onArrival = () => {
      if (!isThere()) return;
      clearTimeout(timer);
      group.onArrival = () => undefined;
      resolve();
    };
    group.onArrival();
  });
}

export interface OpenOptions {
  readonly group: string;
  readonly url: string;
  readonly transport: Transport;
  /** Each follower asks one of these, in turn. */
  readonly questions: readonly Question[];
  readonly count: number;
}

const questions = {
  /** Connects so many more followers. */
  open: async ({ group: name, url, transport, questions: asked, count }: OpenOptions) => {
    const group = groupOf(name);
    const open = transport === 'SSE' ? openStream : openSocket;
    for (let opened = 0; opened < count;) {
      const batch = Math.min(CONNECTING, count - opened);
      await Promise.all(
        Array.from({ length: batch }, (_, index) =>
          open(new URL(url), asked[(opened + index) % asked.length] ?? { query: '', variables: {} }, group),
        ),
      );
      opened += batch;
    }
  },
  /** Resolves when every follower has got its first event. */
  started: async ({ group: name }: { readonly group: string }) => {
    const group = groupOf(name);
    await until(group, () => group.started === group.followers.length);
  },
  /** Forgets what has arrived. */
  arm: ({ group: name }: { readonly group: string }) => {
    groupOf(name).arrivals = [];
  },
  /** Resolves when so many events have arrived since `arm`; answers when each did. */
  arrived: async ({ group: name, count }: { readonly group: string; readonly count: number }) => {
    const group = groupOf(name);
    await until(group, () => group.arrivals.length >= count);
    return group.arrivals;
  },
  /** What the first follower got last, as it came over the wire. */
  sample: ({ group: name }: { readonly group: string }) => groupOf(name).sample,
  record: ({ group: name }: { readonly group: string }) => {
    groupOf(name).records = [];
  },
  recorded: ({ group: name }: { readonly group: string }) => groupOf(name).records ?? [],
  /** The followers read no more. */
  stall: ({ group: name }: { readonly group: string }) => {
    for (const { socket } of groupOf(name).followers) socket.pause();
  },
  /** They read again. */
  wake: ({ group: name }: { readonly group: string }) => {
    for (const { socket } of groupOf(name).followers) socket.resume();
  },
  close: ({ group: name }: { readonly group: string }) => {
    for (const { socket } of groupOf(name).followers) {
      if ('terminate' in socket) socket.terminate();
      else socket.destroy();
    }
    groups.delete(name);
  },
};
export type ClientQuestions = typeof questions;

answerQuestions(questions);
