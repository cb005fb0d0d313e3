/** `partOf`: one part of a multipart response, as Apollo's protocol for subscriptions over HTTP frames it. */

export const BOUNDARY = 'graphql';

/** The delimiter of the next part is sent with each part: a client has read a part once it sees the delimiter after it. */
export function partOf(json: string): string {
  return `\r\nContent-Type: application/json\r\n\r\n${json}\r\n--${BOUNDARY}`;
}
