/** `CallMeter`: what one operation asked for, and what of it was really sent. */

export interface CallMeter {
  /** Upstream calls that were sent for it, retries not counted. */
  readonly sent: number;
  /** Look-ups, pages and counts that its fields asked for. Counted only where `metered` loaders are used. */
  readonly asked: number;
  /** Something is asked for. */
  readonly onAsked: () => void;
  /** What was asked for so far will be asked for once more, and is to be counted once. */
  readonly restart: () => void;
}

/** `tally` goes on counting what is sent. */
export function createCallMeter(tally: { readonly actual: number }): CallMeter {
  return new TallyMeter(tally);
}

/** A class for the reason of `RequestedOperation`: there is one for each operation. */
class TallyMeter implements CallMeter {
  readonly #tally: { readonly actual: number };
  asked = 0;

  constructor(tally: { readonly actual: number }) {
    this.#tally = tally;
  }

  get sent(): number {
    return this.#tally.actual;
  }

  readonly onAsked = (): void => {
    this.asked++;
  };

  restart(): void {
    this.asked = 0;
  }
}

type Method = (...args: readonly unknown[]) => unknown;

/**
 * The same loaders, which report everything that they are asked for. Each call of a method is one thing, except of `prime`,
 * which stores one, and of `list`, whose rows and count are asked for later, if at all.
 */
export function metered<Loaders extends object>(
  loaders: Loaders,
  names: readonly (keyof Loaders & string)[],
  onAsked: () => void,
): Loaders {
  return Object.fromEntries(
    names.map((name) => {
      const part: unknown = loaders[name];
      return [
        name,
        typeof part === 'function' ? asking(part as Method, onAsked) : meteredLoader(part, onAsked),
      ];
    }),
  ) as Loaders;
}

function meteredLoader(loader: unknown, onAsked: () => void): unknown {
  if (typeof loader !== 'object' || loader === null) return loader;
  return new Proxy(loader, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || name === 'prime') return member;
      const method = (member as Method).bind(target);
      if (name !== 'list') return asking(method, onAsked);
      return (...args: readonly unknown[]) => meteredList(method(...args) as object, onAsked);
    },
  });
}

/** Of a list, the page and the count are asked for once each, however many fields show them. */
function meteredList(list: object, onAsked: () => void): object {
  let hasPage = false;
  let hasCount = false;
  return Object.fromEntries(
    Object.entries(list).map(([name, member]: [string, unknown]) => {
      if (typeof member !== 'function') return [name, member];
      const once = () => {
        if (name === 'totalCount' ? hasCount : hasPage) return;
        if (name === 'totalCount') hasCount = true;
        else hasPage = true;
        onAsked();
      };
      return [name, asking(member.bind(list) as Method, once)];
    }),
  );
}

function asking(method: Method, onAsked: () => void): Method {
  return (...args) => {
    onAsked();
    return method(...args);
  };
}
