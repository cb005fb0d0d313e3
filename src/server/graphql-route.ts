/** GraphQL over HTTP: from a request to the pipeline, and from its answer to a status, headers and bytes. */
import { OperationTypeNode } from 'graphql';
import type { Credentials } from '../security/authenticate.ts';
import { Answer, httpAnswer } from './answer.ts';
import { callerOf, type Graphql } from './graphql.ts';
import { type GraphqlParams, readParams, refusal } from './graphql-params.ts';
import type { HttpAnswer, HttpRequest, HttpStream, Route } from './http.ts';
import { GRAPHQL_JSON, JSON_TYPE, negotiate } from './media-type.ts';
import type { PresentErrors } from './present-error.ts';
import type { SubscriptionRequest } from './subscriptions.ts';

export interface GraphqlRouteOptions {
  readonly graphql: Graphql;
  readonly presentErrors: PresentErrors;
  /** Answers a subscription whose document has been read. Rejects with what can be presented. */
  readonly subscribe: (
    subscription: Omit<SubscriptionRequest, 'lastEventId'>,
    request: HttpRequest,
  ) => Promise<HttpAnswer | HttpStream>;
}

/** By the GraphQL-over-HTTP specification, with subscriptions beside it. */
export function createGraphqlRoute({ graphql, presentErrors, subscribe }: GraphqlRouteOptions): Route {
  const answer = async (
    request: HttpRequest,
    { query, operationName, variables, extensions }: GraphqlParams,
  ): Promise<HttpAnswer | HttpStream> => {
    const { method, headers, requestId, signal } = request;
    const identity = await graphql.identify(credentialsOf(request));
    const read = graphql.read(query, operationName);
    if (read.operation === OperationTypeNode.SUBSCRIPTION) {
      if (identity.kind === 'nobody') throw identity.error;
      const { text, document } = read;
      const { caller } = identity;
      return subscribe({ text, document, variables, operationName, caller, requestId, signal }, request);
    }
    if (method === 'GET' && read.operation === OperationTypeNode.MUTATION)
      throw refusal('A mutation is sent by POST', 405, { Allow: 'POST' });
    const type = negotiate(headers.accept);
    if (!type) throw refusal(`Answers are ${GRAPHQL_JSON} or ${JSON_TYPE}: expected one to be accepted`, 406);
    const caller = callerOf(identity, read);
    return httpAnswer(await graphql.answer({ read, variables, extensions, caller, requestId, signal }), type);
  };
  return async (request) => {
    try {
      return await answer(request, readParams(request));
    } catch (error) {
      const errors = presentErrors([error], request.requestId);
      return httpAnswer(new Answer({ errors }), negotiate(request.headers.accept) ?? JSON_TYPE);
    }
  };
}

function credentialsOf({ headers }: HttpRequest): Credentials {
  return { authorization: headers.authorization ?? null };
}
