/** The agents and models that play benchmark runs, and how well each of them does. */
import type { StringMap } from '../wire/scenario.ts';

export interface Agent {
  readonly name: string;
  readonly model: string;
  /** The share of scenarios that it passes, in 0..1. */
  readonly passRate: number;
  /** How long it works compared with the others. */
  readonly pace: number;
}

export const AGENTS: readonly Agent[] = [
  { name: 'claude-code', model: 'claude-opus-4-5', passRate: 0.74, pace: 1 },
  { name: 'claude-code', model: 'claude-sonnet-4-5', passRate: 0.68, pace: 0.8 },
  { name: 'codex-cli', model: 'gpt-5.1-codex', passRate: 0.7, pace: 1.1 },
  { name: 'opencode', model: 'qwen3-coder-480b', passRate: 0.52, pace: 0.9 },
  { name: 'mini-swe-agent', model: 'gemini-3-pro', passRate: 0.63, pace: 0.7 },
  { name: 'terminus-2', model: 'claude-haiku-4-5', passRate: 0.44, pace: 0.5 },
];

/** What whoever starts a benchmark run writes on it. */
export function metadataOf(agent: Agent, commit: string): StringMap {
  return { agent: agent.name, model: agent.model, commit, trigger: 'nightly', team: 'evals' };
}
