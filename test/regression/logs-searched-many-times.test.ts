/** However often an operation searches a log, it is read once, and no more of it is looked at than an operation may. */
import { describe, expect, it } from 'vitest';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { startRewrittenUpstream } from '../support/rewritten-upstream.ts';
import type { DevboxLog } from '../../src/upstream/types.ts';
import { fakeSession } from '../support/fake-session.ts';

/** A run of whose devbox this many lines were logged, each of as many characters. */
async function startLog(
  { lines, lineChars }: { readonly lines: number; readonly lineChars: number },
  env: Readonly<Record<string, string>> = {},
) {
  const line = { level: 'info', source: 'entrypoint', message: 'x'.repeat(lineChars) };
  const log = JSON.stringify({
    logs: Array.from({ length: lines }, (_, n) => ({ ...line, timestamp_ms: 1_000_000 + n })),
  });
  const upstream = await startRewrittenUpstream(
    ({ pathname }, text) => (pathname.endsWith('/logs') ? log : text),
    { env },
  );
  const { id } = upstream.world.insert.scenarioRun({ id: 'scr_1' });
  upstream.calls();
  return {
    ask: (selection: string) => upstream.gateway.query(`{ scenarioRun(id: "${id}") { ${selection} } }`),
    /** How often the log was read since the last look. */
    reads: () => upstream.calls().filter((call) => call.includes('/logs')).length,
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

const searches = (times: number, selection: string) =>
  Array.from(
    { length: times },
    (_, n) => `a${String(n)}: logs(filter: { search: "none ${String(n)}" }) { ${selection} }`,
  ).join(' ');

const LOG = { lines: 1_000, lineChars: 400 };
/** What one look at all its lines costs: a line counts as 100 beside its text. */
const LOOK = LOG.lines * (100 + LOG.lineChars);

describe('a log that one operation searches many times', () => {
  it('is read once, and refused on the path of each search beyond the bound', async () => {
    await using stage = await startLog(LOG, { LOGS_SEARCH_MAX_CHARS: String(3 * LOOK) });

    const { data, errors } = await stage.ask(`state ${searches(10, 'nodes { message } isExhaustive')}`);

    expect(data).toMatchObject({
      scenarioRun: {
        state: 'RUNNING',
        ...Object.fromEntries(
          Array.from({ length: 10 }, (_, n) => [
            `a${String(n)}`,
            n < 3 ? { nodes: [], isExhaustive: true } : { nodes: null, isExhaustive: false },
          ]),
        ),
      },
    });
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual(
      Array.from({ length: 7 }, (_, n) => [
        ['scenarioRun', `a${String(n + 3)}`, 'nodes'],
        'QUERY_TOO_COMPLEX',
      ]),
    );
    expect(errors[0]?.message).toContain(`at most ${String(3 * LOOK)} characters of logs`);
    expect(errors[0]?.message).toContain('LOGS_SEARCH_MAX_CHARS');
    expect(stage.reads()).toBe(1);
  });

  it('is looked at once for a page, whatever is asked of the page, and once more to be counted', async () => {
    await using stage = await startLog(LOG, { LOGS_SEARCH_MAX_CHARS: String(2 * LOOK) });
    const page = 'nodes { message } edges { cursor } pageInfo { hasNextPage } isExhaustive';

    expect((await stage.ask(searches(2, page))).errors).toEqual([]);
    expect((await stage.ask(searches(1, `${page} totalCount`))).errors).toEqual([]);
    expect((await stage.ask(searches(2, `${page} totalCount`))).errors).not.toEqual([]);
  });

  it('costs nothing of what the next operation may look at', async () => {
    await using stage = await startLog(LOG, { LOGS_SEARCH_MAX_CHARS: String(LOOK) });

    for (let time = 0; time < 3; time++)
      expect((await stage.ask(searches(1, 'nodes { message }'))).errors).toEqual([]);
  });

  it('is read once however large it is, and older ones are let go before it', async () => {
    const read: string[] = [];
    const line = { message: 'x'.repeat(9_000_000) } as Partial<DevboxLog> as DevboxLog;
    const loaders = createLoaders(
      fakeSession({
        read: {
          devboxLogs: ({ id }) => {
            read.push(id);
            return Promise.resolve([line]);
          },
        },
      }),
    );
    for (const devboxId of ['dbx_1', 'dbx_1', 'dbx_2', 'dbx_2', 'dbx_1'])
      await loaders.devboxLogs({ id: devboxId });

    expect(read).toEqual(['dbx_1', 'dbx_2', 'dbx_1']);
  });
});
