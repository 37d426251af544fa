/**
 * What the relay signs about vigils (VIG rules): receipts, and what a rung leaves in the log. Pure, and the same at both
 * ends: the relay writes them, devices read them with the relay's pinned key, and whoever has one can show it to the relay.
 *
 * Both are canonical CBOR arrays: their version, the fields below in this order, and last the relay's signature over the
 * same array without it. Nothing is read that does not have exactly this form.
 */
import * as v from "valibot";
import { concat, equalBytes, u64 } from "../base/bytes.ts";
import { asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { decodeCbor, encodeCbor, type Cbor } from "./cbor.ts";
import { rungKinds, type RungKind } from "./frames.ts";
import { sha256, verify, type Label } from "./keys.ts";
import { buckets, firingRoom, isBucket, receiptCap, rungsCap } from "./sizes.ts";
import { bytes, uint } from "./schema.ts";

/**
 * In the order of their numbers. armed: a rung waits. fired: all rungs had their time. lifted: by a device of its owner.
 * kept: by the secret of a window. lost: the relay was shown that this turn exists, and has no rungs of it: nothing will
 * fire until it is renewed. aside: it could not be fired, and somebody has to look at the relay.
 */
export const vigilStates = ["armed", "fired", "lifted", "kept", "lost", "aside"] as const;
export type VigilState = (typeof vigilStates)[number];

export interface Receipt {
  readonly line: Uint8Array;
  readonly vigil: Uint8Array;
  /** Whose it is, as the relay counts sides. */
  readonly side: 0 | 1;
  readonly turn: number;
  /** As it was armed or renewed: with the turn, what every act on it has to name. */
  readonly due: Millis;
  readonly state: VigilState;
  /** How many there are, and how many of them have fired, in order. */
  readonly rungs: number;
  readonly fired: number;
  /** When the next one is due, later time after an outage included; 0 when none waits. */
  readonly next: Millis;
  /** How much later than armed its rungs are due: what outages of the relay took of its window. */
  readonly moved: Millis;
  /** `rungsHash` of what the relay holds. Zeros when it holds nothing any more. */
  readonly hash: Uint8Array;
  /** Relay time of this receipt, by the clock that vigils fire by. */
  readonly now: Millis;
  /** When the relay's own vigil last fired; 0 for never. */
  readonly canary: Millis;
  /** Another number: the relay lost something of this line, and remembers from then on. */
  readonly incarnation: number;
}

/** What a rung left: a record of kind `fired`, by `firedBy(side)`. */
export interface Firing {
  readonly line: Uint8Array;
  readonly vigil: Uint8Array;
  readonly turn: number;
  /** Place of the rung on its ladder, from 0. */
  readonly rung: number;
  readonly kind: RungKind;
  /** The due of this rung as it was armed. */
  readonly due: Millis;
  readonly moved: Millis;
  /** When it fired, by the clock that receipts quote. */
  readonly now: Millis;
  /** The outage that it was late for. */
  readonly down: { readonly from: Millis; readonly until: Millis } | undefined;
  readonly incarnation: number;
  /** As its owner's device sealed it. */
  readonly body: Sealed;
}

/** What a device knows of the rungs that it armed, and the relay of those that it holds. */
export interface RungDigest {
  readonly kind: RungKind;
  readonly due: Millis;
  /** SHA-256 of its body. */
  readonly hash: Uint8Array;
}

/** Over all rungs of a turn, fired or not, with their dues and bodies. */
export const rungsHash = (rungs: readonly RungDigest[], hash: (bytes: Uint8Array) => Uint8Array = sha256): Uint8Array =>
  hash(concat(...rungs.map(({ kind, due, hash: body }) => concat(new Uint8Array([rungKinds.indexOf(kind)]), u64(due), body))));

type Sign = (label: Label, message: Uint8Array) => Uint8Array;

/** An array of up to 22 fields begins with one byte that counts them (RFC 8949, section 3): one more, and what is signed stands as it is. */
const write = (label: Label, fields: readonly Cbor[], sign: Sign): Uint8Array => {
  const signed = encodeCbor(fields as Cbor[]);
  const whole = concat(signed, encodeCbor(sign(label, signed)));
  whole[0] = (signed[0] as number) + 1;
  return whole;
};

export const writeReceipt = (receipt: Receipt, sign: Sign): Uint8Array => {
  const { line, vigil, side, turn, due, state, rungs, fired, next, moved, hash, now, canary, incarnation } = receipt;
  const fields = [1, line, vigil, side, turn, due, vigilStates.indexOf(state), rungs, fired, next, moved, hash, now, canary, incarnation];
  return write("beside/receipt/1", fields, sign);
};

export const writeFiring = (firing: Firing, sign: Sign): Sealed => {
  const { line, vigil, turn, rung, kind, due, moved, now, down, incarnation, body } = firing;
  const fields = [1, line, vigil, turn, rung, rungKinds.indexOf(kind), due, moved, now, down ? [down.from, down.until] : null, incarnation, body];
  return asSealed(write("beside/fired/1", fields, sign));
};

const u32 = uint(0xffff_ffff);
const time = uint();
const rungCount = uint(rungsCap);
// oxfmt-ignore
const receiptSchema = v.strictTuple([
  v.literal(1), bytes(16), bytes(16), v.picklist([0, 1]), u32, time, v.picklist([0, 1, 2, 3, 4, 5]), rungCount, rungCount,
  time, time, bytes(32), time, time, time, bytes(64),
]);
// oxfmt-ignore
const firingSchema = v.strictTuple([
  v.literal(1), bytes(16), bytes(16), u32, uint(rungsCap - 1), v.picklist([0, 1, 2, 3]), time, time, time,
  v.nullable(v.strictTuple([time, time])), time, bytes(buckets[0], buckets[buckets.length - 1]), bytes(64),
]);

export type Verify = (key: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array) => boolean;

/** The fields of what this key signed, as they came. */
const read = <Schema extends v.GenericSchema>(encoded: Uint8Array, schema: Schema, key: Uint8Array, label: Label, check: Verify) => {
  const decoded = decodeCbor(encoded);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const parsed = v.safeParse(schema, decoded.value);
  if (!parsed.success) return undefined;
  const fields = decoded.value.slice(0, -1) as Cbor[];
  return check(key, label, encodeCbor(fields), decoded.value.at(-1) as Uint8Array) ? parsed.output : undefined;
};

/** What a receipt says it is about, by whomever it is: a signature is the dearest thing about it. Never throws. */
export const peekReceipt = (encoded: Uint8Array): Pick<Receipt, "vigil" | "turn" | "state" | "fired"> | undefined => {
  const decoded = encoded.length > receiptCap ? undefined : decodeCbor(encoded);
  const parsed = decoded?.ok ? v.safeParse(receiptSchema, decoded.value) : undefined;
  if (!parsed?.success) return undefined;
  const [, , vigil, , turn, , state, , fired] = parsed.output;
  return { vigil, turn, state: vigilStates[state] as VigilState, fired };
};

/** A receipt of this line that this relay signed; `undefined` for anything else. Never throws. */
export const readReceipt = (relay: Uint8Array, line: Uint8Array, encoded: Uint8Array, check: Verify = verify): Receipt | undefined => {
  const fields = encoded.length > receiptCap ? undefined : read(encoded, receiptSchema, relay, "beside/receipt/1", check);
  if (!fields || !equalBytes(fields[1], line)) return undefined;
  const [, , vigil, side, turn, due, state, rungs, fired, next, moved, hash, now, canary, incarnation] = fields;
  return { line: fields[1], vigil, side, turn, due, state: vigilStates[state] as VigilState, rungs, fired, next, moved, hash, now, canary, incarnation };
};

/** What a rung left on this line, as this relay signed it; `undefined` for anything else. Never throws. */
export const readFiring = (relay: Uint8Array, line: Uint8Array, encoded: Uint8Array, check: Verify = verify): Firing | undefined => {
  const most = buckets[buckets.length - 1] as number;
  const fields = encoded.length > most + firingRoom ? undefined : read(encoded, firingSchema, relay, "beside/fired/1", check);
  if (!fields || !equalBytes(fields[1], line)) return undefined;
  const [, , vigil, turn, rung, kind, due, moved, now, down, incarnation, body] = fields;
  if (!isBucket(body.length)) return undefined;
  return {
    line: fields[1],
    vigil,
    turn,
    rung,
    kind: rungKinds[kind] as RungKind,
    due,
    moved,
    now,
    incarnation,
    body: asSealed(body),
    down: down ? { from: down[0], until: down[1] } : undefined,
  };
};
