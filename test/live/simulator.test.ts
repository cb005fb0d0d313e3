import { expect, it } from 'vitest';
import { createSystemClock } from '../../src/clock.ts';
import { createMemoryEventLog } from '../../src/events/memory-event-log.ts';
import { nextFor, startReader } from '../../src/live/follow.ts';
import { createLive } from '../../src/live/live.ts';
import { DEFAULT_LIVE_SETTINGS } from '../../src/live/live-settings.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { createRestUpstream } from '../../src/upstream/rest/rest.ts';
import { DEFAULT_UPSTREAM_SETTINGS } from '../../src/upstream/upstream-settings.ts';
import { accountOf } from './live-stage.ts';

it('a devbox over real sockets: its changes arrive within 250 ms of the upstream’s', async () => {
  const clock = createSystemClock();
  const paths: string[] = [];
  await using simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock,
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 100,
    onRequest: ({ method, path }) => paths.push(`${method} ${path}`),
  });
  await using upstream = createRestUpstream({
    settings: { ...DEFAULT_UPSTREAM_SETTINGS, baseUrl: simulator.url },
    clock,
    observer: { call: () => undefined, unknownValue: () => undefined },
    random: Math.random,
    version: '0.0.0',
  });
  await using log = createMemoryEventLog({
    clock,
    bounds: { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 60_000 },
    maxTopics: 10,
    maxTotalBytes: 10_000_000,
    newId: () => 'epoch',
  });
  await using live = createLive({
    upstream,
    log,
    clock,
    random: Math.random,
    cursorKeys: [Buffer.from('secret')],
    settings: DEFAULT_LIVE_SETTINGS,
    observer: { pollFailed: () => undefined },
  });
  const { devboxes } = simulator.world().life;
  const { id } = devboxes.create({});
  const caller = new AbortController();
  using topic = await live.open(accountOf('ak_1'), { kind: 'devbox', id }, { signal: caller.signal });
  let reader = startReader(topic, {});
  const untilNext = async () => {
    for (;;) {
      const step = nextFor(reader, topic, { maxLag: 10 });
      if (step.kind === 'deliver') {
        reader = step.reader;
        return step.delivery;
      }
      if (step.kind !== 'wait') throw new Error(`Ended by ${step.kind}`);
      await new Promise<void>((resolve) => {
        topic.subscribe({ wake: resolve });
      });
    }
  };
  await untilNext();
  const changedAtMs = clock.now();
  devboxes.shutdown(id);
  const { event } = await untilNext();
  expect(clock.now() - changedAtMs).toBeLessThan(250);
  expect(event).toMatchObject({
    type: 'devbox',
    previousStatus: 'queued',
    devbox: { status: 'shutdown', isTerminal: true },
  });
  expect(paths.slice(0, 2)).toEqual([`GET /v1/devboxes/${id}`, `POST /v1/devboxes/${id}/wait_for_status`]);
  while (!topic.isComplete)
    await new Promise<void>((resolve) => {
      topic.subscribe({ wake: resolve });
    });
  // The one more read, and nothing else.
  expect(paths.slice(2)).toEqual([`GET /v1/devboxes/${id}`]);
});
