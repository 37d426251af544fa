/**
 * What is inside a sealed entry: its kind, its body, and its author's place in the log with the head there (CHAIN2).
 * The body's shape belongs to the sense; an unknown kind is kept as it came (DEV5).
 */
import * as v from "valibot";
import type { Plain } from "../base/brand.ts";
import { asPlain } from "../base/brand.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { bytes, text, uint } from "../protocol/schema.ts";

/** How much of a head travels: enough that nobody makes a second history with the same, short enough for the smallest bucket. */
export const gossipLength = 16;

export interface EntryBody {
  /** The sense's name, or `bond` for the first entry. */
  readonly kind: string;
  readonly body: Cbor;
}

export interface Entry extends EntryBody {
  readonly seq: number;
  readonly head: Uint8Array;
}

const schema = v.pipe(
  v.strictTuple([text(32, 1), v.custom<Cbor>(() => true), uint(0xffff_ffff), bytes(gossipLength)]),
  v.transform(([kind, body, seq, head]): Entry => ({ kind, body, seq, head })),
);

export const encodeEntry = (entry: Entry): Plain => asPlain(encodeCbor([entry.kind, entry.body, entry.seq, entry.head.subarray(0, gossipLength)]));

/** `undefined` when the bytes are no entry. Never throws. */
export const decodeEntry = (plain: Plain): Entry | undefined => {
  const decoded = decodeCbor(plain);
  if (!decoded.ok) return undefined;
  const parsed = v.safeParse(schema, decoded.value);
  return parsed.success ? parsed.output : undefined;
};

/** Where a kept thing is in the store: sorts as the log does. */
export const keptPrefix = "kept/";
export const keptKey = (seq: number): string => `${keptPrefix}${seq.toString().padStart(10, "0")}`;
/** The same back, of a key that may stand under another. */
export const placeOfKey = (key: string): number => Number(key.slice(key.lastIndexOf("/") + 1));

/** The place of a record among kept things: after a relay lost records for good they go on where they were, not below. */
export const placeOf = ({ shift }: { readonly shift: number }, seq: number): number => seq + shift;
