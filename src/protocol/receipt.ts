/**
 * What the relay signs about vigils (VIG rules): receipts, and what a rung leaves in the log. Pure, and the same at both
 * ends: the relay writes them, devices read them with the relay's pinned key, and whoever has one can show it to the relay.
 *
 * Both are canonical CBOR arrays: their version, the fields below in this order, and last the relay's signature. A receipt's is
 * over the same array without it. Of what fired in one moment there may be a hundred thousand, and a signature is the dearest
 * thing about each: one is over the root of a tree of their hashes, and each names its way there. Nothing is read that does
 * not have exactly this form.
 */
import * as v from "valibot";
import { concat, equalBytes, u64 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import { asSealed, type Millis, type Sealed } from "../base/brand.ts";
import { decodeCbor, encodeCbor, type Cbor } from "./cbor.ts";
import { rungKinds, type RungKind } from "./frames.ts";
import { sha256, verify, type Label } from "./keys.ts";
import { buckets, firingRoom, isBucket, receiptCap, rungsCap, wayCap } from "./sizes.ts";
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

type Sign = (label: Label, message: Uint8Array) => Uint8Array;
type Hash = (bytes: Uint8Array) => Uint8Array;

/** Over all rungs of a turn, fired or not, with their dues and bodies. */
export const rungsHash = (rungs: readonly RungDigest[], hash: Hash = sha256): Uint8Array =>
  hash(concat(...rungs.map(({ kind, due, hash: body }) => concat(new Uint8Array([rungKinds.indexOf(kind)]), u64(due), body))));

/** An array of up to 23 fields begins with one byte that counts them (RFC 8949, section 3): with more of them, what is signed stands as it is. */
const withMore = (signed: Uint8Array, ...more: readonly Cbor[]): Uint8Array => {
  const whole = concat(signed, ...more.map(encodeCbor));
  whole[0] = (signed[0] as number) + more.length;
  return whole;
};

export const writeReceipt = (receipt: Receipt, sign: Sign): Uint8Array => {
  const { line, vigil, side, turn, due, state, rungs, fired, next, moved, hash, now, canary, incarnation } = receipt;
  const signed = encodeCbor([1, line, vigil, side, turn, due, vigilStates.indexOf(state), rungs, fired, next, moved, hash, now, canary, incarnation]);
  return withMore(signed, sign("beside/receipt/1", signed));
};

/** In the tree of what fired together (RFC 9162, section 2.1, but each pair in the order of its bytes: a way needs no directions). */
const leafOf = (signed: Uint8Array, hash: Hash): Uint8Array => hash(concat(leafMark, signed));
const above = (a: Uint8Array, b: Uint8Array, hash: Hash): Uint8Array => hash(isBefore(a, b) ? concat(nodeMark, a, b) : concat(nodeMark, b, a));
const [leafMark, nodeMark] = [new Uint8Array([0]), new Uint8Array([1])];

const isBefore = (a: Uint8Array, b: Uint8Array): boolean => {
  const differs = a.findIndex((byte, i) => byte !== b[i]);
  return (a[differs] ?? 0) < (b[differs] ?? 0);
};

/** With one signature over all of them, at most 2 ^ `wayCap`. The way of each is as long as the tree is high: it tells how many there were, about. */
export const writeFirings = (firings: readonly Firing[], sign: Sign, hash: Hash = sha256): readonly Sealed[] => {
  const signed = firings.map(({ line, vigil, turn, rung, kind, due, moved, now, down, incarnation, body }) =>
    encodeCbor([1, line, vigil, turn, rung, rungKinds.indexOf(kind), due, moved, now, down ? [down.from, down.until] : null, incarnation, body]),
  );
  invariant(signed.length <= 2 ** wayCap, "no more together than have a way to their signature");
  const ways: Uint8Array[][] = signed.map(() => []);
  let level = signed.map((bytes) => leafOf(bytes, hash));
  for (let height = 0; level.length > 1; height++) {
    for (const [i, way] of ways.entries()) {
      const beside = level[(i >> height) ^ 1];
      // The last of an odd number goes up as it is.
      if (beside) way.push(beside);
    }
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const [a, b] = [level[2 * i] as Uint8Array, level[2 * i + 1]];
      return b ? above(a, b, hash) : a;
    });
  }
  const [root] = level;
  const signature = root && sign("beside/fired/1", root);
  return signed.map((bytes, i) => asSealed(withMore(bytes, ways[i] as Uint8Array[], signature as Uint8Array)));
};

/** By itself. */
export const writeFiring = (firing: Firing, sign: Sign, hash: Hash = sha256): Sealed => writeFirings([firing], sign, hash)[0] as Sealed;

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
  v.nullable(v.strictTuple([time, time])), time, bytes(buckets[0], buckets[buckets.length - 1]),
  v.pipe(v.array(bytes(32)), v.maxLength(wayCap)), bytes(64),
]);

export type Verify = (key: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array) => boolean;

/** The fields as they came, of exactly this form. */
const read = <Schema extends v.GenericSchema>(encoded: Uint8Array, schema: Schema): v.InferOutput<Schema> | undefined => {
  const decoded = decodeCbor(encoded);
  // One fault is enough: a relay that lies could have each of sixty thousand elements complained of.
  const parsed = decoded.ok ? v.safeParse(schema, decoded.value, { abortEarly: true }) : undefined;
  return parsed?.success ? parsed.output : undefined;
};

/** Without what came after it was encoded. */
const signedOf = (fields: readonly unknown[], after: number): Uint8Array => encodeCbor(fields.slice(0, -after) as Cbor[]);

/** What a receipt says it is about, by whomever it is: a signature is the dearest thing about it. Never throws. */
export const peekReceipt = (encoded: Uint8Array): Pick<Receipt, "vigil" | "turn" | "state" | "fired"> | undefined => {
  const fields = encoded.length > receiptCap ? undefined : read(encoded, receiptSchema);
  if (!fields) return undefined;
  const [, , vigil, , turn, , state, , fired] = fields;
  return { vigil, turn, state: vigilStates[state] as VigilState, fired };
};

/** A receipt of this line that this relay signed; `undefined` for anything else. Never throws. */
export const readReceipt = (relay: Uint8Array, line: Uint8Array, encoded: Uint8Array, check: Verify = verify): Receipt | undefined => {
  const fields = encoded.length > receiptCap ? undefined : read(encoded, receiptSchema);
  if (!fields || !equalBytes(fields[1], line)) return undefined;
  const [, , vigil, side, turn, due, state, rungs, fired, next, moved, hash, now, canary, incarnation, signature] = fields;
  if (!check(relay, "beside/receipt/1", signedOf(fields, 1), signature)) return undefined;
  return { line: fields[1], vigil, side, turn, due, state: vigilStates[state] as VigilState, rungs, fired, next, moved, hash, now, canary, incarnation };
};

/** What a rung left on this line, as this relay signed it; `undefined` for anything else. Never throws. */
export const readFiring = (relay: Uint8Array, line: Uint8Array, encoded: Uint8Array, check: Verify = verify): Firing | undefined => {
  const most = buckets[buckets.length - 1] as number;
  const fields = encoded.length > most + firingRoom ? undefined : read(encoded, firingSchema);
  if (!fields || !equalBytes(fields[1], line)) return undefined;
  const [, , vigil, turn, rung, kind, due, moved, now, down, incarnation, body, way, signature] = fields;
  const root = way.reduce((hash, beside) => above(hash, beside, sha256), leafOf(signedOf(fields, 2), sha256));
  if (!isBucket(body.length) || !check(relay, "beside/fired/1", root, signature)) return undefined;
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
