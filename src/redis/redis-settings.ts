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

export interface RedisSettings {
  readonly address: RedisAddress;
  /** What the name of every key and channel of the fleet begins with. */
  readonly keyPrefix: string;
  /** The longest wait for the connection and for an answer, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Whether the gateway starts only when Redis can be used. */
  readonly isRequiredToStart: boolean;
  /** Whether the gateway is ready only while Redis answers. */
  readonly isRequiredToBeReady: boolean;
}
