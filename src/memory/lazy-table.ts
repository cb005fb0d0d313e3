/** `lazyTable`: objects of which each member is made when it is first asked for, and once. */

/**
 * Of `names`, answers what makes such an object. `make` owes what `Result` has under each name, which the compiler does not
 * check: state what a generic `make` returns. The members are enumerable, but not the object's own: an object with the same
 * names is made by the same table.
 */
export function lazyTable<Result extends object>(
  names: readonly (keyof Result & string)[],
): (make: (name: keyof Result & string) => unknown) => Result {
  type Name = keyof Result & string;
  class Lazy {
    readonly #make: (name: Name) => unknown;
    readonly #made = new Map<Name, unknown>();

    constructor(make: (name: Name) => unknown) {
      this.#make = make;
    }

    member(name: Name): unknown {
      let member = this.#made.get(name);
      if (member === undefined) {
        member = this.#make(name);
        this.#made.set(name, member);
      }
      return member;
    }
  }
  for (const name of names) {
    Object.defineProperty(Lazy.prototype, name, {
      enumerable: true,
      get(this: Lazy) {
        return this.member(name);
      },
    });
  }
  return (make) => new Lazy(make) as unknown as Result;
}
