/** While an issuer was slow to hand out its keys, whole bodies waited for them without a bound. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import { AUDIENCE, ISSUER } from '../support/tokens.ts';

const LONG = 250_000;
const MAX_WAITING_BYTES = 1024 * 1024; // 1 MiB
const FITS = Math.floor(MAX_WAITING_BYTES / LONG);

/** A token of a key that nobody has published. */
function unsignedToken(number: number): string {
  const header = { alg: 'ES256', kid: `unknown-${String(number)}` };
  const parts = [header, { sub: 'hostile', exp: 4_102_444_800 }, 'signature'];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

describe('bodies whose tokens wait for the keys of an issuer', () => {
  it('are held up to a bound, and refused beyond it', async () => {
    const asked: ServerResponse[] = [];
    const issuer = createServer((_request, response) => void asked.push(response)).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const { port } = issuer.address() as AddressInfo;
    await using gateway = await createTestGateway({
      env: {
        CALLER_WAITING_MAX_BYTES: String(MAX_WAITING_BYTES),
        AUTH_JWKS_URL: `http://127.0.0.1:${String(port)}/keys`,
        AUTH_JWT_ISSUER: ISSUER,
        AUTH_JWT_AUDIENCE: AUDIENCE,
      },
      overrides: { clock: createFakeClock() },
    });
    const codes: (string | undefined)[] = [];
    const sent = Array.from({ length: FITS + 3 }, async (_, number) => {
      const headers = { Authorization: `Bearer ${unsignedToken(number)}` };
      const answer = await gateway.query(
        '{ devboxes { nodes { id } } }',
        { x: 'x'.repeat(LONG) },
        { headers },
      );
      codes.push(answer.errors[0]?.extensions.code);
    });

    await expect.poll(() => codes).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(asked).toHaveLength(1);
    asked[0]?.end(JSON.stringify({ keys: [] }));
    await Promise.all(sent);
    expect(codes.slice(3)).toEqual(Array.from({ length: FITS }, () => 'UNAUTHENTICATED'));
    issuer.closeAllConnections();
    issuer.close();
  });
});
