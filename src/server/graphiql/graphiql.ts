/** GraphiQL from the package's own files: a small page for each who opens it, and its script, which browsers cache for good. */
import type { IncomingMessage } from 'node:http';
import { chooseEncoding } from '../http/compression.ts';
import type { HttpAnswer, Route } from '../http/route.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { graphiqlPage } from './graphiql-page.ts';
import { type GraphiqlAssets, loadGraphiqlAssets } from './graphiql-script.ts';
import { prefersPage } from '../http/media-type.ts';

export interface GraphiqlTab {
  readonly query: string;
  readonly variables?: string;
}

export interface GraphiqlOptions {
  /** What a first-time visitor finds, in order. Asked for each time, as what it shows as an example may have ended. */
  readonly tabs: () => Promise<readonly GraphiqlTab[]>;
  /** Whether callers have to bring a key, which the header editor then has a place for. */
  readonly needsKey: boolean;
}

export interface Graphiql {
  readonly page: Route;
  readonly script: Route;
  /** Loads what the first visitor would have to wait for. */
  readonly prepare: () => Promise<void>;
}

export const GRAPHIQL_SCRIPT_PATH = '/graphiql.js';

/** Nothing from elsewhere: GraphiQL's editor styles itself inline and runs its workers from blobs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' blob:",
  'worker-src blob:',
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS: HttpAnswer['headers'] = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  // At the same address, programs find the graph.
  Vary: 'Accept',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};

export function createGraphiql({ tabs, needsKey }: GraphiqlOptions): Graphiql {
  // The package holds 9 MB of script in memory. Once it could not be loaded, the next who asks tries again.
  let loaded: Promise<GraphiqlAssets> | undefined;
  const load = () => {
    loaded ??= loadGraphiqlAssets().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  const headers = needsKey ? JSON.stringify({ Authorization: 'Bearer ' }, null, 2) : null;
  return {
    prepare: async () => {
      // The request for the page fails with the reason; everything else works without GraphiQL.
      await load().catch(() => undefined);
    },
    page: async () => {
      const { css, etag } = await load();
      const shown = await tabs();
      const start = {
        title: TITLE,
        defaultTabs: shown.map((tab) => ({ ...tab, headers })),
        ...(headers === null ? {} : { defaultHeaders: headers }),
        defaultEditorToolsVisibility: needsKey ? 'headers' : 'variables',
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
        inputValueDeprecation: true,
        schemaDescription: true,
      };
      const scriptUrl = `${GRAPHIQL_SCRIPT_PATH.slice(1)}?v=${etag}`;
      return {
        status: 200,
        headers: PAGE_HEADERS,
        body: graphiqlPage({ title: TITLE, css, scriptUrl, start }),
      };
    },
    script: async (request) => scriptAnswer(request, await load()),
  };
}

const TITLE = 'Runloop GraphQL';

/** Whether a browser asks for a page rather than a program for an answer. What its address asks stands in the page then. */
export function wantsPage({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (method === 'GET' || method === 'HEAD') && prefersPage(headers.accept);
}

/** Redirects a browser from the root to GraphiQL; any other request to the root is answered by `otherwise`. */
export function createDoor(graphqlPath: string, otherwise: HttpAnswer): Route {
  return (request) =>
    Promise.resolve(
      wantsPage(request)
        ? {
            status: 302,
            headers: { Location: graphqlPath, 'Cache-Control': 'no-cache', Vary: 'Accept' },
            body: '',
          }
        : otherwise,
    );
}

function scriptAnswer({ headers, query }: HttpRequest, { etag, script }: GraphiqlAssets): HttpAnswer {
  const encoding = chooseEncoding(headers['accept-encoding'] ?? '') ?? 'identity';
  const isCurrent = headers['if-none-match'] === `"${etag}"`;
  return {
    status: isCurrent ? 304 : 200,
    headers: {
      'Content-Type': 'text/javascript; charset=utf-8',
      ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
      Vary: 'Accept-Encoding',
      ETag: `"${etag}"`,
      'Cache-Control': query === `?v=${etag}` ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
    body: isCurrent ? '' : script[encoding],
  };
}
