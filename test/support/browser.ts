/** A real browser that can reach this machine and nothing else. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const CANDIDATES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where a browser is installed; undefined when none is. */
export const browserPath: string | undefined = CANDIDATES.find(
  (path) => path !== undefined && existsSync(path),
);

export interface BrowserPage extends AsyncDisposable {
  readonly page: Page;
  /** The requests that the page made to anywhere but the gateway: each was refused. */
  readonly foreignRequests: readonly string[];
  /** What the page wrote to its console as an error. */
  readonly consoleErrors: readonly string[];
}

/** `reachable` are further origins that the page may talk to. */
export async function openPage(url: string, reachable: readonly string[] = []): Promise<BrowserPage> {
  const browser: Browser = await chromium.launch({
    ...(browserPath === undefined ? {} : { executablePath: browserPath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];
  const { origin } = new URL(url);
  await page.route(
    (requested) =>
      ![origin, ...reachable].includes(requested.origin) && !['data:', 'blob:'].includes(requested.protocol),
    (route) => {
      foreignRequests.push(route.request().url());
      return route.abort();
    },
  );
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => {
    consoleErrors.push(error.message);
  });
  await page.goto(url);
  return {
    page,
    foreignRequests,
    consoleErrors,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
