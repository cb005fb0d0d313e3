/** An upstream some of whose scenario runs take long to answer, with many that can be followed. */
import { count } from '../counts.ts';
import { listens, startStillSimulator } from '../upstream-process.ts';

/** What the answer about a slow run takes, in milliseconds. It costs neither side anything. */
const SLOW_MS = 1_000;
/** More than one account may watch. */
const FOLLOWED_RUNS = 3_000;

const simulator = await startStillSimulator({
  onRequest: ({ path }) => {
    if (path.startsWith('/v1/scenarios/runs/scr_slow')) count('slow calls');
    if (path.startsWith('/v1/scenarios/runs/scr_watched')) count('polls');
  },
});
simulator.faults.add({ path: '/v1/scenarios/runs/scr_slow*', kind: 'latency', ms: SLOW_MS });
const { insert } = simulator.world();
const { scenario_id, devbox_id } = insert.scenarioRun({ id: 'scr_few', state: 'running' });
for (let number = 0; number < FOLLOWED_RUNS; number++)
  insert.scenarioRun({ id: `scr_watched_${String(number)}`, state: 'running', scenario_id, devbox_id });
listens(simulator.url);
