/** `histogramOf`: how many scores fall into each of some equally wide buckets. */

export interface HistogramBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Buckets from 0 to 1, each from its lower end, which belongs to it, to its upper end, which belongs to the next; the
 * last one has both. A score outside of 0 to 1 counts in the bucket at that end, so that the counts add up.
 */
export function histogramOf(scores: ArrayLike<number>, buckets: number): readonly HistogramBucket[] {
  const counts = new Array<number>(buckets).fill(0);
  for (const score of Array.from(scores)) {
    const index = bucketOf(score, buckets);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ from: index / buckets, to: (index + 1) / buckets, count }));
}

function bucketOf(score: number, buckets: number): number {
  let index = Math.floor(score * buckets);
  // The product is rounded: the ends as clients see them decide.
  if (score < index / buckets) index--;
  else if (score >= (index + 1) / buckets) index++;
  return Math.max(0, Math.min(buckets - 1, index));
}
