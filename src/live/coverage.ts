/** `Coverage`: which followed things of one kind nobody polls, because the list of a watched parent shows them. */
import type { KnownEntity } from '../events/event-log.ts';
import type { ListedBy } from './kinds/followed-kind.ts';
import type { Observation } from './observation.ts';
import type { Watched } from './watched.ts';

export interface CoverageOptions {
  /** What is watched of the kind that is listed, by id. */
  readonly children: ReadonlyMap<string, Watched>;
  /** What is watched of the kind that lists it, by id. */
  readonly parents: ReadonlyMap<string, Watched>;
  readonly parentId: ListedBy['parentId'];
}

/** Invariant: a child that was covered and is so no more has been rescheduled. */
export class Coverage {
  readonly #options: CoverageOptions;
  /** The ids of the covered children, by that of their parent. */
  readonly #childrenOf = new Map<string, Set<string>>();
  /** The same the other way round. */
  readonly #parentOf = new Map<string, string>();

  constructor(options: CoverageOptions) {
    this.#options = options;
  }

  /** What the watch of its parent knows of a child, when the latest list of that parent shows it. */
  find(id: string): KnownEntity | undefined {
    for (const parentId of this.#parentsOf(id)) {
      const known = this.#listed(parentId, id);
      if (!known) continue;
      this.#cover(id, parentId);
      return known;
    }
    return undefined;
  }

  /** Whose lists may show it. What it says itself is not enough: a list may show things that do not name it. */
  #parentsOf(id: string): Iterable<string> {
    const { children, parents, parentId } = this.#options;
    const known = this.#parentOf.get(id);
    if (known !== undefined) return [known];
    const subject = children.get(id)?.watch.known.subject?.entity;
    // Only one that was just begun is not known yet.
    if (!subject) return parents.keys();
    const named = parentId(subject);
    return named === null ? [] : [named];
  }

  #listed(parentId: string, id: string): KnownEntity | undefined {
    const parent = this.#options.parents.get(parentId)?.watch;
    return parent?.isOver ? undefined : parent?.listed(id);
  }

  /** Gives what a parent's list shows of followed children to their watches. */
  apply(parentId: string, { entities, read, traceparent }: Observation): void {
    const { children } = this.#options;
    if (children.size === 0) return;
    for (const entity of entities) {
      const child = children.get(entity.id);
      if (!child) continue;
      child.watch.apply({ entities: [entity], read, traceparent });
      this.#cover(entity.id, parentId);
    }
  }

  /** The parent was listed anew: children that its list shows no more are polled by themselves from now on. */
  releaseUnlisted(parentId: string): void {
    for (const id of this.#childrenOf.get(parentId) ?? []) {
      if (!this.#listed(parentId, id)) this.#release(id);
    }
  }

  /** The parent is read no more: all of its children are polled by themselves from now on. */
  releaseAll(parentId: string): void {
    for (const id of this.#childrenOf.get(parentId) ?? []) this.#release(id);
  }

  /** The child is watched no more. */
  remove(id: string): void {
    const parentId = this.#parentOf.get(id);
    if (parentId === undefined) return;
    this.#parentOf.delete(id);
    const covered = this.#childrenOf.get(parentId);
    covered?.delete(id);
    if (covered?.size === 0) this.#childrenOf.delete(parentId);
  }

  #release(id: string): void {
    this.remove(id);
    this.#options.children.get(id)?.reschedule();
  }

  #cover(id: string, parentId: string): void {
    if (!this.#options.children.has(id) || this.#parentOf.get(id) === parentId) return;
    this.remove(id);
    this.#parentOf.set(id, parentId);
    const covered = this.#childrenOf.get(parentId) ?? new Set();
    this.#childrenOf.set(parentId, covered.add(id));
  }
}
