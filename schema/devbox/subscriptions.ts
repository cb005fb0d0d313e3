/** How a devbox is followed. */
import type { DevboxLiveEvent } from '../../src/events/event.ts';
import type { DeliveryOf } from '../../src/live/follow.ts';
import { builder } from '../builder.ts';
import { Event, resumeArgs } from '../events.ts';
import { Devbox, DevboxStatus } from './type.ts';

const DevboxEvent = builder.objectRef<DeliveryOf<DevboxLiveEvent>>('DevboxEvent').implement({
  description: 'A devbox as it is now, or after something about it changed.',
  interfaces: [Event],
  fields: (t) => ({
    previousStatus: t.field({
      type: DevboxStatus,
      nullable: true,
      description: 'The status before; the same as now when something else changed, null in a snapshot.',
      resolve: ({ event }) => event.previousStatus,
    }),
    devbox: t.field({
      type: Devbox,
      description: 'The devbox right after the event.',
      resolve: ({ event }) => event.devbox,
    }),
  }),
});

builder.subscriptionFields((t) => ({
  devbox: t.field({
    type: DevboxEvent,
    authScopes: { 'runs:read': true },
    description:
      'Every change of a devbox, in order, once, each transition by itself. Completes after the event that made it terminal. An unknown id is a NOT_FOUND error.',
    args: { id: t.arg.id({ required: true, description: 'An id such as `dbx_…`.' }), ...resumeArgs },
    subscribe: (_root, { id, after }, { live }) => live.devbox(id, after),
    resolve: (delivery) => delivery,
  }),
}));
