/** Nothing that is sent to Redis says whose it is, and nothing that is secret can be read there. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { startRedisServer } from '../support/redis.ts';
import { createReplicas } from '../support/replicas.ts';
import { FOLLOW_RUN } from '../support/subscriptions.ts';

const CANARY = 'canary';
const HEADERS = { Authorization: `Bearer ak_${CANARY}` };

const START = `mutation($input: StartScenarioRunInput!) {
  startScenarioRun(input: $input, idempotencyKey: "${CANARY}-idempotency") {
    ... on StartScenarioRunSuccess { scenarioRun { id } }
  }
}`;
const RENAME = 'mutation($id: ID!) { cancelScenarioRun(id: $id) { __typename } }';

/** Every command that a Redis gets, messages to replicas and arguments of scripts included. */
async function monitor(port: number) {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write('MONITOR\r\n');
  await once(socket, 'data');
  return {
    text: () => text,
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}

it('Redis is sent no key, no name, no value of an environment variable and no name of a secret', async () => {
  await using server = await startRedisServer();
  using sent = await monitor(server.port);
  await using replicas = await createReplicas({
    env: { REDIS_URL: server.url, AUTH: 'passthrough', CALLER_CALLS_PER_MINUTE: '1000' },
  });
  const { a, b } = replicas;
  const { id: scenarioId } = a.simulator.world(`ak_${CANARY}`).insert.scenario();
  const input = {
    scenarioId,
    name: `${CANARY}-run`,
    metadata: [{ key: `${CANARY}-key`, value: `${CANARY}-value` }],
    environmentVariables: [{ name: 'MODE', value: `${CANARY}-mode` }],
    secrets: [{ environmentVariable: 'DB_PASS', secretName: `${CANARY.toUpperCase()}_PASSWORD` }],
  };
  const { data, errors } = await a.query(START, { input }, { headers: HEADERS });
  expect(errors).toEqual([]);
  const { id } = (data as { startScenarioRun: { scenarioRun: { id: string } } }).startScenarioRun.scenarioRun;
  await fetch(`${a.url}/graphql/tickets`, { method: 'POST', headers: HEADERS });
  using stream = await openEventStream(b.url, { query: FOLLOW_RUN, variables: { id }, headers: HEADERS });
  await stream.received(1);
  await a.query(RENAME, { id }, { headers: HEADERS });
  await stream.received(2);

  const text = sent.text();
  for (const part of ['idempotency:', 'PUBLISH', 'XADD', 'HSET']) expect(text).toContain(part);
  expect(text).not.toContain(id);
  expect(text.match(new RegExp(`.{0,60}${CANARY}.{0,60}`, 'gi'))).toBeNull();
});
