import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { browserPath, openPage } from '../support/browser.ts';
import { startProcess } from '../support/process.ts';

/** Where screenshots go, to be looked at. */
const SCREENSHOTS = new URL('../../test-results/', import.meta.url).pathname;

describe.skipIf(browserPath === undefined)('the live tab of GraphiQL', { timeout: 60_000 }, () => {
  it('shows a benchmark run of the simulator moving', async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    await using gateway = startProcess({
      PORT: '0',
      SIMULATOR_PORT: '0',
      SIMULATOR_SPEED: '4',
      LIVE_POLL_INTERVAL_MS: '200',
    });
    const url = await gateway.ready();
    await using browser = await openPage(`${url}/graphql`);
    const { page } = browser;
    const response = page.locator('.result-window');
    const execute = page.getByRole('button', { name: /execute query/i });
    const run = async (operation: string) => {
      // It has a menu as soon as GraphiQL has read the document and found more than one operation.
      await execute.and(page.locator('[aria-haspopup="menu"]')).click();
      await page.getByRole('menuitem', { name: operation }).click();
    };

    await page.getByRole('tab', { name: /^Live/ }).click();
    // It opens with the id of a run that is under way.
    await expect
      .poll(() => page.locator('.graphiql-editor-tool').first().textContent(), { timeout: 15_000 })
      .toMatch(/bmr_\w+/);
    await run('Live');

    // Each event takes the place of the one before.
    await expect.poll(() => response.textContent(), { timeout: 15_000 }).toContain('"SNAPSHOT"');
    await page.screenshot({ path: `${SCREENSHOTS}graphiql-live-snapshot.png` });
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          const text = (await response.textContent()) ?? '';
          if (text.includes('"CHANGED"')) seen.add(text);
          return seen.size;
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThanOrEqual(2);
    await page.screenshot({ path: `${SCREENSHOTS}graphiql-live.png` });

    expect(browser.foreignRequests).toEqual([]);
    expect(browser.consoleErrors).toEqual([]);
  });
});
