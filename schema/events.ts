/** The `Event` interface: what every event of a subscription says about itself, and the cursor that resumes behind it. */
import type { Delivery } from '../src/live/follow.ts';
import { builder, upstreamEnum } from './builder.ts';

builder.scalarType('Cursor', {
  description:
    'A place in the events of one thing: opaque, and meaningful to this gateway only. Given as `after`, it resumes right behind the event that carried it.',
  specifiedByURL: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
  serialize: (cursor) => cursor,
  parseValue: String,
});

const EventKind = upstreamEnum<Delivery['kind']>('EventKind', 'What an event is.', {
  snapshot: 'How things are now: the start of a subscription, or what stands for events that are lost.',
  changed: 'Something happened.',
});

/** What happened, on its way to a subscriber. */
export const Event = builder.interfaceRef<Delivery>('Event').implement({
  description: 'Something that a subscription tells.',
  fields: (t) => ({
    cursor: t.expose('cursor', {
      type: 'Cursor',
      description: 'Given as `after`, it resumes right behind this event.',
    }),
    at: t.field({
      type: 'DateTime',
      description:
        "When it happened: the upstream's time where it says when, otherwise when the gateway saw it.",
      resolve: ({ event }) => event.atMs,
    }),
    kind: t.expose('kind', {
      type: EventKind,
      description: 'Whether something happened or the subscription (re)starts.',
    }),
    skipped: t.exposeInt('skipped', {
      description:
        'How many events before this one are left out, because the subscriber was too slow for them.',
    }),
  }),
});

/** The argument that resumes a subscription. */
export const resumeArgs = builder.args((t) => ({
  after: t.field({
    type: 'Cursor',
    description:
      'The cursor of the last event that was received: everything since is sent first. Without it, or when it is too old, the first event is a SNAPSHOT.',
  }),
}));
