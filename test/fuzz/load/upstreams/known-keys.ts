/** An upstream that knows one key, and takes its time to say so of any. */
import { count } from '../counts.ts';
import { listens, startStillSimulator } from '../upstream-process.ts';

/** What a check of a key takes, in milliseconds. */
const CHECK_MS = 50;

const simulator = await startStillSimulator({
  accounts: { ak_honest: { seed: 1 } },
  onRequest: ({ key }) => {
    if (key !== 'ak_honest') count('calls with keys that are not known');
  },
});
simulator.faults.add({ path: '/v1/accounts/me', kind: 'latency', ms: CHECK_MS });
simulator.world().insert.scenarioRun({ id: 'scr_followed', state: 'running' });
listens(simulator.url);
