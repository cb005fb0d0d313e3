/** A client of server-sent events that does nothing by itself: it records what comes, and reads only until a test stops it. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface StreamEvent {
  readonly event: string | null;
  readonly id: string | null;
  /** Parsed; null when there is none. */
  readonly data: unknown;
}

export interface EventStream extends Disposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Everything that has come so far. */
  readonly text: string;
  readonly events: readonly StreamEvent[];
  /** How many keep-alive comments came. */
  readonly heartbeats: number;
  /** Resolves when so many events have come. */
  received(events: number): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Stops reading, so that what is sent fills the buffers of the connection. */
  pause(): void;
  resume(): void;
}

export interface EventStreamRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the request. @default none */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** What stands in the address beside the question. */
  readonly search?: Readonly<Record<string, string>>;
}

/** Resolves when the headers have come. `url` is the gateway's. Disposing of it cuts the connection. */
export async function openEventStream(
  url: string,
  { query, variables = {}, extensions, method = 'POST', headers, search = {} }: EventStreamRequest,
): Promise<EventStream> {
  const target = new URL(`${url}/graphql`);
  for (const [name, value] of Object.entries(search)) target.searchParams.set(name, value);
  if (method === 'GET') {
    target.searchParams.set('query', query);
    target.searchParams.set('variables', JSON.stringify(variables));
  }
  const sent = request(target, {
    method,
    agent: false,
    headers: {
      Accept: 'text/event-stream',
      ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
  });
  sent.end(method === 'POST' ? JSON.stringify({ query, variables, extensions }) : undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  // Node reports a connection that is cut as an error; a test waits for it.
  response.on('error', () => undefined);
  sent.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    get text() {
      return text;
    },
    get events() {
      return eventsIn(text);
    },
    get heartbeats() {
      return text.split('\n\n').filter((block) => block === ':').length;
    },
    received: async (events) => {
      while (eventsIn(text).length < events) await once(response, 'data');
    },
    ended,
    pause: () => {
      response.pause();
    },
    resume: () => {
      response.resume();
    },
    [Symbol.dispose]: () => {
      sent.destroy();
    },
  };
}

/** The complete events in a piece of an event stream. */
export function eventsIn(text: string): readonly StreamEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [name = '', ...rest] = line.split(':');
        return [name, rest.join(':').trimStart()] as const;
      }),
    );
    if (!fields.has('event')) return [];
    const data = fields.get('data') ?? '';
    return [
      {
        event: fields.get('event') ?? null,
        id: fields.get('id') ?? null,
        data: data === '' ? null : (JSON.parse(data) as unknown),
      },
    ];
  });
}
