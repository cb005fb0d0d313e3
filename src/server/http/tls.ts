/** `openTls`: the certificate that clients are shown, read again with its key when either of their files changes. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  openWatchedFiles,
  UnusableFile,
  type WatchOptions,
  type WatchedFile,
} from '../../security/watched-file.ts';
import { parseCertificateDate } from '../../values/instants.ts';

/** Where the files are. */
export interface TlsPaths {
  /** Of the certificate, and of those of its issuers. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key, as PEM, and when nobody accepts it any more. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  /** Unix time in milliseconds; null when it cannot be told. */
  readonly validUntilMs: number | null;
}

export interface Tls extends WatchedFile<TlsPair> {
  /** Calls back whenever another pair is in force. */
  onChange(listener: () => void): void;
}

/** Rejects with an `UnusableFile` when the files are no pair. */
export async function openTls({ cert, key }: TlsPaths, watch: WatchOptions): Promise<Tls> {
  const listeners: (() => void)[] = [];
  const files = await openWatchedFiles({
    ...watch,
    paths: [cert, key],
    parse: ([certText = '', keyText = '']) => pairOf(certText, keyText),
    observer: {
      ...watch.observer,
      reloaded: (path) => {
        for (const listener of listeners) listener();
        watch.observer.reloaded(path);
      },
    },
  });
  return {
    get current() {
      return files.current;
    },
    look: () => files.look(),
    onChange: (listener) => void listeners.push(listener),
    [Symbol.dispose]: () => {
      files[Symbol.dispose]();
    },
  };
}

function pairOf(cert: string, key: string): TlsPair {
  const certificate = certificateOf(cert);
  if (!certificate.checkPrivateKey(keyOf(key)))
    throw new UnusableFile(['the key is that of another certificate']);
  try {
    // What a server would find only when the first client comes, such as a key that is too short.
    createSecureContext({ cert, key });
  } catch (error) {
    throw new UnusableFile([`they cannot be used for TLS (${codeOf(error)})`]);
  }
  return { cert, key, validUntilMs: parseCertificateDate(certificate.validTo) };
}

function certificateOf(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new UnusableFile([
      'the certificate cannot be read: expected it as PEM, and those of its issuers behind it',
    ]);
  }
}

function keyOf(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new UnusableFile([
      codeOf(error) === 'ERR_MISSING_PASSPHRASE'
        ? 'the key is encrypted: expected one without a passphrase'
        : 'the key cannot be read: expected a private key as PEM',
    ]);
  }
}

/** Its message might quote a key. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
