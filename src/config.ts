/** `loadConfig(env)`: a pure function from the environment to a `Config` that reports every problem at once. */
import { authConfig } from './config/auth-config.ts';
import type { ExecutionSettings } from './execution/document-records.ts';
import type { ExportBounds } from './export/read-export.ts';
import type { LiveSettings } from './live/live-settings.ts';
import type { LogBounds } from './loaders/log-page.ts';
import type { AuthSettings } from './security/authenticate.ts';
import type { FilteringSettings } from './loaders/filter-lists.ts';
import type { PlanBounds } from './loaders/plan/plan.ts';
import type { DocumentBounds } from './security/document-bounds.ts';
import type { KeyCheckOptions } from './security/key-check.ts';
import type { TicketSettings } from './security/tickets.ts';
import type { FileSettings } from './server/files/file-route.ts';
import type { OriginsOptions } from './server/http/origins.ts';
import type { AdmissionBounds } from './server/graphql/admission.ts';
import { SETTINGS, type SettingName, type SettingValues } from './settings/settings.ts';
import { type Environment, isSet, readSetting, settingNames, unknownNames } from './settings/environment.ts';
import type { EntityCacheSettings } from './upstream/cache/entity-cache.ts';
import type { UpstreamSettings } from './upstream/upstream-settings.ts';

/** Which REST API answers. */
export type UpstreamConfig =
  | {
      readonly kind: 'simulator';
      readonly port: number;
      readonly seed: number;
      readonly speed: number;
      readonly scenarioRuns: number;
      readonly maxScenarioRuns: number;
    }
  | { readonly kind: 'runloop'; readonly baseUrl: string };

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Path under which a proxy shows the gateway; empty when it is shown as it is. */
  readonly basePath: string;
  /** How long a connection stays open between two requests, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly logLevel: NonNullable<SettingValues['LOG_LEVEL']>;
  readonly upstream: UpstreamConfig;
  readonly auth: AuthSettings;
  /** How often credentials are looked at again, in milliseconds. */
  readonly authCheckIntervalMs: number;
  readonly keyCheck: Omit<KeyCheckOptions, 'ping' | 'clock'>;
  readonly tickets: TicketSettings;
  /** Pages of which other origins may use the gateway. */
  readonly origins: Pick<OriginsOptions, 'allowed' | 'maxAgeSec'>;
  /** What is told about the graph to whoever asks. */
  readonly exposure: {
    readonly graphiql: boolean;
    readonly introspection: boolean;
    /** Whether an error proposes names of the graph that are like a mistaken one. */
    readonly suggestions: boolean;
  };
  readonly calls: Omit<UpstreamSettings, 'baseUrl'>;
  readonly filters: FilteringSettings;
  /** Null when nothing is kept. */
  readonly cache: EntityCacheSettings | null;
  /** What guessed calls may ask for, and for how many accounts it is remembered how well guesses paid. */
  readonly plan: PlanBounds & { readonly maxAccounts: number };
  readonly logs: LogBounds;
  readonly downloads: FileSettings;
  readonly exports: ExportBounds;
  readonly live: LiveSettings;
  readonly subscriptions: {
    readonly heartbeatMs: number;
    readonly stallTimeoutMs: number;
    readonly initTimeoutMs: number;
    readonly renderedEvents: number;
  };
  readonly statistics: {
    readonly maxScenarioRuns: number;
    readonly keptScenarioRuns: number;
    readonly maxBenchmarkRuns: number;
    readonly maxPooledScenarioRuns: number;
  };
  readonly control: {
    /** Idempotency keys that are remembered as sent. */
    readonly maxKeys: number;
  };
  readonly readiness: {
    readonly timeoutMs: number;
    readonly freshMs: number;
  };
  /** What is remembered of requests as they were read. */
  readonly requests: {
    readonly maxRequests: number;
    readonly maxBytes: number;
  };
  /** Null when answers are sent as they are. */
  readonly compression: { readonly minBytes: number } | null;
  /** What is kept of answers that may be told again; null when every query is executed by itself. */
  readonly reuse: {
    readonly maxAnswers: number;
    readonly maxBytes: number;
  } | null;
  /** The file of the only documents that are executed; null lets any be. */
  readonly trustedDocuments: { readonly path: string; readonly isStrict: boolean } | null;
  readonly limits: {
    readonly requestMaxBytes: number;
    readonly operationTimeoutMs: number;
    readonly shutdownTimeoutMs: number;
    readonly documents: DocumentBounds;
    readonly operations: AdmissionBounds;
    readonly budget: { readonly callsPerMinute: number; readonly maxCallers: number };
    /** Of one caller, at once. */
    readonly callerOperations: number;
    /** What may wait of one caller that has yet to be read, in bytes. */
    readonly callerWaitingBytes: number;
    readonly callerConnections: number;
    /** On one socket, at once. */
    readonly socketOperations: number;
    readonly documentCache: { readonly maxDocuments: number; readonly maxBytes: number };
  };
  readonly execution: ExecutionSettings;
}

/** Every problem of an environment in one message, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads the configuration from `env`, or throws a `ConfigError` that names each variable, what it got and what it wants. */
export function loadConfig(env: Environment): Config {
  const problems = [...unknownNames(env)];
  const read = <Name extends SettingName>(name: Name): SettingValues[Name] =>
    readSetting(env, name, problems);
  const required = <Name extends SettingName>(name: Name): NonNullable<SettingValues[Name]> =>
    // A setting without a value has put its problem on the list, which ends this function before the value is used.
    read(name) as NonNullable<SettingValues[Name]>;

  const host = required('HOST');
  const isRunloopMeant =
    isSet(env, 'RUNLOOP_API_KEY') || isSet(env, 'RUNLOOP_BASE_URL') || isSet(env, 'AUTH');
  const isProduction = env['NODE_ENV'] === 'production';
  const byDefault = isProduction ? 'off' : 'on';
  if (isProduction && !isSet(env, 'UPSTREAM')) {
    problems.push(
      `UPSTREAM is not set, expected ${SETTINGS.UPSTREAM.expects}: with NODE_ENV=production nothing is assumed`,
    );
  }
  const upstream = read('UPSTREAM') ?? (isRunloopMeant ? 'runloop' : 'simulator');

  const trustedFile = read('TRUSTED_DOCUMENTS_FILE') ?? null;

  const config: Config = {
    host,
    port: required('PORT'),
    basePath: read('BASE_PATH') ?? '',
    idleTimeoutMs: required('HTTP_IDLE_TIMEOUT_MS'),
    logLevel: required('LOG_LEVEL'),
    upstream:
      upstream === 'runloop'
        ? { kind: 'runloop', baseUrl: required('RUNLOOP_BASE_URL') }
        : {
            kind: 'simulator',
            port: required('SIMULATOR_PORT'),
            seed: required('SIMULATOR_SEED'),
            speed: required('SIMULATOR_SPEED'),
            scenarioRuns: required('SIMULATOR_SCENARIO_RUNS'),
            maxScenarioRuns: required('SIMULATOR_MAX_SCENARIO_RUNS'),
          },
    auth: authConfig({ upstream, host, read, problems }),
    authCheckIntervalMs: required('AUTH_CHECK_INTERVAL_MS'),
    keyCheck: {
      intervalMs: required('AUTH_KEY_CHECK_MS'),
      refusedMs: required('AUTH_REFUSED_KEY_MS'),
      maxKeys: required('AUTH_REMEMBERED_KEYS'),
      maxChecks: required('AUTH_KEY_CHECKS'),
      maxWaitingBytes: required('CALLER_WAITING_MAX_BYTES'),
    },
    tickets: {
      ttlMs: required('TICKET_TTL_MS'),
      resumeMs: required('TICKET_RESUME_MS'),
      maxPerCaller: required('TICKET_MAX_PER_CALLER'),
      max: required('TICKET_MAX'),
    },
    origins: { allowed: read('CORS_ORIGINS') ?? [], maxAgeSec: required('CORS_MAX_AGE_SEC') },
    exposure: {
      graphiql: (read('GRAPHIQL') ?? byDefault) === 'on',
      introspection: (read('INTROSPECTION') ?? byDefault) === 'on',
      suggestions: !isProduction && read('INTROSPECTION') !== 'off',
    },
    calls: {
      connections: required('UPSTREAM_CONNECTIONS'),
      concurrency: required('UPSTREAM_CONCURRENCY'),
      pacedAccounts: required('UPSTREAM_PACED_ACCOUNTS'),
      queueLimit: required('UPSTREAM_QUEUE_LIMIT'),
      longPollConnections: required('UPSTREAM_LONG_POLL_CONNECTIONS'),
      downloadConnections: required('UPSTREAM_DOWNLOAD_CONNECTIONS'),
      downloadMaxBytes: required('DOWNLOAD_MAX_BYTES'),
      headersTimeoutMs: required('UPSTREAM_HEADERS_TIMEOUT_MS'),
      bodyTimeoutMs: required('UPSTREAM_BODY_TIMEOUT_MS'),
      responseMaxBytes: required('UPSTREAM_RESPONSE_MAX_BYTES'),
      readingMaxBytes: required('UPSTREAM_READING_MAX_BYTES'),
      retries: required('UPSTREAM_RETRIES'),
      retryBaseMs: required('UPSTREAM_RETRY_BASE_MS'),
      retryMaxMs: required('UPSTREAM_RETRY_MAX_MS'),
      retryAfterMaxMs: required('UPSTREAM_RETRY_AFTER_MAX_MS'),
    },
    filters: {
      maxRows: required('FILTER_MAX_ROWS'),
      maxCalls: required('FILTER_MAX_CALLS'),
      startSlackMs: required('FILTER_START_SLACK_MS'),
    },
    cache:
      required('CACHE') === 'off'
        ? null
        : {
            maxBytes: required('CACHE_MAX_BYTES'),
            liveMs: required('CACHE_LIVE_MS'),
            definitionsMs: required('CACHE_DEFINITIONS_MS'),
            missingMs: required('CACHE_MISSING_MS'),
            settledAfterMs: required('LIVE_SETTLED_AFTER_MS'),
          },
    plan: {
      maxRows: required('PLAN_MAX_ROWS'),
      maxBytes: required('PLAN_MAX_BYTES'),
      maxAccounts: required('PLAN_MAX_ACCOUNTS'),
    },
    exports: {
      pageSize: required('EXPORT_PAGE_SIZE'),
      maxRows: required('EXPORT_MAX_ROWS'),
      maxColumns: required('EXPORT_MAX_COLUMNS'),
    },
    downloads: {
      concurrency: required('DOWNLOAD_CONCURRENCY'),
      timeoutMs: required('DOWNLOAD_TIMEOUT_MS'),
      maxBytes: required('DOWNLOAD_MAX_BYTES'),
    },
    logs: {
      maxLines: required('LOGS_MAX_LINES'),
      pageMaxBytes: required('LOGS_PAGE_MAX_BYTES'),
      messageMaxChars: required('LOGS_MESSAGE_MAX_CHARS'),
    },
    live: {
      pollIntervalMs: required('LIVE_POLL_INTERVAL_MS'),
      idlePollIntervalMs: required('LIVE_IDLE_POLL_INTERVAL_MS'),
      idleAfterMs: required('LIVE_IDLE_AFTER_MS'),
      scoredPollIntervalMs: required('LIVE_SCORED_POLL_INTERVAL_MS'),
      confirmAfterMs: required('LIVE_CONFIRM_AFTER_MS'),
      settledAfterMs: required('LIVE_SETTLED_AFTER_MS'),
      jitter: required('LIVE_JITTER_PERCENT') / 100,
      errorBackoffMaxMs: required('LIVE_ERROR_BACKOFF_MAX_MS'),
      graceMs: required('LIVE_GRACE_MS'),
      openTimeoutMs: required('LIVE_OPEN_TIMEOUT_MS'),
      longPollSec: required('LIVE_LONG_POLL_SEC'),
      maxLongPolls: required('LIVE_MAX_LONG_POLLS'),
      listPageSize: required('LIVE_LIST_PAGE_SIZE'),
      maxScenarioRuns: required('LIVE_MAX_SCENARIO_RUNS'),
      maxWatchersPerAccount: required('LIVE_MAX_WATCHERS_PER_ACCOUNT'),
      maxWatchersPerCaller: required('LIVE_MAX_WATCHERS_PER_CALLER'),
      maxWatchers: required('LIVE_MAX_WATCHERS'),
      followerMaxLag: required('LIVE_FOLLOWER_MAX_LAG'),
      logMaxEvents: required('LIVE_LOG_MAX_EVENTS'),
      logMaxBytes: required('LIVE_LOG_MAX_BYTES'),
      logMaxAgeMs: required('LIVE_LOG_MAX_AGE_MS'),
      logMaxTopics: required('LIVE_LOG_MAX_TOPICS'),
      logMaxTotalBytes: required('LIVE_LOG_MAX_TOTAL_BYTES'),
    },
    subscriptions: {
      heartbeatMs: required('LIVE_HEARTBEAT_MS'),
      stallTimeoutMs: required('LIVE_STALL_TIMEOUT_MS'),
      initTimeoutMs: required('LIVE_INIT_TIMEOUT_MS'),
      renderedEvents: required('LIVE_RENDERED_EVENTS'),
    },
    statistics: {
      maxScenarioRuns: required('STATISTICS_MAX_SCENARIO_RUNS'),
      keptScenarioRuns: required('STATISTICS_KEPT_SCENARIO_RUNS'),
      maxBenchmarkRuns: required('STATISTICS_MAX_BENCHMARK_RUNS'),
      maxPooledScenarioRuns: required('STATISTICS_MAX_POOLED_SCENARIO_RUNS'),
    },
    control: { maxKeys: required('IDEMPOTENCY_KEYS') },
    readiness: {
      timeoutMs: required('READINESS_TIMEOUT_MS'),
      freshMs: required('READINESS_FRESH_MS'),
    },
    requests: {
      maxRequests: required('REQUEST_CACHE_SIZE'),
      maxBytes: required('REQUEST_CACHE_MAX_BYTES'),
    },
    compression: required('COMPRESSION') === 'on' ? { minBytes: required('COMPRESSION_MIN_BYTES') } : null,
    reuse:
      required('ANSWER_REUSE') === 'on'
        ? {
            maxAnswers: required('ANSWER_REUSE_MAX_ANSWERS'),
            maxBytes: required('ANSWER_REUSE_MAX_BYTES'),
          }
        : null,
    trustedDocuments:
      trustedFile === null
        ? null
        : { path: trustedFile, isStrict: required('TRUSTED_DOCUMENTS_STRICT') === 'on' },
    limits: {
      requestMaxBytes: required('REQUEST_MAX_BYTES'),
      operationTimeoutMs: required('OPERATION_TIMEOUT_MS'),
      shutdownTimeoutMs: required('SHUTDOWN_TIMEOUT_MS'),
      documents: {
        maxBytes: required('QUERY_MAX_BYTES'),
        maxTokens: required('QUERY_MAX_TOKENS'),
        maxDepth: required('QUERY_MAX_DEPTH'),
        maxSelections: required('QUERY_MAX_SELECTIONS'),
        maxAliases: required('QUERY_MAX_ALIASES'),
        maxRootFields: required('QUERY_MAX_ROOT_FIELDS'),
        maxDirectives: required('QUERY_MAX_DIRECTIVES'),
        maxRepeats: required('QUERY_MAX_REPEATS'),
      },
      operations: {
        maxCalls: required('QUERY_MAX_CALLS'),
        maxRows: required('QUERY_MAX_ROWS'),
        maxValues: required('QUERY_MAX_VALUES'),
        maxPageSize: required('QUERY_MAX_PAGE_SIZE'),
      },
      budget: {
        callsPerMinute: required('CALLER_CALLS_PER_MINUTE'),
        maxCallers: required('CALLER_MAX_BUDGETS'),
      },
      callerOperations: required('CALLER_MAX_OPERATIONS'),
      callerWaitingBytes: required('CALLER_WAITING_MAX_BYTES'),
      callerConnections: required('CALLER_MAX_CONNECTIONS'),
      socketOperations: required('SOCKET_MAX_OPERATIONS'),
      documentCache: {
        maxDocuments: required('DOCUMENT_CACHE_SIZE'),
        maxBytes: required('DOCUMENT_CACHE_MAX_BYTES'),
      },
    },
    execution: {
      compiledDocuments: required('COMPILED_DOCUMENTS'),
      compileAtExecution: required('COMPILE_AT_EXECUTION'),
      compiledMaxFields: required('COMPILED_MAX_FIELDS'),
    },
  };
  // Settings of the upstream that is not used are checked too: a typo does not wait for the day the switch is turned.
  for (const name of settingNames()) read(name);
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return config;
}
