import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({
  cwd: new URL('../', import.meta.url).pathname,
  // Only the rules that forbid are asked: they need no types.
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: null } },
  },
  ruleFilter: ({ ruleId }) => ['no-restricted-imports', 'no-restricted-globals'].includes(ruleId),
});

/** What the rules of the house say about one import in one file. */
async function verdict(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result?.messages.map(({ message }) => message) ?? [];
}

const ALLOWED = [
  ['src/main.ts', "import { createGateway } from './gateway.ts';"],
  ['src/gateway.ts', "import { schema } from '../schema/index.ts';"],
  ['src/gateway.ts', "import { createRestUpstream } from './upstream/rest/rest.ts';"],
  ['src/composition/contexts.ts', "import { createLoaders } from '../loaders/loaders.ts';"],
  ['schema/devbox/type.ts', "import type { Devbox } from '../../src/upstream/types.ts';"],
  ['schema/node.ts', "import { GatewayError } from '../src/errors.ts';"],
  ['schema/node.ts', "import { assertId } from '../src/upstream/id.ts';"],
  ['schema/node.ts', "import type { Context } from '../src/context.ts';"],
  ['schema/events.ts', "import type { Delivery } from '../src/live/follow.ts';"],
  ['schema/devbox/subscriptions.ts', "import type { Follow } from '../../src/live/following.ts';"],
  ['src/server/graphql/graphql.ts', "import { GatewayError } from '../../errors.ts';"],
  ['src/server/subscriptions/subscriber.ts', "import { nextFor } from '../../live/follow.ts';"],
  ['src/server/subscriptions/subscriber.ts', "import type { LiveTopic } from '../../live/live.ts';"],
  ['src/loaders/loaders.ts', "import type { UpstreamSession } from '../upstream/upstream.ts';"],
  ['src/loaders/run-totals-loader.ts', "import { summarise } from '../statistics/run-summary.ts';"],
  ['schema/statistics/stats.ts', "import { percentileOf } from '../../src/statistics/percentile.ts';"],
  ['src/statistics/run-summary.ts', "import type { ScenarioRun } from '../upstream/types.ts';"],
  ['src/upstream/rest/rest.ts', "import type { Clock } from '../../clock.ts';"],
  ['src/upstream/rest/parse/devbox.ts', "import { GatewayError } from '../../../errors.ts';"],
  ['src/upstream/rest/transport.ts', "import { Pool } from 'undici';"],
  [
    'src/upstream/types.ts',
    "import type { DevboxView } from '@runloop/api-client/resources/devboxes/devboxes';",
  ],
  ['src/simulator/routes/devbox-routes.ts', "import type { Clock } from '../../clock.ts';"],
  ['src/simulator/routes/devbox-routes.ts', "import type { World } from '../world.ts';"],
  ['src/security/authenticate.ts', "import { Account } from '../upstream/account.ts';"],
] as const;

const FORBIDDEN = [
  [
    'src/main.ts',
    "import { createContexts } from './composition/contexts.ts';",
    'Only gateway.ts puts parts together',
  ],
  [
    'src/composition/contexts.ts',
    "import { schema } from '../../schema/index.ts';",
    'put together by gateway.ts, which knows the graph',
  ],
  [
    'src/main.ts',
    "import { createRestUpstream } from './upstream/rest/rest.ts';",
    'Only gateway.ts puts parts together',
  ],
  [
    'src/server/graphql/graphql.ts',
    "import { schema } from '../../../schema/index.ts';",
    'Only gateway.ts puts parts together',
  ],
  [
    'src/server/graphql/graphql.ts',
    "import { createRestUpstream } from '../../upstream/rest/rest.ts';",
    'what it needs of other parts is a parameter',
  ],
  [
    'src/server/subscriptions/subscriber.ts',
    "import { createLive } from '../../live/live.ts';",
    'what it needs of other parts is a parameter',
  ],
  [
    'schema/devbox/subscriptions.ts',
    "import { createFollowing } from '../../src/live/following.ts';",
    'ask the Context',
  ],
  [
    'schema/devbox/subscriptions.ts',
    "import type { Live } from '../../src/live/live.ts';",
    'ask the Context',
  ],
  [
    'schema/devbox/type.ts',
    "import { createRestUpstream } from '../../src/upstream/rest/rest.ts';",
    'ask the Context',
  ],
  [
    'schema/devbox/type.ts',
    "import { createLoaders } from '../../src/loaders/loaders.ts';",
    'ask the Context',
  ],
  [
    'schema/devbox/type.ts',
    "import { createHttpServer } from '../../src/server/http/http.ts';",
    'ask the Context',
  ],
  [
    'src/loaders/loaders.ts',
    "import { createRestUpstream } from '../upstream/rest/rest.ts';",
    'Loaders know the Upstream interface',
  ],
  [
    'src/upstream/rest/rest.ts',
    "import { createLoaders } from '../../loaders/loaders.ts';",
    'who observes it is a parameter',
  ],
  [
    'src/statistics/run-summary.ts',
    "import { scenarioRunLifecycle } from '../upstream/lifecycle.ts';",
    'Statistics are pure',
  ],
  [
    'src/statistics/run-summary.ts',
    "import { createLoaders } from '../loaders/loaders.ts';",
    'Statistics are pure',
  ],
  ['src/events/event.ts', "import { summarise } from '../statistics/run-summary.ts';", 'puts parts together'],
  [
    'src/upstream/rest/rest.ts',
    "import { Pool } from 'undici';",
    'Calls leave through src/upstream/rest/transport.ts',
  ],
  [
    'src/upstream/rest/rest.ts',
    "import { Runloop } from '@runloop/api-client';",
    'enter through src/upstream/types.ts',
  ],
  ['src/simulator/simulator.ts', "import { GatewayError } from '../errors.ts';", 'only the clock'],
  [
    'src/simulator/routes/devbox-routes.ts',
    "import type { Devbox } from '../../upstream/types.ts';",
    'only the clock',
  ],
  ['src/errors.ts', "import { createLogger } from './observability/logger.ts';", 'A leaf imports no part'],
  [
    'src/gateway.ts',
    "import { createClient } from '@redis/client';",
    'Redis is reached through src/redis/connection.ts',
  ],
  ['src/upstream/rest/retry.ts', 'setTimeout(() => undefined, 1);', 'Time comes from a Clock'],
  ['src/loaders/loaders.ts', 'export const now = Date.now();', 'Time comes from a Clock'],
  ['src/gateway.ts', 'process.exit(1);', 'Only src/main.ts touches the process'],
  ['src/server/http/health.ts', "await fetch('http://x');", 'Calls leave through the Upstream'],
] as const;

describe('the rules of the house', { timeout: 60_000 }, () => {
  it.each(ALLOWED)('let %s say: %s', async (file, code) => {
    expect(await verdict(file, code)).toEqual([]);
  });

  it.each(FORBIDDEN)('refuse %s that says: %s', async (file, code, advice) => {
    const messages = await verdict(file, code);

    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(advice);
  });
});
