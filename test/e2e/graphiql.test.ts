import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { browserPath, openPage } from '../support/browser.ts';
import { startProcess } from '../support/process.ts';

/** Where screenshots go, to be looked at. */
const SCREENSHOTS = new URL('../../test-results/', import.meta.url).pathname;

describe.skipIf(browserPath === undefined)(
  'GraphiQL in a browser without a network',
  { timeout: 60_000 },
  () => {
    it('opens with its ready tabs, and the first one answers', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
      const url = await gateway.ready();
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;

      await page.getByRole('button', { name: /execute query/i }).click();
      const response = page.locator('.result-window');
      await expect.poll(() => response.textContent(), { timeout: 15_000 }).toContain('"benchmarkRuns"');
      await page.screenshot({ path: `${SCREENSHOTS}graphiql-dashboard.png` });

      expect(await response.textContent()).not.toContain('errors');
      const tabs = /^(Dashboard|Detail|Board|Progress|Compare|Leaderboard|Live|Running)/;
      expect(await page.getByRole('tab', { name: tabs }).count()).toBe(7);
      expect(browser.foreignRequests).toEqual([]);
      expect(browser.consoleErrors).toEqual([]);
    });

    it('answers its tabs for progress, comparison and leaderboard as they stand', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
      const url = await gateway.ready();
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;
      const [editor, response] = [page.locator('.graphiql-query-editor'), page.locator('.result-window')];

      for (const [name, expected] of [
        ['Progress', '"fraction"'],
        ['Compare', '"regressed"'],
        ['Leaderboard', '"totalDurationMs"'],
      ] as const) {
        const show = async () => {
          // A click before its editors are there is lost on GraphiQL.
          await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
          return editor.textContent();
        };
        await expect.poll(show, { timeout: 15_000 }).toMatch(new RegExp(`query\\W+${name}`));
        const execute = page.getByRole('button', { name: /execute query/i });
        const ask = async () => {
          const text = await response.textContent();
          // GraphiQL reads the document of a tab a moment after it has shown it, and until then asks for the one before.
          if (!text?.includes(expected) && (await execute.isVisible())) await execute.click();
          return text;
        };
        await expect.poll(ask, { timeout: 15_000, interval: 500 }).toContain(expected);
        await page.screenshot({ path: `${SCREENSHOTS}graphiql-${name.toLowerCase()}.png` });
        expect(await response.textContent()).not.toContain('errors');
      }

      expect(browser.consoleErrors).toEqual([]);
    });

    it('knows the schema: the documentation opens', async () => {
      await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
      const url = await gateway.ready();
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;

      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Query', exact: true }).first().click();
      await page.getByText('The scenario runs of the account, newest first.').waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}graphiql-documentation.png` });

      expect(browser.consoleErrors).toEqual([]);
    });

    it('has an editor for headers, open where a key is needed', async () => {
      await using gateway = startProcess({
        PORT: '0',
        AUTH: 'passthrough',
        RUNLOOP_BASE_URL: 'http://127.0.0.1:9',
      });
      const url = await gateway.ready();
      await using browser = await openPage(`${url}/graphql`);

      await browser.page.getByText('"Authorization"').first().waitFor();
      await browser.page.screenshot({ path: `${SCREENSHOTS}graphiql-headers.png` });

      expect(browser.foreignRequests).toEqual([]);
    });
  },
);
