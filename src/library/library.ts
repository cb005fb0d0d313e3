/** What the gateway is as a library: `Gateway`, its options, and a configuration that only `loadConfig` makes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TracerProvider } from '@opentelemetry/api';

/** As `loadConfig` has read it: docs/settings.md says what each variable means. */
export interface GatewayConfig {
  /** Where `listen` listens, unless it is a Unix socket. Means nothing where the gateway is mounted in another server. */
  readonly host: string;
  readonly port: number;
  /** Path under which it is mounted; empty when it is at the root. */
  readonly basePath: string;
  /** Modules with plugins: paths or names of packages. */
  readonly plugins: readonly string[];
}

export interface GatewayOptions {
  /** Plugins of Envelop, the outermost first, after those of `PLUGINS`. @default none */
  readonly plugins?: readonly object[];
  /**
   * Makes the spans of operations, upstream calls, polls and events, for a program that traces itself.
   * @default one that exports to `OTEL_EXPORTER_OTLP_ENDPOINT`, where that is set
   */
  readonly tracerProvider?: TracerProvider;
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number;
  /** The file of settings that was read into the environment before. Looked at for who else may read or write it. */
  readonly environmentFile?: string | null;
}

/** Dispose it to end what it follows and holds: requests under way get `SHUTDOWN_TIMEOUT_MS`, later ones are answered 503. */
export interface Gateway extends AsyncDisposable {
  /** Where the REST API is that answers. */
  readonly upstreamUrl: string;
  /** What is followed at the moment. */
  readonly watches: {
    /** Subscriptions under way, whatever they came by. */
    readonly subscriptions: number;
    /** Things that are polled for them. */
    readonly watchers: number;
  };
  /** Answers a request of somebody else's server, before anything reads its body: whatever is beneath `BASE_PATH`. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Opens a WebSocket for GraphQL: a listener of `upgrade`. Refuses one of any other path, whose socket it closes. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Starts a server of its own and answers where. Rejects with a `ConfigError` when it cannot listen there. */
  listen(): Promise<{ readonly url: string }>;
  /** Prepares what the first person who opens GraphiQL would have to wait for. Called when requests are answered already. */
  readonly prepare: () => Promise<void>;
  /**
   * Says at `/ready` that it is leaving, accepts requests for `SHUTDOWN_DELAY_MS`, and ends what is followed over
   * `SHUTDOWN_SPREAD_MS`. Dispose it then: without this, everything ends at once.
   */
  readonly drain: () => Promise<void>;
  /** Forgets what is remembered of documents, requests and answers and was not asked for since the last time. */
  readonly forgetUnused: () => void;
}
