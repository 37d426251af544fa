/**
 * What a rung of a vigil carries (PROM3, PROM6), as its owner's device seals it when it is armed. The relay has it and no key; the
 * other has the key of this due and no envelope. Pure.
 *
 * XChaCha20-Poly1305 under the key of the turn, a random nonce in front, and as associated data the line, the vigil, the
 * turn, the rung's kind and its due: it opens as what it was sealed for and as nothing else. Inside stands the device that wrote it, with
 * its signature over the same and the content, so that neither the relay nor the other can have written it. Zeros fill it to a bucket.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import * as v from "valibot";
import { asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { concat, fromHex, u32, u64, utf8 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import { decodeCbor, encodeCbor } from "../protocol/cbor.ts";
import { publicKey, sign, verify } from "../protocol/keys.ts";
import { bytes, text } from "../protocol/schema.ts";
import { buckets } from "../protocol/sizes.ts";
import { noteCap, type LadderRung } from "../senses/promise/promised.ts";

export interface RungPlace {
  readonly line: Uint8Array;
  /** The promise's id, hex. */
  readonly vigil: string;
  readonly turn: number;
  readonly kind: LadderRung["kind"];
  readonly due: Millis;
}

const nonceLength = 24;
const tagLength = 16;

const placeOf = ({ line, vigil, turn, kind, due }: RungPlace): Uint8Array =>
  concat(line, fromHex(vigil) ?? new Uint8Array(16), u32(turn), u64(due), utf8(kind));

export const sealRung = (place: RungPlace, content: string, key: Uint8Array, device: Secret, random: Random): Sealed => {
  const at = placeOf(place);
  const signature = sign(device, "beside/rung/1", concat(at, utf8(content)));
  const plain = encodeCbor([1, publicKey(device), signature, content]);
  const framed = concat(u32(plain.length), plain);
  const size = buckets.find((bucket) => bucket >= framed.length + nonceLength + tagLength);
  invariant(size !== undefined, "a note longer than its cap");
  const padded = concat(framed, new Uint8Array(size - nonceLength - tagLength - framed.length));
  const nonce = random(nonceLength);
  return asSealed(concat(nonce, xchacha20poly1305(key, nonce, at).encrypt(padded)));
};

const schema = v.strictTuple([v.literal(1), bytes(32), bytes(64), text(noteCap)]);

/** The content, when it opens under this key and was written by one of these devices; else `undefined`. Never throws. */
export const openRung = (place: RungPlace, body: Uint8Array, key: Uint8Array, writers: readonly Uint8Array[]): string | undefined => {
  try {
    const at = placeOf(place);
    const padded = xchacha20poly1305(key, body.slice(0, nonceLength), at).decrypt(body.subarray(nonceLength));
    const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
    if (length > padded.length - 4) return undefined;
    const decoded = decodeCbor(padded.slice(4, 4 + length));
    const parsed = decoded.ok ? v.safeParse(schema, decoded.value) : undefined;
    if (!parsed?.success) return undefined;
    const [, writer, signature, content] = parsed.output;
    const known = writers.some((one) => one.length === writer.length && one.every((byte, i) => byte === writer[i]));
    return known && verify(writer, "beside/rung/1", concat(at, utf8(content)), signature) ? content : undefined;
  } catch {
    return undefined;
  }
};
