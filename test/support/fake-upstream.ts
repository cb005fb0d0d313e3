/** An upstream in memory: it holds what a test puts in, records what it is asked, and fails when it is told to. */
import { type Clock, reasonOf } from '../../src/clock.ts';
import type { GatewayError } from '../../src/errors.ts';
import type { Watchable } from '../../src/events/event.ts';
import type { ScenarioRun } from '../../src/upstream/types.ts';
import type { Priority, Upstream, UpstreamCaller, UpstreamSession } from '../../src/upstream/upstream.ts';

export interface FakeCall {
  /** Such as `scenarioRun scr_1`. */
  readonly name: string;
  readonly accountId: string;
  readonly priority: Priority;
  /** Part of the answer's page, where it is a list. */
  readonly limit?: number;
}

export interface FakeUpstream extends Upstream {
  /** Every call since the last look, in the order of their start. */
  calls(): readonly FakeCall[];
  /** Their names alone. */
  names(): readonly string[];
  /** Calls that are not answered yet. */
  readonly underWay: number;
  /** What it knows from now on. */
  put(...entities: readonly Watchable[]): void;
  remove(id: string): void;
  /** Is asked before each answer: an error is thrown in its place. */
  failure: ((call: FakeCall) => GatewayError | null) | null;
  /** How long a call takes to get there, and its answer to get back, in milliseconds. */
  latency: () => readonly [there: number, back: number];
  /** How often it was told that its sockets are not needed for now. */
  readonly releases: number;
}

export function createFakeUpstream(clock: Clock): FakeUpstream {
  const entities = new Map<string, Watchable>();
  const changed = new Set<() => void>();
  let calls: FakeCall[] = [];
  let underWay = 0;
  let releases = 0;

  async function answer<T>(
    caller: UpstreamCaller,
    call: Omit<FakeCall, 'accountId' | 'priority'>,
    look: () => T | Promise<T>,
  ): Promise<T> {
    const recorded = { ...call, accountId: caller.account.id, priority: caller.priority };
    calls.push(recorded);
    underWay++;
    try {
      const { signal } = caller;
      if (signal.aborted) throw reasonOf(signal);
      const [there, back] = upstream.latency();
      if (there > 0) await clock.sleep(there, signal);
      const failure = upstream.failure?.(recorded);
      if (failure) throw failure;
      const seen = await look();
      if (back > 0) await clock.sleep(back, signal);
      return seen;
    } finally {
      underWay--;
    }
  }

  function find<T extends Watchable['type']>(type: T, id: string) {
    const entity = entities.get(id);
    return entity?.type === type ? (entity as Extract<Watchable, { type: T }>) : null;
  }

  function sessionOf(caller: UpstreamCaller): Partial<UpstreamSession> {
    return {
      scenarioRun: (id) => answer(caller, { name: `scenarioRun ${id}` }, () => find('ScenarioRun', id)),
      benchmarkRun: (id) => answer(caller, { name: `benchmarkRun ${id}` }, () => find('BenchmarkRun', id)),
      benchmarkJob: (id) => answer(caller, { name: `benchmarkJob ${id}` }, () => find('BenchmarkJob', id)),
      devbox: (id) => answer(caller, { name: `devbox ${id}` }, () => find('Devbox', id)),
      benchmarkRunScenarioRuns: (id, _filter, { limit, after }) =>
        answer(caller, { name: `scenarioRuns of ${id}`, limit }, () => {
          const all = [...entities.values()]
            .filter((one): one is ScenarioRun => one.type === 'ScenarioRun' && one.benchmarkRunId === id)
            .reverse();
          const from = all.findIndex((one) => one.id === after) + 1;
          return {
            rows: all.slice(from, from + limit),
            hasMore: all.length > from + limit,
            totalCount: null,
          };
        }),
      waitForDevboxStatus: (id, { statuses, timeoutSec }) =>
        answer(caller, { name: `wait for ${id}` }, async () => {
          const untilMs = clock.now() + timeoutSec * 1_000;
          for (;;) {
            const devbox = find('Devbox', id);
            if (!devbox || statuses.includes(devbox.status)) return devbox;
            if (clock.now() >= untilMs) return 'unchanged' as const;
            await untilChanged(untilMs - clock.now(), caller.signal);
          }
        }),
    };
  }

  async function untilChanged(ms: number, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const stop = () => {
      waiting.abort(new Error('changed'));
    };
    changed.add(stop);
    signal.addEventListener('abort', stop, { once: true });
    await clock.sleep(ms, waiting.signal).catch(() => undefined);
    changed.delete(stop);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) throw reasonOf(signal);
  }

  const upstream: FakeUpstream = {
    // Whatever else is asked fails the test that asks it.
    session: (caller) => sessionOf(caller) as UpstreamSession,
    ping: () => Promise.resolve(),
    releaseSockets: () => {
      releases++;
    },
    get releases() {
      return releases;
    },
    calls: () => {
      const seen = calls;
      calls = [];
      return seen;
    },
    names: () => upstream.calls().map(({ name }) => name),
    get underWay() {
      return underWay;
    },
    put(...added) {
      for (const entity of added) entities.set(entity.id, entity);
      for (const wake of [...changed]) wake();
    },
    remove(id) {
      entities.delete(id);
      for (const wake of [...changed]) wake();
    },
    failure: null,
    latency: () => [0, 0],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return upstream;
}
