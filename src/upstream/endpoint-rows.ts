/** The rows of the endpoint table: what is to be known of a REST endpoint so that it can be called, cached and observed. */
import type { GatewayError } from '../errors.ts';
import type { ParseRow } from './rest/parse/page.ts';
import type { RowFields } from './rest/parse/row-fields.ts';
import type { ReportUnknown } from './rest/parse/enum-values.ts';
import type { Query } from './rest/query.ts';
import type { Entity, Kind } from './types.ts';

/**
 * For how long an answer may be given again without a call:
 *
 * - `live`: it may change at any moment.
 * - `definition`: somebody has to edit it, and no mutation of the gateway does.
 * - `final`: it may change at any moment until its end has settled, and never after that.
 * - `editable`: the same, but after that it is like a definition.
 */
export type CachePolicy = 'live' | 'definition' | 'final' | 'editable';

/** A look-up by id. */
export interface EntityEndpoint<T extends Entity, View> {
  readonly type: T['type'];
  /** What it is called in messages to clients. */
  readonly noun: string;
  /** The path, with `{id}` where the id goes. */
  readonly route: string;
  /** What the API has in the place of an id and is none: lists of other things. */
  readonly notIds?: readonly string[];
  readonly parse: ParseRow<T>;
  /** By these a row of a list is known to hold all that a look-up answers. */
  readonly fields: RowFields<View>;
  readonly cache: CachePolicy;
  /** Whether it can be followed: then whatever reads it is passed to those who follow it. */
  readonly isWatchable: boolean;
  /** The entity whose list of its own holds this one; null when none does. */
  readonly parentOf?: (entity: T) => string | null;
}

/** A list by pages, newest first. */
export interface ListEndpoint<Filter extends object, K extends Kind> {
  readonly kind: K;
  readonly route: string | ((filter: Filter) => string);
  /** The property that holds the rows. */
  readonly wrapper: string;
  readonly query: (filter: Filter) => Query;
  /** The entity that it is a list of, whose id stands in the path and whose end closes the list. */
  readonly of?: { readonly kind: Kind; readonly idOf: (filter: Filter) => string };
  /** False for a list that cannot be asked not to count. */
  readonly isCounted: boolean;
  readonly cache: Extract<CachePolicy, 'live' | 'definition'>;
  /** Whether its rows answer look-ups by id, where they are whole. */
  readonly primes: boolean;
}

/** Something that an entity has beside itself. */
export interface DetailEndpoint<Of extends WithId, Answer> {
  readonly route: string;
  readonly query: (of: Of) => Query;
  /** Where it is a list: its rows are read one by one when it is large. */
  readonly rows?: { readonly wrapper: string; readonly parse: ParseRow<unknown> };
  readonly parse: (read: ReadAnswer, report: ReportUnknown) => Answer | GatewayError;
  readonly cache: Extract<CachePolicy, 'live' | 'definition'>;
}

/** What was read of an answer. */
export interface ReadAnswer {
  readonly body: unknown;
  /** What `rows.parse` has made of the rows of a large list; undefined when they are in the body. */
  readonly rows: readonly unknown[] | undefined;
}

/** A request that is answered when something has happened. Its answer is cached as that of a look-up. */
export interface WaitEndpoint<On extends WithId, K extends Kind> {
  readonly kind: K;
  readonly route: string;
  readonly body: (on: On) => object;
}

/** A file. It is streamed once, and never cached. */
export interface DownloadEndpoint {
  readonly route: string;
}

/** What a mutation answers where the upstream shows nothing of what it did. */
export type Done = 'done';

/**
 * A request that changes something. Whatever comes of it, all that was read of the account before is in doubt, but for
 * definitions: what ends a benchmark run ends its scenario runs and their devboxes, too.
 */
export interface MutationEndpoint<Input, Answer extends Entity | Done> {
  readonly route: string;
  readonly request: (input: Input) => { readonly id?: string; readonly body?: object };
  readonly parse: ParseRow<Answer>;
  /** The entity that may have changed with it, and is polled if it is followed; null when there is none yet. */
  readonly touches: (input: Input) => EntityRef | null;
  /** Calls at most: itself, and the reads that explain a refusal. */
  readonly cost: number;
}

/** Something that is done to one entity. */
export interface ActionEndpoint<K extends Kind, Answer extends Entity | Done> extends MutationEndpoint<
  WithId,
  Answer
> {
  readonly kind: K;
  /** What is done to it, as in "cannot be canceled". */
  readonly verb: string;
}

export interface WithId {
  readonly id: string;
}

export interface EntityRef {
  readonly kind: Kind;
  readonly id: string;
}

/** What the types of its row say about an endpoint. */
export type ListTypes<Endpoint> =
  Endpoint extends ListEndpoint<infer Filter extends object, infer K>
    ? { readonly filter: Filter; readonly kind: K }
    : never;
export type DetailTypes<Endpoint> =
  Endpoint extends DetailEndpoint<infer Of extends WithId, infer Answer>
    ? { readonly of: Of; readonly answer: Answer }
    : never;
export type WaitTypes<Endpoint> =
  Endpoint extends WaitEndpoint<infer On extends WithId, infer K>
    ? { readonly on: On; readonly kind: K }
    : never;
export type MutationTypes<Endpoint> =
  Endpoint extends MutationEndpoint<infer Input, infer Answer extends Entity | Done>
    ? { readonly input: Input; readonly answer: Answer }
    : never;
export type ActionTypes<Endpoint> =
  Endpoint extends ActionEndpoint<infer K, infer Answer extends Entity | Done>
    ? { readonly kind: K; readonly answer: Answer }
    : never;
