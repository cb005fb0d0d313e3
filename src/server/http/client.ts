/** `createClientOf`: who has sent a request, and how: as the connection shows it, and as trusted proxies say. */
import type { IncomingHttpHeaders } from 'node:http';
import { forwardedFor, forwardedHost, forwardedProto } from './forwarded.ts';
import { createTrustedProxies, type TrustsProxy } from './trusted-proxies.ts';

/** Each property is worked out when it is asked for: most requests are answered without any. */
export interface Client {
  /** The address that is in front of all trusted proxies; null when nobody says which one that is. */
  readonly address: string | null;
  /** Whether the client has sent its request by HTTPS. */
  readonly isEncrypted: boolean;
  /** The host by which the client knows the gateway; null when no trusted proxy says so. */
  readonly host: string | null;
}

/** A request as Node.js hands it on. */
export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    /** Of a connection by TLS. */
    readonly encrypted?: boolean;
  };
}

export type ClientOf = (request: ReceivedRequest) => Client;

export interface ClientOptions {
  /** Names, addresses and ranges of proxies whose headers count. */
  readonly trustProxy: readonly string[];
  /** What the peer of a connection counts as that has no address, as over a Unix socket. @default nobody who is trusted */
  readonly peerWithoutAddress?: string | null;
}

/** What a peer of this machine counts as. */
export const LOCAL_PEER = '127.0.0.1';

export function createClientOf({ trustProxy, peerWithoutAddress = null }: ClientOptions): ClientOf {
  const trusts = createTrustedProxies(trustProxy);
  return (request) => new ReceivedClient(request, { trusts, peerWithoutAddress });
}

class ReceivedClient implements Client {
  readonly #request: ReceivedRequest;
  readonly #trusts: TrustsProxy;
  readonly #peerWithoutAddress: string | null;

  constructor(
    request: ReceivedRequest,
    given: { readonly trusts: TrustsProxy; readonly peerWithoutAddress: string | null },
  ) {
    this.#request = request;
    this.#trusts = given.trusts;
    this.#peerWithoutAddress = given.peerWithoutAddress;
  }

  get address(): string | null {
    const { headers, socket } = this.#request;
    if (!this.#isBehindProxy) return addressOf(socket.remoteAddress);
    let address = addressOf(socket.remoteAddress);
    for (const before of forwardedFor(headers).reverse()) {
      address = before;
      // Whoever is not trusted may have written what stands before.
      if (address === null || !this.#trusts(address)) break;
    }
    return address;
  }

  get isEncrypted(): boolean {
    const { headers, socket } = this.#request;
    const said = this.#isBehindProxy ? forwardedProto(headers) : null;
    return said === null ? socket.encrypted === true : said === 'https';
  }

  get host(): string | null {
    return this.#isBehindProxy ? forwardedHost(this.#request.headers) : null;
  }

  get #isBehindProxy(): boolean {
    const peer = this.#request.socket.remoteAddress ?? this.#peerWithoutAddress;
    return peer !== null && this.#trusts(peer);
  }
}

/** An address of IPv4 that came over a socket for both families is shown as what it is. */
function addressOf(address: string | undefined): string | null {
  return address?.replace(/^::ffff:(?=\d{1,3}\.)/i, '') ?? null;
}
