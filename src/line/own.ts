/**
 * What only my own devices may know (DEV2, DEV4): a key of their own, made anew whenever one of them is removed, and the
 * entries that carry it and what is sealed under it. They travel in the line's log like everything else; to the other's
 * devices they are opaque. Pure.
 *
 * An own entry is one of
 *   key     the own key of a generation, in a box (HPKE) for each device that is to have it
 *   sealed  something under the own key: who I am among my devices, or my own-only settings
 *   nothing fills a count whose change came to nothing
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import * as v from "valibot";
import { concat } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { derive, publicKey, sign, verify } from "../protocol/keys.ts";
import { bytes, text, uint } from "../protocol/schema.ts";
import { nameCap } from "../senses/name/name.ts";
import { noteCap as sealedNoteCap } from "../senses/promise/promised.ts";
import { settingSchemas } from "./settings.ts";

export const ownKeyInfo = "beside/own-key/1";
/** A 32-byte key in a box of the suite's KEM and AEAD: 1120 + 32 + 16. */
const boxLength = 1168;
export const boxKeyLength = 1216;

const bodySchema = v.variant("is", [
  v.object({
    is: v.literal("key"),
    gen: uint(0xffff_ffff),
    boxes: v.pipe(v.array(v.object({ device: bytes(32), box: bytes(boxLength) })), v.minLength(1), v.maxLength(3)),
  }),
  v.object({ is: v.literal("sealed"), gen: uint(0xffff_ffff), body: bytes(24 + 16, 16_000) }),
  v.object({ is: v.literal("nothing") }),
]);
export type OwnBody = v.InferOutput<typeof bodySchema>;

/** `undefined` for what is no own entry. Never throws. */
export const readOwn = (body: Cbor): OwnBody | undefined => {
  const parsed = v.safeParse(bodySchema, body);
  return parsed.success ? parsed.output : undefined;
};

const contentSchema = v.variant("is", [
  v.object({ is: v.literal("device"), box: bytes(boxKeyLength), name: text(nameCap) }),
  v.object({ is: v.literal("compared"), compared: v.boolean() }),
  ...settingSchemas,
  /** What an envelope of mine holds; empty once it is settled. */
  v.object({
    is: v.literal("note"),
    id: v.pipe(text(32, 32), v.regex(/^[0-9a-f]{32}$/)),
    note: v.optional(text(sealedNoteCap)),
    farewell: v.optional(text(2000)),
    keeper: v.optional(bytes(32)),
    holder: v.optional(bytes(32)),
  }),
]);
export type OwnContent = v.InferOutput<typeof contentSchema>;

const contentKey = (key: Secret, line: Uint8Array): Uint8Array => derive(key.expose(), line, "beside/own-content/1").expose();

export const sealOwn = (content: OwnContent, key: Secret, gen: number, line: Uint8Array, random: Random): OwnBody => {
  const nonce = random(24);
  return { is: "sealed", gen, body: concat(nonce, xchacha20poly1305(contentKey(key, line), nonce, line).encrypt(encodeCbor(content as unknown as Cbor))) };
};

/** `undefined` for what was not sealed under this key. Never throws. */
export const openOwn = (body: Uint8Array, key: Secret, line: Uint8Array): OwnContent | undefined => {
  try {
    const plain = xchacha20poly1305(contentKey(key, line), body.slice(0, 24), line).decrypt(body.subarray(24));
    const decoded = decodeCbor(plain);
    const parsed = decoded.ok ? v.safeParse(contentSchema, decoded.value) : undefined;
    return parsed?.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};

/** What goes with the archive: the own key that it is under, in boxes that only the twelve words and my devices open. */
export interface Note {
  readonly words: Uint8Array | null;
  readonly devices: readonly { readonly device: Uint8Array; readonly box: Uint8Array }[];
  /** The device that wrote it, and its signature: a box alone says nothing about who filled it. */
  readonly by: Uint8Array;
  readonly signature: Uint8Array;
}
export const noteInfo = "beside/archive-note/1";
const noteSchema = v.strictTuple([v.literal(1), v.nullable(bytes(1, 2048)), v.array(v.strictTuple([bytes(32), bytes(1, 2048)])), bytes(32), bytes(64)]);
const signedPart = ({ words, devices }: Pick<Note, "words" | "devices">, line: Uint8Array): Uint8Array =>
  encodeCbor([line, words, devices.map(({ device, box }) => [device, box])]);

export const encodeNote = (note: Pick<Note, "words" | "devices">, line: Uint8Array, device: Secret): Uint8Array => {
  const signature = sign(device, "beside/archive-note/1", signedPart(note, line));
  return encodeCbor([1, note.words, note.devices.map(({ device: to, box }) => [to, box]), publicKey(device), signature]);
};
/** `undefined` for what is no note of this line. Whether its writer is one of mine is the caller's to ask. */
export const decodeNote = (encoded: Uint8Array, line: Uint8Array): Note | undefined => {
  const decoded = decodeCbor(encoded);
  const parsed = decoded.ok ? v.safeParse(noteSchema, decoded.value) : undefined;
  if (!parsed?.success) return undefined;
  const [, words, boxes, by, signature] = parsed.output;
  const note = { words, devices: boxes.map(([device, box]) => ({ device, box })), by, signature };
  return verify(by, "beside/archive-note/1", signedPart(note, line), signature) ? note : undefined;
};

/** What is in such a box. */
const keySchema = v.strictTuple([v.literal(1), uint(0xffff_ffff), bytes(32)]);
export const encodeNoteKey = (gen: number, key: Secret): Uint8Array => encodeCbor([1, gen, key.expose()]);
export const decodeNoteKey = (plain: Uint8Array): { readonly gen: number; readonly key: Secret } | undefined => {
  const decoded = decodeCbor(plain);
  const parsed = decoded.ok ? v.safeParse(keySchema, decoded.value) : undefined;
  return parsed?.success ? { gen: parsed.output[1], key: new Secret(parsed.output[2]) } : undefined;
};
