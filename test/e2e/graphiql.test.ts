import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, openPage } from '../support/browser.ts';
import { type GatewayProcess, startProcess } from '../support/process.ts';

/** The title of the tab that GraphiQL has written down as the one that is open. */
const OPEN_TAB = `(() => {
  const { tabs = [], activeTabIndex = 0 } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
  return tabs[activeTabIndex]?.title;
})()`;

/** Where screenshots go, to be looked at. */
const SCREENSHOTS = new URL('../../test-results/', import.meta.url).pathname;

describe.skipIf(browserPath === undefined)(
  'GraphiQL in a browser without a network',
  { timeout: 60_000 },
  () => {
    let url: string;
    let shared: GatewayProcess;
    beforeAll(async () => {
      shared = startProcess({ PORT: '0', SIMULATOR_PORT: '0' });
      url = await shared.ready();
    });
    afterAll(async () => {
      await shared[Symbol.asyncDispose]();
    });

    it('opens with its ready tabs, and the first one answers', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;

      await page.getByRole('button', { name: /execute query/i }).click();
      const response = page.locator('.result-window');
      await expect.poll(() => response.textContent(), { timeout: 15_000 }).toContain('"benchmarkRuns"');
      await page.screenshot({ path: `${SCREENSHOTS}graphiql-dashboard.png` });

      expect(await response.textContent()).not.toContain('errors');
      const tabs = /^(Dashboard|Detail|Board|Progress|Compare|Leaderboard|BoardLive|Live|Job|Devbox)/;
      expect(await page.getByRole('tab', { name: tabs }).count()).toBe(10);
      expect(browser.foreignRequests).toEqual([]);
      expect(browser.consoleErrors).toEqual([]);
    });

    it('answers its tabs for progress, comparison and leaderboard as they stand', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;
      const [editor, response] = [page.locator('.graphiql-query-editor'), page.locator('.result-window')];

      for (const [name, expected] of [
        ['Progress', '"fraction"'],
        ['Compare', '"regressed"'],
        ['Leaderboard', '"totalDurationMs"'],
      ] as const) {
        // Once: a first-time visitor clicks no second time.
        await page.getByRole('tab', { name: new RegExp(`^${name}\\b`) }).click();
        await expect
          .poll(() => editor.textContent(), { timeout: 15_000 })
          .toMatch(new RegExp(`query\\W+${name}`));
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
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;

      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Query', exact: true }).first().click();
      await page.getByText('The scenario runs of the account, newest first unless').waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}graphiql-documentation.png` });

      expect(browser.consoleErrors).toEqual([]);
    });

    it('shows each ready tab at the first click on a first visit, and the same tabs after a reload', async () => {
      // From the door.
      await using browser = await openPage(url);
      const { page } = browser;
      const names = [
        'Detail',
        'Board',
        'Progress',
        'Compare',
        'Leaderboard',
        'BoardLive',
        'Live',
        'Job',
        'Devbox',
        'Dashboard',
      ];
      const active = page.locator('.graphiql-tab-active .graphiql-tab-button');
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      const shown: string[] = [];
      for (const name of names) {
        await page.getByRole('tab', { name: new RegExp(`^${name}\\b`) }).click();
        shown.push((await active.textContent()) ?? '');
      }
      expect(shown).toEqual(names);
      // GraphiQL writes down what is open a moment later, and each of the tabs that were clicked above in its turn.
      await expect.poll(() => page.evaluate(OPEN_TAB), { timeout: 15_000 }).toBe('Dashboard');
      await page.getByRole('tab', { name: /^Compare/ }).click();
      const tabs = await page.getByRole('tab').count();
      await expect.poll(() => page.evaluate(OPEN_TAB), { timeout: 15_000 }).toBe('Compare');
      await page.reload();
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      await expect.poll(() => active.textContent(), { timeout: 15_000 }).toBe('Compare');
      expect(await page.getByRole('tab').count()).toBe(tabs);

      // An edit goes into the address, and the page comes back under it.
      await page.locator('.graphiql-query-editor .view-line').first().click();
      await page.keyboard.press('ControlOrMeta+Home');
      await page.keyboard.insertText('# typed ');
      await expect.poll(() => page.url(), { timeout: 15_000 }).toContain('typed');
      await page.reload();
      const editor = page.locator('.graphiql-query-editor');
      await expect.poll(() => editor.textContent(), { timeout: 15_000 }).toContain('typed');
      expect(await page.getByRole('tab').count()).toBe(tabs);
      expect(browser.consoleErrors).toEqual([]);
    });

    it('has a history of what was run', async () => {
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;
      await page.getByRole('button', { name: /execute query/i }).click();
      await expect
        .poll(() => page.locator('.result-window').textContent(), { timeout: 15_000 })
        .toContain('"benchmarkRuns"');
      await page.getByRole('button', { name: 'Show History' }).click();

      expect(await page.locator('.graphiql-history-items').textContent()).toContain('Dashboard');
    });

    it('is usable on a screen of 390 pixels: nothing is wider, and the answer stands below the question', async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      await using browser = await openPage(`${url}/graphql`);
      const { page } = browser;
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: /execute query/i }).click();
      const response = page.locator('.result-window');
      await expect.poll(() => response.textContent(), { timeout: 15_000 }).toContain('"benchmarkRuns"');
      await page.screenshot({ path: `${SCREENSHOTS}graphiql-390.png`, fullPage: true });
      const [question, answer] = [
        await page.locator('.graphiql-query-editor .monaco-editor').first().boundingBox(),
        await response.boundingBox(),
      ];
      const [button, width] = [
        await page.getByRole('button', { name: /execute query/i }).boundingBox(),
        await page.evaluate(() => document.documentElement.scrollWidth),
      ];

      expect(width).toBeLessThanOrEqual(390);
      expect(question?.width).toBeGreaterThan(200);
      expect(answer?.width).toBeGreaterThan(300);
      expect(answer?.y).toBeGreaterThan((question?.y ?? 0) + (question?.height ?? 0) - 1);
      // The text ends where the buttons begin, and long lines are wrapped before that.
      expect((question?.x ?? 0) + (question?.width ?? 0)).toBeLessThanOrEqual(button?.x ?? 0);
    });

    it('has an editor for headers, open where a key is needed', async () => {
      await using gateway = startProcess({
        PORT: '0',
        AUTH: 'passthrough',
        RUNLOOP_BASE_URL: 'http://127.0.0.1:9',
      });
      await using browser = await openPage(`${await gateway.ready()}/graphql`);

      await browser.page.getByText('"Authorization"').first().waitFor();
      await browser.page.screenshot({ path: `${SCREENSHOTS}graphiql-headers.png` });

      expect(browser.foreignRequests).toEqual([]);
    });
  },
);
