/** An upstream in memory: it answers what a test puts in, records its calls, and fails when a test says so. */
import { type Clock, reasonOf } from '../../src/clock.ts';
import type { GatewayError } from '../../src/errors.ts';
import type { Priority, UpstreamCaller } from '../../src/upstream/caller.ts';
import { ENTITIES, LISTS, WAITS } from '../../src/upstream/endpoints.ts';
import { kindOf } from '../../src/upstream/kinds.ts';
import type { Entity, Kind, Kinds } from '../../src/upstream/types.ts';
import type { Upstream, UpstreamSession } from '../../src/upstream/upstream.ts';
import { fakeSession } from './fake-session.ts';

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
  put(...entities: readonly Entity[]): void;
  remove(id: string): void;
  /** Is asked before each answer: an error is thrown in its place. */
  failure: ((call: FakeCall) => GatewayError | null) | null;
  /** How long a call takes to get there, and its answer to get back, in milliseconds. */
  latency: () => readonly [there: number, back: number];
  /** How often the release of idle sockets was asked for. */
  readonly releases: number;
}

export function createFakeUpstream(clock: Clock): FakeUpstream {
  const entities = new Map<string, Entity>();
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

  function find<K extends Kind>(kind: K, id: string): Kinds[K] | null {
    const entity = entities.get(id);
    // Its kind is that of its type.
    return entity && kindOf(entity) === kind ? (entity as Kinds[K]) : null;
  }

  /** Newest first; of a list under an entity, those that say they belong to it. */
  function listed<K extends Kind>(kind: K, parentId: string | null): readonly Kinds[K][] {
    const { parentOf } = ENTITIES[kind];
    const ofKind = [...entities.keys()].flatMap((id) => find(kind, id) ?? []);
    return ofKind.filter((one) => parentId === null || parentOf?.(one) === parentId).reverse();
  }

  function sessionOf(caller: UpstreamCaller): UpstreamSession {
    return {
      // Whatever else is asked fails the test that asks it.
      ...fakeSession({}),
      get: (kind, id) => answer(caller, { name: `${kind} ${id}` }, () => find(kind, id)),
      list: (list, filter, { limit, after }) => {
        const { kind, of } = LISTS[list];
        const parentId = of ? of.idOf(filter) : null;
        const name = parentId === null ? list : `${list} ${parentId}`;
        return answer(caller, { name, limit }, () => {
          const all = listed(kind, parentId).filter((one) => isInState(one, filter));
          const from = all.findIndex((one) => one.id === after) + 1;
          return {
            rows: all.slice(from, from + limit),
            hasMore: all.length > from + limit,
            totalCount: null,
          };
        });
      },
      wait: (wait, on) =>
        answer(caller, { name: `${wait} ${on.id}` }, async () => {
          const untilMs = clock.now() + on.timeoutSec * 1_000;
          for (;;) {
            const entity = find(WAITS[wait].kind, on.id);
            if (!entity || on.statuses.includes(entity.status)) return entity;
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
    session: sessionOf,
    hasSpareSlots: () => true,
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

/** Of all conditions it knows the state alone. */
function isInState(entity: Entity, filter: object): boolean {
  return (
    !('state' in filter) || filter.state === undefined || ('state' in entity && entity.state === filter.state)
  );
}
