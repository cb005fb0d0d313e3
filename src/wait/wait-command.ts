/** The command `wait`: follows a benchmark run to its end, and judges it. */
import { writeFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { createGatewayClient, type GatewayClient, Unanswered } from './gateway-client.ts';
import { type JunitRun, junitOf } from './junit.ts';
import { type Ended, percent, verdictOf } from './verdict.ts';
import type { WaitOptions } from './wait-options.ts';

export interface WaitGiven {
  readonly options: WaitOptions;
  readonly token: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Takes what happens meanwhile, a line each. */
  readonly tell: (line: string) => void;
}

/** What the process ends with. */
export const STATUS = { good: 0, bad: 1, unknown: 2 } as const;

const FOLLOW = `subscription Wait($id: ID!) {
  benchmarkRun(id: $id) {
    benchmarkRun { state progress { expected finished } stats { passed failed errored } }
  }
}`;

const RUN = `query Ended($id: ID!) {
  benchmarkRun(id: $id) { name state stats { passed failed errored passRate { value } } }
}`;

const COMPARE = `query Compared($base: ID!, $head: ID!) {
  compareBenchmarkRuns(base: $base, head: $head) { regressed fixed }
}`;

const ROWS = `query Rows($id: ID!, $after: String) {
  benchmarkRun(id: $id) {
    scenarioRuns(first: 100, after: $after) {
      nodes {
        id name outcome state score durationMs
        scenario { name }
        scoringResult { functionResults { name score state output(maxChars: 4000) } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

interface Followed {
  readonly benchmarkRun: {
    readonly benchmarkRun: {
      readonly state: string;
      readonly progress: { readonly expected: number | null; readonly finished: number } | null;
      readonly stats: Pick<NonNullable<Ended['stats']>, 'passed' | 'failed' | 'errored'> | null;
    };
  };
}

type Read = Omit<Ended, 'comparison'> & { readonly name: string | null };

/** Never rejects for what the gateway or the network does: that is told, and the status says so. */
export async function runWaitCommand({ options, token, fetch, clock, tell }: WaitGiven): Promise<number> {
  const { id, url, timeoutMs } = options;
  const life = new AbortController();
  const cancel = clock.after(timeoutMs, () => {
    life.abort(new Unanswered(`it has not ended in ${String(timeoutMs / 1_000)} s (--timeout)`));
  });
  const client = createGatewayClient({
    url,
    token,
    fetch,
    clock,
    signal: life.signal,
    onRetry: (why) => {
      tell(`tries again: ${why}`);
    },
  });
  try {
    await followToItsEnd(client, id, tell);
    return await judge(client, options, tell);
  } catch (error) {
    const reason: unknown = life.signal.aborted ? life.signal.reason : error;
    if (!(reason instanceof Unanswered)) throw error;
    tell(`${id}: ${reason.message}`);
    return STATUS.unknown;
  } finally {
    cancel();
    life.abort();
  }
}

async function followToItsEnd(client: GatewayClient, id: string, tell: WaitGiven['tell']): Promise<void> {
  let last = '';
  await client.follow({ query: FOLLOW, variables: { id } }, (data) => {
    const { state, progress, stats } = (data as Followed).benchmarkRun.benchmarkRun;
    const line = [
      state,
      ...(progress ? [`${countOf(progress)} finished`] : []),
      ...(stats
        ? [`${String(stats.passed)} passed, ${String(stats.failed)} failed, ${String(stats.errored)} errored`]
        : []),
    ].join(', ');
    if (line !== last) tell(line);
    last = line;
  });
}

/** Of how many, where somebody knows that. */
function countOf({
  finished,
  expected,
}: {
  readonly finished: number;
  readonly expected: number | null;
}): string {
  return expected === null ? String(finished) : `${String(finished)} of ${String(expected)}`;
}

async function judge(client: GatewayClient, options: WaitOptions, tell: WaitGiven['tell']): Promise<number> {
  const { id, baseline, junit } = options;
  const { benchmarkRun: run } = (await client.ask({ query: RUN, variables: { id } })) as {
    readonly benchmarkRun: Read | null;
  };
  if (!run) throw new Unanswered('there is no such benchmark run');
  const comparison = baseline === null ? null : await compare(client, { base: baseline, head: id });
  if (junit !== null) await write(junit, junitOf(run.name ?? id, await rowsOf(client, id)));
  const rate = run.stats?.passRate;
  if (rate) tell(`pass rate ${percent(rate.value)}`);
  if (comparison)
    tell(
      `${String(comparison.regressed)} regressed and ${String(comparison.fixed)} fixed since ${String(baseline)}`,
    );
  const reasons = verdictOf({ ...run, comparison }, options);
  for (const reason of reasons) tell(`not good enough: ${reason}`);
  return reasons.length === 0 ? STATUS.good : STATUS.bad;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new Unanswered(
      `${path} cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'})`,
    );
  }
}

async function compare(
  client: GatewayClient,
  variables: { readonly base: string; readonly head: string },
): Promise<NonNullable<Ended['comparison']>> {
  const { compareBenchmarkRuns } = (await client.ask({ query: COMPARE, variables })) as {
    readonly compareBenchmarkRuns: NonNullable<Ended['comparison']>;
  };
  return compareBenchmarkRuns;
}

async function rowsOf(client: GatewayClient, id: string): Promise<readonly JunitRun[]> {
  const rows: JunitRun[] = [];
  let after: string | null = null;
  do {
    const { benchmarkRun } = (await client.ask({ query: ROWS, variables: { id, after } })) as {
      readonly benchmarkRun: {
        readonly scenarioRuns: {
          readonly nodes: readonly JunitRun[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
        };
      };
    };
    const { nodes, pageInfo } = benchmarkRun.scenarioRuns;
    rows.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return rows;
}
