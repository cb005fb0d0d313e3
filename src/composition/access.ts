/** `openAccess`: the upstream with its layers, and the authentication of its callers. */
import { type Clock, startDeadline } from '../clock.ts';
import type { Config } from '../config.ts';
import type { LimitsConfig } from '../config/limits-config.ts';
import { GatewayError } from '../errors.ts';
import type { Current } from '../memory/current.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Authenticator } from '../security/authenticate.ts';
import { createKeyCheck } from '../security/key-check.ts';
import type { WorkerRole } from '../process/worker-role.ts';
import type { Secrets } from '../security/secrets.ts';
import type { Authenticate } from '../server/graphql/operation-context.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { type CachingUpstream, createCachingUpstream } from '../upstream/cache/caching-upstream.ts';
import { createRestUpstream, type RestUpstream } from '../upstream/rest/rest.ts';
import { VERSION } from '../version.ts';
import { type Audit, createAudit } from './audit.ts';
import { logUpstream } from './logged.ts';
import { measureUpstream } from './measured-upstream.ts';
import { openAuthenticator, startEmbedded } from './opened.ts';
import type { Shared } from './shared.ts';
import type { Turns } from './turns.ts';

export interface Access {
  readonly upstream: CachingUpstream;
  /** What is under the cache. */
  readonly rest: Pick<RestUpstream, 'load'>;
  /** Where the REST API is that answers. */
  readonly upstreamUrl: string;
  /** The embedded simulator, when it is the upstream and of this process. */
  readonly simulator: Simulator | null;
  readonly authenticator: Authenticator;
  /** The same as the authenticator's, with what it refuses written down. */
  readonly authenticate: Authenticate;
  readonly audit: Audit;
}

/** Puts what has to be disposed into `opened` as soon as it is there. */
export async function openAccess(
  given: {
    readonly config: Config;
    readonly limits: Current<LimitsConfig>;
    readonly clock: Clock;
    readonly log: Logger;
    readonly random: () => number;
    readonly secrets: Secrets;
    readonly metrics: Metrics | null;
    /** Null when one process serves alone. */
    readonly shared: Shared | null;
    /** Null for a process that is no worker. */
    readonly worker: Pick<WorkerRole, 'simulatorUrl'> | null;
    readonly turns: Turns;
  },
  opened: AsyncDisposable[],
): Promise<Access> {
  const { config, limits, clock, log, random, secrets, metrics, worker } = given;
  const keyCheck = createKeyCheck({
    ping: async (account) => {
      using deadline = startDeadline(clock, config.readiness.timeoutMs, { reason: upstreamIsSilent });
      await upstream.ping(account, deadline.signal);
    },
    clock,
    maxWaitingBytes: () => limits.current.callerWaitingBytes,
    ...config.keyCheck,
  });
  const authenticator = await openAuthenticator(config, { clock, log, limits, secrets, keyCheck });
  const audit = createAudit({ clock, log });
  opened.push(authenticator, audit);
  const simulator =
    config.upstream.kind === 'simulator' && !worker
      ? await startEmbedded(config.upstream, { clock, log })
      : null;
  if (simulator) opened.push(simulator);
  const simulatorUrl = simulator?.url ?? worker?.simulatorUrl ?? '';
  const upstreamUrl = config.upstream.kind === 'runloop' ? config.upstream.baseUrl : simulatorUrl;
  const observer = logUpstream(log, {
    noteCall: (call) => {
      keyCheck.noteCall(call);
      audit.noteCall(call);
    },
  });
  const rest = createRestUpstream({
    settings: { ...config.calls, baseUrl: upstreamUrl },
    clock,
    observer: metrics ? measureUpstream(metrics, observer) : observer,
    random,
    nextTurn: given.turns.ofAnswers,
    version: VERSION,
    pace: given.shared?.pace ?? null,
  });
  const upstream = createCachingUpstream(rest, { clock, settings: config.cache });
  opened.push(upstream);
  return {
    upstream,
    rest,
    upstreamUrl,
    simulator,
    authenticator,
    authenticate: audit.authenticate((credentials) => authenticator.authenticate(credentials)),
    audit,
  };
}

function upstreamIsSilent(): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', 'The upstream does not say whether the key is good');
}
