/** Instants as text: dates in answers are, now and then, and dates in exports always. Never asks what time it is. */

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The Unix time in milliseconds that an ISO 8601 or HTTP date names; null for any other text. */
export function parseInstant(text: string): number | null {
  if (!ISO_DATE.test(text) && !HTTP_DATE.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** ISO 8601 in UTC with milliseconds, as the graph writes instants. */
export function writeInstant(ms: number): string {
  return new Date(ms).toISOString();
}
