/** `createContexts`: what each operation gets: what its caller may do, its time limit, its loaders, what it may follow. */
import { randomUUID } from 'node:crypto';
import { type Clock, type Deadline, startDeadline } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import { auditControl, idOf } from '../control/audited-control.ts';
import { type Control, createControl } from '../control/control.ts';
import { createKeyMemory, type KeyMemory } from '../control/key-memory.ts';
import { createSharedKeyMemory } from '../control/shared-key-memory.ts';
import { GatewayError } from '../errors.ts';
import type { FollowBounds } from '../live/follow.ts';
import { createFollowing, type Following } from '../live/following.ts';
import type { Live } from '../live/live.ts';
import { observeSession } from '../live/observed-session.ts';
import { createLoaders, LOADER_NAMES } from '../loaders/loaders.ts';
import { type FilteredLoaders, filterLists } from '../loaders/filter-lists.ts';
import { createPlanMemory, type PlanMemory } from '../loaders/plan/plan-memory.ts';
import { createTotalsMemories, type TotalsMemories } from '../loaders/totals-memory.ts';
import type { Current } from '../memory/current.ts';
import type { Caller } from '../security/caller.ts';
import { type CallMeter, createCallMeter, metered } from '../security/cost/call-meter.ts';
import type { Scope } from '../security/scopes.ts';
import type { CreateContext, OperationContext } from '../server/graphql/operation-context.ts';
import type { Audit } from './audit.ts';
import type { CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import type { ReadTracker } from '../upstream/cache/read-tracker.ts';
import type { CallCause } from '../upstream/purpose.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import { callerWithin } from './caller-within.ts';
import { measureGuesses } from './measured-upstream.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Shared } from './shared.ts';

/** Why what an operation still waits for when it is answered is given up. Made once: a stack is what an error costs most. */
const ANSWERED = new GatewayError('UPSTREAM_TIMEOUT', 'The operation was answered without it');

export function createContexts(given: {
  readonly upstream: CachingUpstream;
  readonly live: Live;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
  /** Null when this process serves alone. */
  readonly shared: Shared | null;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
}): CreateContext {
  const { config, shared, metrics } = given;
  const own = createKeyMemory(config.control);
  const parts: Parts = {
    ...given,
    bounds: { maxLag: config.live.followerMaxLag },
    keys: shared ? createSharedKeyMemory({ ...shared, own }) : own,
    plans: createPlanMemory({ ...config.plan, ...(metrics ? { onGuess: measureGuesses(metrics) } : {}) }),
    totals: createTotalsMemories({ maxScenarioRuns: config.statistics.cachedScenarioRuns }),
  };
  return (request) => new GatewayContext(parts, request);
}

/** What all contexts are made from. */
interface Parts {
  readonly upstream: CachingUpstream;
  readonly live: Live;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly config: Config;
  readonly limits: Current<LimitsConfig>;
  readonly bounds: FollowBounds;
  readonly keys: KeyMemory;
  readonly plans: PlanMemory;
  readonly totals: TotalsMemories;
}

/** Each part is made when it is first asked for: most operations need few. */
class GatewayContext implements OperationContext {
  readonly caller: Caller;
  readonly #parts: Parts;
  readonly #request: Parameters<CreateContext>[0];
  #deadline: Deadline | undefined;
  #isAnswered = false;
  #session: UpstreamSession | undefined;
  #reads: ReadTracker | undefined;
  #cost: CallMeter | undefined;
  #observed: UpstreamSession | undefined;
  #unmetered: FilteredLoaders | undefined;
  #loaders: FilteredLoaders | undefined;
  #startedAhead: Set<string> | undefined;
  #control: Control | undefined;
  #live: Following | undefined;

  constructor(parts: Parts, request: Parameters<CreateContext>[0]) {
    this.#parts = parts;
    this.#request = request;
    this.caller = request.caller;
  }

  permits(scope: Scope): boolean {
    return this.caller.permits(scope);
  }

  get reads(): ReadTracker {
    return (this.#reads ??= this.#parts.upstream.trackReads());
  }

  get cost(): CallMeter {
    return (this.#cost ??= createCallMeter(this.reads.tally));
  }

  get loaders(): FilteredLoaders {
    return (this.#loaders ??= this.#request.isMetered
      ? metered(this.#reading, LOADER_NAMES, this.cost.onAsked)
      : this.#reading);
  }

  get #reading(): FilteredLoaders {
    return (this.#unmetered ??= this.#freshLoaders());
  }

  startAhead(id: string, start: (loaders: FilteredLoaders) => void): void {
    const started = (this.#startedAhead ??= new Set());
    if (started.has(id)) return;
    started.add(id);
    start(this.#reading);
  }

  get control(): Control {
    return (this.#control ??= this.#openControl());
  }

  #openControl(): Control {
    const { account } = this.caller;
    const control = createControl({
      session: this.#observing,
      maySeeSecretNames: () => this.caller.permits('environment:read'),
      isRepetition: (key) => this.#parts.keys.meet(account.id, key),
      newId: randomUUID,
      // Mutations run one after the other: what the next one selects must not come from before it.
      onWrite: () => {
        this.#loaders = undefined;
        this.#unmetered = undefined;
        this.#startedAhead = undefined;
      },
    });
    return auditControl(control, (done) => {
      this.#parts.audit.noteMutation(done, { caller: this.caller, requestId: this.#request.requestId });
    });
  }

  noteRefusal(mutation: string, subject: unknown): void {
    const { caller, requestId } = this.#request;
    const refused = { mutation, target: idOf(subject), outcome: 'FORBIDDEN' };
    this.#parts.audit.noteMutation(refused, { caller, requestId });
  }

  get live(): Following {
    const { live, bounds } = this.#parts;
    return (this.#live ??= createFollowing(live, this.caller.account, {
      signal: this.#request.signal,
      bounds,
      callerId: this.#callerId,
    }));
  }

  [Symbol.dispose](): void {
    // An answer that is null from its root on does not wait for what else it asked for. Nobody pays for that.
    this.#isAnswered = true;
    this.#deadline?.end(ANSWERED);
  }

  get #callerId(): string | undefined {
    return callerWithin(this.#parts.config, this.caller);
  }

  /** Its time limit starts with its first use. */
  get #asking(): UpstreamSession {
    return (this.#session ??= this.#open());
  }

  #open(): UpstreamSession {
    const { clock, limits, upstream } = this.#parts;
    const { operationTimeoutMs } = limits.current;
    const deadline = startDeadline(clock, operationTimeoutMs, {
      parent: this.#request.signal,
      reason: () =>
        new GatewayError(
          'UPSTREAM_TIMEOUT',
          `The operation was not answered within ${String(operationTimeoutMs)} ms`,
        ),
    });
    this.#deadline = deadline;
    // A field may first use its loaders after the operation has ended.
    if (this.#isAnswered) deadline.end(ANSWERED);
    const { freshAtMs } = this.#request;
    return upstream.session({
      account: this.caller.account,
      callerId: this.#callerId,
      // Nobody waits for what is read ahead: what fails of it is read when somebody asks.
      ...(freshAtMs === undefined
        ? { priority: 'interactive', deadlineAt: deadline.at }
        : { priority: 'background', deadlineAt: clock.now() }),
      purpose: {
        cause: causeOf(this.#request),
        requestId: this.#request.requestId,
        trace: this.#request.calls,
      },
      signal: deadline.signal,
      freshAtMs,
      isFresh: this.#request.isFreshOnly,
      since: this.#request.since,
      reads: this.reads,
    });
  }

  get #observing(): UpstreamSession {
    const { live, clock } = this.#parts;
    return (this.#observed ??= observeSession(this.#asking, { live, account: this.caller.account, clock }));
  }

  #freshLoaders(): FilteredLoaders {
    const { plans, totals, clock, config } = this.#parts;
    const { id } = this.caller.account;
    return filterLists(
      createLoaders(this.#observing, {
        plan: { experience: plans.of(id), bounds: config.plan },
        statistics: {
          ...config.statistics,
          memory: totals.of(id, { isFresh: this.#request.isFreshOnly }),
          readAtMs: clock.now(),
          settledAfterMs: config.live.settledAfterMs,
        },
      }),
      config,
    );
  }
}

function causeOf({ since, freshAtMs }: Parameters<CreateContext>[0]): CallCause {
  if (since !== undefined) return 'subscription';
  return freshAtMs === undefined ? 'query' : 'refresh';
}
