import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';

interface Shown {
  readonly defaultTabs: readonly { readonly query: string; readonly variables?: string }[];
}

/** The ready tabs as a browser gets them. */
async function tabsOf(url: string): Promise<Shown['defaultTabs']> {
  const page = await (await fetch(`${url}/graphql`, { headers: { Accept: 'text/html' } })).text();
  const [, start = ''] = /"defaultTabs":(\[.*?\]),"default/s.exec(page) ?? [];
  return JSON.parse(start) as Shown['defaultTabs'];
}

describe('a ready tab that follows', () => {
  it.each(['Live', 'Job', 'Devbox'])('something (%s) opens with an id of what moves', async (name) => {
    await using gateway = await createTestGateway({
      env: { LIVE_POLL_INTERVAL_MS: '250' },
      simulator: { size: { scenarioRuns: 400 }, speed: 1 },
    });
    const tab = (await tabsOf(gateway.url)).find(({ query }) => query.includes(`subscription ${name}(`));
    const variables = JSON.parse(tab?.variables ?? '{}') as { readonly id?: string };
    expect(variables.id).toMatch(/^\w+_\w+$/);

    const query = /subscription [\s\S]*?\n}\n/.exec(tab?.query ?? '')?.[0] ?? '';
    using stream = await openEventStream(gateway.url, { query, variables });
    await stream.received(2);

    expect(stream.events[0]?.data).toMatchObject({ data: expect.anything() as unknown });
    expect(JSON.stringify(stream.events[1]?.data)).toContain('"CHANGED"');
  });
});
