/**
 * The wire between a device and a relay: every frame, its fields and bounds, once. Both ends import this table.
 *
 * A frame is one WebSocket binary message: the canonical CBOR array [version, type, ...fields in the order below].
 * Numbers are unsigned; times are milliseconds since the Unix epoch by the relay's clock. A field that may be
 * absent is null. The rules that go with the frames are numbered in docs/protocol.md.
 *
 *   from a device                                     from the relay
 *    1 create   a new line                            32 challenge  first on every socket: nonce, relay key, time
 *    2 open     prove a key; get what I lack; live    33 opened     who I am here, where the log stands
 *    3 append   one sealed entry                      34 entries    records of the log, in order
 *    4 change   membership of relay and group         35 acked      my append, change or accept is durable
 *    5 accept   the change that lets the other in     36 refused    no, why, and when to retry
 *    6 live     one sealed frame, never stored        37 live       one sealed frame, stamped with its sender
 *    7 cursor   what I have durably applied           38 knocks     who waits at the doors of my side
 *    8 knock    ask to be let in                      39 knocked    what became of my knock
 *    9 end      end the line for ever                 40 created    the line exists
 *   10 ping     is the connection alive?              41 ended      the END certificate
 *   11 offer    my side's door, for a device of mine  42 pong       yes, and the time
 *   12 answer   to one that waits at that door        43 latecomer  someone came with a used invitation
 *   13 package  my last-resort key package            44 current    no more of the log: what follows is live
 *   14 packages whose packages are there?             45 answered   what a device of the line says to a knocker
 *   15 refound  the group anew (generation + 1)       46 done       the offer, package, keep, drop … is durable
 *   16 recover  prove the twelve words                47 packagesOf the last-resort key packages
 *   17 reclaim  take my side back, with a new device  48 recovered  the line that the words belong to
 *   18 verifier what proves the words of my side      49 archived   what my side keeps as its archive
 *   19 keep     these blobs are my side's archive     50 stored     how far a blob is
 *   20 archive  what is my side's archive?            51 chunk      a piece of a blob
 *   21 put      a sealed piece of a blob              52 receipt    what became of my act on a vigil
 *   22 get      a piece of a blob, by capability      53 receipts   the vigils of the line, as they are now
 *   23 drop     delete a blob, by capability
 *   24 ask      how far is my blob?
 *   25 vouch    a newer device of mine is no stranger
 *   26 arm      a new vigil, with all its rungs
 *   27 renew    the next turn of a vigil
 *   28 refresh  another envelope under the same due
 *   29 lift     nothing of a vigil fires any more
 *   30 check    the vigils of the line?
 *   31 show     a receipt of yours that you may have forgotten
 *
 * Versioning: the version is the first element, so that any end can name what it does not speak. A new field is a
 * new version; a new frame is a new type, which does not compile until both ends handle it.
 */
import * as v from "valibot";
import { err, ok, type Result } from "../base/result.ts";
import type { Sealed } from "../base/brand.ts";
import { decodeCbor, encodeCbor, type Cbor } from "./cbor.ts";
import { bytes, text, uint } from "./schema.ts";
import {
  answerCap,
  blobChunks,
  buckets,
  firingRoom,
  frameCap,
  isBucket,
  keptBlobs,
  knockSize,
  liveSize,
  noteCap,
  packageCap,
  receiptCap,
  receiptsAtOnce,
  rungsCap,
  rungsRoom,
} from "./sizes.ts";

export const protocolVersion = 1;

const u32 = uint(0xffff_ffff);
/** A device's own count is below these; a refound's number is of the generation that it begins (chain.ts). */
export const refoundNumbers = 0x8000_0000;
const ownCount = uint(refoundNumbers - 1);
const time = uint();
const key = bytes(32);
const lineId = bytes(16);
const nonce = bytes(32);
const signature = bytes(64);
const head = bytes(32);
const sealedBody = v.pipe(
  bytes(buckets[0], buckets[buckets.length - 1]),
  v.check((value) => isBucket(value.length)),
  v.transform((value) => value as Sealed),
);
const liveBody = v.pipe(
  bytes(liveSize),
  v.transform((value) => value as Sealed),
);
/** Index of a device in its line's device list: two sides of at most four. Revoked devices keep their index. */
const deviceIndex = uint(255);
const side = v.picklist([0, 1]);

/** What an end may answer instead of doing what was asked. */
export const refusals = {
  1: "malformed", // not a frame, or one with impossible fields
  2: "version", // a protocol version this relay does not speak
  3: "unknown", // no such line, or no such key on it: the two look the same
  4: "taken", // the invitation was used (shown to holders of it)
  5: "revoked", // this key was a device of the line once
  6: "closed", // this relay creates no new lines, or wants a token
  7: "stale", // another epoch or generation is current: catch up and seal anew
  8: "gap", // the device's count skipped a number
  9: "full", // this side's room is used up
  10: "busy", // try again after the given time
  11: "expired", // the invitation is older than 24 hours
  12: "crowded", // four knocks are waiting already
  13: "forbidden", // an act that is not this device's or side's to do
  14: "unavailable", // the relay cannot store at the moment (disk)
} as const;
export type RefusalCode = (typeof refusals)[keyof typeof refusals];
const refusalNumbers = Object.fromEntries(Object.entries(refusals).map(([number, code]) => [code, Number(number)])) as Record<RefusalCode, number>;
const refusalCode = v.pipe(
  v.number(),
  v.check((value) => value in refusals),
  v.transform((value) => refusals[value as keyof typeof refusals]),
);

/** In the order of their numbers on the wire. The body of a refound is its welcome; what a vigil left is read by receipt.ts. */
export const recordKinds = ["entry", "change", "refound", "fired"] as const;

const recordBody = v.pipe(
  bytes(buckets[0], buckets[4] + firingRoom),
  v.transform((value) => value as Sealed),
);
const logRecord = v.pipe(
  v.strictTuple([u32, time, deviceIndex, u32, u32, v.picklist([0, 1, 2, 3]), recordBody]),
  // A rung's body comes inside of what the relay signed about it, so it has no size of its own.
  v.check(([, , , , , kind, body]) => recordKinds[kind] === "fired" || isBucket(body.length)),
  v.transform(([seq, at, device, n, epoch, kind, body]) => ({ seq, at, device, n, epoch, kind: recordKinds[kind], body })),
);
const member = v.pipe(
  v.strictTuple([deviceIndex, side, key, v.boolean()]),
  v.transform(([index, sideOf, deviceKey, revoked]) => ({ index, side: sideOf, key: deviceKey, revoked })),
);
const knockItem = v.pipe(
  v.strictTuple([u32, key, time, bytes(knockSize)]),
  v.transform(([id, deviceKey, at, body]) => ({ id, key: deviceKey, at, body })),
);

const blobId = bytes(16);
const chunkCount = v.pipe(uint(blobChunks), v.minValue(1));
const chunkIndex = uint(blobChunks - 1);
const packageItem = v.pipe(
  v.strictTuple([deviceIndex, bytes(1, packageCap)]),
  v.transform(([device, body]) => ({ device, body })),
);

/** In the order of their numbers, which is also the order in which they fire. */
export const rungKinds = ["remind", "late", "envelope", "farewell"] as const;
export type RungKind = (typeof rungKinds)[number];

const rung = v.pipe(
  v.strictTuple([v.picklist([0, 1, 2, 3]), time, sealedBody]),
  v.transform(([kind, due, body]) => ({ kind: rungKinds[kind] as RungKind, due, body })),
);
const vigilId = bytes(16);
/** Of the device's own choice: it comes back in the answer. */
const ask = u32;
/** From 1, and higher with each renewal. */
const turn = v.pipe(u32, v.minValue(1));

/** What a vigil is for one turn. Whether the rungs are in order is the relay's to say (VIG2). */
const turnFields = {
  /** When the window of a sign of life opens; null for a promise with a date. */
  opens: v.nullable(time),
  /** SHA-256 of the secret that keeps this window, and can do nothing else. */
  keeper: v.nullable(bytes(32)),
  rungs: v.pipe(
    v.array(rung),
    v.minLength(1),
    v.maxLength(rungsCap),
    v.check((rungs) => rungs.reduce((sum, { body }) => sum + body.length, 0) <= rungsRoom),
  ),
};

const changeFields = {
  n: ownCount,
  generation: u32,
  epoch: u32,
  commit: sealedBody,
  welcome: v.nullable(sealedBody),
  enrol: v.pipe(v.array(key), v.maxLength(4)),
  revoke: v.pipe(v.array(deviceIndex), v.maxLength(4)),
};

const fieldsByFrame = {
  create: { line: lineId, key, ticketHash: bytes(32), recovery: key, token: text(128), signature },
  open: { line: lineId, key, nonce, cursor: u32, signature },
  append: { n: ownCount, epoch: u32, body: sealedBody },
  change: changeFields,
  accept: { ticket: bytes(32), knock: u32, ...changeFields },
  live: { body: liveBody },
  cursor: { seq: u32 },
  knock: { line: lineId, key, ticket: bytes(32), body: bytes(knockSize), signature },
  end: { certificate: bytes(1, 256) },
  ping: {},
  /** SHA-256 of the ticket; null closes the door. */
  offer: { hash: v.nullable(bytes(32)) },
  answer: { knock: u32, body: bytes(1, answerCap) },
  package: { body: bytes(1, packageCap) },
  packages: {},
  /** The welcome of the new group, for every other device in it. */
  refound: { n: v.pipe(u32, v.minValue(refoundNumbers)), generation: u32, epoch: u32, welcome: sealedBody },
  recover: { key, signature },
  /** By a session that recovered: all devices of its side go, `key` is its only one. */
  reclaim: { key, generation: u32, epoch: u32, welcome: sealedBody, signature },
  /** `proof`: by the verifier that is there, when one is. */
  verifier: { key, proof: v.nullable(signature) },
  /** `note` is sealed for whoever has the twelve words. Blobs kept before and not named now are deleted. */
  keep: { note: bytes(0, noteCap), ids: v.pipe(v.array(blobId), v.maxLength(keptBlobs)) },
  archive: {},
  /** In order of their index; `check` is the SHA-256 of the capability. Every piece but the last is of the largest bucket. */
  put: { id: blobId, check: bytes(32), total: chunkCount, index: chunkIndex, body: sealedBody },
  get: { id: blobId, capability: bytes(32), index: chunkIndex },
  drop: { id: blobId, capability: bytes(32) },
  ask: { id: blobId },
  vouch: { device: deviceIndex },
  arm: { ask, vigil: vigilId, due: time, ...turnFields },
  /** `turn` and `due` are those that it has now, as in the next three; `next` is the due of the turn that begins. */
  renew: { ask, vigil: vigilId, turn, due: time, next: time, ...turnFields },
  refresh: { ask, vigil: vigilId, turn, due: time, rung: uint(rungsCap - 1), body: sealedBody },
  lift: { ask, vigil: vigilId, turn, due: time },
  check: {},
  show: { ask, receipt: bytes(1, receiptCap) },

  challenge: { nonce, relay: key, now: time },
  opened: {
    generation: u32,
    epoch: u32,
    device: deviceIndex,
    /** The last `n` accepted from this device. */
    n: u32,
    /** The records that follow begin after `baseSeq`, whose head is `baseHead`: my cursor, or later when the log was cut (gap). */
    baseSeq: u32,
    baseHead: head,
    seq: u32,
    head,
    members: v.pipe(v.array(member), v.maxLength(64)),
    /** For a device whose own change is its beginning and that has not passed it yet. */
    welcome: v.nullable(sealedBody),
    now: time,
    signature,
  },
  entries: { items: v.pipe(v.array(logRecord), v.minLength(1), v.maxLength(512)) },
  acked: { n: u32, seq: u32, at: time, head },
  refused: { re: u32, n: u32, code: refusalCode, after: time },
  liveFrom: { device: deviceIndex, body: liveBody },
  /** Four at the inviter's door, four at the side's own. */
  knocks: { items: v.pipe(v.array(knockItem), v.maxLength(8)) },
  knocked: {
    state: v.pipe(
      v.picklist([0, 1]),
      v.transform((value) => (value === 0 ? ("waiting" as const) : ("accepted" as const))),
    ),
  },
  created: { expires: time },
  ended: { certificate: bytes(1, 256) },
  pong: { now: time },
  latecomer: { at: time },
  current: { seq: u32 },
  answered: { body: bytes(1, answerCap) },
  /** `at`: until when it holds, by the relay's clock; 0 where it has no end. */
  done: { re: u32, at: time },
  packagesOf: { generation: u32, epoch: u32, items: v.pipe(v.array(packageItem), v.maxLength(8)) },
  recovered: {
    line: lineId,
    side,
    generation: u32,
    epoch: u32,
    seq: u32,
    head,
    members: v.pipe(v.array(member), v.maxLength(64)),
    note: bytes(0, noteCap),
    ids: v.pipe(v.array(blobId), v.maxLength(keptBlobs)),
    now: time,
  },
  archived: { note: bytes(0, noteCap), ids: v.pipe(v.array(blobId), v.maxLength(keptBlobs)) },
  /** The next piece that is missing; `total` 0: there is no such blob. */
  stored: { id: blobId, next: uint(blobChunks), total: uint(blobChunks) },
  chunk: { id: blobId, index: chunkIndex, total: chunkCount, body: sealedBody },
  /** `done`: the vigil is as was asked for, now or since before; else nothing changed, and this is how it is. */
  receipt: { re: u32, ask, done: v.boolean(), receipt: bytes(1, receiptCap) },
  receipts: { items: v.pipe(v.array(bytes(1, receiptCap)), v.maxLength(receiptsAtOnce)) },
};

export const frameTypes = {
  create: 1,
  open: 2,
  append: 3,
  change: 4,
  accept: 5,
  live: 6,
  cursor: 7,
  knock: 8,
  end: 9,
  ping: 10,
  offer: 11,
  answer: 12,
  package: 13,
  packages: 14,
  refound: 15,
  recover: 16,
  reclaim: 17,
  verifier: 18,
  keep: 19,
  archive: 20,
  put: 21,
  get: 22,
  drop: 23,
  ask: 24,
  vouch: 25,
  arm: 26,
  renew: 27,
  refresh: 28,
  lift: 29,
  check: 30,
  show: 31,
  challenge: 32,
  opened: 33,
  entries: 34,
  acked: 35,
  refused: 36,
  liveFrom: 37,
  knocks: 38,
  knocked: 39,
  created: 40,
  ended: 41,
  pong: 42,
  latecomer: 43,
  current: 44,
  answered: 45,
  done: 46,
  packagesOf: 47,
  recovered: 48,
  archived: 49,
  stored: 50,
  chunk: 51,
  receipt: 52,
  receipts: 53,
} as const satisfies Record<FrameName, number>;

export type FrameName = keyof typeof fieldsByFrame;
type Fields<Name extends FrameName> = {
  readonly [K in keyof (typeof fieldsByFrame)[Name]]: (typeof fieldsByFrame)[Name][K] extends v.GenericSchema
    ? v.InferOutput<(typeof fieldsByFrame)[Name][K]>
    : never;
};
export type FrameOf<Name extends FrameName> = { readonly type: Name } & Fields<Name>;

export type RelayFrameName =
  | ("challenge" | "opened" | "entries" | "acked" | "refused" | "liveFrom" | "knocks" | "knocked" | "created" | "ended" | "pong" | "latecomer" | "current")
  | ("answered" | "done" | "packagesOf" | "recovered" | "archived" | "stored" | "chunk" | "receipt" | "receipts");
export type DeviceFrameName = Exclude<FrameName, RelayFrameName>;
export type DeviceFrame = { [Name in DeviceFrameName]: FrameOf<Name> }[DeviceFrameName];
export type RelayFrame = { [Name in RelayFrameName]: FrameOf<Name> }[RelayFrameName];
export type Frame = DeviceFrame | RelayFrame;
export type ChangeFields = Omit<FrameOf<"change">, "type">;

const nameByType = new Map(Object.entries(frameTypes).map(([name, type]) => [type, name as FrameName]));
const tuples = Object.fromEntries(
  Object.entries(fieldsByFrame).map(([name, fields]) => [
    name,
    { names: Object.keys(fields), schema: v.strictTuple(Object.values(fields) as v.GenericSchema[]) },
  ]),
) as unknown as Record<FrameName, { names: string[]; schema: v.GenericSchema<unknown[], unknown[]> }>;

/** Fields whose value differs from their wire form; everything else goes out as it is. */
const toWire = (frame: Frame, field: string, value: unknown): Cbor => {
  switch (field) {
    case "code":
      return refusalNumbers[value as RefusalCode];
    case "state":
      return value === "waiting" ? 0 : 1;
    case "rungs":
      return (value as FrameOf<"arm">["rungs"]).map(({ kind, due, body }) => [rungKinds.indexOf(kind), due, body]);
    case "members":
      return (value as FrameOf<"opened">["members"]).map((item) => [item.index, item.side, item.key, item.revoked]);
    case "items":
      if (frame.type === "entries")
        return frame.items.map((item) => [item.seq, item.at, item.device, item.n, item.epoch, recordKinds.indexOf(item.kind), item.body]);
      if (frame.type === "packagesOf") return frame.items.map((item) => [item.device, item.body]);
      if (frame.type === "receipts") return [...frame.items];
      return (value as FrameOf<"knocks">["items"]).map((item) => [item.id, item.key, item.at, item.body]);
    default:
      return value as Cbor;
  }
};

/** Our own frames only: a value outside its bounds is a defect of ours and is not checked here. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const out: Cbor[] = [protocolVersion, frameTypes[frame.type]];
  for (const field of tuples[frame.type].names) out.push(toWire(frame, field, (frame as unknown as Record<string, unknown>)[field]));
  return encodeCbor(out);
};

export type FrameFault = { readonly code: "malformed" | "version" | "unknown-type" | "oversized" };

/** Any bytes at all: a frame, or why not. Never throws. `oversized` is decided before anything is parsed. */
export const decodeFrame = (encoded: Uint8Array): Result<Frame, FrameFault> => {
  if (encoded.length > frameCap) return err({ code: "oversized" });
  const decoded = decodeCbor(encoded);
  if (!decoded.ok || !Array.isArray(decoded.value)) return err({ code: "malformed" });
  const [version, type, ...values] = decoded.value as readonly Cbor[];
  if (!Number.isSafeInteger(version) || !Number.isSafeInteger(type) || (version as number) < 0 || (type as number) < 0) return err({ code: "malformed" });
  if (version !== protocolVersion) return err({ code: "version" });
  const name = nameByType.get(type as never);
  if (name === undefined) return err({ code: "unknown-type" });
  const { names, schema } = tuples[name];
  const parsed = v.safeParse(schema, values);
  if (!parsed.success) return err({ code: "malformed" });
  const frame: Record<string, unknown> = { type: name };
  for (const [i, field] of names.entries()) frame[field] = parsed.output[i];
  return ok(frame as unknown as Frame);
};

export const isDeviceFrame = (frame: Frame): frame is DeviceFrame => frameTypes[frame.type] < frameTypes.challenge;
export const isRelayFrame = (frame: Frame): frame is RelayFrame => !isDeviceFrame(frame);
