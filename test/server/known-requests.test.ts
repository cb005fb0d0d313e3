import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createKnownRequests, type RequestForm } from '../../src/server/graphql/known-requests.ts';
import { JSON_TYPE } from '../../src/server/http/media-type.ts';
import { DETAIL } from '../support/canonical-queries.ts';

const FORM: RequestForm = { method: 'POST', contentType: 'application/json', accept: undefined };

it('5,000 requests for one document that differ in an id are all cached the second time, within the default bounds', () => {
  const known = createKnownRequests(loadConfig({}).requests);
  const requests = Array.from({ length: 5_000 }, (_, number) => {
    const variables = { id: `scr_${String(number).padStart(21, '0')}` };
    return { bytes: JSON.stringify({ query: DETAIL, variables }), variables };
  });
  for (let time = 0; time < 2; time++) {
    for (const { bytes, variables } of requests) {
      const read = { query: DETAIL, operationName: null, extensions: {}, documentKey: ` ${DETAIL}` };
      known.add(bytes, FORM, { ...read, variables, hash: 'x'.repeat(43), type: JSON_TYPE });
    }
  }

  const cached = requests.filter(({ bytes }) => known.get(bytes, FORM) !== undefined);

  expect(cached.length).toBeGreaterThan(4_950);
});
