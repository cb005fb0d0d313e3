/** A REST upstream over a stub server, with the clock and the chance in the test's hands. */
import { Account } from '../../src/upstream/account.ts';
import type { CallEvent, UnknownValueEvent } from '../../src/upstream/observer.ts';
import { createRestUpstream } from '../../src/upstream/rest/rest.ts';
import { DEFAULT_UPSTREAM_SETTINGS, type UpstreamSettings } from '../../src/upstream/upstream-settings.ts';
import type { UpstreamCaller } from '../../src/upstream/caller.ts';
import type { Upstream, UpstreamSession } from '../../src/upstream/upstream.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { type Answer, startStubServer, type StubServer } from './stub-server.ts';

/** Recognisable, so that a test can look for it where it must not be. */
export const API_KEY = 'ak_secret0123456789';

/** Longer than any test: what ends a call early is what the test is about. */
const PATIENT = { headersTimeoutMs: 600_000, bodyTimeoutMs: 600_000 };

export interface RestStage extends AsyncDisposable {
  readonly server: StubServer;
  readonly clock: FakeClock;
  readonly upstream: Upstream;
  readonly account: Account;
  readonly calls: readonly CallEvent[];
  readonly unknownValues: readonly UnknownValueEvent[];
  session(caller?: Partial<UpstreamCaller>): UpstreamSession;
}

export interface RestStageOptions extends Partial<UpstreamSettings> {
  /** @default 0, with which every random wait is over at once */
  readonly random?: () => number;
  /** Put between the server's origin and the API's paths. */
  readonly prefix?: string;
}

export async function startRest(answer: Answer, options: RestStageOptions = {}): Promise<RestStage> {
  const { random = () => 0, prefix = '', ...settings } = options;
  const server = await startStubServer(answer);
  const clock = createFakeClock();
  const account = new Account(API_KEY, { hashSecret: 'test' });
  const calls: CallEvent[] = [];
  const unknownValues: UnknownValueEvent[] = [];
  const upstream = createRestUpstream({
    settings: { ...DEFAULT_UPSTREAM_SETTINGS, ...PATIENT, baseUrl: server.url + prefix, ...settings },
    clock,
    observer: { call: (event) => calls.push(event), unknownValue: (event) => unknownValues.push(event) },
    random,
    version: '1.2.3',
  });
  return {
    server,
    clock,
    upstream,
    account,
    calls,
    unknownValues,
    session: (caller) =>
      upstream.session({
        account,
        priority: 'interactive',
        signal: new AbortController().signal,
        deadlineAt: clock.now() + 30_000,
        ...caller,
      }),
    [Symbol.asyncDispose]: async () => {
      await upstream[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What a promise rejects with; a test that expects a failure fails when there is none. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const result = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in result) return result.error;
  throw new Error(`Expected a failure, got ${JSON.stringify(result.value)}`);
}
