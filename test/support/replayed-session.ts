/** A session that answers each call as it was answered first, with faults that depend on nothing but the call. */
import { createHash } from 'node:crypto';
import { GatewayError } from '../../src/errors.ts';
import type { UpstreamSession } from '../../src/upstream/upstream.ts';

export interface ReplayedSession {
  readonly session: UpstreamSession;
  /** The calls since the last look, such as `get ["scenario","scn_1"]`. */
  calls(): readonly string[];
}

/** Caches answers for as long as it is used, for all sessions whatever their faults. */
export type Recording = Map<string, Promise<unknown>>;

/** The call that answers this entity alone. */
function callFor(entity: unknown): string {
  const { type = '', id } = entity as { readonly type?: string; readonly id?: string };
  return `get ${JSON.stringify([`${type.charAt(0).toLowerCase()}${type.slice(1)}`, id])}`;
}

/**
 * About one call in `faultyOneIn` fails, as do rows of lists; as many entities lack a property or hold one that cannot
 * be written down, as if parsing had let it through. Infinity breaks nothing.
 */
export function replaySession(
  original: UpstreamSession,
  { recording, faultyOneIn, seed }: { recording: Recording; faultyOneIn: number; seed: number },
): ReplayedSession {
  let calls: string[] = [];
  const chance = (key: string) =>
    createHash('md5')
      .update(`${String(seed)} ${key}`)
      .digest()
      .readUInt32BE() /
    2 ** 32;
  const isFaulty = (key: string) => faultyOneIn !== Infinity && chance(key) < 1 / faultyOneIn;

  const distort = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(distort);
    if (typeof value !== 'object' || value === null || value instanceof Error) return value;
    const entity = value as Readonly<Record<string, unknown>>;
    if ('rows' in entity) return { ...entity, rows: distortRows(entity['rows'] as readonly unknown[]) };
    const key = JSON.stringify(entity);
    if (!isFaulty(key)) return value;
    const names = Object.keys(entity).filter((name) => name !== 'type' && name !== 'id');
    const name = names[Math.floor(chance(`${key} name`) * names.length)] ?? '';
    const broken = [null, undefined, Number.NaN, {}, new Error('A value that is an error')];
    return { ...entity, [name]: broken[Math.floor(chance(`${key} value`) * broken.length)] };
  };
  // A row that cannot be read is an entity that cannot be had: which of them is asked may depend on what came first.
  const distortRows = (rows: readonly unknown[]) =>
    rows.map((row) =>
      isFaulty(callFor(row)) ? new GatewayError('UPSTREAM_ERROR', 'Unreadable') : distort(row),
    );

  const answers = new Map<string, Promise<unknown>>();
  const answer = (key: string, ask: () => Promise<unknown>): Promise<unknown> => {
    if (isFaulty(key)) {
      return Promise.reject(new GatewayError('UPSTREAM_ERROR', 'Unreadable'));
    }
    let first = recording.get(key);
    if (!first) recording.set(key, (first = ask()));
    return faultyOneIn === Infinity ? first : first.then(distort);
  };
  const session = new Proxy(original, {
    get: (target, name: keyof UpstreamSession) => {
      const method = Reflect.get(target, name) as unknown;
      // What is known without a call is answered as it is known.
      if (typeof method !== 'function' || name === 'peek' || name === 'spanOf') return method;
      return (...args: readonly unknown[]) => {
        const key = `${name} ${JSON.stringify(args)}`;
        calls.push(key);
        let given = answers.get(key);
        if (!given) {
          given = answer(key, () => Reflect.apply(method, target, args) as Promise<unknown>);
          answers.set(key, given);
        }
        return given;
      };
    },
  });
  return {
    session,
    calls: () => {
      const seen = calls;
      calls = [];
      return seen;
    },
  };
}
