/** `Download`: a file on its way, in the order of its bytes. Read it once, to its end, or dispose of it: it holds a socket. */
export interface Download extends AsyncIterable<Uint8Array>, Disposable {
  /** Null when the upstream does not say. */
  readonly byteLength: number | null;
}
