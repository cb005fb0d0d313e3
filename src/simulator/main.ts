/** The simulator as a process of its own: settings from the environment, one line that says where it listens, signals. */
import { existsSync } from 'node:fs';
import { createSystemClock } from '../clock.ts';
import { createLogger, type Logger } from '../observability/logger.ts';
import { isPortTaken } from '../process/port-taken.ts';
import { type Environment, readSetting } from '../settings/environment.ts';
import { explainUnknownName, unknownNames } from '../settings/unknown-names.ts';
import { type Simulator, type SimulatorOptions, sizeOf, startSimulator } from './simulator.ts';

if (existsSync('.env')) process.loadEnvFile('.env');
const problems: string[] = [];
const options = readOptions(process.env);
const log = createLogger({ level: readSetting(process.env, 'LOG_LEVEL', problems) ?? 'info' });
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else await serve(options, log);

async function serve(wanted: SimulatorOptions, log: Logger): Promise<void> {
  const simulator = await start(wanted, log);
  const stop = () => {
    // A second signal ends the process at once, as it does by default.
    process.off('SIGTERM', stop).off('SIGINT', stop);
    log.info('process.stopping');
    void simulator[Symbol.asyncDispose]().then(() => {
      log.info('process.stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  log.info('process.started', { url: simulator.url });
  // Last: whoever waits for this line may end the process right after it.
  process.stdout.write(`Simulated Runloop API at ${simulator.url}\n`);
}

/** Takes another free port when somebody else listens on the wanted one, and says so. */
async function start(wanted: SimulatorOptions, log: Logger): Promise<Simulator> {
  try {
    return await startSimulator(wanted);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    const simulator = await startSimulator({ ...wanted, port: 0 });
    log.warn('simulator.port_taken', { wanted: wanted.port, taken: simulator.port });
    return simulator;
  }
}

/** The settings of the embedded simulator, which make the same world here. What is wrong with them joins the problems. */
function readOptions(environment: Environment): SimulatorOptions {
  const read = <Name extends Parameters<typeof readSetting>[1]>(name: Name) =>
    readSetting<Name>(environment, name, problems);
  const scenarioRuns = read('SIMULATOR_SCENARIO_RUNS') ?? 0;
  for (const unknown of unknownNames(environment)) {
    if (unknown.name.startsWith('SIMULATOR_')) problems.push(explainUnknownName(unknown));
  }
  return {
    clock: createSystemClock(),
    host: read('HOST') ?? '127.0.0.1',
    port: read('SIMULATOR_PORT') ?? 0,
    seed: read('SIMULATOR_SEED') ?? 0,
    speed: read('SIMULATOR_SPEED') ?? 0,
    size: sizeOf(scenarioRuns),
    maxScenarioRuns: read('SIMULATOR_MAX_SCENARIO_RUNS') ?? 0,
  };
}
