/** GraphQL over HTTP: from a request to the pipeline, and from its answer to a status, headers and bytes. */
import { OperationTypeNode } from 'graphql';
import { BoundedMap } from '../bounded-map.ts';
import { createSightings } from '../sightings.ts';
import { heapSizeOf } from '../size.ts';
import type { Credentials } from '../security/authenticate.ts';
import { COST_HEADER } from '../security/cost/cost-wish.ts';
import { FreshAnswer } from './answer.ts';
import { callerOf, type Graphql, type Identity } from './graphql.ts';
import { type GraphqlParams, readParams, refusal } from './graphql-params.ts';
import type { HttpAnswer, HttpStream, Route } from './http.ts';
import { type Conditions, httpAnswer } from './http-answer.ts';
import type { HttpRequest } from './http-request.ts';
import { type AnswerType, GRAPHQL_JSON, JSON_TYPE, negotiate } from './media-type.ts';
import { questionOf, type ReadDocument } from './operation.ts';
import type { PresentErrors } from './present-error.ts';
import type { SubscriptionRequest } from './subscriptions.ts';
import type { EnterByTicket } from './ticket-route.ts';

export interface GraphqlRouteOptions {
  readonly graphql: Graphql;
  readonly presentErrors: PresentErrors;
  /** Answers a subscription whose document has been read. Rejects with what can be presented. */
  readonly subscribe: (
    subscription: Omit<SubscriptionRequest, 'lastEventId'>,
    request: HttpRequest,
  ) => Promise<HttpAnswer | HttpStream>;
  readonly enterByTicket: EnterByTicket;
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
  /** In which form it is answered; null for a subscription, which has a form of its own. */
  readonly type: AnswerType | null;
}

export interface GraphqlRoute {
  /** By the GraphQL-over-HTTP specification, with subscriptions beside it. */
  readonly route: Route;
  /** Forgets requests that did not come again since they were remembered, or since this was last asked for. */
  readonly forgetUnused: () => void;
}

export function createGraphqlRoute(options: GraphqlRouteOptions): GraphqlRoute {
  const { graphql, presentErrors, subscribe, enterByTicket, requests } = options;
  /** Equal requests of equal callers, once they have come again, are neither parsed nor checked anew. */
  const known = new BoundedMap<ReadRequest>({
    maxEntries: requests.maxRequests,
    maxBytes: requests.maxBytes,
    // The request itself, and what was taken out of it.
    size: ({ query, variables, extensions }, key) =>
      heapSizeOf([key, query, variables, extensions]) + OVERHEAD_BYTES,
  });

  const sightings = createSightings();

  const readRequest = (
    request: HttpRequest,
    identity: Identity,
  ): { readonly asked: ReadRequest; readonly read: ReadDocument } => {
    const key = keyOf(request, identity);
    const remembered = known.get(key);
    // The document is remembered as well, but not here: documents take much more room than requests.
    if (remembered)
      return { asked: remembered, read: graphql.read(remembered.query, remembered.operationName) };
    const params = readParams(request, graphql.textOf);
    const read = graphql.read(params.query, params.operationName);
    const asked = { ...params, type: formOf(request, read), question: questionOf(read, params.variables) };
    if (key.length <= MAX_REMEMBERED_CHARS && sightings.see(key)) known.set(key, asked);
    return { asked, read };
  };

  const answer = async (request: HttpRequest): Promise<HttpAnswer | HttpStream> => {
    const { requestId } = request;
    const identity = await graphql.identify(credentialsOf(request));
    const { asked, read } = readRequest(request, identity);
    const { operationName, question, variables, extensions, type } = asked;
    if (type === null) {
      const { text, document } = read;
      const { caller, headers } = follower(request, identity);
      const { signal } = request;
      const subscription = { text, document, operationName, variables, caller, requestId, signal };
      const opened = await subscribe(subscription, request);
      return { ...opened, headers: { ...opened.headers, ...headers } };
    }
    const caller = callerOf(identity, read);
    const answered = await graphql.answer({
      read,
      question,
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
  const follower = (request: HttpRequest, identity: Identity): NonNullable<ReturnType<EnterByTicket>> => {
    if (identity.kind === 'caller') return { caller: identity.caller, headers: {} };
    const entered = enterByTicket(request);
    if (!entered) throw identity.error;
    return entered;
  };

  return {
    forgetUnused: () => {
      known.forgetUnused();
    },
    route: async (request) => {
      try {
        return await answer(request);
      } catch (error) {
        const errors = presentErrors([error], request.requestId);
        const type = negotiate(request.headers.accept) ?? JSON_TYPE;
        return httpAnswer(new FreshAnswer({ errors }), type, NO_CONDITIONS);
      }
    },
  };
}

/** Everything that reading a request looks at. Headers hold no line breaks. */
function keyOf({ method, headers, query, body }: HttpRequest, identity: Identity): string {
  const view = identity.kind === 'caller' ? identity.caller.viewKey : '';
  const form = `${headers['content-type'] ?? ''}\n${headers.accept ?? ''}`;
  return `${view}\n${method}\n${form}\n${body ?? query}`;
}

/** In which form a query or mutation is answered; null when it is a subscription. */
function formOf({ method, headers }: HttpRequest, { operation }: ReadDocument): AnswerType | null {
  switch (operation) {
    case OperationTypeNode.SUBSCRIPTION:
      return null;
    case OperationTypeNode.MUTATION:
      if (method === 'GET') throw refusal('A mutation is sent by POST', 405, { Allow: 'POST' });
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

/** What a request presents to be let in. */
export function credentialsOf({ headers }: HttpRequest): Credentials {
  return { authorization: headers.authorization ?? null };
}

const NO_CONDITIONS: Conditions = {};

function conditionsOf({ headers }: HttpRequest): Conditions {
  const ifNoneMatch = headers['if-none-match'];
  return ifNoneMatch === undefined ? NO_CONDITIONS : { ifNoneMatch };
}

/** Whether a client wants nothing that was kept, by `Cache-Control` (RFC 9111, section 5.2.1). */
function isFreshOnly({ headers }: HttpRequest): boolean {
  const asked = headers['cache-control'];
  return asked !== undefined && /(?:^|[\s,])(?:no-cache|no-store|max-age=0)(?:[\s,]|$)/i.test(asked);
}
