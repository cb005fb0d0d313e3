import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { browserPath, openPage } from '../support/browser.ts';
import { createTestGateway } from '../support/gateway.ts';
import { FAST_POLLS, FOLLOW_RUN, rename } from '../support/subscriptions.ts';

/** A way to the gateway on which every connection can be cut at once. */
async function openWay(gatewayUrl: string) {
  const { hostname, port } = new URL(gatewayUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const gateway = connect(Number(port), hostname);
    client.pipe(gateway).pipe(client);
    for (const socket of [client, gateway]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut,
    [Symbol.asyncDispose]: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}

/** Follows as a page does: a ticket for the key, then the browser's own client, which comes back by itself. */
async function followInPage({ query, key }: { readonly query: string; readonly key: string }) {
  const answer = await fetch('/graphql/tickets', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: '{}',
  });
  const { ticket } = (await answer.json()) as { ticket: string };
  const search = new URLSearchParams({ query, variables: JSON.stringify({ id: 'scr_1' }), ticket });
  const source = new EventSource(`/graphql?${search.toString()}`);
  const seen: string[] = [];
  Object.assign(window, { seen });
  source.addEventListener('next', ({ data }: MessageEvent<string>) => seen.push(data));
}

describe.skipIf(browserPath === undefined)(
  "a browser's own client of event streams",
  { timeout: 60_000 },
  () => {
    it('follows with a key that stands in no address, and comes back by itself where it was', async () => {
      await using gateway = await createTestGateway({ env: { ...FAST_POLLS, AUTH: 'passthrough' } });
      gateway.world.insert.scenarioRun({ id: 'scr_1', name: 'name 0' });
      await using way = await openWay(gateway.url);
      await using browser = await openPage(`${way.url}/graphql`);
      const { page } = browser;
      const addresses: string[] = [];
      page.on('request', (request) => addresses.push(request.url()));
      await page.evaluate(followInPage, { query: FOLLOW_RUN, key: 'ak_alice' });
      const names = async () => {
        const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
        return seen.map((text) => /"name":"(name \d)"/.exec(text)?.[1]);
      };
      await expect.poll(names, { timeout: 10_000 }).toEqual(['name 0']);
      way.cut();
      rename(gateway.world, 'scr_1', 'name 1');
      await expect.poll(names, { timeout: 20_000 }).toEqual(['name 0', 'name 1']);

      expect(addresses.filter((address) => address.includes('ticket='))).toHaveLength(2);
      expect(addresses.join('\n')).not.toContain('ak_alice');
    });
  },
);
