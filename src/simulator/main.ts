/** The simulator as a process of its own: settings from the environment, one line that says where it listens, signals. */
import { createSystemClock } from '../clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown for settings that make no sense; its message is all that whoever started the process needs. */
class SettingsError extends Error {}

const usage = `Settings: SIMULATOR_PORT (4010), HOST (127.0.0.1), SIMULATOR_SEED (1), SIMULATOR_SPEED (20),
SIMULATOR_SCALE (1), SIMULATOR_SCENARIO_RUNS (1700), SIMULATOR_IN_PROGRESS (2), SIMULATOR_MAX_SCENARIO_RUNS (20000)`;

try {
  const options = readOptions(process.env);
  const simulator = await start(options);
  const stop = () => {
    void simulator[Symbol.asyncDispose]().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever waits for this line may end the process right after it.
  process.stdout.write(`Simulated Runloop API at ${simulator.url}\n`);
} catch (error) {
  process.stderr.write(
    error instanceof SettingsError ? `${error.message}\n${usage}\n` : `${String(error)}\n`,
  );
  process.exitCode = 1;
}

/** Takes another free port when somebody else listens on the wanted one, and says so. */
async function start(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    process.stderr.write(`Port ${String(options.port)} is taken; taking another\n`);
    return startSimulator({ ...options, port: 0 });
  }
}

function readOptions(environment: Environment): SimulatorOptions {
  const number = (name: string, fallback: number, max: number) => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= max) return value;
    throw new SettingsError(`${name} must be a number from 0 to ${String(max)}, not "${text}"`);
  };
  const whole = (name: string, fallback: number, max = Number.MAX_SAFE_INTEGER) => {
    const value = number(name, fallback, max);
    if (Number.isInteger(value)) return value;
    throw new SettingsError(`${name} must be a whole number, not ${String(value)}`);
  };
  return {
    clock: createSystemClock(),
    host: environment['HOST'] ?? '127.0.0.1',
    port: whole('SIMULATOR_PORT', 4_010, 65_535),
    seed: whole('SIMULATOR_SEED', 1),
    speed: number('SIMULATOR_SPEED', 20, 10_000),
    size: {
      scale: number('SIMULATOR_SCALE', 1, 100),
      scenarioRuns: whole('SIMULATOR_SCENARIO_RUNS', 1_700, 1_000_000),
      inProgress: whole('SIMULATOR_IN_PROGRESS', 2, 100),
    },
    maxScenarioRuns: whole('SIMULATOR_MAX_SCENARIO_RUNS', 20_000),
  };
}
