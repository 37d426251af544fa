/**
 * The wire as a stranger could write it from docs/protocol.md, with nothing of Beside's own code: canonical CBOR arrays
 * `[version, type, ...fields]`, Ed25519, HKDF. For those who mean harm, and for networks that look at what passes.
 */
import { createHash, generateKeyPairSync, hkdfSync, sign, type KeyObject } from "node:crypto";
import { decode, encode } from "cborg";

export const frame = {
  open: 2,
  append: 3,
  change: 4,
  live: 6,
  cursor: 7,
  knock: 8,
  end: 9,
  ping: 10,
  challenge: 32,
  opened: 33,
  entries: 34,
  acked: 35,
  refused: 36,
  knocked: 39,
  pong: 42,
} as const;
export const refusal = { malformed: 1, unknown: 3, taken: 4, gap: 8, crowded: 12 } as const;

export type Frame = readonly unknown[];

export const write = (...fields: Frame): Uint8Array => encode([1, ...fields]);

/** `[type, ...fields]`, or nothing for what is no frame. */
export const read = (message: Uint8Array): Frame | undefined => {
  try {
    const value: unknown = decode(message);
    return Array.isArray(value) && value[0] === 1 ? value.slice(1) : undefined;
  } catch {
    return undefined;
  }
};

export const bytesOf = (field: unknown): Uint8Array => {
  if (!(field instanceof Uint8Array)) throw new Error("these are no bytes");
  return field;
};

const joined = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

export interface Key {
  readonly secret: KeyObject;
  readonly public: Uint8Array;
}

export const makeKey = (): Key => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { secret: privateKey, public: Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url") };
};

const signed = (key: Key, label: string, message: Uint8Array): Uint8Array => sign(null, joined(Buffer.from(label), Buffer.from([0]), message), key.secret);

interface Challenge {
  readonly nonce: Uint8Array;
  readonly relay: Uint8Array;
}

export const openFrame = (challenge: Challenge, line: Uint8Array, key: Key): Uint8Array => {
  const nonce = Buffer.alloc(32, 7);
  const proof = signed(key, "beside/open/1", joined(challenge.nonce, challenge.relay, line, key.public, nonce, Buffer.alloc(4)));
  return write(frame.open, line, key.public, nonce, 0, proof);
};

export const knockFrame = (challenge: Challenge, link: Invitation, key: Key, body: Uint8Array): Uint8Array => {
  const ticket = new Uint8Array(hkdfSync("sha256", link.secret, link.line, "beside/ticket/1", 32));
  const proof = signed(key, "beside/knock/1", joined(challenge.nonce, challenge.relay, link.line, key.public, ticket, sha256(body)));
  return write(frame.knock, link.line, key.public, ticket, body, proof);
};

export interface Invitation {
  readonly line: Uint8Array;
  readonly secret: Uint8Array;
}

/** What a link that leaked gives away. */
export const readLink = (link: string): Invitation => {
  const framed = Buffer.from(link.slice(link.indexOf("join=") + 5), "base64url");
  const fields = decode(framed.subarray(0, -4)) as Frame;
  return { line: bytesOf(fields[3]), secret: bytesOf(fields[5]) };
};
