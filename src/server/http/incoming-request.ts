/** `IncomingRequest`: a request that changes the protocol of its connection only when it asks for WebSocket. */
import { IncomingMessage } from 'node:http';

/**
 * Node.js hands a request to whoever upgrades connections by its property `upgrade`, whatever the protocol that it offers
 * to change to. An offer that nobody takes is ignored and its request answered (RFC 9110, section 7.8): Java's HttpClient
 * and `curl --http2` make one of `h2c` with every request, also with one that has a body.
 */
export class IncomingRequest extends IncomingMessage {
  /** Whether the parser has read an offer. */
  #hasOffer = false;

  get upgrade(): boolean {
    if (!this.#hasOffer) return false;
    // A tunnel is none of our protocols: Node.js closes the connection of who asks for one.
    if (this.method === 'CONNECT') return true;
    return this.method === 'GET' && this.headers.upgrade?.toLowerCase() === 'websocket';
  }

  set upgrade(hasOffer: boolean | null) {
    // The base class writes it before there is a field.
    if (#hasOffer in this) this.#hasOffer = hasOffer === true;
  }
}
