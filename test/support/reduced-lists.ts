/** An upstream whose lists leave fields out that get-by-id has: a server in front of a simulator. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReducedLists extends AsyncDisposable {
  readonly url: string;
}

/** Every row of every list of `origin` is without these fields. */
export async function startReducedLists(origin: string, fields: readonly string[]): Promise<ReducedLists> {
  const reduced = (row: unknown) =>
    typeof row === 'object' && row !== null
      ? Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)))
      : row;
  const server = createServer((request, response) => {
    const headers = { authorization: request.headers.authorization ?? '' };
    void fetch(origin + (request.url ?? ''), { headers }).then(async (answer) => {
      const body = (await answer.json()) as Record<string, unknown>;
      const isList = 'has_more' in body;
      const shown = Object.entries(body).map(([name, value]) => [
        name,
        isList && Array.isArray(value) ? value.map(reduced) : value,
      ]);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(Object.fromEntries(shown)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
