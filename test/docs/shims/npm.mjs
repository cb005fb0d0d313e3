// What `npm` does in an example: `ci` and scripts have to exist as they are called; a token is issued, and a server is
// started and told to stop, where the example stands.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
const { scripts, dependencies, devDependencies } = read('package.json');
const [command, name, ...given] = process.argv.slice(2);

if (command === 'ci') {
  const locked = read('package-lock.json').packages[''];
  const isSame =
    JSON.stringify([locked.dependencies, locked.devDependencies].map(sorted)) ===
    JSON.stringify([dependencies, devDependencies].map(sorted));
  if (!isSame) fail('package-lock.json is of another package.json');
} else {
  const script = scripts[command === 'run' ? name : command];
  if (script === undefined) fail(`there is no script ${command}`);
  if (command === 'start') await start(script);
  if (command === 'run' && name === 'token') await issue(script, given);
}

function sorted(versions) {
  return Object.entries(versions).sort();
}

/** The arguments of a script that starts `node`: its file is one of the project. */
function argsOf(script) {
  const [, ...args] = script.split(' ');
  return args.map((arg) => (arg.startsWith('dist/') ? fileURLToPath(new URL(arg, root)) : arg));
}

async function issue(script, given) {
  const args = [...argsOf(script), ...given.filter((arg) => arg !== '--')];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) fail(`${script} ended with ${String(code)}`);
}

async function start(script) {
  const child = spawn(process.execPath, argsOf(script), {
    env: { ...process.env, PORT: '0', SIMULATOR_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (/^GraphiQL .*\nUpstream .*\n/m.test(output)) child.kill('SIGTERM');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) fail(`${script} ended with ${String(code)}: ${output}`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
