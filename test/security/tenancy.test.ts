import { describe, expect, it } from 'vitest';
import type { World } from '../../src/simulator/simulator.ts';
import { BOARD, COMPARISON, DASHBOARD, DETAIL, LEADERBOARD, PROGRESS } from '../support/canonical-queries.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import {
  FAST_POLLS,
  FOLLOW_RUN,
  rename,
  runEvents,
  type RunEvent,
  type RunResult,
} from '../support/subscriptions.ts';
import { createTokenFile } from '../support/tokens.ts';

/** Two accounts whose things have the same ids, and whose every text says whose it is. */
const OWNERS = ['alice', 'bob'] as const;
type Owner = (typeof OWNERS)[number];

const keyOf = (owner: string) => `ak_${owner}`;
const other = (owner: Owner): Owner => (owner === 'alice' ? 'bob' : 'alice');
const as = (owner: string) => ({ Authorization: `Bearer ${keyOf(owner)}` });

/** What both accounts share of the memory of the gateway is used to the full: nothing is off, nothing is short. */
const SHARING = { CACHE_LIVE_MS: '1000' };

function populate(world: World, owner: Owner): void {
  const { insert } = world;
  insert.scenario({ id: 'scn_1', name: `${owner} scenario`, required_secret_names: [`${owner}-secret`] });
  insert.scenario({ id: 'scn_2', name: `${owner} scenario without secrets` });
  insert.benchmark({ id: 'bmd_1', name: `${owner} benchmark`, scenarioIds: ['scn_1'] });
  for (const run of ['bmr_1', 'bmr_2']) {
    insert.benchmarkRun({
      id: run,
      benchmark_id: 'bmd_1',
      name: `${owner} ${run}`,
      metadata: { agent: owner },
    });
  }
  const ids = [...Array.from({ length: 12 }, (_, number) => String(number)), owner];
  for (const [number, id] of ids.entries()) {
    insert.devbox({ id: `dbx_${id}`, name: `${owner} devbox`, status: 'shutdown' });
    insert.scenarioRun({
      id: `scr_${id}`,
      name: `${owner} run`,
      scenario_id: 'scn_1',
      devbox_id: `dbx_${id}`,
      benchmark_run_id: number % 2 === 0 ? 'bmr_1' : 'bmr_2',
      state: number % 3 === 0 ? 'running' : 'completed',
      metadata: { owner },
      environment_variables: { TOKEN: `${owner}-value` },
      secrets_provided: { PASSWORD: `${owner}-secret` },
    });
  }
}

type Question = readonly [query: string, variables?: Readonly<Record<string, unknown>>];

/** What everybody asks, of the things that both have and of the one that only one of them has. */
const questionsOf = (owner: Owner): readonly Question[] => [
  ...Array.from({ length: 12 }, (_, number): Question => [DETAIL, { id: `scr_${String(number)}` }]),
  [DETAIL, { id: `scr_${owner}` }],
  [DASHBOARD, { id: 'bmr_1' }],
  [DASHBOARD, { id: 'bmr_2' }],
  [BOARD],
  [PROGRESS, { id: 'bmr_1' }],
  [COMPARISON, { base: 'bmr_1', head: 'bmr_2' }],
  [LEADERBOARD, { id: 'bmd_1', by: 'agent' }],
  ['{ scenarioRuns(first: 5) { totalCount nodes { name metadata { value } } } }'],
  ['{ scenarioRuns(filter: { benchmarkRunId: "bmr_1" }) { nodes { name devbox { name } } } }'],
  [
    '{ nodes(ids: ["scr_1", "dbx_1", "scn_1", "bmd_1"]) { ... on ScenarioRun { name } ... on Devbox { devbox: name } ... on Scenario { scenario: name requiredSecretNames } ... on Benchmark { benchmark: name } } }',
  ],
  ['{ devboxes { nodes { name } } scenarios { nodes { name } } benchmarks { nodes { name } } }'],
];

/** Everything in an order that is the same in every run and yet mixed. */
function mixed<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item, index) => ({ item, at: Math.sin(index * 7_919 + 1) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function createTenants() {
  const calls: { readonly key: string; readonly target: string }[] = [];
  const gateway = await createTestGateway({
    env: { ...FAST_POLLS, ...SHARING, AUTH: 'passthrough' },
    simulator: {
      accounts: Object.fromEntries(OWNERS.map((owner) => [keyOf(owner), { seed: 1 }])),
      onRequest: ({ key, path, query }) => calls.push({ key, target: `${path}${query}` }),
    },
  });
  for (const owner of OWNERS) populate(gateway.simulator.world(keyOf(owner)), owner);
  return { gateway, calls, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

const ask = (gateway: TestGateway, owner: string, [query, variables]: Question) =>
  gateway.query(query, variables, { headers: as(owner) });

describe('two accounts that ask the same at the same time', { timeout: 120_000 }, () => {
  it('never see a row of the other one, and each call upstream is made with the right key', async () => {
    await using tenants = await createTenants();
    const { gateway, calls } = tenants;
    const asked = OWNERS.flatMap((owner) => questionsOf(owner).map((question) => ({ owner, question })));
    for (let round = 0; round < 4; round++) {
      const work = mixed(Array.from({ length: 6 }, () => asked).flat());
      expect(work.length).toBeGreaterThan(250);
      const answers = await Promise.all(
        work.map(async ({ owner, question }) => ({ owner, ...(await ask(gateway, owner, question)) })),
      );
      for (const { owner, text, errors } of answers) {
        expect(errors).toEqual([]);
        expect(text).toContain(owner);
        expect(text).not.toContain(other(owner));
      }
      // What was remembered is not true any more.
      for (const owner of OWNERS)
        rename(gateway.simulator.world(keyOf(owner)), 'scr_0', `${owner} run ${String(round)}`);
    }

    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set(OWNERS.map(keyOf)));
    for (const owner of OWNERS) {
      const own = calls.filter(({ target }) => target.includes(owner));
      expect(own.length).toBeGreaterThan(0);
      expect(new Set(own.map(({ key }) => key))).toEqual(new Set([keyOf(owner)]));
    }
  });

  it('never follow what happens to the other one, by whatever they follow and wherever they resume', async () => {
    await using tenants = await createTenants();
    const { gateway } = tenants;
    const followers: {
      readonly owner: Owner;
      readonly events: () => readonly RunEvent[];
      readonly text: () => string;
    }[] = [];
    const opened: Disposable[] = [];
    for (const owner of mixed(Array.from({ length: 20 }, () => OWNERS).flat())) {
      const stream = await openEventStream(gateway.url, {
        query: FOLLOW_RUN,
        variables: { id: 'scr_0' },
        headers: as(owner),
      });
      const socket = await openSocket(gateway.url);
      await socket.init({ authorization: as(owner).Authorization });
      socket.subscribe('1', FOLLOW_RUN, { id: 'scr_0' });
      opened.push(stream, socket);
      followers.push(
        { owner, events: () => runEvents(stream), text: () => stream.text },
        {
          owner,
          events: () =>
            socket.payloads('1').flatMap((payload) => (payload as RunResult).data?.scenarioRun ?? []),
          text: () => JSON.stringify(socket.messages),
        },
      );
    }
    const everybodySaw = (name: (owner: Owner) => string) =>
      expect
        .poll(
          () => followers.every(({ owner, events }) => events().at(-1)?.scenarioRun.name === name(owner)),
          {
            timeout: 20_000,
          },
        )
        .toBe(true);
    await everybodySaw((owner) => `${owner} run`);
    for (let change = 1; change <= 5; change++) {
      for (const owner of OWNERS) {
        rename(gateway.simulator.world(keyOf(owner)), 'scr_0', `${owner} run ${String(change)}`);
        void ask(gateway, owner, [DETAIL, { id: 'scr_0' }]);
      }
      await everybodySaw((owner) => `${owner} run ${String(change)}`);
    }
    // A place in the log of the other one is no place in one's own.
    const cursorOf = (owner: Owner) =>
      followers.find((one) => one.owner === owner)?.events()[0]?.cursor ?? '';
    for (const owner of OWNERS) {
      using stream = await openEventStream(gateway.url, {
        query: FOLLOW_RUN,
        variables: { id: 'scr_0' },
        headers: { ...as(owner), 'Last-Event-ID': cursorOf(other(owner)) },
      });
      await expect.poll(() => runEvents(stream)).toHaveLength(1);
      expect(runEvents(stream)[0]).toMatchObject({
        kind: 'SNAPSHOT',
        scenarioRun: { name: `${owner} run 5` },
      });
    }
    for (const one of opened) one[Symbol.dispose]();

    for (const { owner, text } of followers) expect(text()).not.toContain(other(owner));
  });

  it('never act upon a thing of the other one, nor get what the other one has started', async () => {
    await using tenants = await createTenants();
    const { gateway, calls } = tenants;
    const CANCEL = `mutation($id: ID!) {
      cancelScenarioRun(id: $id) { ... on CancelScenarioRunSuccess { scenarioRun { id name state } } }
    }`;
    // Equal keys of two accounts are two requests.
    const START = `mutation($name: String!) {
      startScenarioRun(input: { scenarioId: "scn_2", name: $name }, idempotencyKey: "the-same") {
        ... on StartScenarioRunSuccess { scenarioRun { id name } }
      }
    }`;
    const running = ['scr_0', 'scr_3', 'scr_6', 'scr_9'];
    // Both ask all the time; only one of them cancels.
    const answers = await Promise.all(
      mixed([
        ...OWNERS.flatMap((owner) => questionsOf(owner).map((question) => ({ owner, question }))),
        ...running.map((id) => ({ owner: 'alice' as const, question: [CANCEL, { id }] as Question })),
        ...OWNERS.map((owner) => ({ owner, question: [START, { name: `${owner} started` }] as Question })),
      ]).map(async ({ owner, question }) => ({ owner, ...(await ask(gateway, owner, question)) })),
    );
    for (const { owner, text, errors } of answers) {
      expect(errors).toEqual([]);
      expect(text).toContain(owner);
      expect(text).not.toContain(other(owner));
    }
    const stateOf = async (owner: Owner, id: string) => {
      const { data } = await ask(gateway, owner, [
        'query($id: ID!) { scenarioRun(id: $id) { state } }',
        { id },
      ]);
      return (data as { scenarioRun: { state: string } }).scenarioRun.state;
    };
    for (const id of running) {
      expect(await stateOf('alice', id)).toBe('CANCELED');
      expect(await stateOf('bob', id)).toBe('RUNNING');
    }

    const canceling = calls.filter(({ target }) => target.endsWith('/cancel'));
    expect(canceling).toHaveLength(running.length);
    expect(new Set(canceling.map(({ key }) => key))).toEqual(new Set([keyOf('alice')]));
  });

  it('are no help to somebody whose key is good for nothing', async () => {
    await using tenants = await createTenants();
    const { gateway } = tenants;
    const questions = questionsOf('alice');
    const everybody = mixed(
      ['alice', 'bob', 'mallory'].flatMap((who) => questions.map((question) => ({ who, question }))),
    );
    const answers = await Promise.all(
      everybody.map(async ({ who, question }) => ({ who, ...(await ask(gateway, who, question)) })),
    );

    for (const { who, text, errors } of answers) {
      if (who !== 'mallory') continue;
      expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['UNAUTHENTICATED']));
      expect(text).not.toMatch(/alice|bob/);
    }
  });
});

describe('two callers of one account with different scopes', { timeout: 60_000 }, () => {
  it('never get what only the other one may see, though they ask the same at the same time', async () => {
    await using file = await createTokenFile();
    const [seeing, blind] = [
      await file.issue('seeing', { scopes: ['runs:read', 'environment:read'] }),
      await file.issue('blind', { scopes: ['runs:read'] }),
    ];
    await using gateway = await createTestGateway({
      env: { ...FAST_POLLS, ...SHARING, AUTH_TOKENS_FILE: file.path },
    });
    populate(gateway.world, 'alice');
    const query =
      '{ scenarioRuns { nodes { name environmentVariables { name value } secretsProvided { secretName } } } }';
    const follow =
      'subscription { scenarioRun(id: "scr_0") { scenarioRun { name environmentVariables { name value } secretsProvided { secretName } } } }';
    const as = (token: string) => ({ Authorization: `Bearer ${token}` });
    const streams = await Promise.all(
      [seeing, blind, seeing, blind].map(async (token) => ({
        token,
        stream: await openEventStream(gateway.url, { query: follow, headers: as(token) }),
      })),
    );
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, number) => (number % 2 === 0 ? seeing : blind)).map(async (token) => ({
        token,
        ...(await gateway.query(query, {}, { headers: as(token) })),
      })),
    );
    rename(gateway.world, 'scr_0', 'alice run again');
    for (const { stream } of streams) await expect.poll(() => stream.text).toContain('alice run again');

    for (const { token, text } of [
      ...answers,
      ...streams.map(({ token, stream }) => ({ token, text: stream.text })),
    ]) {
      expect(text.includes('alice-value')).toBe(token === seeing);
      expect(text.includes('alice-secret')).toBe(token === seeing);
    }
    for (const { stream } of streams) stream[Symbol.dispose]();
  });
});
