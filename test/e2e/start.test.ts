import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

const MAIN = new URL('../../dist/src/main.js', import.meta.url);

/** What a module needs before it runs; what is only loaded on demand is not among it. */
async function importsOf(module: URL): Promise<readonly string[]> {
  const text = await readFile(module, 'utf8');
  return [...text.matchAll(/(?:^|[;}\n])import(?:[\w$\s{},*]+from)?\s*["']([^"']+)["']/g)].map(
    ([, specifier]) => specifier ?? '',
  );
}

/** The files that are read at the start, and the libraries that are not among them. */
async function readAtStart(module: URL, files = new Set<string>(), libraries = new Set<string>()) {
  files.add(module.href);
  for (const specifier of await importsOf(module)) {
    const imported = new URL(specifier, module);
    if (!specifier.startsWith('.')) {
      if (!isBuiltin(specifier)) libraries.add(specifier);
    } else if (!files.has(imported.href)) await readAtStart(imported, files, libraries);
  }
  return { files, libraries };
}

describe('the compiled program', () => {
  it('is read from a handful of files, with what few processes need left out', async () => {
    const { files, libraries } = await readAtStart(MAIN);

    expect(files.size).toBeLessThanOrEqual(5);
    expect([...libraries]).toEqual(['pino']);
    expect([...files].filter((file) => file.includes('simulator'))).toEqual([]);
  });

  it.runIf(existsSync('/proc/self/status'))(
    'takes less than two and a half times the memory of a bare process',
    async () => {
      const script =
        'console.log(require("fs").readFileSync("/proc/self/status", "utf8").match(/VmRSS:\\s+(\\d+)/)[1])';
      const bareKib = Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
      await using gateway = startProcess({
        PORT: '0',
        RUNLOOP_BASE_URL: 'http://127.0.0.1:9',
        RUNLOOP_API_KEY: 'ak_test',
      });
      await gateway.ready();
      const status = await readFile(`/proc/${String(gateway.child.pid)}/status`, 'utf8');
      const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);

      expect(kib / bareKib).toBeLessThan(2.5);
    },
  );
});
