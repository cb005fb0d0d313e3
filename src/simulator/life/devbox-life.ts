/** The state machine of devboxes: booting, suspending, resuming, running out of time, shutting down. */
import { ApiError } from '../wire/api-error.ts';
import type { Cancel } from './timeline.ts';
import type {
  DevboxFailure,
  DevboxStatus,
  DevboxView,
  ShutdownReason,
  StateTransition,
} from '../wire/devbox.ts';
import type { LifeContext } from './life-context.ts';

/** How long each step of booting takes, in life's time, and how it ends. */
export interface BootPlan {
  /** 0 means that the devbox is provisioned at once, as standard devboxes are. */
  readonly queuedMs: number;
  readonly provisioningMs: number;
  readonly initializingMs: number;
  /** Given when the devbox fails instead of running. */
  readonly failure: DevboxFailure | undefined;
}

export interface DevboxLife {
  /** Answers at once; the devbox boots on the timeline. */
  create(fields: Partial<DevboxView>, boot?: BootPlan): DevboxView;
  /** Does nothing to a devbox that has ended. */
  shutdown(id: string, reason?: ShutdownReason): DevboxView;
  fail(id: string, reason: DevboxFailure): DevboxView;
  suspend(id: string): DevboxView;
  resume(id: string): DevboxView;
  /** Lets the time to live begin anew. */
  keepAlive(id: string): void;
  /** Brings a devbox that boots through the rest of its boot at once; does nothing to any other. */
  finishBoot(id: string): DevboxView;
  /** Calls the listener with every devbox that has ended, right after it has. */
  onEnd(listener: (devbox: DevboxView) => void): void;
  /** The devbox, or a 404. */
  get(id: string): DevboxView;
  /** The devbox; undefined once it was dropped. */
  find(id: string): DevboxView | undefined;
}

export const DEFAULT_BOOT: BootPlan = {
  queuedMs: 500,
  provisioningMs: 1_500,
  initializingMs: 1_000,
  failure: undefined,
};

const BOOT_STEPS: readonly (readonly [from: DevboxStatus, to: DevboxStatus])[] = [
  ['queued', 'provisioning'],
  ['provisioning', 'initializing'],
  ['initializing', 'running'],
];

const SUSPENDING_MS = 2_000;
const RESUMING_MS = 2_000;
/** Runloop's default keep-alive: 1 hour. */
const DEFAULT_KEEP_ALIVE_SECONDS = 3_600;

export function hasEnded({ status }: DevboxView): boolean {
  return status === 'shutdown' || status === 'failure';
}

export function createDevboxLife({ store, timeline, ids }: LifeContext): DevboxLife {
  const { devboxes } = store;
  /** The pending end of each devbox that has not ended. */
  const leases = new Map<string, Cancel>();
  const listeners: ((devbox: DevboxView) => void)[] = [];

  const get = (id: string) => {
    const devbox = devboxes.get(id);
    if (!devbox) throw ApiError.missing('Devbox', id);
    return devbox;
  };

  const move = (devbox: DevboxView, status: DevboxStatus, patch: Partial<DevboxView> = {}) => {
    const now = timeline.now();
    const isEnd = status === 'shutdown' || status === 'failure';
    if (isEnd) {
      leases.get(devbox.id)?.();
      leases.delete(devbox.id);
    }
    const transition: StateTransition = {
      status,
      transition_time_ms: now,
      ...(patch.failure_reason ? { failure_reason: patch.failure_reason } : {}),
    };
    const moved = devboxes.update(devbox.id, {
      ...patch,
      status,
      ...(isEnd ? { end_time_ms: now } : {}),
      state_transitions: [...devbox.state_transitions, transition],
    });
    if (isEnd) for (const listener of listeners) listener(moved);
    return moved;
  };

  /** Moves on later, unless the devbox has left the state by then. */
  const moveLater = (id: string, from: DevboxStatus, lifeMs: number, step: (devbox: DevboxView) => void) => {
    timeline.after(lifeMs, () => {
      const devbox = devboxes.get(id);
      if (devbox?.status === from) step(devbox);
    });
  };

  const boot = (id: string, plan: BootPlan) => {
    const provision = () => {
      moveLater(id, 'provisioning', plan.provisioningMs, (provisioned) => {
        move(provisioned, 'initializing');
        moveLater(id, 'initializing', plan.initializingMs, (ready) => {
          if (plan.failure) move(ready, 'failure', { failure_reason: plan.failure });
          else move(ready, 'running');
        });
      });
    };
    if (plan.queuedMs === 0) provision();
    else {
      moveLater(id, 'queued', plan.queuedMs, (queued) => {
        move(queued, 'provisioning');
        provision();
      });
    }
  };

  /** Whoever made it, a devbox ends with its time to live at the latest. */
  const lease = (devbox: DevboxView) => {
    if (hasEnded(devbox)) return;
    leases.get(devbox.id)?.();
    const { after_idle: idle, keep_alive_time_seconds: keepAlive } = devbox.launch_parameters;
    const seconds = idle?.idle_time_seconds ?? keepAlive ?? DEFAULT_KEEP_ALIVE_SECONDS;
    const end = () => {
      const current = devboxes.get(devbox.id);
      if (!current || hasEnded(current)) return;
      if (idle?.on_idle !== 'suspend') shutdown(devbox.id, idle ? 'idle' : 'keep_alive_timeout');
      else if (current.status === 'running') suspend(devbox.id);
    };
    leases.set(devbox.id, timeline.at(timeline.now() + seconds * 1_000, end));
  };

  const shutdown = (id: string, reason: ShutdownReason = 'api_shutdown') => {
    const devbox = get(id);
    return hasEnded(devbox) ? devbox : move(devbox, 'shutdown', { shutdown_reason: reason });
  };

  const suspend = (id: string) => {
    const suspending = move(expectStatus(get(id), 'running', 'suspended'), 'suspending');
    moveLater(id, 'suspending', SUSPENDING_MS, (devbox) => {
      move(devbox, 'suspended');
    });
    return suspending;
  };

  return {
    get,
    find: (id) => devboxes.get(id),
    shutdown,
    suspend,
    create: (fields, plan = DEFAULT_BOOT) => {
      const now = timeline.now();
      const status = plan.queuedMs === 0 ? 'provisioning' : 'queued';
      const devbox = devboxes.insert({
        ...emptyDevbox(ids('devbox'), now),
        ...fields,
        status,
        state_transitions: [{ status, transition_time_ms: now }],
      });
      boot(devbox.id, plan);
      lease(devbox);
      return devbox;
    },
    fail: (id, reason) => {
      const devbox = get(id);
      return hasEnded(devbox) ? devbox : move(devbox, 'failure', { failure_reason: reason });
    },
    resume: (id) => {
      const resuming = move(expectStatus(get(id), 'suspended', 'resumed'), 'resuming');
      moveLater(id, 'resuming', RESUMING_MS, (devbox) => {
        lease(move(devbox, 'running'));
      });
      return resuming;
    },
    finishBoot: (id) => {
      let devbox = get(id);
      for (const [from, to] of BOOT_STEPS) if (devbox.status === from) devbox = move(devbox, to);
      return devbox;
    },
    onEnd: (listener) => {
      listeners.push(listener);
    },
    keepAlive: (id) => {
      const devbox = get(id);
      if (hasEnded(devbox))
        throw ApiError.conflict(`Devbox ${id} is ${devbox.status} and cannot be kept alive`);
      lease(devbox);
    },
  };
}

/** A devbox as the API answers it when nobody asked for anything. */
export function emptyDevbox(id: string, createTimeMs: number): DevboxView {
  return {
    id,
    name: null,
    status: 'provisioning',
    create_time_ms: createTimeMs,
    end_time_ms: null,
    launch_parameters: {
      resource_size_request: 'SMALL',
      keep_alive_time_seconds: DEFAULT_KEEP_ALIVE_SECONDS,
    },
    metadata: {},
    capabilities: [],
    state_transitions: [],
    blueprint_id: null,
    snapshot_id: null,
    initiator_type: 'api',
    initiator_id: null,
    failure_reason: null,
    shutdown_reason: null,
    tunnel: null,
    gateway_specs: null,
    mcp_specs: null,
  };
}

function expectStatus(devbox: DevboxView, status: DevboxStatus, verb: string): DevboxView {
  if (devbox.status === status) return devbox;
  throw ApiError.conflict(
    `Devbox ${devbox.id} is ${devbox.status} and cannot be ${verb}: it must be ${status}`,
  );
}
