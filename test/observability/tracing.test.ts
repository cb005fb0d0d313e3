import { describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/simulator.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp.ts';
import { createReplicas } from '../support/replicas.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, TEST_KEY } from '../support/gateway.ts';
import { startProcess } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';
import { FAST_POLLS, FOLLOW_RUN } from '../support/subscriptions.ts';

const tracedBy = ({ url }: OtlpReceiver) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

const LOOK_UP = 'query Look($id: ID!) { scenarioRun(id: $id) { id } }';

/** Of the headers that the upstream was sent with each of its calls. */
function recordingHeaders() {
  const headers: Readonly<Record<string, string | undefined>>[] = [];
  const names = ['traceparent', 'tracestate', 'x-request-id'];
  const onRequest: SimulatorOptions['onRequest'] = ({ header }) => {
    headers.push(Object.fromEntries(names.map((name) => [name, header(name)])));
  };
  return { headers, simulator: { onRequest } };
}

describe('a trace', () => {
  it('has a span of the operation, by the conventions for GraphQL and HTTP, and one of each upstream call', async () => {
    await using receiver = await startOtlpReceiver();
    const gateway = await createTestGateway({ env: tracedBy(receiver) });
    const { id } = gateway.world.insert.scenarioRun();
    await gateway.query(LOOK_UP, { id });
    await gateway.query(LOOK_UP, { id: 'scr_missing' });
    await gateway.query('{ nothing }');
    await gateway[Symbol.asyncDispose]();

    const spans = receiver.spans();
    const [operation] = named(spans, 'query Look');
    expect(operation).toMatchObject({
      kind: 2,
      isError: false,
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Look',
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'http.response.status_code': 200,
      },
    });
    const [call] = named(spans, 'GET /v1/scenarios/runs/{id}');
    expect(call).toMatchObject({
      kind: 3,
      traceId: operation?.traceId,
      parentSpanId: operation?.spanId,
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/v1/scenarios/runs/{id}',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
      },
    });
    expect(named(spans, 'query Look')).toHaveLength(2);
    // What a client does wrong is told, and is no error of the gateway.
    expect(named(spans, 'GraphQL operation')).toMatchObject([
      { isError: false, attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
    expect(receiver.resource()).toMatchObject({ 'service.name': 'runloop-graphql' });
    expect(receiver.resource()['service.version']).toBeDefined();
  });

  it('goes on where the client has begun it, and on to the upstream, with the id of the request', async () => {
    await using receiver = await startOtlpReceiver();
    const { headers, simulator } = recordingHeaders();
    const gateway = await createTestGateway({ env: tracedBy(receiver), simulator });
    const { id } = gateway.world.insert.scenarioRun();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await gateway.query(
      LOOK_UP,
      { id },
      {
        headers: {
          traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
          tracestate: 'vendor=state',
          'X-Request-Id': 'request-1',
        },
      },
    );
    const line = gateway.record.lines().find(({ event }) => event === 'operation.done');
    await gateway[Symbol.asyncDispose]();

    const [operation] = named(receiver.spans(), 'query Look');
    const [call] = named(receiver.spans(), 'GET /v1/scenarios/runs/{id}');
    expect(operation).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
    expect(headers.at(-1)).toMatchObject({
      traceparent: `00-${traceId}-${call?.spanId ?? ''}-01`,
      tracestate: 'vendor=state',
      'x-request-id': 'request-1',
    });
    expect(answer.headers.get('x-request-id')).toBe('request-1');
    expect(line).toMatchObject({ traceId, requestId: 'request-1' });
  });

  it.each(['', '00-0-0-01', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, 'CANARY'])(
    'begins anew where traceparent is "%s"',
    async (traceparent) => {
      await using receiver = await startOtlpReceiver();
      const gateway = await createTestGateway({ env: tracedBy(receiver) });
      await gateway.query('query Anew { __typename }', undefined, { headers: { traceparent } });
      await gateway[Symbol.asyncDispose]();

      expect(named(receiver.spans(), 'query Anew')).toHaveLength(1);
      expect(named(receiver.spans(), 'query Anew')[0]?.parentSpanId ?? '').toBe('');
    },
  );

  it('of an event names the poll that has read it, and the operation that has subscribed', async () => {
    await using receiver = await startOtlpReceiver();
    const gateway = await createTestGateway({ env: { ...tracedBy(receiver), ...FAST_POLLS } });
    const { id } = gateway.world.insert.scenarioRun();
    const stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id } });
    await stream.received(1);
    gateway.world.scenarioRuns.update(id, { state: 'scoring' });
    await stream.received(2);
    stream[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();

    const spans = receiver.spans();
    const [subscription] = named(spans, 'subscription Run');
    const [, changed] = named(spans, 'event scenarioRun');
    const [pollLink, subscriptionLink] = changed?.links ?? [];
    const poll = spans.find(({ spanId }) => spanId === pollLink?.spanId);
    expect(poll).toMatchObject({
      name: 'poll scenarioRun',
      traceId: pollLink?.traceId,
      attributes: { 'runloop_graphql.poll.result': 'read' },
    });
    expect(subscriptionLink).toMatchObject({
      traceId: subscription?.traceId,
      spanId: subscription?.spanId,
    });
    const calls = spans.filter(({ parentSpanId }) => parentSpanId === poll?.spanId);
    expect(calls.map(({ name }) => name)).toEqual(['GET /v1/scenarios/runs/{id}']);
  });

  it('of an event names the poll of another replica', { timeout: 30_000 }, async () => {
    await using receiver = await startOtlpReceiver();
    const replicas = await createReplicas({ env: { ...tracedBy(receiver), ...FAST_POLLS } });
    const { a, b } = replicas;
    const { id } = a.world.insert.scenarioRun();
    using onA = await openEventStream(a.url, { query: FOLLOW_RUN, variables: { id } });
    await onA.received(1);
    using onB = await openEventStream(b.url, { query: FOLLOW_RUN, variables: { id } });
    await onB.received(1);
    a.world.scenarioRuns.update(id, { state: 'scoring' });
    await Promise.all([onA.received(2), onB.received(2)]);
    onA[Symbol.dispose]();
    onB[Symbol.dispose]();
    await replicas[Symbol.asyncDispose]();

    const links = named(receiver.spans(), 'event scenarioRun').flatMap((event) => event.links);
    const polls = new Set(named(receiver.spans(), 'poll scenarioRun').map(({ spanId }) => spanId));
    const ofPolls = links.map(({ spanId }) => spanId).filter((spanId) => polls.has(spanId));
    expect(ofPolls).toHaveLength(2);
    expect(new Set(ofPolls).size).toBe(1);
  });

  it('has a span of each operation on a socket', async () => {
    await using receiver = await startOtlpReceiver();
    const gateway = await createTestGateway({ env: tracedBy(receiver) });
    const socket = await openSocket(gateway.url);
    await socket.init();
    socket.subscribe('1', 'query OverSocket { __typename }');
    await socket.received(3);
    socket[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();

    expect(named(receiver.spans(), 'query OverSocket')).toMatchObject([
      { attributes: { 'runloop_graphql.transport': 'websocket', 'graphql.operation.type': 'query' } },
    ]);
  });
});

describe('sampling', () => {
  it.each([
    ['traceidratio', '0', '01', 0],
    ['always_off', '1', '01', 0],
    ['parentbased_traceidratio', '0', '01', 1],
    ['parentbased_always_on', '1', '00', 0],
    ['always_on', '1', '00', 1],
  ])('by %s with %s records a trace with the flags %s %s times', async (sampler, share, flags, count) => {
    await using receiver = await startOtlpReceiver();
    const { headers, simulator } = recordingHeaders();
    const gateway = await createTestGateway({
      env: { ...tracedBy(receiver), OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share },
      simulator,
    });
    const { id } = gateway.world.insert.scenarioRun();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-${flags}`;
    await gateway.query(LOOK_UP, { id }, { headers: { traceparent } });
    await gateway[Symbol.asyncDispose]();

    expect(named(receiver.spans(), 'query Look')).toHaveLength(count);
    // The upstream learns whether the trace is recorded.
    expect(headers.at(-1)?.['traceparent']).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-0${String(count)}$`),
    );
  });
});

describe('what is exported', () => {
  it('holds no canary of what must not leave', async () => {
    await using receiver = await startOtlpReceiver();
    const gateway = await createTestGateway({
      env: { ...tracedBy(receiver), ...FAST_POLLS, AUTH: 'passthrough' },
    });
    const { id } = gateway.world.insert.scenarioRun({
      name: 'CANARY-name',
      metadata: { key: 'CANARY-metadata' },
    });
    gateway.simulator.faults.add({
      path: '/v1/benchmarks/**',
      kind: 'status',
      status: 500,
      body: 'CANARY-body',
    });
    const headers = {
      Authorization: `Bearer ${TEST_KEY}`,
      Cookie: 'a=CANARY-cookie',
      'X-Other': 'CANARY-header',
    };
    await gateway.query(
      'query Look($id: ID!, $text: String) { scenarioRun(id: $id) { id name metadata } other: scenarioRun(id: $text) { id } }',
      { id, text: 'CANARY-variable' },
      { headers },
    );
    await gateway.query(
      '{ benchmark(id: "bmd_CANARY") { id } scenarioRun(id: "CANARY literal!") { id } }',
      undefined,
      { headers },
    );
    await gateway.query('{ CANARY_field }', undefined, { headers });
    await gateway.query('{ __typename }', undefined, {
      headers: {
        Authorization: 'Bearer CANARY-token',
        traceparent: 'CANARY-parent',
        'X-Request-Id': 'CANARY id',
      },
    });
    using stream = await openEventStream(gateway.url, { query: FOLLOW_RUN, variables: { id }, headers });
    await stream.received(1);
    gateway.world.scenarioRuns.update(id, { state: 'scoring', name: 'CANARY-renamed' });
    await stream.received(2);
    stream[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();

    expect(receiver.spans().length).toBeGreaterThan(5);
    for (const secret of ['CANARY', TEST_KEY, id]) expect(receiver.text()).not.toContain(secret);
  });

  it('goes with the headers that the receiver wants, which stand in no line of the log', async () => {
    await using receiver = await startOtlpReceiver();
    const gateway = await createTestGateway({
      env: { ...tracedBy(receiver), OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%20key,x-other=1' },
    });
    await gateway.query('{ __typename }');
    await gateway[Symbol.asyncDispose]();

    expect(receiver.text()).toContain('"x-api-key":"a key","x-other":"1"');
    expect(gateway.record.text()).not.toContain('a key');
  });

  it(
    'is sent by the compiled program, which ends although the receiver is away',
    { timeout: 60_000 },
    async () => {
      const receiver = await startOtlpReceiver();
      await using gateway = startProcess({ PORT: '0', SIMULATOR_PORT: '0', ...tracedBy(receiver) });
      const url = await gateway.ready();
      const ask = () =>
        fetch(`${url}/graphql?query=${encodeURIComponent('query Compiled { __typename }')}`).then(
          ({ status }) => status,
        );
      expect(await ask()).toBe(200);
      await expect.poll(() => named(receiver.spans(), 'query Compiled'), { timeout: 20_000 }).toHaveLength(1);
      await receiver[Symbol.asyncDispose]();
      expect(await ask()).toBe(200);
      gateway.child.kill('SIGTERM');

      expect(await gateway.ended).toBe(0);
    },
  );
});

describe('a program that traces itself', () => {
  it('gives the gateway its provider, and gets the spans of it', async () => {
    const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } =
      await import('@opentelemetry/sdk-trace-base');
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    await using gateway = await createTestGateway({ overrides: { tracerProvider } });
    await gateway.query('query Own { __typename }');

    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['query Own']);
  });
});
