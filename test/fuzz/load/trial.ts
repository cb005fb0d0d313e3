/** `tryAttack`: puts a gateway of its own to one attack, and measures what others notice of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '../../support/process.ts';
import type { Attack } from './attack.ts';
import { type Counts, hearCounts } from './counts.ts';
import { honestLoad, percentile } from './honest-load.ts';

/** The heap of the gateway, in MB: whatever is held beyond it ends the process. */
const HEAP_MB = 512;
/** How much slower the slowest hundredth of honest answers may be. */
const MAX_SLOWDOWN = 2;
/** What `/health` may take, in milliseconds. */
const MAX_HEALTH_MS = 250;
/**
 * What memory may be left: caches may be full that are bounded, a young generation that has grown stays so for a while, and a
 * heap is never quite without gaps. The level is the highest of the quiet time, in which honest work fills the same caches.
 */
const MAX_GROWTH = 1.25;
/** What the process may take under attack, in MB: what is held outside of its heap is bounded, too. */
const MAX_ATTACKED_MB = HEAP_MB * 1.5;
/** How long memory may take to return while honest callers go on, in milliseconds. */
const RETURN_MS = 60_000;
/** An honest answer of the quiet time takes so long at least, in milliseconds: below it twice is within a turn of a shared machine. */
const LEAST_QUIET_MS = 15;

const SIMULATOR = new URL('../../../dist/src/simulator/main.js', import.meta.url).pathname;
const ATTACKER = new URL('./attacker.ts', import.meta.url).pathname;

export interface Trial {
  readonly quietP99Ms: number;
  readonly p99Ms: number;
  readonly healthMs: number;
  /** The memory of the process at most while it was quiet, at most under attack, and in the end, in MB. */
  readonly memoryMb: { readonly quiet: number; readonly attacked: number; readonly after: number };
  /** What the attack, and what it was prepared with, has counted. */
  readonly counts: Counts;
  /** What does not hold. */
  readonly broken: readonly string[];
}

export interface TrialTimes {
  readonly quietMs: number;
  readonly attackMs: number;
}

export async function tryAttack(
  name: string,
  { env = {}, prepare, strike, reaches = {}, meanwhile }: Attack,
  { quietMs, attackMs }: TrialTimes,
): Promise<Trial> {
  if (typeof strike !== 'function') throw new Error(`${name} does nothing`);
  await using preparation = await prepare?.();
  await using upstream = await startUpstream();
  await using gateway = startProcess(
    {
      PORT: '0',
      NODE_ENV: 'production',
      UPSTREAM: 'runloop',
      AUTH: 'passthrough',
      RUNLOOP_BASE_URL: upstream.url,
      LOG_LEVEL: 'error',
      ...preparation?.env,
      ...env,
    },
    [`--max-old-space-size=${String(HEAP_MB)}`],
  );
  const url = await gateway.ready();
  const authorization = preparation?.honest ?? 'Bearer ak_honest';
  const prepared = preparation?.prepared ?? '';
  const target = { url, prepared };
  const callers = { url, authorization, meanwhile: async () => meanwhile?.(target, authorization) };
  const honest = (forMs: number) => honestLoad(callers, forMs);
  const pid = String(gateway.child.pid);
  const broken: string[] = [];

  await honest(quietMs / 4);
  const quiet = await watched(pid, honest(quietMs));
  const attacker = spawn(process.execPath, ['--import', 'tsx', ATTACKER, name, url], {
    env: { ...process.env, PREPARED: prepared },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const countsOfAttacker = hearCounts(attacker);
  const attacked = await watched(pid, honest(attackMs)).catch((error: unknown) => {
    broken.push(error instanceof Error ? error.message : String(error));
    return null;
  });
  if (attacker.exitCode !== null) broken.push('The attack ended before its time');
  await kill(attacker);

  const quietP99Ms = Math.max(LEAST_QUIET_MS, percentile(quiet.result.tookMs, 0.99));
  const p99Ms = percentile(attacked?.result.tookMs ?? [], 0.99);
  const healthMs = attacked?.result.healthMs ?? 0;
  if (p99Ms > quietP99Ms * MAX_SLOWDOWN) broken.push(`Honest answers took more than twice as long`);
  if (healthMs > MAX_HEALTH_MS) broken.push(`/health took more than ${String(MAX_HEALTH_MS)} ms`);
  if ((attacked?.highestMb ?? 0) > MAX_ATTACKED_MB)
    broken.push(`Memory was more than ${String(MAX_ATTACKED_MB)} MB under attack`);
  const counts = { ...countsOfAttacker(), ...preparation?.counts?.() };
  for (const [what, times] of Object.entries(reaches)) {
    if ((counts[what] ?? 0) < times)
      broken.push(`The attack has not counted ${String(times)} times: ${what}`);
  }
  const after = await memoryReturned(pid, quiet.highestMb * MAX_GROWTH, () => honest(1_000)).catch(() => 0);
  if (after === 0) broken.push(`The gateway has ended: ${gateway.output().slice(-500)}`);
  if (after > quiet.highestMb * MAX_GROWTH) broken.push('Memory did not return');
  const memoryMb = { quiet: quiet.highestMb, attacked: attacked?.highestMb ?? 0, after };
  return { quietP99Ms, p99Ms, healthMs, memoryMb, counts, broken };
}

/** The upstream is a process of its own, as it is in life: what it takes to answer is not the gateway's time. */
async function startUpstream(): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn(process.execPath, [SIMULATOR], {
    env: { PATH: process.env['PATH'], SIMULATOR_PORT: '0', SIMULATOR_SPEED: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  child.stdout.resume();
  return {
    url: /http:\/\/[\w.:]+/.exec(said)?.[0] ?? '',
    [Symbol.asyncDispose]: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What came of it, and the most memory that the process had meanwhile. */
async function watched<T>(
  pid: string,
  during: Promise<T>,
): Promise<{ readonly result: T; readonly highestMb: number }> {
  const over = new AbortController();
  const ended = during.finally(() => {
    over.abort();
  });
  // Waited for below.
  ended.catch(() => undefined);
  let highestMb = 0;
  while (!over.signal.aborted) {
    highestMb = Math.max(highestMb, await memoryMb(pid));
    await sleep(250);
  }
  return { result: await ended, highestMb };
}

async function memoryReturned(
  pid: string,
  enoughMb: number,
  meanwhile: () => Promise<unknown>,
): Promise<number> {
  const endedAt = performance.now();
  let leftMb = await memoryMb(pid);
  while (leftMb > enoughMb && performance.now() - endedAt < RETURN_MS) {
    await meanwhile();
    leftMb = await memoryMb(pid);
  }
  return leftMb;
}

/** 0 when the process has ended. */
async function memoryMb(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
