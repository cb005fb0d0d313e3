// Installs releases of Node.js that npm hands out as packages, and prints the path of each: `node .ci/nodes.mjs <folder> [major …]`.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The release that stands for each major version that the project supports. */
const RELEASES = { 20: '20.20.2', 22: '22.23.5', 24: '24.22.3' };

const [folder, ...majors] = process.argv.slice(2);
const name = `node-${process.platform}-${process.arch}`;
const wanted = majors.length > 0 ? majors : Object.keys(RELEASES);
for (const major of wanted) {
  const release = RELEASES[major];
  if (folder === undefined || release === undefined) {
    console.error(`Expected a folder, and some of ${Object.keys(RELEASES).join(', ')}`);
    process.exit(2);
  }
  const prefix = join(folder, release);
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix];
  execFileSync('npm', ['install', ...options, `${name}@${release}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(join(prefix, 'node_modules', name, 'bin', 'node'));
}
