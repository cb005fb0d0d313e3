/** An upstream whose answers are rewritten: a server in front of a simulator, and a gateway in front of that. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts';

/** What is sent in the place of an answer; headers beside the usual ones. */
export interface Rewritten {
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `request` is the path and query that was asked for, `text` what the simulator answers. */
export type Rewrite = (request: URL, text: string, headers: Headers) => string | Rewritten;

export interface RewrittenUpstream extends AsyncDisposable {
  /** In front of the rewritten answers. */
  readonly gateway: TestGateway;
  /** The world behind them. */
  readonly world: TestGateway['world'];
  /** Paths and queries since the last look, in the order of their arrival. */
  calls(): string[];
}

export async function startRewrittenUpstream(
  rewrite: Rewrite,
  options: TestGatewayOptions = {},
): Promise<RewrittenUpstream> {
  const origin = await createTestGateway();
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? '');
    const { authorization = '', 'accept-encoding': accepted = '' } = request.headers;
    void fetch(origin.simulator.url + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json' },
    }).then(async (answer) => {
      const url = new URL(request.url ?? '', origin.simulator.url);
      const made = rewrite(url, await answer.text(), new Headers({ 'accept-encoding': accepted }));
      const { body, headers = {} } = typeof made === 'string' ? { body: made } : made;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const gateway = await createTestGateway({ ...options, env: { RUNLOOP_BASE_URL: url, ...options.env } });
  return {
    gateway,
    get world() {
      return origin.world;
    },
    calls: () => calls.splice(0),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await origin[Symbol.asyncDispose]();
    },
  };
}

interface ListBody {
  readonly has_more: boolean;
}

/** Rewrites the rows of every list; anything else stays as it is. */
export function rewriteLists(
  change: (
    rows: readonly object[],
    request: URL,
    hasMore: boolean,
  ) => Partial<ListBody> & { readonly rows: readonly object[] },
): Rewrite {
  return (request, text) => {
    const body = JSON.parse(text) as Record<string, unknown> & Partial<ListBody>;
    const wrapper = Object.keys(body).find((name) => Array.isArray(body[name]));
    if (wrapper === undefined || body.has_more === undefined) return text;
    const { rows, ...rest } = change(body[wrapper] as object[], request, body.has_more);
    return JSON.stringify({ ...body, ...rest, [wrapper]: rows });
  };
}
