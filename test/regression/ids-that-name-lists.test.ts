import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

describe('a segment that names a list of the upstream in the place of an id', () => {
  it.each([
    ['scenario', 'runs'],
    ['scenario', 'scorers'],
    ['scenario', 'list_public'],
    ['benchmark', 'list_public'],
    ['devbox', 'disk_snapshots'],
  ])('is no id: %s(id: "%s") is null, and asks nothing', async (field, id) => {
    await using gateway = await createTestGateway();

    const { data, errors } = await gateway.query(`{ ${field}(id: "${id}") { id } }`);

    expect(errors).toEqual([]);
    expect(data).toEqual({ [field]: null });
    expect(gateway.calls()).toEqual([]);
  });
});
