/** Thousands of `EventSource`s in one process, as browsers have them: a status closes one for good, and `retry` and `id` are obeyed. */
import { connect } from 'node:net';
import { answerQuestions } from './child.ts';
import type { Question } from './client.ts';
import { instantMs } from './usage.ts';

/** What a browser waits before it comes back, unless it was told otherwise. */
const DEFAULT_RETRY_MS = 3_000;
const CONNECTING = 200;

interface Source {
  lastEventId: string | null;
  retryMs: number;
  /** The number in the name of the followed thing, of the latest event. */
  mark: number | null;
}

const sources: Source[] = [];
const connectedAt: number[] = [];
let isClosing = false;
let closedForGood = 0;
let lost = 0;
let twice = 0;
/** Snapshots that came after the first event: what they stand for is not seen one by one. */
let snapshots = 0;
let statuses: string[] = [];
let onFirst: () => void = () => undefined;

/** One block of an event stream: whatever stands between two blank lines. */
function take(source: Source, block: string): void {
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) source.lastEventId = line.slice('id: '.length);
    if (line.startsWith('retry: ')) source.retryMs = Number(line.slice('retry: '.length));
  }
  const [, digits] = /"mark (\d+)/.exec(block) ?? [];
  if (digits === undefined) return;
  const mark = Number(digits);
  if (source.mark === null) onFirst();
  else if (block.includes('"SNAPSHOT"')) snapshots++;
  else if (mark <= source.mark) twice++;
  else lost += mark - source.mark - 1;
  source.mark = mark;
}

function follow(source: Source, url: URL, target: string): void {
  connectedAt.push(instantMs());
  const socket = connect(Number(url.port), url.hostname);
  let head = '';
  let isOpen = false;
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: unknown) => {
    text += String(chunk);
    if (!isOpen) {
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      head = text.slice(0, end);
      text = text.slice(end + 4);
      isOpen = true;
    }
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      take(source, text.slice(0, end));
      text = text.slice(end + 2);
    }
  });
  // What a connection ends with is looked at when it is closed.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    if (isClosing) return;
    if (isOpen && !head.startsWith('HTTP/1.1 200')) {
      closedForGood++;
      statuses.push(head.split('\r\n')[0] ?? '');
      return;
    }
    setTimeout(() => {
      follow(source, url, target);
    }, source.retryMs);
  });
  const id = source.lastEventId === null ? '' : `Last-Event-ID: ${source.lastEventId}\r\n`;
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/event-stream\r\n${id}\r\n`);
}

const questions = {
  /** Resolves when each has got its first event. */
  open: async (given: { readonly url: string; readonly question: Question; readonly count: number }) => {
    const url = new URL(given.url);
    const search = new URLSearchParams({
      query: given.question.query,
      variables: JSON.stringify(given.question.variables),
    });
    for (let opened = 0; opened < given.count;) {
      const batch = Math.min(CONNECTING, given.count - opened);
      await new Promise<void>((resolve) => {
        let left = batch;
        onFirst = () => {
          if (--left === 0) resolve();
        };
        for (let index = 0; index < batch; index++) {
          const source: Source = { lastEventId: null, retryMs: DEFAULT_RETRY_MS, mark: null };
          sources.push(source);
          follow(source, url, `/graphql?${search.toString()}`);
        }
      });
      opened += batch;
    }
  },
  /** Counts connections from now on. */
  arm: () => {
    connectedAt.length = 0;
    statuses = [];
  },
  marks: () => {
    const marks = sources.map(({ mark }) => mark ?? 0);
    return { least: Math.min(...marks), most: Math.max(...marks) };
  },
  result: () => ({ closedForGood, lost, twice, snapshots, statuses: [...new Set(statuses)], connectedAt }),
  close: () => {
    isClosing = true;
  },
};
export type EventSourcesQuestions = typeof questions;

answerQuestions(questions);
