/** Argon2id, version 1.3 (RFC 9106): 64 MiB, 3 passes, 1 lane, 32 bytes. The parameters are PAIR3's and never vary. */
export type Argon2id = (password: Uint8Array, salt: Uint8Array) => Promise<Uint8Array>;
