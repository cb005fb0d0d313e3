/** `fetchHasty`: a `fetch` for an EventSource that waits for nothing between two visits. */

/** Tells an EventSource to come back at once, which takes three seconds by default. */
export const fetchHasty: typeof fetch = async (input, init) => {
  const { body, status, headers } = await fetch(input, init);
  if (!body) return new Response(null, { status, headers });
  const reader = body.getReader();
  const hasty = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(Buffer.from('retry: 1\n\n'));
    },
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  return new Response(hasty, { status, headers });
};
