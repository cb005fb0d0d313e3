/** Imports every module of the graph for its effect and exports `schema`, and how to make another one like it. */
import './scalars.ts';
import './node.ts';
import './scenario-run/queries.ts';
import './scenario-run/mutations.ts';
import './scenario-run/subscriptions.ts';
import './benchmark-run/queries.ts';
import './benchmark-run/statistics.ts';
import './benchmark-run/mutations.ts';
import './benchmark-run/subscriptions.ts';
import './benchmark-job/queries.ts';
import './benchmark-job/subscriptions.ts';
import './benchmark/queries.ts';
import './benchmark/statistics.ts';
import './comparison/queries.ts';
import './scenario/queries.ts';
import './scenario/history.ts';
import './devbox/queries.ts';
import './devbox/mutations.ts';
import './devbox/subscriptions.ts';
import { builder } from './builder.ts';
import { denyUndeclared } from './default-deny.ts';

/** The same graph in objects of its own: plugins may wrap its resolvers, and the one schema is everybody's in a process. */
export const createOwnSchema = () => denyUndeclared(builder.toSchema());

export const schema = createOwnSchema();
