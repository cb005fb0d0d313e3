/**
 * Tokens of an issuer that withdraws keys, is slow and is away, in turns: what they ask its keys for is bounded. All connections
 * are opened at once: a bare `node:http` server takes 434 ms for `/health` then, on two cores, and the gateway 737 ms.
 */
import type { Attack } from '../attack.ts';
import { prepareIssuer, type SigningKeys, unsignedToken, signedTokens } from '../issuer.ts';
import { ask, asking, keepBusy, type Target } from '../target.ts';

const LONG = 250_000;
/** More than are remembered. */
const GOOD_TOKENS = 2_000;

const QUERY = '{ __typename }';
const send = (target: Target, token: string, body: string) =>
  ask(target, body, { authorization: `Bearer ${token}` });

export const attack: Attack = {
  sends:
    'tokens of unknown and withdrawn keys, more good ones than are remembered, and long bodies, 1,500 at once',
  env: { AUTH: 'service', RUNLOOP_API_KEY: 'ak_shared', AUTH_JWKS_MAX_AGE_MS: '1000' },
  prepare: prepareIssuer,
  strike: async (target) => {
    const { steady, withdrawn } = JSON.parse(target.prepared) as SigningKeys;
    const good = await signedTokens(steady, GOOD_TOKENS);
    const turning = await Promise.all(withdrawn.map((key) => signedTokens(key, 10)));
    const bad = turning.flat();
    const long = asking(QUERY, { x: 'x'.repeat(LONG) });
    await Promise.all([
      keepBusy(20, (n) => send(target, good[n % good.length] ?? '', asking(QUERY))),
      keepBusy(20, (n) => send(target, bad[n % bad.length] ?? '', asking(QUERY))),
      keepBusy(100, (n) => send(target, unsignedToken(n), asking(QUERY))),
      keepBusy(1_500, (n) => send(target, unsignedToken(n), long)),
    ]);
  },
  reaches: { UNAUTHENTICATED: 1_000, UPSTREAM_UNAVAILABLE: 100, 'answered well': 500, 'keys fetched': 3 },
};
