/**
 * Blobs: larger things in sealed pieces, kept by the relay for who shows a capability. Pure.
 *
 * A blob has a random id and a key. Piece i is ChaCha20-Poly1305 (RFC 8439) under HKDF(key, id), nonce i, with the id, i
 * and the number of pieces as associated data: none can be moved, left out or put into another blob. Every piece but the
 * last is of the largest bucket; before the content stands its length, u32.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { asSealed, type Sealed } from "../base/brand.ts";
import { concat, u32 } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import { derive, sha256 } from "../protocol/keys.ts";
import { blobChunks, buckets } from "../protocol/sizes.ts";

const tag = 16;
const largest = buckets[buckets.length - 1] as number;
const perPiece = largest - tag;

/** The most bytes a blob holds. */
export const blobCap = blobChunks * perPiece - 4;

/** What the relay is shown to hand a blob out or delete it; it keeps the SHA-256 (`checkOf`). */
export const capabilityOf = (key: Secret, id: Uint8Array): Uint8Array => derive(key.expose(), id, "beside/blob-capability/1").expose();
export const checkOf = (key: Secret, id: Uint8Array): Uint8Array => sha256(capabilityOf(key, id));

const pieceKey = (key: Secret, id: Uint8Array): Uint8Array => derive(key.expose(), id, "beside/blob/1").expose();
const nonceOf = (index: number): Uint8Array => concat(new Uint8Array(8), u32(index));
const aadOf = (id: Uint8Array, index: number, total: number): Uint8Array => concat(id, u32(index), u32(total));

export interface BlobSeal {
  readonly total: number;
  /** Sealed when asked for, so that a large one is never sealed in one go. */
  piece(index: number): Sealed;
}

export const sealBlob = (key: Secret, id: Uint8Array, content: Uint8Array): BlobSeal => {
  const length = 4 + content.length;
  const total = Math.max(1, Math.ceil(length / perPiece));
  const cipherKey = pieceKey(key, id);
  return {
    total,
    piece: (index) => {
      const from = index * perPiece;
      const part = index === 0 ? concat(u32(content.length), content.subarray(0, perPiece - 4)) : content.subarray(from - 4, from - 4 + perPiece);
      const bucket = index < total - 1 ? largest : (buckets.find((size) => part.length + tag <= size) as number);
      const plain = new Uint8Array(bucket - tag);
      plain.set(part);
      return asSealed(chacha20poly1305(cipherKey, nonceOf(index), aadOf(id, index, total)).encrypt(plain));
    },
  };
};

/** One piece, opened; `undefined` when it is not that piece of that blob. */
export const openPiece = (key: Secret, id: Uint8Array, index: number, total: number, piece: Uint8Array): Uint8Array | undefined => {
  try {
    return chacha20poly1305(pieceKey(key, id), nonceOf(index), aadOf(id, index, total)).decrypt(piece);
  } catch {
    return undefined;
  }
};

/** The content of all opened pieces, in order; `undefined` when its length is impossible. */
export const joinPieces = (pieces: readonly Uint8Array[]): Uint8Array | undefined => {
  const whole = concat(...pieces);
  if (whole.length < 4) return undefined;
  const length = new DataView(whole.buffer).getUint32(0);
  return length <= whole.length - 4 ? whole.subarray(4, 4 + length) : undefined;
};
