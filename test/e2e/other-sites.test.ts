import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { browserPath, openPage } from '../support/browser.ts';
import { createTestGateway } from '../support/gateway.ts';

/** A site of its own: to a browser, `localhost` and `127.0.0.1` have nothing to do with each other. */
async function openSite() {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Another site</title>');
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${String((server.address() as AddressInfo).port)}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Everything that a page can try, each with whether it got anything out of it. */
async function attempts({ url, id }: { readonly url: string; readonly id: string }) {
  const graphql = `${url}/graphql`;
  const query = '{ scenarioRuns { nodes { id } } }';
  const asked = `${graphql}?query=${encodeURIComponent(query)}`;
  const json = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ query });
  const outcome = (work: Promise<boolean>) => work.catch(() => false);
  const loaded = (element: HTMLElement) => {
    const isLoaded = new Promise<boolean>((resolve) => {
      element.onload = () => {
        resolve(true);
      };
      element.onerror = () => {
        resolve(false);
      };
    });
    document.body.append(element);
    return isLoaded;
  };
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', action: graphql, target: 'frame' });
  form.append(Object.assign(document.createElement('input'), { name: 'query', value: query }));
  const frame = Object.assign(document.createElement('iframe'), { name: 'frame' });
  document.body.append(frame, form);
  const isFormAnswered = new Promise<boolean>((resolve) => {
    frame.onload = () => {
      try {
        resolve((frame.contentDocument?.body.textContent ?? '').includes('scr_'));
      } catch {
        resolve(false);
      }
    };
  });
  form.submit();
  const subscription = `${graphql}?query=${encodeURIComponent(`subscription { scenarioRun(id: "${id}") { cursor } }`)}`;
  return {
    json: await outcome(fetch(graphql, { method: 'POST', headers: json, body }).then(({ ok }) => ok)),
    withCookies: await outcome(
      fetch(graphql, { method: 'POST', headers: json, body, credentials: 'include' }).then(({ ok }) => ok),
    ),
    get: await outcome(fetch(asked).then(({ ok }) => ok)),
    text: await outcome(
      fetch(graphql, {
        method: 'POST',
        mode: 'no-cors',
        headers: { 'Content-Type': 'text/plain' },
        body,
      }).then(async (response) => (await response.text()).includes('scr_')),
    ),
    form: await isFormAnswered,
    image: await loaded(Object.assign(new Image(), { src: asked })),
    script: await loaded(Object.assign(document.createElement('script'), { src: asked })),
    events: await new Promise<boolean>((resolve) => {
      const source = new EventSource(subscription);
      const end = (isOpen: boolean) => {
        source.close();
        resolve(isOpen);
      };
      source.addEventListener('next', () => {
        end(true);
      });
      source.onerror = () => {
        end(false);
      };
    }),
    socket: await new Promise<boolean>((resolve) => {
      const socket = new WebSocket(graphql.replace('http', 'ws'), 'graphql-transport-ws');
      const end = (isOpen: boolean) => {
        socket.close();
        resolve(isOpen);
      };
      socket.onopen = () => {
        end(true);
      };
      socket.onerror = () => {
        end(false);
      };
    }),
  };
}

const NOTHING = {
  json: false,
  withCookies: false,
  get: false,
  text: false,
  form: false,
  image: false,
  script: false,
  events: false,
  socket: false,
};

describe.skipIf(browserPath === undefined)(
  'a page of another site in a real browser',
  { timeout: 60_000 },
  () => {
    it('gets nothing out of a gateway that lets in whoever reaches it, and makes it do nothing', async () => {
      await using gateway = await createTestGateway();
      await using site = await openSite();
      const { id } = gateway.world.insert.scenarioRun();
      await using browser = await openPage(site.origin, [gateway.url]);

      expect(await browser.page.evaluate(attempts, { url: gateway.url, id })).toEqual(NOTHING);
      expect(gateway.calls()).toEqual([]);
    });

    it('gets what programs may ask when its origin is allowed, and makes it do nothing without asking first', async () => {
      await using site = await openSite();
      await using gateway = await createTestGateway({ env: { CORS_ORIGINS: site.origin } });
      const { id } = gateway.world.insert.scenarioRun();
      await using browser = await openPage(site.origin, [gateway.url]);

      expect(await browser.page.evaluate(attempts, { url: gateway.url, id })).toEqual({
        ...NOTHING,
        json: true,
        withCookies: true,
        get: true,
        events: true,
        socket: true,
      });
    });
  },
);
