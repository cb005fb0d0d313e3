import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';
import type { Answer } from '../upstream/stub-server.ts';
import { startRest } from '../upstream/rest-stage.ts';
import { SCENARIO_RUN } from '../upstream/rows.ts';

const A_YEAR_SEC = 365 * 24 * 3_600;

describe.each([
  {
    fault: { kind: 'rateLimit', retryAfterSeconds: A_YEAR_SEC },
    code: 'RATE_LIMITED',
    told: 'Runloop received too many requests, and asked to wait',
  },
  {
    fault: { kind: 'status', status: 503, headers: { 'retry-after': String(A_YEAR_SEC) } },
    code: 'UPSTREAM_UNAVAILABLE',
    told: 'Runloop is unavailable, and asked to wait',
  },
] as const)('one answer that asks for a year ($code)', ({ fault, code, told }) => {
  it('stops the calls of the account for a minute, in which queries are refused at once with the reason', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({ overrides: { clock } });
    const { id } = gateway.world.insert.scenarioRun({ state: 'completed' });
    const ask = () => gateway.query(`{ scenarioRun(id: "${id}") { state } }`);
    gateway.simulator.faults.add({ path: '/v1/**', times: 1, ...fault });

    const first = await ask();
    expect(first.errors).toMatchObject([{ extensions: { code, retryAfterMs: 60_000 } }]);
    await clock.advance(20_000);
    gateway.calls();
    const second = await ask();
    expect(second.errors).toMatchObject([{ message: told, extensions: { code, retryAfterMs: 40_000 } }]);
    expect(gateway.calls()).toEqual([]);

    await clock.advance(40_000);
    expect((await ask()).data).toEqual({ scenarioRun: { state: 'COMPLETED' } });
  });

  it('lasts as long as the setting allows', async () => {
    const clock = createFakeClock();
    await using gateway = await createTestGateway({
      env: { UPSTREAM_RETRY_AFTER_MAX_MS: '90000' },
      overrides: { clock },
    });
    const { id } = gateway.world.insert.scenarioRun({ state: 'completed' });
    gateway.simulator.faults.add({ path: '/v1/**', times: 1, ...fault });
    const { errors } = await gateway.query(`{ scenarioRun(id: "${id}") { state } }`);
    expect(errors).toMatchObject([{ extensions: { code, retryAfterMs: 90_000 } }]);
  });
});

describe('calls that wait already when the upstream asks for a pause', () => {
  it('are refused when it outlasts them, and wait when it does not', async () => {
    const held: ServerResponse[] = [];
    const hold: Answer = (response, number) => {
      if (number === 1) held.push(response);
      else response.end(JSON.stringify(SCENARIO_RUN));
    };
    await using stage = await startRest(hold, { concurrency: 1, retries: 0 });
    const { clock } = stage;
    const asked = (deadlineMs: number) =>
      stage
        .session({ deadlineAt: clock.now() + deadlineMs })
        .get('scenarioRun', 'scr_1')
        .then(
          () => 'answered',
          (error: unknown) => error,
        );
    const first = asked(60_000);
    await stage.server.received(1);
    const [short, long] = [asked(10_000), asked(60_000)];
    held[0]?.writeHead(503, { 'retry-after': '20' }).end();
    expect(await first).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 20_000 });
    expect(await short).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 20_000 });
    await clock.advance(20_000);
    expect(await long).toBe('answered');
  });

  it('are tried one at a time after it, until the upstream answers', async () => {
    const held: ServerResponse[] = [];
    await using stage = await startRest(
      (response, number) => {
        if (number === 1) response.writeHead(503, { 'retry-after': '5' }).end();
        else held.push(response);
      },
      { retries: 0 },
    );
    const { clock, server } = stage;
    const ask = () => stage.session({ deadlineAt: Infinity }).get('scenarioRun', 'scr_1').catch(String);
    await ask();
    const all = Promise.all([...Array(5).keys()].map(ask));
    await clock.advance(5_000);
    await server.received(2);
    await clock.advance(1);
    expect(held).toHaveLength(1);
    held[0]?.writeHead(503, { 'retry-after': '5' }).end();
    await clock.sleepers(1);
    await clock.advance(5_000);
    await server.received(3);
    await clock.advance(1);
    expect(held).toHaveLength(2);
    held[1]?.end(JSON.stringify(SCENARIO_RUN));
    await server.received(6);
    for (const response of held.slice(2)) response.end(JSON.stringify(SCENARIO_RUN));
    await all;
  });
});
