/** An upstream that knows one key, and takes its time to say so of any. */
import { createSystemClock } from '../../../../src/clock.ts';
import { startSimulator } from '../../../../src/simulator/simulator.ts';
import { count } from '../counts.ts';
import { listens } from '../upstream-process.ts';

/** What a check of a key takes, in milliseconds. */
const CHECK_MS = 50;

const simulator = await startSimulator({
  host: '127.0.0.1',
  port: 0,
  clock: createSystemClock(),
  seed: 1,
  speed: 0,
  size: {},
  maxScenarioRuns: 10_000,
  accounts: { ak_honest: { seed: 1 } },
  onRequest: ({ key }) => {
    if (key !== 'ak_honest') count('calls with keys that are not known');
  },
});
simulator.faults.add({ path: '/v1/accounts/me', kind: 'latency', ms: CHECK_MS });
simulator.world().insert.scenarioRun({ id: 'scr_followed', state: 'running' });
listens(simulator.url);
