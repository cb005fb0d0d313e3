/** GraphQL over HTTP: from a request to the pipeline, and from its answer to a status, headers and bytes. */
import { OperationTypeNode } from 'graphql';
import { reasonOf } from '../../clock.ts';
import { ANONYMOUS } from '../../security/caller.ts';
import { COST_HEADER } from '../../security/cost/cost-mode.ts';
import { FreshAnswer } from './answer.ts';
import { credentialsOf } from './credentials.ts';
import { documentKey } from './documents.ts';
import { callerOf, type Graphql, type Identity } from './graphql.ts';
import { type GraphqlParams, readParams, refusal, RefusedRequest } from './graphql-params.ts';
import { entriesOf } from '../http/header-list.ts';
import type { HttpAnswer, HttpStream, Route } from '../http/route.ts';
import { type Conditions, httpAnswer } from '../http/http-answer.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { type AnswerType, EVENT_STREAM, GRAPHQL_JSON, JSON_TYPE, negotiate } from '../http/media-type.ts';
import { createKnownRequests, formOf, type KnownRequestsBounds, type ReadRequest } from './known-requests.ts';
import { operationHashOf, type ReadDocument } from './operation.ts';
import { type OperationObserver, type OperationRecord, UNOBSERVED_OPERATIONS } from './operation-observer.ts';
import type { OperationStart, OperationSteps } from './operation-steps.ts';
import type { PresentErrors } from './present-error.ts';
import { RequestedOperation } from './requested-operation.ts';
import { isRefusedForGood, NO_RECONNECT } from '../subscriptions/refused-for-good.ts';
import { resumeCursorOf } from '../subscriptions/resume-cursor.ts';
import type { SubscriptionRequest } from '../subscriptions/subscription-request.ts';
import type { EnterByTicket, EnteredByTicket } from '../subscriptions/ticket-route.ts';
import type { AcquireTurn } from './request-queue.ts';

export interface GraphqlRouteOptions {
  readonly graphql: Graphql;
  readonly presentErrors: PresentErrors;
  /** Answers a subscription whose document has been read. Rejects with what can be presented. */
  readonly subscribe: (
    subscription: SubscriptionRequest,
    request: HttpRequest,
  ) => Promise<HttpAnswer | HttpStream>;
  readonly enterByTicket: EnterByTicket;
  /** Called before a request is read that is not cached. */
  readonly acquireTurn: AcquireTurn;
  /** Whether anonymous introspection is answered. @default true */
  readonly isPublic?: boolean;
  /** @default nothing is counted, logged and traced */
  readonly observer?: OperationObserver;
  /** Bounds of the cache of read requests. */
  readonly requests: KnownRequestsBounds;
}

export interface GraphqlRoute {
  /** By the GraphQL-over-HTTP specification, with subscriptions beside it. */
  readonly route: Route;
  /** Evicts requests that were not sent again since they were cached, or since this was last called. */
  readonly evictUnused: () => void;
  /** Evicts all of them: their document ids may name other documents now. */
  readonly clear: () => void;
}

/** A request with its document. Documents are cached separately, because they take much more memory. */
interface RequestWithDocument {
  readonly asked: ReadRequest;
  readonly read: ReadDocument;
  /** The steps of its operation, with the hooks of plugins around them. */
  readonly steps: OperationSteps;
}

export function createGraphqlRoute(options: GraphqlRouteOptions): GraphqlRoute {
  const { graphql, presentErrors, subscribe, enterByTicket, acquireTurn, isPublic = true } = options;
  const { observer = UNOBSERVED_OPERATIONS } = options;
  const known = createKnownRequests(options.requests);

  const stepsFor = (request: HttpRequest, params: GraphqlParams, identity: Identity): OperationSteps =>
    graphql.begin ? graphql.begin(startOf(request, params, identity)) : graphql;

  const readKnown = (request: HttpRequest, bytes: string, identity: Identity) => {
    const asked = known.get(bytes, formOf(request));
    // Where its document was evicted, reading it costs as much as reading a new one, and has to wait in the queue.
    if (!asked || !graphql.isCached(asked.documentKey)) return undefined;
    const steps = stepsFor(request, asked, identity);
    const read = steps.read(asked.query, asked.operationName, asked.documentKey);
    if (read.text === asked.query) return { asked, read, steps };
    // A plugin has replaced the document.
    const hash = operationHashOf(read, asked.variables);
    return { asked: { ...asked, hash, type: typeOf(request, read) }, read, steps };
  };

  const readNew = (request: HttpRequest, bytes: string, identity: Identity): RequestWithDocument => {
    const params = readParams(request, graphql.textOf);
    const { query, operationName, variables } = params;
    const key = documentKey(query, operationName);
    const steps = stepsFor(request, params, identity);
    const read = steps.read(query, operationName, key);
    const hash = operationHashOf(read, variables);
    const type = typeOf(request, read);
    if (read.text !== query) return { asked: { ...params, hash, documentKey: key, type }, read, steps };
    // With the texts of the cached document: thousands of requests differ in nothing but their variables.
    const asked = { ...params, query: read.text, hash, documentKey: read.key, type };
    known.add(bytes, formOf(request), asked);
    return { asked, read, steps };
  };

  const readRequest = async (request: HttpRequest, identity: Identity): Promise<RequestWithDocument> => {
    const bytes = request.body ?? request.query;
    const cached = readKnown(request, bytes, identity);
    if (cached) return cached;
    const turn = acquireTurn(identity.kind === 'caller' ? identity.caller.boundId : ANONYMOUS, bytes.length);
    if (!turn) return readNew(request, bytes, identity);
    await turn;
    // The client may have left meanwhile.
    if (request.signal.aborted) throw reasonOf(request.signal);
    // Another client's equal request may have been cached meanwhile.
    return readKnown(request, bytes, identity) ?? readNew(request, bytes, identity);
  };

  const answer = async (request: HttpRequest, record: OperationRecord): Promise<HttpAnswer | HttpStream> => {
    const { requestId } = request;
    const identity = await graphql.identify(credentialsOf(request));
    if (identity.kind === 'caller') record.caller = identity.caller;
    // Where introspection needs a caller, an anonymous client learns nothing of the graph: not even from validation errors.
    const entered =
      identity.kind === 'anonymous' && !isPublic ? await entrance(request, identity.error) : null;
    const { asked, read, steps } = await readRequest(request, identity);
    const { operationName, hash, variables, extensions, type } = asked;
    record.read = read;
    if (type === null) {
      const { text, document } = read;
      const { caller, headers } = entered ?? (await follower(request, identity));
      const { signal } = request;
      record.caller = caller;
      const lastEventId = resumeCursorOf(extensions);
      const asks = { text, document, operationName, variables, lastEventId, record };
      const opened = await subscribe({ ...asks, caller, requestId, signal, steps }, request);
      return { ...opened, headers: { ...opened.headers, ...headers } };
    }
    const caller = callerOf(identity, read);
    const answered = await steps.answer(
      new RequestedOperation(request, {
        read,
        hash,
        variables,
        extensions: withCostMode(extensions, request),
        isFreshOnly: isFreshOnly(request),
        caller,
        requestId,
        record,
      }),
    );
    return httpAnswer(answered, type, conditionsOf(request));
  };

  /** Who subscribes: a caller with credentials, or with a ticket where a browser can send none. */
  const follower = async (request: HttpRequest, identity: Identity): Promise<EnteredByTicket> => {
    if (identity.kind === 'anonymous') return entrance(request, identity.error);
    // A subscription is counted against its caller while it is open, so the credentials have to be verified by now.
    await identity.caller.confirm();
    return { caller: identity.caller, headers: {} };
  };

  const entrance = async (request: HttpRequest, error: unknown): Promise<EnteredByTicket> => {
    const entered = await enterByTicket(request);
    if (!entered) throw error;
    return entered;
  };

  const answerOrRefuse = async (
    request: HttpRequest,
    record: OperationRecord,
  ): Promise<HttpAnswer | HttpStream> => {
    try {
      return await answer(request, record);
    } catch (error) {
      const errors = presentErrors([error], request.requestId);
      record.errors = errors;
      const accepted = negotiate(request.headers.accept) ?? JSON_TYPE;
      // A malformed request opens no event stream.
      const type = accepted === EVENT_STREAM && error instanceof RefusedRequest ? JSON_TYPE : accepted;
      const isBack = request.headers['last-event-id'] !== undefined;
      if (type === EVENT_STREAM && isBack && isRefusedForGood(errors)) return NO_RECONNECT;
      return httpAnswer(new FreshAnswer({ errors }), type, NO_CONDITIONS);
    }
  };

  return {
    evictUnused: known.evictUnused,
    clear: known.clear,
    route: async (request) => {
      const { requestId, method, headers } = request;
      const record = observer.begin({ requestId, method, headers, transport: 'http' });
      const answered = await answerOrRefuse(request, record);
      record.status = answered.status;
      if (!record.isSubscribed) observer.ended(record);
      return answered;
    },
  };
}

function startOf(
  { method, path, query, headers, requestId }: HttpRequest,
  { query: text, operationName, variables, extensions }: GraphqlParams,
  identity: Identity,
): OperationStart {
  return {
    params: { query: text, operationName, variables, extensions },
    caller: identity.kind === 'caller' ? identity.caller : null,
    requestId,
    transport: { method, url: path + query, headers },
  };
}

/** In which form a query or mutation is answered; null when it is a subscription. */
function typeOf({ method, headers }: HttpRequest, { operation }: ReadDocument): AnswerType | null {
  switch (operation) {
    case OperationTypeNode.SUBSCRIPTION:
      return null;
    case OperationTypeNode.MUTATION:
      if (method !== 'POST') throw refusal('A mutation is sent by POST', 405, { Allow: 'POST' });
      break;
    case OperationTypeNode.QUERY:
      break;
  }
  const type = negotiate(headers.accept);
  if (!type) throw refusal(`Answers are ${GRAPHQL_JSON} or ${JSON_TYPE}: expected one to be accepted`, 406);
  return type;
}

/** A header says the same as the extension `cost`. */
function withCostMode(extensions: GraphqlParams['extensions'], { headers }: HttpRequest) {
  const cost = headers[COST_HEADER];
  return cost === undefined ? extensions : { ...extensions, cost };
}

const NO_CONDITIONS: Conditions = {};

function conditionsOf({ headers }: HttpRequest): Conditions {
  const ifNoneMatch = headers['if-none-match'];
  return ifNoneMatch === undefined ? NO_CONDITIONS : { ifNoneMatch };
}

const FRESH_ONLY: ReadonlySet<string> = new Set(['no-cache', 'no-store', 'max-age=0']);

/** Whether a client refuses cached answers, by `Cache-Control` (RFC 9111, section 5.2.1). */
function isFreshOnly({ headers }: HttpRequest): boolean {
  const asked = headers['cache-control'];
  return asked !== undefined && entriesOf(asked.toLowerCase()).some((directive) => FRESH_ONLY.has(directive));
}
