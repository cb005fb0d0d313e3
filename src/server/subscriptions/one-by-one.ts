/** `oneByOne`: visits many at even distances, so that what each of them does next is spread over the same time. */
import type { Clock } from '../../clock.ts';

/** Resolves when all have been visited. With no time to spread them over, they are visited at once. */
export async function oneByOne<T>(
  all: readonly T[],
  { clock, spreadMs }: { readonly clock: Clock; readonly spreadMs: number },
  visit: (one: T) => void,
): Promise<void> {
  const startMs = clock.now();
  for (const [index, one] of all.entries()) {
    const waitMs = startMs + (spreadMs * index) / all.length - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    visit(one);
  }
}
