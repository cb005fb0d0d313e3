/** What honest callers and a load balancer notice: how long their answers take, whatever else is going on. */
import { request as plainRequest } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { BOARD } from '../../support/canonical-queries.ts';

/** Time between two questions of an honest caller, who does not wait for answers, in milliseconds. */
const ASKS_EVERY_MS = 50;
/** Time between two looks at `/health`, each over a connection of its own, in milliseconds. */
const LOOKS_EVERY_MS = 100;
/** Time between two of the other things that they do, in milliseconds. */
const DOES_EVERY_MS = 500;

export interface Noticed {
  /** What honest answers took, in milliseconds, ascending. */
  readonly tookMs: readonly number[];
  /** The longest that `/health` took. */
  readonly healthMs: number;
}

export interface HonestCallers {
  readonly url: string;
  readonly authorization: string;
  /** What they do beside asking. */
  readonly meanwhile: () => Promise<void>;
}

/** Asks at a steady pace. Rejects when an honest caller is refused. */
export async function honestLoad(
  { url, authorization, meanwhile }: HonestCallers,
  forMs: number,
): Promise<Noticed> {
  const tookMs: number[] = [];
  let healthMs = 0;
  const ask = async () => {
    const sentAt = performance.now();
    const { statusCode, body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: BOARD }),
      dispatcher: agent,
    });
    const text = await body.text();
    if (statusCode !== 200 || text.includes('"errors"'))
      throw new Error(`An honest caller was answered ${String(statusCode)}: ${text.slice(0, 300)}`);
    tookMs.push(performance.now() - sentAt);
  };
  const look = async () => {
    const sentAt = performance.now();
    await health(url);
    healthMs = Math.max(healthMs, performance.now() - sentAt);
  };
  await Promise.all([
    repeatedly(ask, ASKS_EVERY_MS, forMs),
    repeatedly(look, LOOKS_EVERY_MS, forMs),
    repeatedly(meanwhile, DOES_EVERY_MS, forMs),
  ]);
  return { tookMs: tookMs.sort((a, b) => a - b), healthMs };
}

const agent = new Agent({ connections: 64 });

async function health(url: string): Promise<void> {
  const asked = plainRequest(`${url}/health`, { agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [
    NodeJS.ReadableStream & { readonly statusCode: number },
  ];
  await once(answer.resume(), 'end');
  if (answer.statusCode !== 200) throw new Error(`/health was answered ${String(answer.statusCode)}`);
}

async function repeatedly(act: () => Promise<void>, everyMs: number, forMs: number): Promise<void> {
  const under: Promise<void>[] = [];
  for (const until = performance.now() + forMs; performance.now() < until;) {
    const acting = act();
    // Told when all are waited for.
    acting.catch(() => undefined);
    under.push(acting);
    await sleep(everyMs);
  }
  await Promise.all(under);
}

/** The value that this share of them does not exceed. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}
