import { describe, expect, it } from 'vitest';
import { createPresentErrors, toAnswer } from '../../src/server/graphql/present-error.ts';
import { SECRET_FIELDS, type SecretPath } from '../../src/upstream/secret-fields.ts';
import type { Kind } from '../../src/upstream/types.ts';
import { BOARD, DASHBOARD, DETAIL, PROGRESS } from '../support/canonical-queries.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { createRecordingLog } from '../support/log.ts';
import { openSocket } from '../support/socket.ts';
import { FAST_POLLS, FOLLOW_RUN, rename, runEvents } from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

/** Each stands in one place, and must come out of none. */
const CANARIES = {
  apiKey: 'ak_CANARY-api-key',
  body: 'CANARY-body-of-the-upstream',
  upstreamCookie: 'CANARY-cookie-of-the-upstream',
  cookie: 'CANARY-cookie-of-a-browser',
  password: 'CANARY-password',
  wrongToken: 'CANARY-token-that-is-wrong',
  wrongJwt: 'eyJCANARY.eyJCANARY.CANARY-signature',
  wrongTicket: 'CANARY-ticket',
} as const;

/** What stands at a path to something sensitive of an entity. */
const canaryAt = (kind: Kind, path: string) => `CANARY-${kind}-${path}`;

/** Each entity as the upstream says it, with what `canary` answers in the place of each sensitive text. */
const SENSITIVE: { readonly [K in Kind]: (canary: (path: SecretPath<K>) => string) => object } = {
  scenarioRun: (canary) =>
    profile(canary('environmentVariables.*.value'), canary('secretsProvided.*.secretName')),
  benchmarkRun: (canary) =>
    profile(canary('environmentVariables.*.value'), canary('secretsProvided.*.secretName')),
  benchmarkJob: (canary) => ({
    job_source: { type: 'harbor', inline_yaml: canary('source.inlineYaml') },
    job_spec: {
      scenario_ids: ['scn_1'],
      agent_configs: [
        agent('asked', {
          key: canary('agentConfigs.*.parameters.*.key'),
          value: canary('agentConfigs.*.parameters.*.value'),
          variable: canary('agentConfigs.*.environmentVariables.*.value'),
          secret: canary('agentConfigs.*.secretsProvided.*.secretName'),
        }),
      ],
    },
    in_progress_runs: [
      {
        benchmark_run_id: 'bmr_1',
        state: 'running',
        start_time_ms: 0,
        agent_config: agent('running', {
          key: canary('inProgressRuns.*.agent.parameters.*.key'),
          value: canary('inProgressRuns.*.agent.parameters.*.value'),
          variable: canary('inProgressRuns.*.agent.environmentVariables.*.value'),
          secret: canary('inProgressRuns.*.agent.secretsProvided.*.secretName'),
        }),
      },
    ],
  }),
  benchmark: (canary) => ({ required_secret_names: [canary('requiredSecretNames.*')] }),
  scenario: (canary) => ({ required_secret_names: [canary('requiredSecretNames.*')] }),
  devbox: () => ({}),
};

function profile(value: string, secretName: string) {
  return { environment_variables: { TOKEN: value }, secrets_provided: { PASSWORD: secretName } };
}

function agent(
  name: string,
  { key, value, variable, secret }: Readonly<Record<'key' | 'value' | 'variable' | 'secret', string>>,
) {
  return {
    type: 'job_agent',
    name,
    kwargs: { [key]: value },
    agent_environment: { environment_variables: { TOKEN: variable }, secrets: { PASSWORD: secret } },
  };
}

/** All canaries of entities. */
const PLANTED = (Object.keys(SECRET_FIELDS) as Kind[]).flatMap((kind) =>
  SECRET_FIELDS[kind].map((path) => canaryAt(kind, path)),
);

const sensitive = (kind: Kind) => SENSITIVE[kind]((path) => canaryAt(kind, path));

const PROFILE_FIELDS = 'environmentVariables { name value } secretsProvided { secretName }';

const EVERYTHING = `query($id: ID!) {
  scenarioRun(id: $id) {
    name ${PROFILE_FIELDS}
    scenario { name requiredSecretNames }
    benchmarkRun { name ${PROFILE_FIELDS} benchmark { requiredSecretNames } }
    devbox { status logs { nodes { message } } }
  }
}`;

const JOB = `{
  benchmarkJob(id: "bmj_1") {
    name source { ... on HarborJobSource { inlineYaml } }
    agents { agentName parameters { key value } ${PROFILE_FIELDS} }
  }
}`;

/** Everything that has come out of a gateway: what was answered, in whatever way, with its headers. */
function createOutput() {
  const parts: string[] = [];
  return {
    add: (...texts: readonly string[]) => parts.push(...texts),
    addAnswer: async (answer: Response) => {
      const text = await answer.text();
      parts.push(JSON.stringify([...answer.headers]), text);
      return text;
    },
    get text() {
      return parts.join('\n');
    },
  };
}

function populate({ world }: TestGateway): void {
  const { insert } = world;
  insert.scenario({ id: 'scn_1', name: 'a scenario', ...sensitive('scenario') });
  insert.benchmark({ id: 'bmd_1', scenarioIds: ['scn_1'], ...sensitive('benchmark') });
  insert.benchmarkRun({
    id: 'bmr_1',
    benchmark_id: 'bmd_1',
    name: 'a benchmark run',
    ...sensitive('benchmarkRun'),
  });
  insert.benchmarkJob({ id: 'bmj_1', name: 'a job', ...sensitive('benchmarkJob') });
  for (const id of ['scr_1', 'scr_2']) {
    insert.scenarioRun({
      id,
      name: 'a run',
      scenario_id: 'scn_1',
      benchmark_run_id: 'bmr_1',
      ...sensitive('scenarioRun'),
    });
  }
}

/** Makes every kind of upstream answer that can go wrong quote something. */
function breakUpstream({ simulator: { faults } }: TestGateway): void {
  const headers = {
    'set-cookie': `session=${CANARIES.upstreamCookie}`,
    'x-request-id': CANARIES.upstreamCookie,
  };
  const json = JSON.stringify({ code: CANARIES.body, message: CANARIES.body });
  const rows: readonly (readonly [path: string, status: number, body: string])[] = [
    ['/v1/scenarios/runs/scr_500', 500, json],
    ['/v1/scenarios/runs/scr_400', 400, json],
    ['/v1/scenarios/runs/scr_401', 401, json],
    ['/v1/scenarios/runs/scr_403', 403, json],
    ['/v1/scenarios/runs/scr_409', 409, json],
    ['/v1/scenarios/runs/scr_200', 200, `{"id": ${CANARIES.body}}`],
    ['/v1/scenarios/runs/scr_201', 200, `"${CANARIES.body}"`],
    ['/v1/scenarios/runs/scr_202', 200, JSON.stringify({ id: { x: CANARIES.body }, state: [CANARIES.body] })],
    ['/v1/benchmarks', 502, `<html>${CANARIES.body}</html>`],
  ];
  for (const [path, status, body] of rows) faults.add({ path, kind: 'status', status, body, headers });
  faults.add({ path: '/v1/devboxes/*', kind: 'unknownEnum', value: `${CANARIES.body} is no word` });
}

describe('what must not leave', { timeout: 60_000 }, () => {
  it('leaves in no answer, error, header, export or log line, whatever is asked and whatever breaks', async () => {
    await using file = await createTokenFile();
    const token = await file.issue('ci', { scopes: ['runs:read'] });
    const trusted = await file.issue('trusted', { scopes: ['runs:read', 'environment:read'] });
    await using gateway = await createTestGateway({
      env: {
        ...FAST_POLLS,
        RUNLOOP_API_KEY: CANARIES.apiKey,
        AUTH_TOKENS_FILE: file.path,
        UPSTREAM_RETRIES: '1',
        UPSTREAM_RETRY_BASE_MS: '1',
      },
    });
    populate(gateway);
    breakUpstream(gateway);
    const out = createOutput();
    const post = (document: string, variables: object, headers: Readonly<Record<string, string>>) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Cookie: `session=${CANARIES.cookie}`, ...headers },
        body: JSON.stringify({ query: document, variables }),
      });
    const good = { Authorization: `Bearer ${token}` };

    const answered = [];
    for (const [document, variables] of [
      [EVERYTHING, { id: 'scr_1' }],
      [JOB, {}],
      [DETAIL, { id: 'scr_2' }],
      [DASHBOARD, { id: 'bmr_1' }],
      [BOARD, {}],
      [PROGRESS, { id: 'bmr_1' }],
      ['{ benchmarks { nodes { id } } }', {}],
      ['{ benchmark(id: "bmd_1") { requiredSecretNames } }', {}],
      ...['500', '400', '401', '403', '409', '200', '201', '202'].map(
        (name) => [EVERYTHING, { id: `scr_${name}` }] as const,
      ),
    ] as const) {
      answered.push(await out.addAnswer(await post(document, variables, good)));
    }
    // What is asked for is answered, or this test would be content with silence.
    expect(answered[0]).toContain('"environmentVariables":[{"name":"TOKEN","value":null}]');
    const seen = [
      await (await post(EVERYTHING, { id: 'scr_1' }, { Authorization: `Bearer ${trusted}` })).text(),
      await (await post(JOB, {}, { Authorization: `Bearer ${trusted}` })).text(),
    ].join('');
    // Who may see it, sees each: all of them are there to be hidden from the others.
    expect(PLANTED.filter((canary) => !seen.includes(canary))).toEqual([]);
    for (const form of ['csv', 'ndjson']) {
      const file = await fetch(`${gateway.url}/export/benchmark-runs/bmr_1.${form}`, { headers: good });
      expect(await out.addAnswer(file)).toContain('a run');
    }
    for (const authorization of [
      `Bearer ${CANARIES.wrongToken}`,
      `Bearer ${CANARIES.wrongJwt}`,
      `Basic ${CANARIES.password}`,
    ]) {
      await out.addAnswer(await post(EVERYTHING, { id: 'scr_1' }, { Authorization: authorization }));
      await out.addAnswer(
        await fetch(`${gateway.url}/graphql/tickets`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: authorization },
          body: '{}',
        }),
      );
    }
    const { ticket } = JSON.parse(
      await (
        await fetch(`${gateway.url}/graphql/tickets`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...good },
          body: '{}',
        })
      ).text(),
    ) as { ticket: string };
    const search = `query=${encodeURIComponent(FOLLOW_RUN)}&variables=${encodeURIComponent('{"id":"scr_1"}')}`;
    await out.addAnswer(await fetch(`${gateway.url}/graphql?${search}&ticket=${CANARIES.wrongTicket}`));
    const follow = FOLLOW_RUN.replace(
      'id name',
      'id name environmentVariables { value } secretsProvided { secretName }',
    );
    using stream = await openEventStream(gateway.url, {
      query: follow,
      variables: { id: 'scr_1' },
      headers: good,
    });
    using ticketed = await openEventStream(gateway.url, {
      method: 'GET',
      query: follow,
      variables: { id: 'scr_2' },
      search: { ticket },
    });
    using broken = await openEventStream(gateway.url, {
      query: follow,
      variables: { id: 'scr_500' },
      headers: good,
    });
    using socket = await openSocket(gateway.url);
    await socket.init({ authorization: good.Authorization });
    socket.subscribe('1', follow, { id: 'scr_1' });
    await expect.poll(() => socket.payloads('1')).toHaveLength(1);
    rename(gateway.world, 'scr_1', 'another name');
    await expect.poll(() => runEvents(stream).at(-1)?.scenarioRun.name).toBe('another name');
    await expect.poll(() => runEvents(ticketed)).toHaveLength(1);
    await broken.ended;
    await expect(
      openSocket(gateway.url).then((refused) => refused.init({ authorization: CANARIES.wrongToken })),
    ).rejects.toThrow('4403');
    out.add(stream.text, ticketed.text, broken.text, JSON.stringify(socket.messages));
    await gateway.shutDown();

    const lines = gateway.record.text();
    expect(lines).toContain('upstream.call_failed');
    expect(lines).toContain('upstream.unknown_value');
    for (const text of [out.text, lines]) {
      expect(text).not.toContain('CANARY');
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/\n\s+at |\.ts:\d+|node_modules/);
    }
    expect(lines).not.toContain(ticket);
  });

  it('leaves with a defect neither: its answer has an id, its log line no secret', () => {
    const record = createRecordingLog();
    const present = createPresentErrors({ log: record.log, errorId: () => 'an-id' });
    const error = new TypeError(`ak_CANARY-key at Bearer CANARY-token`, {
      cause: new Error(`"${CANARIES.body}" is not valid JSON`),
    });
    Object.assign(error, { config: { headers: { authorization: CANARIES.password } } });
    const answer = JSON.stringify(toAnswer(present([error], 'a-request')));

    expect(JSON.parse(answer)).toEqual([
      {
        message: 'Something went wrong in the gateway. Its log knows more under the id an-id.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'an-id' },
      },
    ]);
    expect(record.lines()).toMatchObject([
      { event: 'operation.failed', errorId: 'an-id', err: { type: 'TypeError' } },
    ]);
    expect(answer + record.text()).not.toContain('CANARY');
  });
});
