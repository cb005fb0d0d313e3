import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { createTokenFile } from '../support/tokens.ts';
import {
  complete,
  FAST_POLLS,
  FOLLOW_RUN,
  RARE_POLLS,
  rename,
  type RunEvent,
  runEvents,
  told,
} from '../support/subscriptions.ts';

const FOLLOW: TypedDocumentNode<{ scenarioRun: RunEvent }, { id: string; after?: string }> = gql(FOLLOW_RUN);
const PARTS = { Accept: 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json' };
const HEAD = '\r\nContent-Type: application/json\r\n\r\n';

/** What Apollo Client gets of a run, over HTTP alone. */
function followByApollo({ url }: TestGateway, variables: { id: string; after?: string }) {
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${url}/graphql` }),
  });
  const events: RunEvent[] = [];
  const errors: string[] = [];
  const ended = new Promise<void>((resolve) => {
    client.subscribe({ query: FOLLOW, variables }).subscribe({
      next: ({ data, error }) => {
        if (data) events.push(data.scenarioRun);
        if (error) errors.push(error.message);
      },
      error: (error: Error) => {
        errors.push(error.message);
        resolve();
      },
      complete: resolve,
    });
  });
  return {
    events,
    errors,
    ended,
    [Symbol.dispose]: () => {
      client.stop();
    },
  };
}

describe('a subscription of Apollo Client over HTTP', () => {
  it('gets every event and completes', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    using follower = followByApollo(gateway, { id });

    await expect.poll(() => told(follower.events)).toEqual(['=running']);
    rename(gateway.world, id, 'second');
    await expect.poll(() => told(follower.events)).toEqual(['=running', 'running>running']);
    complete(gateway.world, id);
    await follower.ended;

    expect(told(follower.events)).toEqual(['=running', 'running>running', 'running>completed']);
    expect(follower.errors).toEqual([]);
  });

  it('resumes by its cursor', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    // Somebody else keeps the log.
    using other = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await other.received(1);
    rename(gateway.world, id, 'second');
    await other.received(2);
    complete(gateway.world, id);
    await other.ended;

    const after = runEvents(other)[0]?.cursor ?? '';
    using follower = followByApollo(gateway, { id, after });
    await follower.ended;

    expect(told(follower.events)).toEqual(['running>running', 'running>completed']);
  });

  it('gets an error for its variables', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    using follower = followByApollo(gateway, { id: '../secrets' });
    await follower.ended;

    expect(follower.events).toEqual([]);
    expect(follower.errors).toEqual([expect.stringContaining('Expected')]);
  });
});

describe('a subscription answered in parts', () => {
  it('is framed as the protocol says, with a delimiter behind each part', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    const query = 'subscription Run($id: ID!) { scenarioRun(id: $id) { scenarioRun { state } } }';
    using stream = await openEventStream(gateway.url, { query, variables: { id }, headers: PARTS });

    const part = (state: string) =>
      `${HEAD}{"payload":{"data":{"scenarioRun":{"scenarioRun":{"state":"${state}"}}}}}\r\n--graphql`;
    /** What has come, without the cursors. */
    const received = () =>
      stream.text.replaceAll(/,"extensions":\{"cursor":"[\w-]+"(?:,"kind":"SNAPSHOT")?\}/g, '');
    await expect.poll(received).toBe(`--graphql${part('RUNNING')}`);
    complete(gateway.world, id);
    await stream.ended;

    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe(
      'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
    );
    expect(received()).toBe(`--graphql${part('RUNNING')}${part('COMPLETED')}--\r\n`);
  });

  it('is kept alive by empty parts', async () => {
    await using gateway = await createTestGateway({ env: { ...RARE_POLLS, LIVE_HEARTBEAT_MS: '1000' } });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: PARTS,
    });

    await expect.poll(() => stream.text, { timeout: 10_000 }).toContain(`${HEAD}{}\r\n--graphql`);
  });

  it('resumes by `Last-Event-ID` as well', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    using first = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await first.received(1);
    complete(gateway.world, id);
    await first.ended;

    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: { ...PARTS, 'Last-Event-ID': first.events[0]?.id ?? '' },
    });
    await stream.ended;

    expect(stream.text).toContain('"state":"COMPLETED"');
    expect(stream.text).not.toContain('"kind":"SNAPSHOT"');
    expect(stream.text.endsWith('--graphql--\r\n')).toBe(true);
  });

  it('shares one execution with those who follow over event streams', async () => {
    await using gateway = await createTestGateway({ env: FAST_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    const query = `subscription Run($id: ID!) {
      scenarioRun(id: $id) { scenarioRun { state scenario { name } } }
    }`;
    const follow = (headers?: Readonly<Record<string, string>>) =>
      openEventStream(gateway.url, { query, variables: { id }, ...(headers ? { headers } : {}) });
    using events = await follow();
    using parts = await follow(PARTS);
    await events.received(1);
    await expect.poll(() => parts.text).toContain('RUNNING');
    gateway.calls();

    complete(gateway.world, id);
    await Promise.all([events.ended, parts.ended]);

    const scenarios = gateway.calls().filter((call) => call.startsWith('GET /v1/scenarios/scn_'));
    expect(scenarios.length).toBeLessThanOrEqual(1);
    expect(parts.text).toContain(JSON.stringify(events.events.at(-2)?.data));
  });

  it('is cut without its last delimiter when the gateway shuts down, so that its client comes back', async () => {
    await using gateway = await createTestGateway({ env: RARE_POLLS });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: PARTS,
    });
    await expect.poll(() => stream.text).toContain('SNAPSHOT');

    await gateway.shutDown();
    await stream.ended;

    expect(stream.text.endsWith('\r\n--graphql')).toBe(true);
  });

  it('ends with an error of the protocol when its caller may not go on', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci');
    await using gateway = await createTestGateway({
      env: { ...RARE_POLLS, AUTH_TOKENS_FILE: file.path, AUTH_CHECK_INTERVAL_MS: '100' },
    });
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: FOLLOW_RUN,
      variables: { id },
      headers: { ...PARTS, Authorization: `Bearer ${token}` },
    });
    await expect.poll(() => stream.text).toContain('SNAPSHOT');

    await file.revoke('ci');
    await stream.ended;

    const last = stream.text.split('--graphql').at(-2) ?? '';
    expect(JSON.parse(last.slice(HEAD.length))).toMatchObject({
      payload: null,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(stream.text.endsWith('--graphql--\r\n')).toBe(true);
  });
});
