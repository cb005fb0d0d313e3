/** Runs an example of a document as a reader does: a query by POST, shell lines in a shell. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import { openEventStream } from '../support/event-stream.ts';
import type { Block, Example } from './blocks.ts';

/** Where documents say that the gateway is. */
const PRINTED_URL = 'http://127.0.0.1:4000';
/** What documents print where a reader puts their own key. */
const PRINTED_KEY = 'ak_…';
const SHIMS = new URL('shims/', import.meta.url).pathname;

export interface Outcome {
  readonly output: string;
  /** The files that it has left, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export async function runExample(example: Example, url: string): Promise<Outcome> {
  const { run, answer } = example;
  if (run.language === 'graphql') return { output: await post(example, url), files: new Map() };
  const script = run.text.replaceAll(PRINTED_URL, url).replaceAll(PRINTED_KEY, 'ak_example');
  const directory = await mkdtemp(join(tmpdir(), 'readme-'));
  try {
    const output = await shell(script, directory, endOf(answer));
    const files = new Map<string, Buffer>();
    for (const name of await readdir(directory)) files.set(name, await readFile(join(directory, name)));
    return { output, files };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A subscription is told as events, and read until as many have come as are printed; the first, when none are. */
async function post({ run, variables, answer }: Example, url: string): Promise<string> {
  const query = run.text;
  const asked = JSON.parse(variables?.text ?? '{}') as Readonly<Record<string, unknown>>;
  if (getOperationAST(parse(query))?.operation === OperationTypeNode.SUBSCRIPTION) {
    using stream = await openEventStream(url, { query, variables: asked });
    await stream.received(Math.max(1, countEvents(answer?.text ?? '')));
    return stream.text;
  }
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables: asked }),
  });
  return response.text();
}

/** A stream of events goes on for ever: it is read until as many have come as are printed. */
function endOf(answer: Block | null): (output: string) => boolean {
  const events = countEvents(answer?.text ?? '');
  return (output) => events > 0 && countEvents(output) >= events;
}

function countEvents(text: string): number {
  return text.match(/^data: .+$/gm)?.length ?? 0;
}

function shell(script: string, directory: string, isEnough: (output: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: directory,
      detached: true,
      env: { PATH: `${SHIMS}:${process.env['PATH'] ?? ''}`, HOME: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let complaints = '';
    const stop = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (isEnough(output)) stop();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || isEnough(output)) resolve(output);
      else reject(new Error(`${script}\nended with ${String(code)}: ${complaints}${output}`));
    });
  });
}
