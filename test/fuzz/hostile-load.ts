/**
 * Mixed hostile and honest load on loopback. Fails when honest callers notice (the 99th percentile of their answers is more
 * than twice its quiet value), or when memory does not return to its level afterwards.
 */
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
/** How much slower the slowest hundredth of honest answers may be. */
const MAX_SLOWDOWN = 2;
/**
 * What may be left: caches may be full that are bounded, a young generation that has grown stays so for a while, and a heap
 * is never quite without gaps. The level is the highest of the quiet time, in which the same caches are filled by honest work.
 */
const MAX_GROWTH = 1.25;
/** How long memory may take to return while honest callers go on, in milliseconds. */
const RETURN_MS = 60_000;

const repeat = (times: number, part: (number: number) => string) =>
  Array.from({ length: times }, (_, number) => part(number)).join(' ');

/** The body of a request. */
const asking = (query: string) => JSON.stringify({ query });
/** With a variable as long as a body may be, which nothing in the document uses. */
const withVariable = (n: number, value: string) =>
  `{"query":"query Q${String(n)} { __typename }","variables":{"x":${value}}}`;

/** Bodies with something in them that changes with the number. */
const ATTACKS: readonly ((number: number) => string)[] = [
  (n) => asking(`{ ${repeat(2_000, (alias) => `a${String(alias)}_${String(n)}: __typename`)} }`),
  (n) => asking(`{ scenarioRun(id: "${'x'.repeat(100_000)}${String(n)}") { id } }`),
  (n) => asking(`{ scenarioRun(id: "${'x'.repeat(60_000)}${String(n)}") { id } }`),
  (n) => asking(`query Q${String(n)} { __typename ${'@include(if: true) '.repeat(500)} }`),
  (n) => asking(`query Q${String(n)} { ${'scenarioRuns { nodes { benchmarkRun { '.repeat(40)}`),
  (n) => asking(`query Q${String(n)} { ...F } fragment F on Query { ...G } fragment G on Query { ...F }`),
  (n) =>
    asking(
      `query Q${String(n)} { ...F0 } ${repeat(60, (f) => `fragment F${String(f)} on Query { ...F${String(f + 1)} ...F${String(f + 1)} }`)} fragment F60 on Query { __typename }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { scenarioRuns { nodes { ${repeat(49, () => 'benchmarkRun { id name state }')} } } }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { benchmarkRuns(first: 100) { nodes { scenarioRuns(first: 100) { nodes { id } } } } }`,
    ),
  (n) =>
    asking(
      `query Q${String(n)} { __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
    ),
  (n) => asking('{'.repeat(1_000 + (n % 1_000))),
  (n) => asking(`{a}${String(n)}`.repeat(100)),
  (n) => withVariable(n, `[${'{},'.repeat(80_000)}0]`),
  (n) => withVariable(n, `"${'x'.repeat(250_000)}"`),
  (n) => withVariable(n, '['.repeat(50_000 + (n % 1_000)) + ']'.repeat(50_000)),
  (n) => '['.repeat(250_000 + (n % 1_000)),
];

/**
 * The body to send: a third comes once, so that nothing is known of it, a third for the first time of two, and a third for the
 * second, so that all is remembered that can be.
 */
function hostileBody(sent: number): string {
  const round = Math.floor(sent / ATTACKS.length);
  return ATTACKS[sent % ATTACKS.length]?.(round % 3 === 2 ? round - 1 : round) ?? '';
}

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

const send = async (content: string, caller: Readonly<Record<string, string>>) => {
  const sentAt = performance.now();
  const { statusCode, body } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...caller },
    body: content,
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
      send(asking(BOARD), HONEST_CALLER).then(({ statusCode, tookMs }) => {
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
    const { statusCode } = await send(hostileBody(hostileRequests++), HOSTILE_CALLER);
    if (statusCode >= 500) throw new Error(`A hostile request was answered ${String(statusCode)}`);
  }
};

const memoryMb = async () => {
  const status = await readFile(`/proc/${String(gateway.child.pid)}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
};

/** The most memory that was seen while something was done. */
const highestMb = async (during: Promise<unknown>) => {
  const over = new AbortController();
  const ended = during.finally(() => {
    over.abort();
  });
  let highest = 0;
  while (!over.signal.aborted) {
    highest = Math.max(highest, await memoryMb());
    await sleep(250);
  }
  await ended;
  return highest;
};

const p = (sorted: readonly number[], share: number) =>
  (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
const told = (name: string, took: readonly number[]) => {
  console.log(
    `${name}: ${String(took.length)} honest answers, p50 ${p(took, 0.5)} ms, p99 ${p(took, 0.99)} ms`,
  );
};

await honest(QUIET_MS / 4);
const quietly = honest(QUIET_MS);
const level = await highestMb(quietly);
const quiet = await quietly;
told('quiet', quiet);

const over = new AbortController();
const attackers = Promise.all(Array.from({ length: HOSTILE }, () => hostile(over.signal)));
const underAttack = honest(MINUTES * 60_000);
const highest = await highestMb(Promise.race([underAttack, attackers]));
const mixed = await underAttack;
over.abort();
await attackers;
told(`with ${String(hostileRequests)} hostile requests beside`, mixed);

const enough = Math.floor(level * MAX_GROWTH);
const endedAt = performance.now();
let left = await memoryMb();
while (left > enough && performance.now() - endedAt < RETURN_MS) {
  await honest(1_000);
  left = await memoryMb();
}
const tookSec = Math.round((performance.now() - endedAt) / 1000);
console.log(
  `memory: ${String(level)} MB at most while quiet, ${String(highest)} MB at most under attack, ${String(left)} MB ${String(tookSec)} s after it`,
);
told('quiet again', await honest(QUIET_MS));
const slowdown = Number(p(mixed, 0.99)) / Number(p(quiet, 0.99));
console.log(`p99 under attack is ${slowdown.toFixed(2)} times the quiet one`);
await agent.close();
upstream.kill();
if (slowdown > MAX_SLOWDOWN) fail(`Expected at most ${String(MAX_SLOWDOWN)} times`);
if (left > enough)
  fail(`Expected at most ${String(enough)} MB ${String(RETURN_MS / 1000)} s after the attack`);

function fail(what: string): void {
  console.error(what);
  process.exitCode = 1;
}
