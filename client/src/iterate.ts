/** `iterate`: the results of a subscription as an iterable, in the order in which they came. */
import type { Subscribe, SubscriptionRequest } from './subscribing-client.ts';

/** Leaving the loop ends the subscription, and an error of it is thrown behind the results that came before. */
export async function* iterate(subscribe: Subscribe, request: SubscriptionRequest): AsyncGenerator {
  const results: unknown[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: () => void = () => undefined;
  const finish = (how: { readonly error?: unknown }) => {
    end = how;
    wake();
  };
  const stop = subscribe(request, {
    next: (result) => {
      results.push(result);
      wake();
    },
    error: (error) => {
      finish({ error });
    },
    complete: () => {
      finish({});
    },
  });
  try {
    for (;;) {
      while (results.length > 0) yield results.shift();
      if (end) break;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if ('error' in end) throw end.error;
  } finally {
    stop();
  }
}
