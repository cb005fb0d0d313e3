/** A simulator for tests that say themselves what matters to them. */
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

export function openPlayed(
  options: Pick<SimulatorOptions, 'clock'> & Partial<SimulatorOptions>,
): Promise<Simulator> {
  return startSimulator({
    host: '127.0.0.1',
    port: 0,
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 10_000,
    ...options,
  });
}
