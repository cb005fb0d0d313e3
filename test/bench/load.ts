/** A closed loop of clients: each sends its next query when the last one was answered. */
import { Pool } from 'undici';

export interface LoadResult {
  readonly queries: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly clients: number;
  readonly durationMs: number;
}

/** Asks until the time is up, and fails on the first answer that is none. */
export async function load({ url, query, variables, clients, durationMs }: LoadOptions): Promise<LoadResult> {
  const pool = new Pool(url, { connections: clients });
  const body = JSON.stringify({ query, variables });
  const latencies: number[] = [];
  const start = performance.now();
  const client = async () => {
    do {
      const sent = performance.now();
      const { statusCode, body: answer } = await pool.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (statusCode !== 200 || text.includes('"errors"'))
        throw new Error(`A query failed: ${text.slice(0, 500)}`);
      latencies.push(performance.now() - sent);
    } while (performance.now() - start < durationMs);
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    queries: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}
