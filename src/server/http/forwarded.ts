/** What proxies say of a request as its client sent it. Who may say so is known to `createClientOf`. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Such as `https`; null when no proxy says so. Of several values the first counts: each proxy adds its own behind. */
export function forwardedProto(headers: IncomingHttpHeaders): string | null {
  return first(headers['x-forwarded-proto']) ?? valueOf(elementsOf(headers.forwarded)[0], 'proto');
}

/** The host by which the client knows the first proxy; null when none says so. */
export function forwardedHost(headers: IncomingHttpHeaders): string | null {
  return first(headers['x-forwarded-host']) ?? valueOf(elementsOf(headers.forwarded)[0], 'host');
}

/** Addresses that a request has come from, the client's first: what each proxy says of whom it was asked by. Null where it says none. */
export function forwardedFor(headers: IncomingHttpHeaders): (string | null)[] {
  const said = textOf(headers['x-forwarded-for']);
  return said === undefined
    ? elementsOf(headers.forwarded).map((element) => addressIn(valueOf(element, 'for') ?? ''))
    : said.split(',').map(addressIn);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function first(header: string | string[] | undefined): string | null {
  const value = textOf(header)?.split(',', 1)[0]?.trim().toLowerCase();
  return value === undefined || value === '' ? null : value;
}

/** One for each proxy (RFC 7239). */
function elementsOf(header: string | undefined): readonly string[] {
  return header === undefined || header === '' ? [] : header.split(',');
}

function valueOf(element: string | undefined, name: string): string | null {
  for (const pair of element?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (pair.slice(0, Math.max(equals, 0)).trim().toLowerCase() !== name) continue;
    return first(pair.slice(equals + 1).replaceAll('"', ''));
  }
  return null;
}

/** Without the port that some proxies add; null for a name that hides it, and for what is none. */
function addressIn(said: string): string | null {
  const text = said.trim().replaceAll('"', '');
  const address = /^\[([^\]]{2,100})\]/.exec(text)?.[1] ?? text.replace(/^([\d.]{7,15}):\d{1,5}$/, '$1');
  return isIP(address) === 0 ? null : address;
}
