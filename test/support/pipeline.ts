/** The pipeline of operations as the gateway makes it, over an upstream in memory and a clock that stands still. */
import { PAGE_SIZES } from '../../schema/connections.ts';
import { schema } from '../../schema/index.ts';
import { createOperationSlots } from '../../src/composition/admissions.ts';
import { createAudit } from '../../src/composition/audit.ts';
import { createPipeline, type Pipeline } from '../../src/composition/pipeline.ts';
import { createTurns } from '../../src/composition/turns.ts';
import { createWatching } from '../../src/composition/watching.ts';
import { loadConfig } from '../../src/config.ts';
import type { Live } from '../../src/live/live.ts';
import { createMetrics } from '../../src/observability/metrics/metrics.ts';
import type { Caller } from '../../src/security/caller.ts';
import { createSecrets } from '../../src/security/secrets.ts';
import { ANY_DOCUMENT } from '../../src/security/trusted-documents.ts';
import { operationHashOf } from '../../src/server/graphql/operation.ts';
import { createCachingUpstream } from '../../src/upstream/cache/caching-upstream.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { testCaller } from './caller.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeUpstream, type FakeUpstream } from './fake-upstream.ts';
import { createRecordingLog } from './log.ts';

export interface TestPipeline extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly upstream: FakeUpstream;
  readonly live: Live;
  /** What it is asked for an answer: as JSON. Its promise is settled while the clock is advanced, where calls take time. */
  ask(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    by?: { readonly caller?: Caller; readonly isFreshOnly?: boolean },
  ): Promise<string>;
  /** The sum of all series of a metric whose text begins like this. */
  metric(begin: string): Promise<number>;
}

export interface TestPipelineOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Stands in front of the upstream in memory. @default nothing does */
  readonly inFront?: (upstream: FakeUpstream) => Upstream;
  /** @default half */
  readonly random?: () => number;
}

export function createTestPipeline(options: TestPipelineOptions = {}): TestPipeline {
  const { env = {}, inFront = (own: FakeUpstream): Upstream => own, random = () => 0.5 } = options;
  const clock = createFakeClock();
  const upstream = createFakeUpstream(clock);
  const config = loadConfig({ RUNLOOP_API_KEY: 'ak_test_key', ...env });
  const { log } = createRecordingLog();
  const metrics = createMetrics({ version: 'test' });
  const caching = createCachingUpstream(inFront(upstream), { clock, settings: config.cache });
  const limits = { current: config.limits };
  const operations = createOperationSlots({ limits, metrics });
  const turns = createTurns(clock, operations);
  const secrets = createSecrets(null);
  const system = {
    ...{ config, limits, clock, log, random, secrets, shared: null, metrics, tracing: null },
    ...{ operations, turns },
  };
  const opened: AsyncDisposable[] = [];
  const audit = createAudit(system);
  opened.push(audit);
  const live = createWatching({ ...system, upstream: caching }, opened);
  const pipeline: Pipeline = createPipeline(
    {
      ...system,
      schema,
      pageSizes: PAGE_SIZES,
      access: { upstream: caching, audit, authenticate: () => Promise.reject(new Error('Nobody comes in')) },
      live,
      trusted: {
        ...ANY_DOCUMENT,
        onChange: () => undefined,
        read: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      plugins: null,
    },
    opened,
  );
  const { graphql, subscriptions, refreshAhead, operations: observer } = pipeline;
  return {
    clock,
    upstream,
    live,
    ask: async (document, variables, { caller = testCaller(), isFreshOnly = false } = {}) => {
      const requestId = 'test';
      // As transports do: what is told of an operation is counted when it has ended.
      const record = observer.begin({ requestId, method: 'POST', headers: {}, transport: 'http' });
      record.caller = caller;
      const read = graphql.read(document, null);
      record.read = read;
      const hash = operationHashOf(read, variables);
      const { signal } = new AbortController();
      const operation = {
        read,
        variables,
        hash,
        caller,
        isFreshOnly,
        signal,
        extensions: {},
        requestId,
        record,
      };
      const { json } = await graphql.answer(operation);
      observer.ended(record);
      return json;
    },
    metric: async (begin) => {
      const lines = (await metrics.text())
        .split('\n')
        .filter((line) => line.startsWith(`runloop_graphql_${begin}`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    async [Symbol.asyncDispose]() {
      refreshAhead?.[Symbol.dispose]();
      await subscriptions[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
      for (const part of opened.reverse()) await part[Symbol.asyncDispose]();
    },
  };
}
