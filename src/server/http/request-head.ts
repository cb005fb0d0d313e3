/** `readHead`: what the first bytes of a request tell, before a parser has read them. */

export interface RequestHead {
  readonly path: string;
  readonly authorization: string | null;
  /** Bytes of the whole request, its body included; null when its head does not tell. */
  readonly requestBytes: number | null;
}

/** A longer head tells nothing. */
const MAX_HEAD_BYTES = 8 * 1024; // 8 KiB

const REQUEST_LINE = /^[A-Z]{1,16} ([^ ?]{1,1024})/;
const HEAD_END = '\r\n\r\n';

/** Null when the bytes do not begin with a whole head. */
export function readHead(bytes: Buffer): RequestHead | null {
  const text = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const endsAt = text.indexOf(HEAD_END);
  const [, path] = REQUEST_LINE.exec(text) ?? [];
  if (endsAt === -1 || path === undefined) return null;
  let authorization: string | null = null;
  let bodyBytes: number | null = 0;
  for (const line of text.slice(0, endsAt).split('\r\n')) {
    const colonAt = line.indexOf(':');
    switch (line.slice(0, Math.max(0, colonAt)).toLowerCase()) {
      case 'authorization':
        authorization = line.slice(colonAt + 1).trim();
        break;
      case 'content-length':
        if (bodyBytes !== null) bodyBytes = Number(line.slice(colonAt + 1));
        break;
      case 'transfer-encoding':
      case 'upgrade':
        bodyBytes = null;
        break;
    }
  }
  return {
    path,
    authorization,
    requestBytes: bodyBytes === null ? null : endsAt + HEAD_END.length + bodyBytes,
  };
}
