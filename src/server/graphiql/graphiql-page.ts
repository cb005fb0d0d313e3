/** What is put around GraphiQL: its page, what the page does before it starts, and how it looks on a small screen. */

/** What a page starts with, as JSON in the page itself: the script is the same for everybody, and cached. */
const OPTIONS_ID = 'graphiql-options';

/**
 * Runs before GraphiQL, in its script. GraphiQL keeps its tabs in the browser and the text of the last edit in the address;
 * it opens one tab more unless it is started with exactly what a stored tab holds. So a reload starts it with the tab that
 * was open, and only a link from elsewhere, to a text that no tab holds, opens one. An edit stands in the address before it
 * stands in its tab.
 */
export const START = `
const options = JSON.parse(document.getElementById('${OPTIONS_ID}').textContent);
const storedTab = () => {
  try {
    const state = JSON.parse(localStorage.getItem('graphiql:tabState'));
    const { tabs, activeTabIndex } = state;
    const address = new URL(location.href);
    const asked = address.searchParams.get('query');
    if (asked !== null && !tabs.some(({ query }) => query === asked)) {
      if (performance.getEntriesByType('navigation')[0]?.type !== 'reload') return null;
      tabs[activeTabIndex].query = asked;
      localStorage.setItem('graphiql:tabState', JSON.stringify(state));
    }
    address.searchParams.delete('query');
    history.replaceState({}, '', address);
    return tabs[activeTabIndex];
  } catch {
    return null;
  }
};
const stored = storedTab();
if (stored) Object.assign(options, { query: stored.query ?? '', initialVariables: stored.variables ?? '', initialHeaders: stored.headers ?? options.defaultHeaders });
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), options);
`;

/** On a small screen the columns of a large one stand below each other, and the page scrolls. */
const STYLE = `
@media (max-width: 760px) {
  body { overflow: auto; }
  #root, .graphiql-container { min-height: 100dvh; height: auto; }
  .graphiql-container { flex-direction: column; }
  .graphiql-container .graphiql-sidebar { flex-direction: row; width: 100%; box-sizing: border-box; overflow: visible; }
  .graphiql-container .graphiql-main { flex-direction: column; width: 100%; }
  .graphiql-container .graphiql-main > .graphiql-plugin { width: 100%; max-width: 100%; box-sizing: border-box; max-height: 60dvh; }
  .graphiql-container .graphiql-main > * { flex-basis: auto !important; min-width: 0 !important; }
  .graphiql-container .graphiql-sessions { margin: 0 8px 8px; max-height: none; min-width: 0; }
  .graphiql-container .graphiql-horizontal-drag-bar, .graphiql-container .graphiql-logo { display: none; }
  .graphiql-container #graphiql-session { flex-direction: column; min-height: 0; gap: 8px; }
  .graphiql-container #graphiql-session > * { flex: none !important; min-width: 0; width: 100%; }
  .graphiql-container .graphiql-editors { height: 62dvh; }
  .graphiql-container .graphiql-query-editor { padding: 8px; column-gap: 8px; box-sizing: border-box; }
  .graphiql-container .graphiql-response { height: 62dvh; padding-top: 0; }
}
`;

export interface PageOptions {
  readonly title: string;
  /** GraphiQL's own style. */
  readonly css: string;
  /** Relative to the page, so that it is found under whatever path a proxy shows the page. */
  readonly scriptUrl: string;
  /** What GraphiQL is started with. */
  readonly start: unknown;
}

export function graphiqlPage({ title, css, scriptUrl, start }: PageOptions): string {
  // A text of a query must not end the element that holds it.
  const json = JSON.stringify(start).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="favicon.ico" type="image/svg+xml" />
    <style>${css}${STYLE}</style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>You need to enable JavaScript to run this app.</noscript>
    <div id="root"></div>
    <script type="application/json" id="${OPTIONS_ID}">${json}</script>
    <script src="${scriptUrl}"></script>
  </body>
</html>
`;
}
