/** Metrics as Prometheus reads them. */

export interface Scrape {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The value of each series, by its name with its labels as they are printed. */
  readonly series: ReadonlyMap<string, number>;
  /** The sum of all series of a metric that have these labels; 0 when there is none. */
  readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => number;
}

export async function scrape(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Scrape> {
  const answer = await fetch(`${url}/metrics`, { headers });
  const text = await answer.text();
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) series.set(name, Number(value));
  }
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    series,
    sum: (name, labels = {}) => {
      let sum = 0;
      for (const [printed, value] of series) {
        const isOf = printed === name || printed.startsWith(`${name}{`);
        const has = Object.entries(labels).every(([label, wanted]) => labelsOf(printed)[label] === wanted);
        if (isOf && has) sum += value;
      }
      return sum;
    },
  };
}

/** The labels of a series, by their names. */
export function labelsOf(printed: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...printed.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]),
  );
}
