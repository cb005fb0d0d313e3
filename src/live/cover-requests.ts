/** `askForCover`, `createCovers`: a thing is not polled by one replica while another one polls the thing whose lists show it. */
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { CoverRequest } from '../events/replicas.ts';
import type { WatchRef } from '../events/event.ts';
import type { AccountWatches } from './account-watches.ts';
import type { FollowedKind } from './kinds/followed-kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { RefCountedWatch } from './ref-counted-watch.ts';
import type { Watch } from './watch.ts';

/** How often it is asked again: whoever polls the parent may be another one by then. In milliseconds. */
const ASK_EVERY_MS = 3_000;
/** What nobody has asked for so long is covered no more. In milliseconds. */
const COVER_MS = 10_000;

/** Asks for as long as the thing is followed here and no list of this replica shows it. */
export function askForCover(options: {
  readonly clock: Clock;
  readonly watch: Watch;
  readonly isNeeded: () => boolean;
  readonly ask: (request: CoverRequest) => void;
}): Disposable {
  const { clock, watch, isNeeded, ask } = options;
  const child = watch.topic.ref;
  const { listedBy }: FollowedKind['related'] = KINDS[child.kind].related;
  if (!listedBy) return { [Symbol.dispose]: () => undefined };
  let cancel: () => void = () => undefined;
  const look = () => {
    const subject = watch.known.subject?.entity;
    const id = subject ? listedBy.parentId(subject) : null;
    if (id !== null && isNeeded()) ask({ parent: { kind: listedBy.kind, id }, child });
    cancel = clock.after(ASK_EVERY_MS, look);
  };
  cancel = clock.after(0, look);
  return {
    [Symbol.dispose]: () => {
      cancel();
    },
  };
}

export interface Covers extends Disposable {
  /** Another replica follows the child, and asks whoever polls the parent. */
  readonly asked: (request: CoverRequest) => void;
}

/** Has the lists of an account's things told of what is followed elsewhere. */
export function createCovers(options: {
  readonly clock: Clock;
  readonly watches: AccountWatches<RefCountedWatch>;
  /** Watches it, for nobody here. */
  readonly begin: (ref: WatchRef) => RefCountedWatch;
}): Covers {
  const { clock, watches, begin } = options;
  /** What ends each cover, by the id of the child. */
  const covers = new Map<string, { end: () => void; cancel: () => void }>();

  const extend = (id: string, end: () => void) => {
    covers.get(id)?.cancel();
    covers.set(id, { end, cancel: clock.after(COVER_MS, end) });
  };

  return {
    asked({ parent, child }) {
      const covering = watches.get(parent);
      if (!covering || covering.watch.isOver || !covering.isHeld() || !covering.watch.listed(child.id))
        return;
      const known = covers.get(child.id);
      if (known) {
        extend(child.id, known.end);
        watches.get(child)?.claim();
        return;
      }
      let watched: RefCountedWatch;
      try {
        watched = watches.get(child) ?? begin(child);
      } catch (error) {
        // There is no room for another one: whoever has asked polls it.
        if (error instanceof GatewayError) return;
        throw error;
      }
      const left = new AbortController();
      let hasLeft = false;
      const leave = () => {
        if (hasLeft) return;
        hasLeft = true;
        covers.delete(child.id);
        watched.leave();
      };
      watched.join(left.signal).then(
        () => {
          watched.claim();
        },
        () => {
          // It has been left already.
          hasLeft = true;
          covers.get(child.id)?.cancel();
          covers.delete(child.id);
        },
      );
      extend(child.id, leave);
    },
    [Symbol.dispose]() {
      for (const { cancel } of covers.values()) cancel();
      covers.clear();
    },
  };
}
