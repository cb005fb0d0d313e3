/** `createState`: the state of a watched thing, by its kind. */
import type { WatchRef } from '../events/event.ts';
import { EntityState } from './entity-state.ts';
import { KINDS } from './kinds/kinds.ts';
import type { KnownState } from './known-state.ts';
import { PageState } from './page-state.ts';

export function createState(ref: WatchRef): KnownState {
  const { rows } = KINDS[ref.kind];
  return rows ? new PageState(ref, rows) : new EntityState(ref);
}
