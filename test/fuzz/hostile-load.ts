/** Mixed hostile and honest load on loopback: whether honest callers notice, and whether memory returns to its level. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { BOARD } from '../support/canonical-queries.ts';
import { startProcess } from '../support/process.ts';

const MINUTES = Number(process.env['HOSTILE_MINUTES'] ?? 10);
const QUIET_MS = Math.min(60_000, MINUTES * 12_000);
/** Time between two questions of the honest caller, who does not wait for answers, in milliseconds. */
const EVERY_MS = 50;
/** Hostile requests under way at once. */
const HOSTILE = 4;

const repeat = (times: number, part: (number: number) => string) =>
  Array.from({ length: times }, (_, number) => part(number)).join(' ');

/** Each with something that changes, so that none is remembered. */
const ATTACKS: readonly ((number: number) => string)[] = [
  (n) => `{ ${repeat(2_000, (alias) => `a${String(alias)}_${String(n)}: __typename`)} }`,
  (n) => `{ scenarioRun(id: "${'x'.repeat(100_000)}${String(n)}") { id } }`,
  (n) => `query Q${String(n)} { __typename ${'@include(if: true) '.repeat(500)} }`,
  (n) => `query Q${String(n)} { ${'scenarioRuns { nodes { benchmarkRun { '.repeat(40)}`,
  (n) => `query Q${String(n)} { ...F } fragment F on Query { ...G } fragment G on Query { ...F }`,
  (n) =>
    `query Q${String(n)} { ...F0 } ${repeat(60, (f) => `fragment F${String(f)} on Query { ...F${String(f + 1)} ...F${String(f + 1)} }`)} fragment F60 on Query { __typename }`,
  (n) =>
    `query Q${String(n)} { scenarioRuns { nodes { ${repeat(49, () => 'benchmarkRun { id name state }')} } } }`,
  (n) =>
    `query Q${String(n)} { benchmarkRuns(first: 100) { nodes { scenarioRuns(first: 100) { nodes { id } } } } }`,
  (n) =>
    `query Q${String(n)} { __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
  (n) => '{'.repeat(1_000 + (n % 1_000)),
];

/** The upstream is a process of its own, as it is in life: what it takes to answer is not the gateway's time. */
const upstream = spawn(
  process.execPath,
  [new URL('../../dist/src/simulator/main.js', import.meta.url).pathname],
  {
    env: { PATH: process.env['PATH'], SIMULATOR_PORT: '0', SIMULATOR_SPEED: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const [said] = (await once(upstream.stdout.setEncoding('utf8'), 'data')) as [string];
await using gateway = startProcess({
  PORT: '0',
  NODE_ENV: 'production',
  UPSTREAM: 'runloop',
  AUTH: 'passthrough',
  RUNLOOP_BASE_URL: /http\S+/.exec(said)?.[0] ?? '',
  LOG_LEVEL: 'error',
});
const url = await gateway.ready();
const agent = new Agent({ connections: 64 });

/** Two callers: what one of them does must not be felt by the other. */
const HONEST_CALLER = { authorization: 'Bearer ak_honest' };
const HOSTILE_CALLER = { authorization: 'Bearer ak_hostile', 'cache-control': 'no-cache' };

const ask = async (query: string, caller: Readonly<Record<string, string>>) => {
  const sentAt = performance.now();
  const { statusCode, body } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...caller },
    body: JSON.stringify({ query }),
    dispatcher: agent,
  });
  await body.dump();
  return { statusCode, tookMs: performance.now() - sentAt };
};

/** Asks at a steady pace, and answers how long answers took, ascending. */
const honest = async (forMs: number) => {
  const took: number[] = [];
  const asked: Promise<void>[] = [];
  for (const until = performance.now() + forMs; performance.now() < until;) {
    asked.push(
      ask(BOARD, HONEST_CALLER).then(({ statusCode, tookMs }) => {
        if (statusCode !== 200) throw new Error(`An honest caller was answered ${String(statusCode)}`);
        took.push(tookMs);
      }),
    );
    await sleep(EVERY_MS);
  }
  await Promise.all(asked);
  return took.sort((a, b) => a - b);
};

let hostileRequests = 0;
const hostile = async (signal: AbortSignal) => {
  while (!signal.aborted) {
    const attack = ATTACKS[hostileRequests % ATTACKS.length];
    const { statusCode } = await ask(attack?.(hostileRequests++) ?? '', HOSTILE_CALLER);
    if (statusCode >= 500) throw new Error(`A hostile request was answered ${String(statusCode)}`);
  }
};

const memoryMb = async () => {
  const status = await readFile(`/proc/${String(gateway.child.pid)}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

const p = (sorted: readonly number[], share: number) =>
  (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
const told = (name: string, took: readonly number[]) => {
  console.log(
    `${name}: ${String(took.length)} honest answers, p50 ${p(took, 0.5)} ms, p99 ${p(took, 0.99)} ms`,
  );
};

await honest(QUIET_MS / 4);
const quiet = await honest(QUIET_MS);
const before = await memoryMb();
told('quiet', quiet);
const over = new AbortController();
const attackers = Promise.all(Array.from({ length: HOSTILE }, () => hostile(over.signal)));
const mixed = await honest(MINUTES * 60_000);
over.abort();
await attackers;
const highest = await memoryMb();
told(`with ${String(hostileRequests)} hostile requests beside`, mixed);
const after = await honest(QUIET_MS);
told('quiet again', after);
console.log(
  `memory: ${String(before)} MB before, ${String(highest)} MB at the end of the attack, ${String(await memoryMb())} MB after`,
);
const ratio = Number(p(mixed, 0.99)) / Number(p(quiet, 0.99));
console.log(`p99 under attack is ${ratio.toFixed(2)} times the quiet one`);
await agent.close();
upstream.kill();
