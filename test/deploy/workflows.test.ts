/** The workflows, against the schema of GitHub and against what they run. */
import { readdir, readFile } from 'node:fs/promises';
import { validateWorkflow } from '@action-validator/core';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/shipped.ts';

const FOLDER = '.github/workflows/';

const readText = (path: string) => readFile(new URL(path, ROOT), 'utf8');

describe('the workflows', () => {
  it('are accepted by the schema of GitHub, which refuses a misspelt key', async () => {
    for (const name of await readdir(new URL(FOLDER, ROOT))) {
      const text = await readText(FOLDER + name);
      expect(validateWorkflow(text).errors, name).toEqual([]);
      expect(validateWorkflow(text.replace('runs-on:', 'run-on:')).errors, name).not.toEqual([]);
    }
  });

  it('run scripts of the package, and build the image with arguments that it takes', async () => {
    const { scripts } = JSON.parse(await readText('package.json')) as { readonly scripts: object };
    const texts = await Promise.all(
      (await readdir(new URL(FOLDER, ROOT))).map((name) => readText(FOLDER + name)),
    );
    const run = texts.flatMap((text) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name));
    expect(run).not.toEqual([]);
    expect(run.filter((name) => name === undefined || !(name in scripts))).toEqual([]);

    const dockerfile = await readText('Dockerfile');
    const [, block = ''] = /build-args: \|\n((?: {12}\S.*\n)+)/.exec(texts.join('\n')) ?? [];
    const given = [...block.matchAll(/^ +(\w+)=/gm)].map(([, name]) => name);
    expect(given).toEqual(['VERSION', 'REVISION', 'SOURCE']);
    for (const name of given) expect(dockerfile).toMatch(new RegExp(`^ARG ${String(name)}=`, 'm'));
  });

  it('test every version of Node.js that the package supports', async () => {
    const { engines } = JSON.parse(await readText('package.json')) as {
      readonly engines: { readonly node: string };
    };
    const nodes = await readText('.ci/nodes.mjs');
    const majors = [...nodes.matchAll(/(\d+): '\1\.\d+\.\d+'/g)].map(([, major]) => Number(major));

    expect(engines.node).toBe(`>=${String(majors[0])}.19`);
    expect(await readText(`${FOLDER}check.yml`)).toContain(`node: [${majors.join(', ')}]`);
  });
});
