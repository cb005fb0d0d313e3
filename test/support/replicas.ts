/** Two replicas of one gateway, for tests that need no more. */
import type { GatewayOptions } from '../../src/gateway.ts';
import { createFleet, type FleetOptions } from './fleet.ts';
import type { TestGateway } from './gateway.ts';

export interface TestReplicas extends AsyncDisposable {
  readonly a: TestGateway;
  readonly b: TestGateway;
}

export interface TestReplicasOptions extends FleetOptions {
  readonly overrides?: GatewayOptions;
  /** Of the second, where it is not as the first. */
  readonly overridesOfB?: GatewayOptions;
}

export async function createReplicas(given: TestReplicasOptions = {}): Promise<TestReplicas> {
  const { overrides, overridesOfB, ...options } = given;
  const fleet = await createFleet(options);
  const a = await fleet.start(overrides);
  const b = await fleet.start({ ...overrides, ...overridesOfB });
  return { a, b, [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose]() };
}
