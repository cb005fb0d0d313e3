import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

describe('the list of public scenarios', () => {
  it.each(['benchmarkId: "bmd_1"', 'validationType: FORWARD'])(
    'is refused with a condition that it cannot keep, not answered without it: %s',
    async (condition) => {
      await using gateway = await createTestGateway();
      gateway.world.insert.scenario({ is_public: true });

      const { errors } = await gateway.query(
        `{ scenarios(filter: { isPublic: true, ${condition} }) { nodes { id } } }`,
      );

      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(gateway.calls()).toEqual([]);
    },
  );
});
