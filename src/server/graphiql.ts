/** GraphiQL from the package's own files: a small page, and its script compressed once and cached by browsers for good. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { entriesOf } from './header-list.ts';
import type { HttpAnswer, Route } from './http.ts';
import type { HttpRequest } from './http-request.ts';

export interface GraphiqlTab {
  readonly query: string;
  readonly variables?: string;
}

export interface GraphiqlOptions {
  /** What a first-time visitor finds, in order. */
  readonly tabs: readonly GraphiqlTab[];
  /** Whether callers have to bring a key, which the header editor then has a place for. */
  readonly needsKey: boolean;
}

export interface Graphiql {
  readonly page: Route;
  readonly script: Route;
}

export const GRAPHIQL_SCRIPT_PATH = '/graphiql.js';

interface Assets {
  readonly page: string;
  readonly etag: string;
  readonly script: { readonly br: Buffer; readonly gzip: Buffer; readonly identity: Buffer };
}

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

export function createGraphiql(options: GraphiqlOptions): Graphiql {
  // The package holds 9 MB of script in memory: it is loaded when the first person asks for the page.
  let assets: Promise<Assets> | undefined;
  const load = () => (assets ??= loadAssets(options));
  return {
    page: async () => ({
      status: 200,
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-cache',
        'Content-Security-Policy': CONTENT_SECURITY_POLICY,
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Resource-Policy': 'same-origin',
        'Referrer-Policy': 'no-referrer',
        'X-Frame-Options': 'DENY',
      },
      body: (await load()).page,
    }),
    script: async (request) => scriptAnswer(request, await load()),
  };
}

/** Whether a browser asks for a page rather than a program for an answer. */
export function wantsPage({ method, headers, query }: HttpRequest): boolean {
  return method === 'GET' && query === '' && (headers.accept ?? '').includes('text/html');
}

async function loadAssets({ tabs, needsKey }: GraphiqlOptions): Promise<Assets> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const headers = needsKey ? JSON.stringify({ Authorization: 'Bearer ' }, null, 2) : undefined;
  const html = renderGraphiQL({
    title: 'Runloop GraphQL',
    endpoint: '/graphql',
    defaultTabs: tabs.map((tab) => ({ ...tab, headers: headers ?? null })),
    ...(headers === undefined ? {} : { defaultHeaders: headers }),
    defaultEditorToolsVisibility: needsKey ? 'headers' : 'variables',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    inputValueDeprecation: true,
    schemaDescription: true,
  });
  // The package renders one page of 9 MB. Its script never changes: served by itself, a browser keeps it.
  const start = html.indexOf('<script>', html.indexOf('<div id="root">'));
  const end = html.lastIndexOf('</script>');
  if (start === -1 || end === -1)
    throw new Error('@graphql-yoga/render-graphiql renders a page without a script');
  const identity = Buffer.from(html.slice(start + '<script>'.length, end));
  const etag = createHash('sha256').update(identity).digest('base64url').slice(0, 16);
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    promisify(gzip)(identity),
  ]);
  const tag = `<script src="${GRAPHIQL_SCRIPT_PATH}?v=${etag}"></script>`;
  const page = html.slice(0, start) + tag + html.slice(end + '</script>'.length);
  return { page: page.trimStart(), etag, script: { br, gzip: gz, identity } };
}

function scriptAnswer({ headers, query }: HttpRequest, { etag, script }: Assets): HttpAnswer {
  const accepted = entriesOf(headers['accept-encoding'] ?? '').map((encoding) =>
    encoding.split(';', 1)[0]?.trim(),
  );
  const encoding = (['br', 'gzip'] as const).find((name) => accepted.includes(name)) ?? 'identity';
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
