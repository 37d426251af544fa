/**
 * Lengths. Every sealed body is exactly one of the buckets of src/protocol/sizes.ts.
 *
 * Entries use the padding of MLS itself (zeros inside the ciphertext, RFC 9420 section 6.3.1), so a body of a bucket
 * says nothing about the length within it. Changes and welcomes are put in a frame (u32 length, message, zeros):
 * their length follows from the number of devices, which the relay knows anyway.
 *
 * All lengths in bytes. No ts-mls here: the fake uses the same arithmetic.
 */
import { concat, u32 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import { buckets } from "../protocol/sizes.ts";

/** Longest authenticated data under an entry. Callers pass 4 bytes. */
export const aadCap = 64;

/** RFC 9420 section 2.1.2: lengths take 1 byte below 64, 2 below 16384, else 4. */
const varint = (length: number): number => (length < 64 ? 1 : length < 16_384 ? 2 : 4);

/**
 * MLSMessage and PrivateMessage around the ciphertext (RFC 9420 sections 6 and 6.3): version 2, wire format 2,
 * group id 1 + 16, epoch 8, content type 1, encrypted sender data 1 + 12 + 16.
 */
const header = 2 + 2 + (1 + 16) + 8 + 1 + (1 + 12 + 16);

/** AES-256-GCM tag at the end of the ciphertext. */
const tag = 16;

/** Ed25519 signature inside the ciphertext, with its length. */
const signature = varint(64) + 64;

/** How long the padded content of an entry must be for its body to be exactly `bucket`. */
export const contentLength = (bucket: number, aadLength: number): number => {
  const rest = bucket - header - varint(aadLength) - aadLength;
  const size = [1, 2, 4].find((bytes) => varint(rest - bytes) === bytes);
  invariant(size !== undefined, "a bucket no ciphertext can fill");
  return rest - size - tag;
};

/** The most plain bytes an entry of `bucket` holds. */
const roomIn = (bucket: number, aadLength: number): number => {
  const rest = contentLength(bucket, aadLength) - signature;
  if (rest - 4 >= 16_384) return rest - 4;
  if (rest - 2 >= 64) return Math.min(rest - 2, 16_383);
  return Math.min(rest - 1, 63);
};

/** The length of authenticated data that entries have, by agreement with the callers. */
const entryAad = 4;

/** Bytes of an entry's body that are not plain bytes, per bucket: 150, 150, 150, 150, 154. */
export const entryOverhead: readonly number[] = buckets.map((bucket) => bucket - roomIn(bucket, entryAad));

/** Plain bytes that fit each bucket: 106, 874, 3946, 16234, 65382. */
export const entryRoom: readonly number[] = buckets.map((bucket) => roomIn(bucket, entryAad));

/** The smallest bucket for an entry, `undefined` over the largest. */
export const bucketFor = (plainLength: number, aadLength: number): number | undefined => buckets.find((bucket) => plainLength <= roomIn(bucket, aadLength));

/** `undefined` when the message is over the largest bucket. */
export const frame = (message: Uint8Array): Uint8Array | undefined => {
  const bucket = buckets.find((size) => 4 + message.length <= size);
  return bucket === undefined ? undefined : concat(u32(message.length), message, new Uint8Array(bucket - 4 - message.length));
};

/** The framed message; `undefined` unless the frame is a bucket, the smallest that holds it, and zero after it. */
export const unframe = (framed: Uint8Array): Uint8Array | undefined => {
  if (framed.length < 4) return undefined;
  const length = new DataView(framed.buffer, framed.byteOffset).getUint32(0);
  if (framed.length !== buckets.find((size) => 4 + length <= size)) return undefined;
  if (framed.subarray(4 + length).some((byte) => byte !== 0)) return undefined;
  return framed.subarray(4, 4 + length);
};
