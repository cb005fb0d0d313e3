/** `loadGraphiqlAssets`: GraphiQL's script and style out of its package, mended where it falls short, and compressed once. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { START } from './graphiql-page.ts';

export interface GraphiqlAssets {
  readonly css: string;
  readonly etag: string;
  readonly script: { readonly br: Buffer; readonly gzip: Buffer; readonly identity: Buffer };
}

/** Takes a second or two, most of it beside the event loop. */
export async function loadGraphiqlAssets(): Promise<GraphiqlAssets> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  // The package renders one page of 9 MB. Its script never changes: served by itself, a browser keeps it.
  const html = renderGraphiQL({});
  const css = between(html, '<style>', '</style>');
  const rendered = between(html, '<script>', '</script>');
  const end = rendered.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL(');
  if (end === -1) throw unexpected('a script that starts GraphiQL');
  const identity = Buffer.from(mended(rendered.slice(0, end)) + START);
  const etag = createHash('sha256').update(identity).digest('base64url').slice(0, 16);
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    promisify(gzip)(identity),
  ]);
  return { css, etag, script: { br, gzip: gz, identity } };
}

/** The version of the package is pinned; one in which these places look otherwise fails here, and the tests with it. */
function mended(script: string): string {
  const bounds = /\bdragConstraints:\w{1,20},value:/.exec(script)?.[0];
  if (bounds === undefined) throw unexpected('tabs that are held within their bar');
  const history = /const (\w{1,20})=\{title:"History",icon:/.exec(script)?.[1];
  if (history === undefined) throw unexpected('a history');
  return [
    // Held within their bar, tabs are moved along with each change of its width, from none at the first. Its style hides
    // that except for the tab with the focus, which so jumps from under the pointer before a first click is over.
    [bounds, 'value:'],
    // GraphiQL has a history, which the package leaves out.
    ['shouldPersistHeaders:!0,plugins:[r],', `shouldPersistHeaders:!0,plugins:[r,${history}],`],
    // Without it, the end of a long comment is hidden behind the buttons.
    ['automaticLayout:!0,fontSize:15,', 'automaticLayout:!0,wordWrap:"on",fontSize:15,'],
  ].reduce((text, [old = '', fresh = '']) => {
    if (text.split(old).length !== 2) throw unexpected(old);
    // Not as a pattern, in which `$` would mean something.
    return text.replace(old, () => fresh);
  }, script);
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  // A script may hold its own end as a text, and the last one is it.
  const to = text.lastIndexOf(end);
  if (from === -1 || to < from) throw unexpected(start);
  return text.slice(from + start.length, to);
}

function unexpected(what: string): Error {
  return new Error(`@graphql-yoga/render-graphiql renders a page without ${what}`);
}
