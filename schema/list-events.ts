/** `listEventOf`: the event of a followed list, and how one of its rows changed. */
import type { EnumRef, ObjectRef } from '@pothos/core';
import type { ListKind, ListRows, LiveEventOf, RowChange } from '../src/events/event.ts';
import type { DeliveryOf } from '../src/live/follow.ts';
import { builder, type SchemaTypes, upstreamEnum } from './builder.ts';
import { pageSize, PAGE_SIZES } from './connections.ts';
import { Event, resumeArgs } from './events.ts';

const ListChangeKind = upstreamEnum<RowChange<ListKind>['kind']>(
  'ListChangeKind',
  'What happened to a row of a followed list.',
  {
    added: 'It is among the rows now: it is new, or meets the conditions now, or has moved up.',
    changed: 'It was among the rows and still is, and something about it is different.',
    removed:
      'It is among the rows no more: newer ones have taken its place, or it does not meet the conditions any more.',
  },
);

/** The arguments of every followed list, beside its filter. */
export const followedListArgs = builder.args((t) => ({
  first: t.int({
    description: `How many of the newest rows, 1 to ${String(PAGE_SIZES.max)}. ${String(PAGE_SIZES.default)} when absent.`,
  }),
  ...resumeArgs,
}));

/** How many rows the argument asks for. */
export function rowsAsked({ first }: { readonly first?: number | null | undefined }): number {
  return pageSize('first', first);
}

export interface ListEventOptions<L extends ListKind> {
  /** The type of its rows. */
  readonly row: ObjectRef<SchemaTypes, ListRows[L]>;
  /** What the row is called in a change. */
  readonly field: string;
  readonly state: EnumRef<SchemaTypes, ListRows[L]['state']>;
  /** Such as `benchmark runs`. */
  readonly plural: string;
}

/** Declares the types of the events of a followed list. */
export function listEventOf<L extends ListKind>({ row, field, state, plural }: ListEventOptions<L>) {
  // Pothos decides by the shape of a type whether a field is a list, which it cannot for a type that is still open.
  const rowType = row as unknown as ObjectRef<SchemaTypes, object>;
  const stateType = state as unknown as EnumRef<SchemaTypes, string>;
  const Change = builder.objectRef<RowChange<ListKind>>(`${row.name}ListChange`).implement({
    description: `What happened to one row of a followed list of ${plural}.`,
    fields: (t) => ({
      kind: t.field({
        type: ListChangeKind,
        description: 'Whether the row came, stayed or went.',
        resolve: ({ kind }) => kind,
      }),
      previousState: t.field({
        type: stateType,
        nullable: true,
        description:
          'Its state before; the same as now when something else changed, null for one that was added.',
        resolve: ({ previousState }) => previousState,
      }),
      index: t.int({
        nullable: true,
        description:
          'Its place in `nodes`, from 0; null for one that was removed. Who takes the rows of all changes out of the `nodes` before, and puts those with a place back in the order of the changes, has the `nodes` of this event.',
        resolve: ({ index }) => index,
      }),
      [field]: t.field({
        type: rowType,
        description: 'The row right after the event; as it was last seen, where it was removed.',
        resolve: (change) => change.row,
      }),
    }),
  });
  return builder.objectRef<DeliveryOf<LiveEventOf<ListKind>>>(`${row.name}ListEvent`).implement({
    description: `The newest ${plural} as they are now, or after some of them came, changed or went.`,
    interfaces: [Event],
    fields: (t) => ({
      nodes: t.field({
        type: [rowType],
        description:
          'The newest rows right after the event, newest first. Rows that cannot be read are left out.',
        resolve: ({ event }) => event.page.rows,
      }),
      hasNextPage: t.boolean({
        description: 'Whether there are more rows behind them, which a query can ask for.',
        resolve: ({ event }) => event.page.hasMore,
      }),
      isExhaustive: t.boolean({
        description:
          'Whether `nodes` are all that they would be without bounds. False when the gateway, which applies filters that the upstream does not know, reached one before there were enough rows.',
        resolve: ({ event }) => event.page.isExhaustive,
      }),
      changes: t.field({
        type: [Change],
        description:
          'Each row that came, changed or went, once: first what was removed, then the others in the order of `nodes`. Empty in a snapshot, and when only `hasNextPage` or `isExhaustive` changed.',
        resolve: ({ event }) => event.changes,
      }),
    }),
  });
}
