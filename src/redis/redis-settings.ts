/** `RedisSettings`: where Redis is, and how long it is waited for. */

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted (TLS). */
  readonly isEncrypted: boolean;
  /** Of an ACL user; undefined for that of the default user. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** Where somebody listens. */
export type RedisHost = Pick<RedisAddress, 'host' | 'port'>;

export interface RedisSettings {
  /** With sentinels its host is the name by which they know the primary, and its port means nothing. */
  readonly address: RedisAddress;
  /** Who is asked for the primary, in this order; null when `address` is that. */
  readonly sentinels: readonly RedisHost[] | null;
  /** The file of the certificates (PEM) that an encrypted connection trusts in the place of those of Node.js; null for those. */
  readonly caFile: string | null;
  /** What the name of every key and channel of the fleet begins with. */
  readonly keyPrefix: string;
  /** The longest wait for the connection and for an answer, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Whether the gateway starts only when Redis can be used. */
  readonly isRequiredToStart: boolean;
  /** Whether the gateway is ready only while Redis answers. */
  readonly isRequiredToBeReady: boolean;
}
