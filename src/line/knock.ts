/**
 * The knock (PAIR2): who I am and the key package to let me in with, sealed under the invitation's mailbox key, always
 * the same length. The relay holds it and cannot read it. XChaCha20-Poly1305, random nonce in front, line as associated data.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import * as v from "valibot";
import { concat, u32 } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import { decodeCbor, encodeCbor } from "../protocol/cbor.ts";
import { bytes, text } from "../protocol/schema.ts";
import { knockSize } from "../protocol/sizes.ts";
import { nameCap, parseName } from "../senses/name/name.ts";

export interface Knock {
  readonly certificate: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly name: string;
}

const schema = v.strictTuple([v.literal(1), bytes(1, 256), bytes(1, knockSize), text(nameCap, 1)]);
const nonceLength = 24;

export const sealKnock = (knock: Knock, mailbox: Secret, line: Uint8Array, random: Random): Uint8Array => {
  const encoded = encodeCbor([1, knock.certificate, knock.keyPackage, knock.name]);
  const plain = new Uint8Array(knockSize - nonceLength - 16);
  plain.set(concat(u32(encoded.length), encoded));
  const nonce = random(nonceLength);
  return concat(nonce, xchacha20poly1305(mailbox.expose(), nonce, line).encrypt(plain));
};

/** `undefined` for what was not sealed with this invitation, or has no name to show. Never throws. */
export const openKnock = (body: Uint8Array, mailbox: Secret, line: Uint8Array): Knock | undefined => {
  try {
    const plain = xchacha20poly1305(mailbox.expose(), body.subarray(0, nonceLength), line).decrypt(body.subarray(nonceLength));
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    const decoded = decodeCbor(plain.slice(4, 4 + length));
    const parsed = decoded.ok ? v.safeParse(schema, decoded.value) : undefined;
    if (!parsed?.success) return undefined;
    const [, certificate, keyPackage, typed] = parsed.output;
    const name = parseName(typed);
    return name === undefined ? undefined : { certificate, keyPackage, name };
  } catch {
    return undefined;
  }
};
