import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;

/** The files that are read at the start, and the libraries that are not among them. What is loaded on demand is neither. */
async function readAtStart() {
  const { metafile } = await build({
    entryPoints: [MAIN],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  });
  const files = new Set<string>();
  const libraries = new Set<string>();
  const visit = (file: string) => {
    files.add(file);
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'import-statement' || isBuiltin(path)) continue;
      if (external === true) libraries.add(path);
      else if (!files.has(path)) visit(path);
    }
  };
  visit(Object.keys(metafile.inputs).find((file) => file.endsWith('dist/src/main.js')) ?? '');
  return { files, libraries };
}

describe('the compiled program', () => {
  it('is read from a handful of files, with what few processes need left out', async () => {
    const { files, libraries } = await readAtStart();

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
        // It is prepared once the gateway answers, and takes as much again.
        GRAPHIQL: 'off',
      });
      await gateway.ready();
      const status = await readFile(`/proc/${String(gateway.child.pid)}/status`, 'utf8');
      const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);

      expect(kib / bareKib).toBeLessThan(2.5);
    },
  );
});
