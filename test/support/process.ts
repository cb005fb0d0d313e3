/** The compiled gateway as its own process, as a newcomer starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;
/** Those of `npm start`. */
const OPTIONS = await optionsOfStart();

export interface GatewayProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything that it has written so far. */
  readonly output: () => string;
  /** Resolves with the address of the gateway once it accepts requests; rejects when the process ends before. */
  readonly ready: () => Promise<string>;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts the process with these settings and nothing else of this environment but the search path. */
export function startProcess(
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
  /** Where it is started. @default where the tests run */
  cwd?: string,
): GatewayProcess {
  const child = spawn(process.execPath, [...OPTIONS, ...nodeOptions, MAIN], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const watcher of watchers) watcher();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code as number | null) ?? (signal as string));
  return {
    child,
    output: () => output,
    ended,
    ready: () =>
      new Promise((resolve, reject) => {
        const look = () => {
          const url = /^GraphiQL +(\S+)\/graphql$/m.exec(output)?.[1];
          if (url !== undefined && output.includes('\nUpstream ')) resolve(url);
        };
        watchers.add(look);
        look();
        void ended.then((end) => {
          reject(new Error(`The process ended with ${String(end)}: ${output}`));
        });
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function optionsOfStart(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { readonly scripts: { readonly start: string } };
  const [node, ...words] = scripts.start.split(' ');
  const main = words.pop();
  if (node !== 'node' || main !== 'dist/src/main.js') throw new Error(`Not understood: ${scripts.start}`);
  return words;
}
