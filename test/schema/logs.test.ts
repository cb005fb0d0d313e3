import { describe, expect, it } from 'vitest';
import { createTestGateway, type TestGateway, UNCACHED } from '../support/gateway.ts';

interface Log {
  readonly totalCount: number | null;
  readonly isExhaustive: boolean;
  readonly nodes: readonly {
    readonly message: string | null;
    readonly command: string | null;
    readonly executionId: string | null;
    readonly isCut: boolean;
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const FIELDS =
  'totalCount isExhaustive nodes { message command executionId isCut } pageInfo { hasNextPage endCursor }';
const LOGS = `query($id: ID!, $first: Int, $after: String, $filter: DevboxLogFilter) {
  devbox(id: $id) { logs(first: $first, after: $after, filter: $filter) { ${FIELDS} } }
}`;

async function logOf(gateway: TestGateway, id: string, variables: object = {}): Promise<Log> {
  const { data, errors } = await gateway.query(LOGS, { id, ...variables });
  expect(errors).toEqual([]);
  return (data as { devbox: { logs: Log } }).devbox.logs;
}

/** A devbox of a run, on which these commands have run. */
async function insertRun(
  gateway: TestGateway,
  commands: readonly (readonly [command: string, shell?: string])[],
) {
  const { insert } = gateway.world;
  // Its boot is over, and it has not worked for long.
  const run = insert.scenarioRun({ start_time_ms: Date.now() - 20_000 });
  for (const [command, shell] of commands) await execute(gateway, run.devbox_id, command, shell);
  gateway.calls();
  return run;
}

async function execute(gateway: TestGateway, devboxId: string, command: string, shell?: string) {
  const answer = await fetch(`${gateway.simulator.url}/v1/devboxes/${devboxId}/execute`, {
    method: 'POST',
    headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
    body: JSON.stringify({
      command,
      command_id: globalThis.crypto.randomUUID(),
      ...(shell === undefined ? {} : { shell_name: shell }),
    }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { execution_id: string };
}

/** The command or the message of each line; a line without either tells how an execution ended. */
const textsOf = ({ nodes }: Log) => nodes.map(({ message, command }) => command ?? message ?? 'end');

describe('the log of a devbox', () => {
  it('is filtered by text and level in the gateway, and by shell and execution upstream', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const { devbox_id: id } = await insertRun(gateway, [['echo hello'], ['echo world', 'main']]);
    const { execution_id: executionId } = await execute(gateway, id, 'echo third');
    gateway.calls();

    expect(textsOf(await logOf(gateway, id, { filter: { search: 'WORLD' } }))).toEqual([
      'echo world',
      'world',
    ]);
    expect(textsOf(await logOf(gateway, id, { filter: { level: 'fatal' } }))).toEqual([]);
    expect(textsOf(await logOf(gateway, id, { filter: { source: 'KMSG' } }))).toHaveLength(1);
    expect(textsOf(await logOf(gateway, id, { filter: { shellName: 'main' } }))).toEqual([
      'echo world',
      'world',
      'end',
    ]);
    const ofExecution = await logOf(gateway, id, { filter: { executionId, search: 'echo' } });
    expect(ofExecution).toMatchObject({ totalCount: 1, nodes: [{ command: 'echo third', executionId }] });

    const logs = gateway.calls().filter((call) => call.includes('/logs'));
    expect(logs).toEqual([
      `GET /v1/devboxes/${id}/logs`,
      `GET /v1/devboxes/${id}/logs`,
      `GET /v1/devboxes/${id}/logs`,
      `GET /v1/devboxes/${id}/logs?shell_name=main`,
      `GET /v1/devboxes/${id}/logs?execution_id=${executionId}`,
    ]);
  });

  it('is walked without gaps while lines are appended', async () => {
    await using gateway = await createTestGateway({ env: UNCACHED });
    const { devbox_id: id } = await insertRun(gateway, [['echo 1'], ['echo 2']]);

    const first = await logOf(gateway, id, { first: 3 });
    const all = await logOf(gateway, id, { first: 100 });
    await execute(gateway, id, 'echo 3');
    const rest = await logOf(gateway, id, { first: 100, after: first.pageInfo.endCursor });
    const tail = await logOf(gateway, id, { first: 100, after: all.pageInfo.endCursor });

    expect([first.pageInfo.hasNextPage, all.pageInfo.hasNextPage]).toEqual([true, false]);
    expect([...textsOf(first), ...textsOf(rest)]).toEqual([...textsOf(all), 'echo 3', '3', 'end']);
    expect(textsOf(tail)).toEqual(['echo 3', '3', 'end']);
  });

  it('is bounded in lines and characters, and says so', async () => {
    await using gateway = await createTestGateway({
      env: { LOGS_MAX_LINES: '2', LOGS_MESSAGE_MAX_CHARS: '6' },
    });
    const { devbox_id: id } = await insertRun(gateway, [['echo a-long-line']]);

    const pages: Log[] = [];
    let after: string | null = null;
    do {
      const page: Log = await logOf(gateway, id, { after, filter: { search: 'a-long' } });
      pages.push(page);
      after = page.pageInfo.endCursor;
    } while (pages.at(-1)?.pageInfo.hasNextPage);

    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]).toMatchObject({ nodes: [], isExhaustive: false, totalCount: null });
    expect(pages.at(-1)?.isExhaustive).toBe(true);
    expect(pages.flatMap(({ nodes }) => nodes)).toMatchObject([
      { command: 'echo a', isCut: true },
      { message: 'a-long', isCut: true },
    ]);
  });

  it('is that of the run, too, for a call each', async () => {
    await using gateway = await createTestGateway();
    const { id, devbox_id } = await insertRun(gateway, [['echo hello']]);

    const { data } = await gateway.query(
      `query($id: ID!) { scenarioRun(id: $id) { logs(filter: { search: "hello" }) { ${FIELDS} } } }`,
      { id },
    );

    expect(textsOf((data as { scenarioRun: { logs: Log } }).scenarioRun.logs)).toEqual([
      'echo hello',
      'hello',
    ]);
    expect(gateway.calls()).toEqual([`GET /v1/scenarios/runs/${id}`, `GET /v1/devboxes/${devbox_id}/logs`]);
  });

  it('is read once for fields that want the same of it', async () => {
    await using gateway = await createTestGateway();
    const { devbox_id: id } = await insertRun(gateway, []);

    await gateway.query(
      `query($id: ID!) { devbox(id: $id) {
        a: logs(first: 1) { nodes { message } }
        b: logs(filter: { search: "x" }) { totalCount nodes { message } }
      } }`,
      { id },
    );

    expect(gateway.calls().filter((call) => call.includes('/logs'))).toHaveLength(1);
  });

  it.each([
    [{ after: 'somewhere' }, /^Expected `after` to be a cursor of this log/],
    [{ filter: { search: '' } }, /^Expected `filter.search` to have 1 to 10000 characters, got 0$/],
    [{ filter: { executionId: '../..' } }, /^Expected an id/],
  ])('refuses %o and reads nothing', async (variables, message) => {
    await using gateway = await createTestGateway();
    const { devbox_id: id } = await insertRun(gateway, []);

    const { errors } = await gateway.query(LOGS, { id, ...variables });

    expect(errors[0]?.message).toMatch(message);
    expect(errors.every(({ extensions }) => extensions.code === 'BAD_USER_INPUT')).toBe(true);
    expect(gateway.calls().filter((call) => call.includes('/logs'))).toEqual([]);
  });
});

describe('the life of a devbox', () => {
  it('is its transitions, each with how long it lasted, and what it used', async () => {
    await using gateway = await createTestGateway();
    const start = Date.UTC(2026, 0, 1);
    const { id } = gateway.world.insert.devbox({
      status: 'shutdown',
      create_time_ms: start,
      end_time_ms: start + 20_000,
      state_transitions: [
        { status: 'provisioning', transition_time_ms: start },
        { status: 'running', transition_time_ms: start + 5_000 },
        { status: 'shutdown', transition_time_ms: start + 20_000 },
      ],
    });

    const { data, errors } = await gateway.query(
      `query($id: ID!) { devbox(id: $id) {
        stateTransitions { status at durationMs } usage { startedAt endedAt totalElapsedSec totalActiveSec }
      } }`,
      { id },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      devbox: {
        stateTransitions: [
          { status: 'PROVISIONING', at: '2026-01-01T00:00:00.000Z', durationMs: 5_000 },
          { status: 'RUNNING', at: '2026-01-01T00:00:05.000Z', durationMs: 15_000 },
          { status: 'SHUTDOWN', at: '2026-01-01T00:00:20.000Z', durationMs: null },
        ],
        usage: {
          startedAt: '2026-01-01T00:00:00.000Z',
          endedAt: '2026-01-01T00:00:20.000Z',
          totalElapsedSec: 20,
          totalActiveSec: 15,
        },
      },
    });
    expect(gateway.calls()).toEqual([`GET /v1/devboxes/${id}`, `GET /v1/devboxes/${id}/usage`]);
  });
});
