/** `createFuzzedGateway`: a gateway for many documents: it gives up soon, keeps nothing for tests, and its world stands still. */
import { createSystemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { addOddRows } from './odd-rows.ts';
import { MESSAGE_CHARS } from './reference/logs.ts';

export interface FuzzedGateway extends TestGateway {
  /** What it logged as defects of its own. */
  readonly defects: () => readonly string[];
}

/** Of the embedded upstream: about a hundred scenario runs. */
const SIZE = { scale: 0.04, scenarioRuns: 60, inProgress: 2 };

export async function createFuzzedGateway(seed = 1): Promise<FuzzedGateway> {
  const defects: string[] = [];
  const startedAt = Date.now();
  const gateway = await createTestGateway({
    env: {
      UPSTREAM_RETRIES: '1',
      UPSTREAM_RETRY_BASE_MS: '1',
      UPSTREAM_RETRY_MAX_MS: '2',
      CALLER_CALLS_PER_MINUTE: '1000000000',
      // Whoever follows something while calls fail is told soon that it cannot be.
      LIVE_POLL_INTERVAL_MS: '10',
      LIVE_OPEN_TIMEOUT_MS: '500',
      LIVE_ERROR_BACKOFF_MAX_MS: '100',
      LIVE_GRACE_MS: '0',
      LOGS_MESSAGE_MAX_CHARS: String(MESSAGE_CHARS),
    },
    simulator: {
      seed,
      size: SIZE,
      // Beyond it, what mutations have started takes the place of what was there.
      maxScenarioRuns: 1_000,
      // Logs and usage grow with the time; whoever works them out beside the gateway does so a moment later.
      clock: { ...createSystemClock(), now: () => startedAt },
      onRequest: () => undefined,
    },
    overrides: {
      log: createLogger({
        level: 'warn',
        destination: {
          write: (line: string) => {
            if (line.includes('"operation.failed"')) defects.push(line);
          },
        },
      }),
    },
  });
  addOddRows(gateway.world);
  return Object.assign(gateway, { defects: () => defects });
}
