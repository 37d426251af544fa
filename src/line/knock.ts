/**
 * The knock (PAIR2): who I am and the key package to let me in with, sealed under the invitation's mailbox key, always
 * the same length. The relay holds it and cannot read it. XChaCha20-Poly1305, random nonce in front, line as associated data.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import * as v from "valibot";
import { concat, u32 } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { certificateCap } from "../protocol/certificate.ts";
import { bytes, text } from "../protocol/schema.ts";
import { answerCap, knockSize, packageCap } from "../protocol/sizes.ts";
import { nameCap, parseName } from "../senses/name/name.ts";
import { boxKeyLength } from "./own.ts";

export interface Knock {
  readonly certificate: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly name: string;
}

const schema = v.strictTuple([v.literal(1), bytes(1, certificateCap), bytes(1, knockSize), text(nameCap, 1)]);
const nonceLength = 24;

export const sealKnock = (knock: Knock, mailbox: Secret, line: Uint8Array, random: Random): Uint8Array =>
  seal([1, knock.certificate, knock.keyPackage, knock.name], knockSize, mailbox, line, random);

const seal = (fields: Cbor, size: number, key: Secret, line: Uint8Array, random: Random): Uint8Array => {
  const encoded = encodeCbor(fields);
  const plain = new Uint8Array(size - nonceLength - 16);
  plain.set(concat(u32(encoded.length), encoded));
  const nonce = random(nonceLength);
  return concat(nonce, xchacha20poly1305(key.expose(), nonce, line).encrypt(plain));
};

const open = <T>(body: Uint8Array, key: Secret, line: Uint8Array, schema: v.GenericSchema<unknown, T>): T | undefined => {
  try {
    const plain = xchacha20poly1305(key.expose(), body.slice(0, nonceLength), line).decrypt(body.subarray(nonceLength));
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    const decoded = decodeCbor(plain.slice(4, 4 + length));
    const parsed = decoded.ok ? v.safeParse(schema, decoded.value) : undefined;
    return parsed?.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};

/** At the door of my own side: first who asks, then, certified, the package to be let in with. */
export type DeviceKnock =
  | { readonly is: "asks"; readonly device: Uint8Array; readonly box: Uint8Array; readonly name: string }
  | { readonly is: "package"; readonly keyPackage: Uint8Array };

const deviceKnockSchema = v.variant("is", [
  v.object({ is: v.literal("asks"), device: bytes(32), box: bytes(boxKeyLength), name: text(nameCap) }),
  v.object({ is: v.literal("package"), keyPackage: bytes(1, packageCap) }),
]);

export const sealDeviceKnock = (knock: DeviceKnock, mailbox: Secret, line: Uint8Array, random: Random): Uint8Array =>
  seal(knock as unknown as Cbor, knockSize, mailbox, line, random);
export const openDeviceKnock = (body: Uint8Array, mailbox: Secret, line: Uint8Array): DeviceKnock | undefined => {
  const knock = open(body, mailbox, line, deviceKnockSchema);
  return knock?.is === "asks" ? { ...knock, name: parseName(knock.name) ?? "" } : knock;
};

/** What the device that lets it in answers: its certificate, and who the two are. */
export interface DeviceAnswer {
  readonly certificate: Uint8Array;
  readonly person: Uint8Array;
  readonly other: Uint8Array;
}
const deviceAnswerSchema = v.object({ certificate: bytes(1, certificateCap), person: bytes(32), other: bytes(32) });

export const sealDeviceAnswer = (answer: DeviceAnswer, mailbox: Secret, line: Uint8Array, random: Random): Uint8Array =>
  seal(answer as unknown as Cbor, answerCap, mailbox, line, random);
export const openDeviceAnswer = (body: Uint8Array, mailbox: Secret, line: Uint8Array): DeviceAnswer | undefined =>
  open(body, mailbox, line, deviceAnswerSchema);

/** `undefined` for what was not sealed with this invitation, or has no name to show. Never throws. */
export const openKnock = (body: Uint8Array, mailbox: Secret, line: Uint8Array): Knock | undefined => {
  const opened = open(body, mailbox, line, schema);
  if (!opened) return undefined;
  const [, certificate, keyPackage, typed] = opened;
  const name = parseName(typed);
  return name === undefined ? undefined : { certificate, keyPackage, name };
};
