/** The devboxes of a new world that no run made: each was created, and goes on, as a client's devbox does. */
import { DEFAULT_BOOT, type DevboxLife } from '../life/devbox-life.ts';
import type { LifeContext } from '../life/life-context.ts';
import type { Insert } from '../store/insert.ts';

const HOUR_MS = 3_600_000;
/** Standard devboxes are provisioned at once. */
const BOOT = { ...DEFAULT_BOOT, queuedMs: 0 };

export function planSpareDevboxes(
  { timeline }: LifeContext,
  insert: Insert,
  { devboxes, start }: { readonly devboxes: DevboxLife; readonly start: number },
): void {
  const hoursAgo = (hours: number, happen: () => void) => timeline.at(start - hours * HOUR_MS, happen);
  const idle = (idle_time_seconds: number, on_idle: 'shutdown' | 'suspend') => ({
    resource_size_request: 'SMALL' as const,
    after_idle: { idle_time_seconds, on_idle },
  });

  hoursAgo(9, () => devboxes.create({ name: 'forgotten', launch_parameters: idle(1_800, 'shutdown') }, BOOT));
  hoursAgo(7, () => devboxes.create({ name: 'left running' }, BOOT));
  hoursAgo(6, () => {
    const { id } = devboxes.create(
      { name: 'debugging-session', launch_parameters: idle(1_800, 'suspend') },
      BOOT,
    );
    hoursAgo(5, () => {
      insert.snapshot({ name: 'before-upgrade', source_devbox_id: id, size_bytes: 4_831_838_208 });
      insert.snapshot({
        name: 'broken',
        source_devbox_id: id,
        status: 'error',
        error_message: 'The disk is full',
      });
      insert.snapshot({ name: 'warm-cache', source_devbox_id: id, status: 'in_progress', size_bytes: null });
    });
  });
  hoursAgo(4, () => {
    const { id } = devboxes.create({ name: 'greedy' }, BOOT);
    timeline.after(600_000, () => devboxes.fail(id, 'out_of_memory'));
  });
  hoursAgo(2, () =>
    devboxes.create(
      {
        name: 'notebook',
        launch_parameters: { resource_size_request: 'LARGE', keep_alive_time_seconds: 172_800 },
      },
      BOOT,
    ),
  );
}

/** Between two steps of a soak test. They are a client's, and go by the clock, however fast life is. */
const SOAK_STEP_MS = 4_000;
const SOAK_CYCLES = 100;
/** A third of the life of one. With this remainder by the eight seconds of a cycle, no two of them run at once. */
const SOAK_EVERY_MS = 267_000;

/** Devboxes that are suspended and resumed over and over, three of them at once, for ever. */
export function planSoakTest({ timeline }: LifeContext, devboxes: DevboxLife, start: number): void {
  const begin = () => {
    const metadata = { purpose: 'suspend and resume' };
    const { id } = devboxes.create({ name: 'soak-test', metadata }, BOOT);
    step(id, SOAK_CYCLES);
    timeline.at(timeline.now() + SOAK_EVERY_MS, begin);
  };
  const step = (id: string, cycles: number) => {
    timeline.at(timeline.now() + SOAK_STEP_MS, () => {
      const status = devboxes.find(id)?.status;
      if (status === undefined || status === 'shutdown' || status === 'failure') return;
      if (status === 'suspended') devboxes.resume(id);
      if (status === 'running' && cycles > 0) devboxes.suspend(id);
      if (status === 'running' && cycles === 0) devboxes.shutdown(id);
      else step(id, status === 'running' ? cycles - 1 : cycles);
    });
  };
  timeline.at(start - 60_000 - 2 * SOAK_EVERY_MS, begin);
}
