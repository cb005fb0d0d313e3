/** `createOrder`: which of many ids is asked for next. */

/** In turns, or as people ask: the one of rank k is asked for in proportion to 1/k (Zipf's law). */
export type Order = 'rotating' | 'zipf';

/** A number of `size` positions, the same sequence in every run. */
export function createOrder(order: Order, size: number): () => number {
  return order === 'rotating' ? rotating(size) : zipf(size);
}

function rotating(size: number): () => number {
  let next = 0;
  return () => next++ % size;
}

function zipf(size: number): () => number {
  /** The share of all that is asked for up to each rank. */
  const shares: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= size; rank++) shares.push((sum += 1 / rank));
  const random = createRandom();
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shares[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** A linear congruential generator, as good as needed to be even. */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
