/** Whoever opens GraphiQL over the embedded simulator sees what its tabs follow move, also an hour after the start. */
import { getOperationAST, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openEventStream } from '../support/event-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestGateway } from '../support/gateway.ts';

/** No multiple of any beat of the world, so that each opening finds it at another point. */
const EVERY_MS = 151_370;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 5_000;
/** In the world that `npm start` starts. */
const LONGEST_BETWEEN_RUNS_MS = 300_000;
const FOLLOWING = ['Live', 'Job', 'Devbox'];

interface Tab {
  readonly query: string;
  readonly variables?: string;
}

/** The tabs that somebody finds who opens the page now, by the name of their first operation. */
async function openTabs(url: string): Promise<ReadonlyMap<string, Tab>> {
  const page = await (await fetch(`${url}/graphql`, { headers: { Accept: 'text/html' } })).text();
  const [, json = '{}'] = /id="graphiql-options">([^<]*)</.exec(page) ?? [];
  const { defaultTabs } = JSON.parse(json) as { defaultTabs: readonly Tab[] };
  return new Map(
    defaultTabs.map((tab) => {
      const [first] = parse(tab.query).definitions;
      return [first?.kind === Kind.OPERATION_DEFINITION ? (first.name?.value ?? '') : '', tab];
    }),
  );
}

const variablesOf = ({ variables = '{}' }: Pick<Tab, 'variables'> = {}) =>
  JSON.parse(variables) as Readonly<Record<string, unknown>>;

/** The gateway as `npm start` starts it, and the world that it starts, with a clock of the test. */
async function startOver(clock: ReturnType<typeof createFakeClock>) {
  const { upstream } = loadConfig({});
  if (upstream.kind !== 'simulator') throw new Error('Without settings the upstream is the simulator');
  const { seed, speed, scenarioRuns, maxScenarioRuns } = upstream;
  return createTestGateway({
    simulator: { clock, seed, speed, size: { scenarioRuns }, maxScenarioRuns },
    overrides: { clock, random: () => 0.999 },
  });
}

/** The subscription of a tab; the light one asks for nothing that costs a call. */
function subscriptionOf({ query }: Tab, name: string, isLight: boolean): string {
  const { loc, selectionSet } = getOperationAST(parse(query), name) ?? {};
  const text = query.slice(loc?.start, loc?.end);
  if (!isLight) return text;
  const [followed] = selectionSet?.selections ?? [];
  return followed?.kind === Kind.FIELD
    ? text.replace(
        query.slice(followed.selectionSet?.loc?.start, followed.selectionSet?.loc?.end),
        '{ kind }',
      )
    : '';
}

describe('the tabs of GraphiQL that follow something', { timeout: 120_000 }, () => {
  it('bring an event within five seconds, and within the next five, whenever within an hour and more they are opened', async () => {
    const clock = createFakeClock();
    await using gateway = await startOver(clock);
    const followed = new Set<string>();
    for (let opening = 0; opening * EVERY_MS <= HOUR_MS + 2 * EVERY_MS; opening++) {
      const tabs = await openTabs(gateway.url);
      const streams = await Promise.all(
        FOLLOWING.map(async (name) => {
          const tab = tabs.get(name) ?? { query: '' };
          followed.add(`${name} ${tab.variables ?? ''}`);
          const query = subscriptionOf(tab, name, opening % 12 !== 0);
          const stream = await openEventStream(gateway.url, { query, variables: variablesOf(tab) });
          await stream.received(1);
          return stream;
        }),
      );
      let openMs = 0;
      for (; openMs < 2 * PATIENCE_MS; openMs += PATIENCE_MS) {
        const before = streams.map(({ events }) => events.length);
        await clock.advance(PATIENCE_MS);
        // The clock stands still now: what comes is what was seen within the time.
        await Promise.all(streams.map((stream, index) => stream.received((before[index] ?? 0) + 1)));
      }
      for (const stream of streams) {
        expect(stream.text).not.toContain('"errors"');
        expect(JSON.stringify(stream.events.map(({ data }) => data))).toMatch(
          /"SNAPSHOT".*"CHANGED".*"CHANGED"/,
        );
        expect(stream.text).not.toContain('event: complete');
        stream[Symbol.dispose]();
      }
      await clock.advance(EVERY_MS - openMs);
    }
    // As one ends another takes its place.
    expect(followed.size).toBeGreaterThan(3 * 10);
  });

  it('show on the board a benchmark run that appears, and how scenario runs come and go within five seconds', async () => {
    const clock = createFakeClock();
    await using gateway = await startOver(clock);
    const tab = (await openTabs(gateway.url)).get('BoardLive') ?? { query: '' };
    const open = (name: string) =>
      openEventStream(gateway.url, { query: subscriptionOf(tab, name, false), variables: variablesOf(tab) });
    using board = await open('BoardLive');
    using runs = await open('RunsLive');
    await Promise.all([board, runs].map((stream) => stream.received(1)));

    await clock.advance(PATIENCE_MS);
    await runs.received(2);
    for (let waitedMs = 0; waitedMs < LONGEST_BETWEEN_RUNS_MS; waitedMs += PATIENCE_MS) {
      if (board.text.includes('"ADDED"')) break;
      await clock.advance(PATIENCE_MS);
    }

    await expect.poll(() => board.text).toContain('"ADDED"');
    expect(board.text + runs.text).not.toContain('"errors"');
  });

  it('leave the other tabs something to show after hours', async () => {
    const clock = createFakeClock();
    await using gateway = await startOver(clock);
    for (const ageMs of [0, 2 * HOUR_MS]) {
      await clock.advance(ageMs);
      const tabs = await openTabs(gateway.url);
      const ask = async (name: string) => {
        const tab = tabs.get(name);
        const { data, errors } = await gateway.query(tab?.query ?? '', variablesOf(tab));
        expect(errors).toEqual([]);
        return data as Record<string, { nodes: readonly { scenarioRuns: { nodes: readonly object[] } }[] }>;
      };
      const { benchmarkRuns: dashboard } = await ask('Dashboard');
      expect(dashboard?.nodes[0]?.scenarioRuns.nodes.length, String(ageMs)).toBeGreaterThan(20);
      const { benchmarkRuns: board } = await ask('Board');
      expect(board?.nodes.length, String(ageMs)).toBeGreaterThan(2);
      expect(await ask('Compare')).toMatchObject({ compareBenchmarkRuns: { head: {} } });
    }
  });
});
