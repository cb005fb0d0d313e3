/** GraphQL over HTTP: from a request to the pipeline, and from its answer to a status, headers and bytes. */
import { OperationTypeNode } from 'graphql';
import { BoundedMap } from '../../memory/bounded-map.ts';
import { reasonOf } from '../../clock.ts';
import { createDoorkeeper } from '../../memory/doorkeeper.ts';
import { heapSizeOf } from '../../memory/size.ts';
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
import { operationHashOf, type ReadDocument } from './operation.ts';
import type { PresentErrors } from './present-error.ts';
import { isRefusedForGood, STAY_AWAY } from '../subscriptions/refused-for-good.ts';
import type { SubscriptionRequest } from '../subscriptions/subscription-request.ts';
import type { EnterByTicket, EnteredByTicket } from '../subscriptions/ticket-route.ts';
import type { AcquireTurn } from './request-queue.ts';

export interface GraphqlRouteOptions {
  readonly graphql: Graphql;
  readonly presentErrors: PresentErrors;
  /** Answers a subscription whose document has been read. Rejects with what can be presented. */
  readonly subscribe: (
    subscription: Omit<SubscriptionRequest, 'lastEventId'>,
    request: HttpRequest,
  ) => Promise<HttpAnswer | HttpStream>;
  readonly enterByTicket: EnterByTicket;
  /** Asked before a request is read that is not remembered. */
  readonly acquireTurn: AcquireTurn;
  /** Whether anybody may ask about the schema. @default true */
  readonly isPublic?: boolean;
  /** What is remembered of requests that come again. */
  readonly requests: {
    readonly maxRequests: number;
    /** Of all of them together. */
    readonly maxBytes: number;
  };
}

/** Longer requests are read anew: what makes them long is sent once, mostly. */
const MAX_REMEMBERED_CHARS = 32 * 1024;

/** What a remembered request takes beside what it says: the objects around it. */
const OVERHEAD_BYTES = 300;

/** A request that has passed every check that its bytes can be put to. */
interface ReadRequest extends GraphqlParams {
  readonly question: string;
  readonly documentKey: string;
  /** In which form it is answered; null for a subscription, which has a form of its own. */
  readonly type: AnswerType | null;
}

export interface GraphqlRoute {
  /** By the GraphQL-over-HTTP specification, with subscriptions beside it. */
  readonly route: Route;
  /** Forgets requests that did not come again since they were remembered, or since this was last asked for. */
  readonly forgetUnused: () => void;
  /** Forgets all of them: what they ask for may be another document now. */
  readonly clear: () => void;
}

/** Everything beside its bytes that reading a request looks at. */
interface Form {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
}

/** A request with its document, which is remembered as well, but apart: documents take much more room. */
interface Question {
  readonly asked: ReadRequest;
  readonly read: ReadDocument;
}

interface KnownRequest {
  readonly form: Form;
  readonly asked: ReadRequest;
}

/** How many forms of the same bytes are remembered: few are sent by clients of different kinds. */
const MAX_FORMS = 8;

export function createGraphqlRoute(options: GraphqlRouteOptions): GraphqlRoute {
  const {
    graphql,
    presentErrors,
    subscribe,
    enterByTicket,
    acquireTurn,
    requests,
    isPublic = true,
  } = options;
  /**
   * By their bytes. Equal requests, once they have come again, are neither parsed nor checked anew, whoever sends them. The
   * rest is compared: a key of all of it would have to be put together, and hashed, for every request.
   */
  const known = new BoundedMap<readonly KnownRequest[]>({
    maxEntries: requests.maxRequests,
    maxBytes: requests.maxBytes,
    // The bytes, and for each form what was taken out of them.
    size: (forms, bytes) =>
      forms.reduce(
        (sum, { form, asked: { query, variables, extensions } }) =>
          sum + heapSizeOf([form, query, variables, extensions]) + OVERHEAD_BYTES,
        heapSizeOf(bytes),
      ),
  });

  const sightings = createDoorkeeper();

  const recall = (bytes: string, form: Form): Question | undefined => {
    const asked = known.get(bytes)?.find((one) => isSameForm(one.form, form))?.asked;
    // Its document is read anew where it was forgotten, which is as much work as if nobody had ever sent it.
    if (!asked || !graphql.isRemembered(asked.documentKey)) return undefined;
    return { asked, read: graphql.read(asked.query, asked.operationName, asked.documentKey) };
  };

  const remember = (bytes: string, form: Form, asked: ReadRequest) => {
    if (bytes.length > MAX_REMEMBERED_CHARS || !sightings.see(JSON.stringify([form, bytes]))) return;
    known.set(bytes, [{ form, asked }, ...(known.get(bytes) ?? [])].slice(0, MAX_FORMS));
  };

  const readNew = (request: HttpRequest, bytes: string, form: Form): Question => {
    const params = readParams(request, graphql.textOf);
    const { query, operationName, variables } = params;
    const key = documentKey(query, operationName);
    const read = graphql.read(query, operationName, key);
    const question = operationHashOf(read, variables);
    const asked = { ...params, question, documentKey: key, type: typeOf(request, read) };
    remember(bytes, form, asked);
    return { asked, read };
  };

  const readRequest = async (request: HttpRequest, identity: Identity): Promise<Question> => {
    const form = formOf(request);
    const bytes = request.body ?? request.query;
    const remembered = recall(bytes, form);
    if (remembered) return remembered;
    const turn = acquireTurn(identity.kind === 'caller' ? identity.caller.boundId : ANONYMOUS, bytes.length);
    if (!turn) return readNew(request, bytes, form);
    await turn;
    // Who has left meanwhile is not worth the work.
    if (request.signal.aborted) throw reasonOf(request.signal);
    // It may have come from others meanwhile.
    return recall(bytes, form) ?? readNew(request, bytes, form);
  };

  const answer = async (request: HttpRequest): Promise<HttpAnswer | HttpStream> => {
    const { requestId } = request;
    const identity = await graphql.identify(credentialsOf(request));
    // Where the graph does not describe itself, nobody learns anything of it who may not be let in.
    const entered = identity.kind === 'nobody' && !isPublic ? await entrance(request, identity.error) : null;
    const { asked, read } = await readRequest(request, identity);
    const { operationName, question, variables, extensions, type } = asked;
    if (type === null) {
      const { text, document } = read;
      const { caller, headers } = entered ?? (await follower(request, identity));
      const { signal } = request;
      const subscription = { text, document, operationName, variables, caller, requestId, signal };
      const opened = await subscribe(subscription, request);
      return { ...opened, headers: { ...opened.headers, ...headers } };
    }
    const caller = callerOf(identity, read);
    const answered = await graphql.answer({
      read,
      hash: question,
      variables,
      extensions: withCostWish(extensions, request),
      isFreshOnly: isFreshOnly(request),
      caller,
      requestId,
      // Costs something, and what is told again does not need it.
      get signal() {
        return request.signal;
      },
    });
    return httpAnswer(answered, type, conditionsOf(request));
  };

  /** Who follows: a caller with credentials, or with a ticket where a browser can send none. */
  const follower = async (request: HttpRequest, identity: Identity): Promise<EnteredByTicket> => {
    if (identity.kind === 'nobody') return entrance(request, identity.error);
    // Who stays is counted for as long, so that it has to be known by now who it is.
    await identity.caller.confirm();
    return { caller: identity.caller, headers: {} };
  };

  const entrance = async (request: HttpRequest, error: unknown): Promise<EnteredByTicket> => {
    const entered = await enterByTicket(request);
    if (!entered) throw error;
    return entered;
  };

  return {
    forgetUnused: () => {
      known.forgetUnused();
    },
    clear: () => {
      known.clear();
    },
    route: async (request) => {
      try {
        return await answer(request);
      } catch (error) {
        const errors = presentErrors([error], request.requestId);
        const accepted = negotiate(request.headers.accept) ?? JSON_TYPE;
        // What is no request opens no stream of events.
        const type = accepted === EVENT_STREAM && error instanceof RefusedRequest ? JSON_TYPE : accepted;
        const isBack = request.headers['last-event-id'] !== undefined;
        if (type === EVENT_STREAM && isBack && isRefusedForGood(errors)) return STAY_AWAY;
        return httpAnswer(new FreshAnswer({ errors }), type, NO_CONDITIONS);
      }
    },
  };
}

function formOf({ method, headers }: HttpRequest): Form {
  return { method, contentType: headers['content-type'], accept: headers.accept };
}

function isSameForm(a: Form, b: Form): boolean {
  return a.method === b.method && a.contentType === b.contentType && a.accept === b.accept;
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
function withCostWish(extensions: GraphqlParams['extensions'], { headers }: HttpRequest) {
  const cost = headers[COST_HEADER];
  return cost === undefined ? extensions : { ...extensions, cost };
}

const NO_CONDITIONS: Conditions = {};

function conditionsOf({ headers }: HttpRequest): Conditions {
  const ifNoneMatch = headers['if-none-match'];
  return ifNoneMatch === undefined ? NO_CONDITIONS : { ifNoneMatch };
}

const FRESH_ONLY: ReadonlySet<string> = new Set(['no-cache', 'no-store', 'max-age=0']);

/** Whether a client wants nothing that was kept, by `Cache-Control` (RFC 9111, section 5.2.1). */
function isFreshOnly({ headers }: HttpRequest): boolean {
  const asked = headers['cache-control'];
  return asked !== undefined && entriesOf(asked.toLowerCase()).some((directive) => FRESH_ONLY.has(directive));
}
