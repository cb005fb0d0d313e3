import type { Plugin } from '@envelop/core';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import {
  CURSOR,
  FAST_POLLS,
  FOLLOW_RUN,
  rename,
  runEvents,
  SNAPSHOT_CURSOR,
} from '../support/subscriptions.ts';
import { ALL, createRecorder, READ } from './recorder.ts';

/** It moves no more, so that answers with it are cached. */
const DONE = { state: 'completed', start_time_ms: Date.UTC(2025, 0, 1) } as const;

const RUN = 'query Run($id: ID!) { scenarioRun(id: $id) { id name } }';

async function startGateway(options: TestGatewayOptions = {}, ...plugins: readonly object[]) {
  const recorder = createRecorder();
  const gateway = await createTestGateway({
    ...options,
    env: { CACHE_LIVE_MS: '1000', ...options.env },
    overrides: { plugins: [recorder.plugin, ...plugins] },
  });
  return Object.assign(gateway, { hooks: recorder.calls });
}

describe('hooks', () => {
  it('are called for each query by POST, also when document, request and answer are cached', async () => {
    await using gateway = await startGateway();
    const { id } = gateway.world.insert.scenarioRun({ name: 'first', ...DONE });
    const answers = [];
    for (let times = 0; times < 4; times++) {
      answers.push((await gateway.query(RUN, { id })).text);
      expect(gateway.hooks()).toEqual(ALL);
    }

    expect(new Set(answers)).toEqual(
      new Set([JSON.stringify({ data: { scenarioRun: { id, name: 'first' } } })]),
    );
    expect(gateway.calls()).toHaveLength(1);
  });

  it('are called for each query by GET, which keeps its entity tag', async () => {
    await using gateway = await startGateway();
    const { id } = gateway.world.insert.scenarioRun(DONE);
    const url = `${gateway.url}/graphql?${new URLSearchParams({ query: RUN, variables: JSON.stringify({ id }) }).toString()}`;
    const first = await fetch(url);
    const tag = first.headers.get('etag') ?? '';
    const second = await fetch(url, { headers: { 'If-None-Match': tag } });

    expect(tag).not.toBe('');
    expect(second.status).toBe(304);
    expect(gateway.hooks()).toEqual([...ALL, ...ALL]);
  });

  it('are called for each of equal queries at the same time, which share one execution', async () => {
    await using gateway = await startGateway();
    const { id } = gateway.world.insert.scenarioRun(DONE);
    const answers = await Promise.all(Array.from({ length: 5 }, () => gateway.query(RUN, { id })));

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(gateway.hooks().filter((call) => call === 'executed')).toHaveLength(5);
    expect(gateway.calls()).toHaveLength(1);
  });

  it('are called where documents are executed by compiled code', async () => {
    await using gateway = await startGateway({
      env: { COMPILE_AT_EXECUTION: '1', ANSWER_REUSE: 'off' },
    });
    const { id } = gateway.world.insert.scenarioRun();
    for (let times = 0; times < 5; times++) {
      expect((await gateway.query(RUN, { id })).errors).toEqual([]);
      expect(gateway.hooks()).toEqual(ALL);
    }
  });

  it('are called for queries over WebSocket', async () => {
    await using gateway = await startGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using socket = await openSocket(gateway.url);
    await socket.init();
    for (const operation of ['a', 'b', 'c']) {
      socket.subscribe(operation, RUN, { id });
      await expect.poll(() => socket.payloads(operation)).toHaveLength(1);
      expect(gateway.hooks()).toEqual(ALL);
    }
  });

  it('are called for mutations, which are executed once', async () => {
    await using gateway = await startGateway();
    const answer = await gateway.query('mutation { cancelScenarioRun(id: "scr_missing") { __typename } }');

    expect(answer.data).not.toBeNull();
    expect(gateway.hooks()).toEqual(ALL);
  });

  it('see what fails, each as often as it is sent', async () => {
    await using gateway = await startGateway();
    for (let times = 0; times < 3; times++) {
      expect((await gateway.query('{ scenarioRuns(')).errors).toMatchObject([
        { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
      ]);
      expect(gateway.hooks()).toEqual(['parse', 'parse failed']);
      expect((await gateway.query('{ nothing }')).errors).toMatchObject([
        { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
      ]);
      expect(gateway.hooks()).toEqual(['parse', 'parsed', 'validate', 'invalid']);
    }
    const refused = await gateway.query('{ scenarioRun(id: "") { id } }');
    expect(refused.errors).toHaveLength(1);
    expect(gateway.hooks().at(-1)).toBe('executed GatewayError');
  });

  it.each(['event stream', 'WebSocket'] as const)(
    'are called at the start of a subscription: %s',
    async (by) => {
      await using gateway = await startGateway({ env: FAST_POLLS });
      const { id } = gateway.world.insert.scenarioRun();
      if (by === 'WebSocket') {
        using socket = await openSocket(gateway.url);
        await socket.init();
        socket.subscribe('a', FOLLOW_RUN, { id });
        await expect.poll(() => socket.payloads('a')).toHaveLength(1);
      } else {
        using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
        await expect.poll(() => stream.events).toHaveLength(1);
      }

      expect(gateway.hooks()).toEqual([...READ, 'context', 'subscribe', 'subscribed']);
    },
  );

  it('get the request, the caller and the parameters, over every transport', async () => {
    const seen: unknown[] = [];
    const plugin: Plugin<{ request: Request; params: { query: string }; caller: { id: string } | null }> = {
      onContextBuilding: ({ context: { request, params, caller } }) => {
        seen.push([request.method, request.headers.get('x-team'), params.query, typeof caller?.id]);
      },
    };
    await using gateway = await startGateway({}, plugin);
    const { id } = gateway.world.insert.scenarioRun();
    await gateway.query(RUN, { id }, { headers: { 'X-Team': 'blue' } });
    using socket = await openSocket(gateway.url, { headers: { 'X-Team': 'red' } });
    await socket.init();
    socket.subscribe('a', RUN, { id });
    await expect.poll(() => socket.payloads('a')).toHaveLength(1);

    expect(seen).toEqual([
      ['POST', 'blue', RUN, 'string'],
      ['GET', 'red', RUN, 'string'],
    ]);
  });
});

describe('hooks for each event (onNext)', () => {
  it('get and change the events of their subscription, and are called at its end', async () => {
    const ended: string[] = [];
    const plugin: Plugin = {
      onSubscribe: () => ({
        onSubscribeResult: () => ({
          onNext: ({ result, setResult }) => {
            setResult({ ...result, extensions: { seen: true } });
          },
          onEnd: () => void ended.push('end'),
        }),
      }),
    };
    await using gateway = await startGateway({ env: FAST_POLLS }, plugin);
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await expect.poll(() => stream.events).toHaveLength(1);
    rename(gateway.world, id, 'renamed');
    await expect.poll(() => stream.events).toHaveLength(2);

    expect(runEvents(stream).map(({ scenarioRun }) => scenarioRun.name)).toEqual([null, 'renamed']);
    expect(stream.events.map(({ data }) => (data as { extensions?: unknown }).extensions)).toEqual([
      { seen: true, ...SNAPSHOT_CURSOR },
      { seen: true, ...CURSOR },
    ]);
    stream[Symbol.dispose]();
    await expect.poll(() => ended).toEqual(['end']);
  });
});
