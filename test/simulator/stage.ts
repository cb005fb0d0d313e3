/** A simulator on a fake clock with an empty world, and the shortest way to ask it something over HTTP. */
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

/** What an answer may hold: tests read what they expect and nothing else. */
export interface Wire {
  readonly id: string;
  readonly name: string | null;
  readonly state: string;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly has_more: boolean;
  readonly total_count?: number;
  readonly devbox_id: string;
  readonly score: number | null;
  readonly duration_ms: number | null;
  readonly exit_status: number | null;
  readonly execution_id: string;
  readonly stdout: string | null;
  readonly scoring_contract_result: { readonly score: number } | null;
  readonly scenarioIds: readonly string[];
  readonly state_transitions: readonly { readonly status: string; readonly transition_time_ms: number }[];
  readonly runs: readonly Wire[];
  readonly scenarios: readonly Wire[];
  readonly benchmarks: readonly Wire[];
  readonly devboxes: readonly Wire[];
  readonly blueprints: readonly Wire[];
  readonly snapshots: readonly Wire[];
  readonly secrets: readonly Wire[];
  readonly scorers: readonly Wire[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Whatever the body holds; empty when it is no JSON. */
  readonly body: Wire;
  readonly text: string;
  readonly isJson: boolean;
}

export interface Stage extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

export async function openStage(
  options: Partial<SimulatorOptions> = {},
  clock: FakeClock = createFakeClock(),
): Promise<Stage> {
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock,
    seed: 1,
    speed: 0,
    size: 'empty',
    maxScenarioRuns: 10_000,
    ...options,
  });
  const ask = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(simulator.url + path, init);
    const text = await response.text();
    const parsed = parse(text);
    const body = (parsed ?? {}) as Wire;
    return { status: response.status, headers: response.headers, body, text, isJson: parsed !== undefined };
  };
  const authorization = 'Bearer ak_test';
  return {
    simulator,
    clock,
    get: (path, headers) => ask(path, { headers: { authorization, ...headers } }),
    post: (path, body, headers) =>
      ask(path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
