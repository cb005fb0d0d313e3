import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';

describe("GraphiQL's script", { timeout: 30_000 }, () => {
  it('comes in the encoding that Accept-Encoding weighs most, and in none with q=0', async () => {
    await using gateway = await createTestGateway();
    const encodingFor = async (accepted: string) => {
      const answer = await fetch(`${gateway.url}/graphiql.js`, {
        method: 'HEAD',
        headers: { 'Accept-Encoding': accepted },
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
      return answer.headers.get('content-encoding');
    };

    expect(await encodingFor('gzip, deflate, br')).toBe('br');
    expect(await encodingFor('br;q=0')).toBeNull();
    expect(await encodingFor('br;q=0, gzip')).toBe('gzip');
    expect(await encodingFor('br; q=0.5, gzip')).toBe('gzip');
    expect(await encodingFor('br;q=0.5, identity')).toBeNull();
    expect(await encodingFor('*')).toBe('br');
  });
});
