/** The configuration of deploy/nginx, in a real nginx in front of two replicas. */
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { nginxPath, startNginx } from '../support/nginx.ts';
import { createReplicas } from '../support/replicas.ts';
import { openSocket } from '../support/socket.ts';
import { FOLLOW_RUN, rename } from '../support/subscriptions.ts';

const statusOf = async (url: string) => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ scenarioRuns(first: 1) { nodes { id } } }' }),
  });
  await answer.text();
  return answer.status;
};

describe.skipIf(nginxPath === undefined)('two replicas behind nginx', { timeout: 30_000 }, () => {
  it('send events as they come, over event streams and WebSockets', async () => {
    await using replicas = await createReplicas({ env: { LIVE_POLL_INTERVAL_MS: '100' } });
    await using nginx = await startNginx(nginxPath ?? '', [replicas.a.url, replicas.b.url]);
    const { id } = replicas.a.world.insert.scenarioRun();
    using stream = await openEventStream(nginx.url, { query: FOLLOW_RUN, variables: { id } });
    using socket = await openSocket(nginx.url);
    await socket.init();
    socket.subscribe('1', FOLLOW_RUN, { id });
    await stream.received(1);
    await expect.poll(() => socket.payloads('1')).toHaveLength(1);

    rename(replicas.a.world, id, 'renamed');

    await stream.received(2);
    await expect.poll(() => socket.payloads('1')).toHaveLength(2);
  });

  it('are answered for by the other one when one has gone, and by a 502 when both have', async () => {
    await using replicas = await createReplicas();
    await using nginx = await startNginx(nginxPath ?? '', [replicas.a.url, replicas.b.url]);
    const ask = (times: number) => Promise.all(Array.from({ length: times }, () => statusOf(nginx.url)));
    expect(new Set(await ask(20))).toEqual(new Set([200]));

    await replicas.a.shutDown();
    expect(new Set(await ask(20))).toEqual(new Set([200]));

    await replicas.b.shutDown();
    expect(new Set(await ask(5))).toEqual(new Set([502]));
  });

  it('show their metrics to nobody through it', async () => {
    await using replicas = await createReplicas();
    await using nginx = await startNginx(nginxPath ?? '', [replicas.a.url, replicas.b.url]);

    expect((await fetch(`${replicas.a.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404);
  });
});
