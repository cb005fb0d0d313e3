/** `createContexts`: what each operation gets: what its caller may do, its time limit, its loaders, what it may follow. */
import { randomUUID } from 'node:crypto';
import { type Clock, type Deadline, startDeadline } from '../clock.ts';
import type { Config } from '../config.ts';
import { createControl } from '../control/control.ts';
import { createKeyMemory } from '../control/key-memory.ts';
import { GatewayError } from '../errors.ts';
import { createFollowing } from '../live/following.ts';
import type { Live } from '../live/live.ts';
import { observeSession } from '../live/observed-session.ts';
import { createLoaders } from '../loaders/loaders.ts';
import { narrowLists } from '../loaders/narrow-lists.ts';
import { createPlanMemory } from '../loaders/plan-memory.ts';
import { createTotalsMemories } from '../loaders/totals-memory.ts';
import { createCallMeter, metered } from '../security/cost/call-meter.ts';
import type { CreateContext } from '../server/operation-context.ts';
import type { KeptUpstream } from '../upstream/kept-upstream.ts';

/** Why what an operation still waits for when it is answered is given up. Made once: a stack is what an error costs most. */
const ANSWERED = new GatewayError('UPSTREAM_TIMEOUT', 'The operation was answered without it');

export function createContexts(given: {
  readonly upstream: KeptUpstream;
  readonly live: Live;
  readonly clock: Clock;
  readonly config: Config;
}): CreateContext {
  const { upstream, live, clock, config } = given;
  const { operationTimeoutMs } = config.limits;
  const bounds = { maxLag: config.live.followerMaxLag };
  const keys = createKeyMemory(config.control);
  const memory = createPlanMemory(config.plan);
  const totals = createTotalsMemories({ maxScenarioRuns: config.statistics.keptScenarioRuns });
  return ({ caller, signal, isFreshOnly, isMetered = false }) => {
    const { account } = caller;
    let deadline: Deadline | undefined;
    let isAnswered = false;
    // Who follows needs none of these: ten thousand who come at once would leave all of them behind.
    const session = once(() => {
      deadline = startDeadline(clock, operationTimeoutMs, {
        parent: signal,
        reason: () =>
          new GatewayError(
            'UPSTREAM_TIMEOUT',
            `The operation was not answered within ${String(operationTimeoutMs)} ms`,
          ),
      });
      // A field that nobody waits for any more may ask for the first time.
      if (isAnswered) deadline.end(ANSWERED);
      return upstream.session({
        account,
        priority: 'interactive',
        signal: deadline.signal,
        deadlineAt: deadline.at,
        isFresh: isFreshOnly,
      });
    });
    const cost = once(() => createCallMeter(session().reads.tally));
    const observed = once(() => observeSession(session(), { live, account, clock }));
    const loadersNow = () => {
      const loaders = narrowLists(
        createLoaders(observed(), {
          plan: { experience: memory.of(account.id), bounds: config.plan },
          statistics: {
            ...config.statistics,
            memory: totals.of(account.id, { isFresh: isFreshOnly }),
            readAtMs: clock.now(),
            settledAfterMs: config.live.settledAfterMs,
          },
        }),
        config,
      );
      return isMetered ? metered(loaders, cost().onAsked) : loaders;
    };
    const loaders = once(loadersNow);
    const control = once(() =>
      createControl({
        session: observed(),
        maySeeSecretNames: () => caller.permits('environment:read'),
        isRepetition: (key) => keys.meet(account.id, key),
        newId: randomUUID,
        // Mutations run one after the other: what the next one selects must not come from before it.
        onWrite: () => Object.assign(loaders(), loadersNow()),
      }),
    );
    return {
      caller,
      get reads() {
        return session().reads;
      },
      get cost() {
        return cost();
      },
      permits: (scope) => caller.permits(scope),
      get loaders() {
        return loaders();
      },
      get control() {
        return control();
      },
      live: createFollowing(live, account, { signal, bounds }),
      [Symbol.dispose]: () => {
        // An answer that is null from its root on does not wait for what else it asked for. Nobody pays for that.
        isAnswered = true;
        deadline?.end(ANSWERED);
      },
    };
  };
}

/** Made when it is first asked for, and kept. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
