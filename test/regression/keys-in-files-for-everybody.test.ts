/** A file `.env` that holds a key is for its owner alone: the start warns where others may read or write it. */
import { chmod } from 'node:fs/promises';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createFolder } from '../support/folder.ts';
import { createTestGateway } from '../support/gateway.ts';
import { startProcess } from '../support/process.ts';

const KEY = 'RUNLOOP_API_KEY="ak_secret"\n';
const NO_KEY = '# RUNLOOP_API_KEY=ak_secret\nRUNLOOP_API_KEY=\nPORT=0\n';

async function warningsOf(content: string, mode: number) {
  await using folder = await createFolder();
  const path = await folder.write('.env', content);
  await chmod(path, mode);
  await using gateway = await createTestGateway({ overrides: { environmentFile: path } });
  const warnings = gateway.record.lines().filter(({ event }) => event === 'config.dangerous');
  return warnings.map((line) => ({ ...line, path: line['path'] === path }));
}

// Windows has no modes.
describe.skipIf(platform() === 'win32')('a file of settings', () => {
  it.each([0o644, 0o640, 0o620, 0o602, 0o604, 0o666])(
    'with a key, of mode %o, is warned of',
    async (mode) => {
      expect(await warningsOf(KEY, mode)).toMatchObject([
        {
          level: 40,
          path: true,
          danger: expect.stringMatching(/holds a key: expected the mode 600/) as string,
        },
      ]);
    },
  );

  it.each([
    ['with a key, for its owner alone', KEY, 0o600],
    ['with a key, that its owner may only read', KEY, 0o400],
    ['without a key, that others may read', NO_KEY, 0o644],
  ])('%s, is not', async (_what, content, mode) => {
    expect(await warningsOf(content, mode)).toEqual([]);
  });

  it('that others may write is warned of whatever it holds: it says who is accepted', async () => {
    expect(await warningsOf(NO_KEY, 0o646)).toMatchObject([
      { path: true, danger: expect.stringMatching(/chmod go-w/) as string },
    ]);
  });

  it('is the one in the working directory of the process', async () => {
    await using folder = await createFolder();
    await chmod(await folder.write('.env', KEY), 0o644);
    const settings = { PORT: '0', SIMULATOR_PORT: '0', UPSTREAM: 'simulator' };
    await using gateway = startProcess(settings, [], folder.path);
    await gateway.ready();

    expect(gateway.output()).toMatch(/"path":"\.env".*"event":"config\.dangerous"/);
    expect(gateway.output()).not.toContain('ak_secret');
  });
});
