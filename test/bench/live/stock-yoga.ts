/** What everybody starts with: graphql-yoga and its `createPubSub`, over its own event streams and over graphql-ws. */
import { EventEmitter, getEventListeners, setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { execute, ExecutionArgs, GraphQLSchema, parse, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { answerQuestions } from './child.ts';

const eventTarget = new EventTarget();
setMaxListeners(0, eventTarget);
EventEmitter.defaultMaxListeners = 0;
const TOPIC = 'scenarioRun';
// Its own type of event target knows what it carries; a plain one does as well.
const pubSub = createPubSub<{ scenarioRun: [event: unknown] }>({ eventTarget: eventTarget as never });

const yoga = createYoga({
  schema: createSchema({
    typeDefs: readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'),
    resolvers: {
      Subscription: {
        scenarioRun: { subscribe: () => pubSub.subscribe(TOPIC), resolve: (event: unknown) => event },
      },
    },
  }),
  graphiql: false,
  logging: false,
});
const server = createServer((request, response) => void yoga(request, response));

// As Yoga's documentation has it.
interface Enveloped {
  readonly schema: GraphQLSchema;
  readonly execute: typeof execute;
  readonly subscribe: typeof subscribe;
  readonly contextFactory: () => unknown;
  readonly parse: typeof parse;
  readonly validate: typeof validate;
}
interface EnvelopedArgs extends ExecutionArgs {
  readonly rootValue: Pick<Enveloped, 'execute' | 'subscribe'>;
}
useServer(
  {
    execute: (args) => (args as EnvelopedArgs).rootValue.execute(args),
    subscribe: (args) => (args as EnvelopedArgs).rootValue.subscribe(args),
    onSubscribe: async (context, _id, params) => {
      const enveloped = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      }) as Enveloped;
      const document = enveloped.parse(params.query);
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors;
      return {
        schema: enveloped.schema,
        operationName: params.operationName,
        document,
        variableValues: params.variables,
        contextValue: await enveloped.contextFactory(),
        rootValue: enveloped,
      };
    },
  },
  new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false }),
);
server.listen(0, '127.0.0.1');

const questions = {
  url: () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  /** How many subscriptions are in place. */
  followers: () => getEventListeners(eventTarget, TOPIC).length,
  publish: ({ event }: { readonly event: unknown }) => {
    pubSub.publish(TOPIC, event);
  },
};
export type StockYogaQuestions = typeof questions;

answerQuestions(questions);
