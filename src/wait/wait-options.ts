/** `readWaitOptions`: what the command `wait` is asked to do by its arguments. */
import { parseArgs } from 'node:util';
import { UsageError } from '../process/token-command.ts';
import type { Gate } from './verdict.ts';

export const WAIT_USAGE = `Usage: runloop-graphql wait BENCHMARK_RUN [options]

Follows a benchmark run to its end. The exit status says whether it is good enough: 0 when it is, 1 when it is not, and 2 when
that cannot be told.

  --url URL             where the graph is (default GATEWAY_URL, else http://127.0.0.1:4000/graphql)
  --min-pass-rate RATE  from 0 to 1: how many of its scenario runs that have ended have to pass; errored ones do not
  --baseline RUN        another benchmark run: a scenario that passed in it and fails now has regressed
  --max-regressions N   how many may (default 0)
  --junit FILE          writes the scenario runs as JUnit XML
  --timeout DURATION    gives up after this: a number with s, m or h (default 24h)

The variable GATEWAY_TOKEN is what the caller is known by: a gateway token, a JSON Web Token or a Runloop key.
`;

export interface WaitOptions extends Gate {
  readonly id: string;
  readonly url: string;
  readonly baseline: string | null;
  /** Where the report goes; null writes none. */
  readonly junit: string | null;
  readonly timeoutMs: number;
}

const DEFAULT_URL = 'http://127.0.0.1:4000/graphql';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Throws a `UsageError` that says what was expected. */
export function readWaitOptions(
  args: readonly string[],
  { defaultUrl }: { readonly defaultUrl: string | undefined },
): WaitOptions {
  const { values, positionals } = parsed(args);
  const [id, another] = positionals;
  if (id === undefined || another !== undefined)
    throw new UsageError('Expected the id of one benchmark run, such as bmr_…');
  const url = values.url ?? (defaultUrl === undefined || defaultUrl === '' ? DEFAULT_URL : defaultUrl);
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`--url is ${JSON.stringify(url)}, expected an http:// or https:// URL`);
  const regressions = values['max-regressions'];
  if (regressions !== undefined && values.baseline === undefined)
    throw new UsageError('--max-regressions is set, expected --baseline beside it');
  return {
    id,
    url,
    minPassRate: values['min-pass-rate'] === undefined ? null : rateOf(values['min-pass-rate']),
    baseline: values.baseline ?? null,
    maxRegressions: regressions === undefined ? 0 : countOf(regressions),
    junit: values.junit ?? null,
    timeoutMs: durationOf(values.timeout ?? '24h'),
  };
}

function parsed(args: readonly string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: option,
        'min-pass-rate': option,
        baseline: option,
        'max-regressions': option,
        junit: option,
        timeout: option,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read');
  }
}

function rateOf(text: string): number {
  const rate = /^\d(?:\.\d{1,10})?$/.test(text) ? Number(text) : NaN;
  if (rate >= 0 && rate <= 1) return rate;
  throw new UsageError(
    `--min-pass-rate is ${JSON.stringify(text)}, expected a number from 0 to 1, such as 0.8`,
  );
}

function countOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`--max-regressions is ${JSON.stringify(text)}, expected a whole number from 0 on`);
}

function durationOf(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  throw new UsageError(`--timeout is ${JSON.stringify(text)}, expected a number with s, m or h, such as 90m`);
}
