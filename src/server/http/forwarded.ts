/** What proxies say of a request as its client sent it. Of several values the first counts: each proxy adds its own behind. */
import type { IncomingHttpHeaders } from 'node:http';

/** Such as `https`; null when no proxy says so. */
export function forwardedProto(headers: IncomingHttpHeaders): string | null {
  return first(headers['x-forwarded-proto']) ?? parameterOf(headers.forwarded, 'proto');
}

/** The host by which the client knows the gateway; null when no proxy says so. */
export function forwardedHost(headers: IncomingHttpHeaders): string | null {
  return first(headers['x-forwarded-host']) ?? parameterOf(headers.forwarded, 'host');
}

function first(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header;
  const value = text?.split(',', 1)[0]?.trim().toLowerCase();
  return value === undefined || value === '' ? null : value;
}

/** Of the first element of `Forwarded` (RFC 7239). */
function parameterOf(header: string | undefined, name: string): string | null {
  const element = header?.split(',', 1)[0] ?? '';
  for (const pair of element.split(';')) {
    const equals = pair.indexOf('=');
    if (pair.slice(0, Math.max(equals, 0)).trim().toLowerCase() !== name) continue;
    return first(pair.slice(equals + 1).replaceAll('"', ''));
  }
  return null;
}
