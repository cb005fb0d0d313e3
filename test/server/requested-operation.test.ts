import { expect, it } from 'vitest';
import type { ReadDocument } from '../../src/server/graphql/operation.ts';
import { RequestedOperation } from '../../src/server/graphql/requested-operation.ts';

it('an operation makes its signal when that is used, and a copy with another signal makes none', () => {
  let made = 0;
  const request = {
    get signal() {
      made++;
      return new AbortController().signal;
    },
  };
  const operation = new RequestedOperation(request, {
    read: {} as ReadDocument,
    hash: 'a hash',
    variables: {},
    extensions: {},
    isFreshOnly: false,
    caller: null,
    requestId: 'a-request',
  });
  const { signal } = new AbortController();

  expect(Object.assign({}, operation, { signal })).toMatchObject({
    hash: 'a hash',
    requestId: 'a-request',
    signal,
  });
  expect(made).toBe(0);
  expect(operation.signal.aborted).toBe(false);
  expect(made).toBe(1);
});
