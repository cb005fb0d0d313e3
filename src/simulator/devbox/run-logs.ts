/** The archive that a scenario run's logs are downloaded in. */
import type { ScenarioRunView } from '../wire/scenario.ts';
import type { World } from '../life/world.ts';
import { logsOf } from './devbox-logs.ts';
import { zip } from './zip.ts';

/** Never empty: the run itself is always in it. */
export function runLogsZip(world: World, run: ScenarioRunView): Buffer {
  const files = new Map([['scenario-run.json', `${JSON.stringify(run, null, 2)}\n`]]);
  const devbox = world.devboxes.get(run.devbox_id);
  if (devbox) {
    const lines = logsOf(devbox, world.life.interiors.logs(devbox.id), world.now());
    files.set(
      'devbox.log',
      lines
        .map(
          ({ timestamp_ms, level, source, message, cmd }) =>
            `${String(timestamp_ms)} ${level} ${source} ${cmd ?? message ?? ''}\n`,
        )
        .join(''),
    );
  }
  for (const result of run.scoring_contract_result?.scoring_function_results ?? []) {
    files.set(`scoring/${result.scoring_function_name.replace(/\W+/g, '_')}.log`, `${result.output}\n`);
  }
  return zip(files);
}
