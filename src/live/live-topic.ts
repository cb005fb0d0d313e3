/** `LiveTopic`: a watched thing as one follower has it, and who is woken when something happens to it. */
import type { Watchable, WatchRef } from '../events/event.ts';
import type { FollowSource } from './follow.ts';

/** One follower's reference to a watched thing, to be stepped through with `nextFor`. Disposing it twice does nothing. */
export interface LiveTopic extends FollowSource, Disposable {
  readonly ref: WatchRef;
  /** The thing as it is at `head`. */
  readonly current: Watchable;
  /** Whom to wake from now on, until it is disposed; there is one at a time. Whoever subscribes before its first `nextFor` misses nothing. */
  subscribe(listener: TopicListener): void;
}

/** Who wants to know that a topic may have something new. An object rather than a function: there are thousands. */
export interface TopicListener {
  /** Called after an append, at completion, failure and shutdown. Synchronous, so it must be quick and must not throw. */
  wake(): void;
}
