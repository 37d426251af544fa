import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { concat } from "../base/bytes.ts";
import { encodeCbor } from "./cbor.ts";
import {
  decodeFrame,
  encodeFrame,
  frameTypes,
  isDeviceFrame,
  isRelayFrame,
  protocolVersion,
  recordKinds,
  refoundNumbers,
  rungKinds,
  refusals,
  type Frame,
  type FrameName,
  type FrameOf,
} from "./frames.ts";
import {
  answerCap,
  blobChunks,
  buckets,
  firingRoom,
  frameCap,
  keptBlobs,
  knockSize,
  liveSize,
  noteCap,
  packageCap,
  receiptCap,
  receiptsAtOnce,
  rungsCap,
} from "./sizes.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
/** Long bytes from two values: the codec does not look into them, and the tests stay quick. */
const filled = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.nat(255), fc.nat(255)).map(([first, rest]) => new Uint8Array(length).fill(rest).fill(first, 0, 1));
const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff));
const time = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER));
const body = fc
  .constantFrom(...buckets)
  .chain(filled)
  .map(asSealed);
const index = fc.nat(255);
const ownCount = fc.oneof(fc.constantFrom(0, refoundNumbers - 1), fc.nat(refoundNumbers - 1));
const piece = fc.nat(blobChunks - 1);
const upTo = (most: number, least = 0): fc.Arbitrary<Uint8Array> => fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: most })).chain(filled);
const list = <T>(of: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<T[]> => fc.array(of, { minLength, maxLength });
const change = { n: ownCount, generation: u32, epoch: u32, commit: body, welcome: fc.option(body), enrol: list(bytes(32), 4), revoke: list(index, 4) };
const recordOf = (kinds: readonly (typeof recordKinds)[number][], size: fc.Arbitrary<number>) =>
  fc.record({ seq: u32, at: time, device: index, n: u32, epoch: u32, kind: fc.constantFrom(...kinds), body: size.chain(filled).map(asSealed) });
const record = fc.oneof(
  recordOf(
    recordKinds.filter((kind) => kind !== "fired"),
    fc.constant(256),
  ),
  recordOf(["fired"], fc.integer({ min: 257, max: 2000 })),
);
const turnOf = {
  opens: fc.option(time),
  keeper: fc.option(bytes(32)),
  rungs: list(fc.record({ kind: fc.constantFrom(...rungKinds), due: time, body: filled(256).map(asSealed) }), rungsCap, 1),
};
const turn = fc.integer({ min: 1, max: 0xffff_ffff });
const member = fc.record({ index, side: fc.constantFrom(0 as const, 1 as const), key: bytes(32), revoked: fc.boolean() });

/** One arbitrary per frame: a new frame does not compile until it has one. */
const fields: { readonly [Name in FrameName]: { readonly [Field in keyof Omit<FrameOf<Name>, "type">]: fc.Arbitrary<FrameOf<Name>[Field]> } } = {
  create: {
    line: bytes(16),
    key: bytes(32),
    ticketHash: bytes(32),
    recovery: bytes(32),
    token: fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => new TextEncoder().encode(text).length <= 128),
    signature: bytes(64),
  },
  open: { line: bytes(16), key: bytes(32), nonce: bytes(32), cursor: u32, signature: bytes(64) },
  append: { n: ownCount, epoch: u32, body },
  change,
  accept: { ticket: bytes(32), knock: u32, ...change },
  live: { body: filled(liveSize).map(asSealed) },
  cursor: { seq: u32 },
  knock: { line: bytes(16), key: bytes(32), ticket: bytes(32), body: filled(knockSize), signature: bytes(64) },
  end: { certificate: fc.uint8Array({ minLength: 1, maxLength: 256 }) },
  ping: {},
  offer: { hash: fc.option(bytes(32)) },
  answer: { knock: u32, body: upTo(answerCap, 1) },
  package: { body: upTo(packageCap, 1) },
  packages: {},
  refound: { n: fc.integer({ min: refoundNumbers, max: 0xffff_ffff }), generation: u32, epoch: u32, welcome: body },
  recover: { key: bytes(32), signature: bytes(64) },
  reclaim: { key: bytes(32), generation: u32, epoch: u32, welcome: body, signature: bytes(64) },
  verifier: { key: bytes(32), proof: fc.option(bytes(64)) },
  keep: { note: upTo(noteCap), ids: list(bytes(16), keptBlobs) },
  archive: {},
  put: { id: bytes(16), check: bytes(32), total: fc.integer({ min: 1, max: blobChunks }), index: piece, body },
  get: { id: bytes(16), capability: bytes(32), index: piece },
  drop: { id: bytes(16), capability: bytes(32) },
  ask: { id: bytes(16) },
  vouch: { device: index },
  arm: { ask: u32, vigil: bytes(16), due: time, ...turnOf },
  renew: { ask: u32, vigil: bytes(16), turn, due: time, next: time, ...turnOf },
  refresh: { ask: u32, vigil: bytes(16), turn, due: time, rung: fc.nat(rungsCap - 1), body },
  lift: { ask: u32, vigil: bytes(16), turn, due: time },
  check: {},
  show: { ask: u32, receipt: upTo(receiptCap, 1) },
  challenge: { nonce: bytes(32), relay: bytes(32), now: time },
  opened: {
    generation: u32,
    epoch: u32,
    device: index,
    n: u32,
    baseSeq: u32,
    baseHead: bytes(32),
    seq: u32,
    head: bytes(32),
    members: list(member, 64),
    welcome: fc.option(body),
    now: time,
    signature: bytes(64),
  },
  entries: { items: list(record, 40, 1) },
  acked: { n: u32, seq: u32, at: time, head: bytes(32) },
  refused: { re: u32, n: u32, code: fc.constantFrom(...Object.values(refusals)), after: time },
  liveFrom: { device: index, body: filled(liveSize).map(asSealed) },
  knocks: { items: list(fc.record({ id: u32, key: bytes(32), at: time, body: filled(knockSize) }), 8) },
  knocked: { state: fc.constantFrom("waiting" as const, "accepted" as const) },
  created: { expires: time },
  ended: { certificate: fc.uint8Array({ minLength: 1, maxLength: 256 }) },
  pong: { now: time },
  latecomer: { at: time },
  current: { seq: u32 },
  answered: { body: upTo(answerCap, 1) },
  done: { re: u32, at: time },
  packagesOf: { generation: u32, epoch: u32, items: list(fc.record({ device: index, body: upTo(packageCap, 1) }), 8) },
  recovered: {
    line: bytes(16),
    side: fc.constantFrom(0 as const, 1 as const),
    generation: u32,
    epoch: u32,
    seq: u32,
    head: bytes(32),
    members: list(member, 64),
    note: upTo(noteCap),
    ids: list(bytes(16), keptBlobs),
    now: time,
  },
  archived: { note: upTo(noteCap), ids: list(bytes(16), keptBlobs) },
  stored: { id: bytes(16), next: fc.nat(blobChunks), total: fc.nat(blobChunks) },
  chunk: { id: bytes(16), index: piece, total: fc.integer({ min: 1, max: blobChunks }), body },
  receipt: { re: u32, ask: u32, done: fc.boolean(), receipt: upTo(receiptCap, 1) },
  receipts: { items: list(upTo(receiptCap, 1), receiptsAtOnce) },
};
const arbitrary = (name: FrameName): fc.Arbitrary<Frame> =>
  fc.record(fields[name] as Record<string, fc.Arbitrary<unknown>>).map((frame) => ({ type: name, ...frame }) as unknown as Frame);
const anyFrame = fc.constantFrom(...(Object.keys(frameTypes) as FrameName[])).chain(arbitrary);

describe("the codec", () => {
  it.each(Object.keys(frameTypes) as FrameName[])("[WIRE1] %s comes back as it went", (name) => {
    fc.assert(
      fc.property(arbitrary(name), (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame });
        expect(isDeviceFrame(frame)).toBe(frameTypes[name] < 32);
        expect(isRelayFrame(frame)).toBe(frameTypes[name] >= 32);
      }),
      { numRuns: 40 },
    );
  });

  it("[WIRE1] arbitrary bytes never throw, and what is accepted has this one encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (encoded) => {
        const decoded = decodeFrame(encoded);
        if (decoded.ok) expect(encodeFrame(decoded.value)).toEqual(encoded);
      }),
      { numRuns: 2000 },
    );
  });

  it("[WIRE1] mutated frames never throw, and what is accepted has this one encoding", () => {
    const cut = (encoded: Uint8Array, at: number, by: number, how: number): Uint8Array => {
      const place = at % encoded.length;
      // Near the front, where the structure is: the rest is opaque.
      const near = place % 64 < encoded.length ? place % 64 : place;
      if (how === 0) return encoded.slice(0, place);
      if (how === 1) return concat(encoded, new Uint8Array([by]));
      if (how === 2) return concat(encoded.slice(0, near), new Uint8Array([by]), encoded.slice(near));
      return encoded.map((byte, i) => (i === near ? byte ^ by : byte));
    };
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(3), (frame, at, by, how) => {
        const encoded = cut(encodeFrame(frame), at, by, how);
        const decoded = decodeFrame(encoded);
        if (decoded.ok) expect(encodeFrame(decoded.value)).toEqual(encoded);
      }),
      { numRuns: 500 },
    );
  });

  it("[WIRE2] a message over the cap is refused whatever is in it", () => {
    expect(decodeFrame(new Uint8Array(frameCap + 1))).toEqual({ ok: false, error: { code: "oversized" } });
    expect(decodeFrame(new Uint8Array(frameCap))).toEqual({ ok: false, error: { code: "malformed" } });
  });

  it("[WIRE2] the largest frames of either end fit under the cap", () => {
    const large = asSealed(new Uint8Array(65_536));
    const key = new Uint8Array(32);
    const biggest: Frame = {
      type: "accept",
      ticket: key,
      knock: 0xffff_ffff,
      n: refoundNumbers - 1,
      generation: 0xffff_ffff,
      epoch: 0xffff_ffff,
      commit: large,
      welcome: large,
      enrol: [key, key, key, key],
      revoke: [255, 255, 255, 255],
    };
    const member = { index: 255, side: 1 as const, key, revoked: true };
    const opened: Frame = {
      type: "opened",
      generation: 1,
      epoch: 1,
      device: 1,
      n: 1,
      baseSeq: 1,
      baseHead: key,
      seq: 1,
      head: key,
      members: Array.from({ length: 64 }, () => member),
      welcome: large,
      now: Number.MAX_SAFE_INTEGER,
      signature: new Uint8Array(64),
    };
    const id = new Uint8Array(16);
    const recovered: Frame = {
      type: "recovered",
      line: id,
      side: 1,
      generation: 1,
      epoch: 1,
      seq: 1,
      head: key,
      members: opened.members,
      note: new Uint8Array(noteCap),
      ids: Array.from({ length: keptBlobs }, () => id),
      now: Number.MAX_SAFE_INTEGER,
    };
    const reclaim: Frame = { type: "reclaim", key, generation: 1, epoch: 1, welcome: large, signature: new Uint8Array(64) };
    const knocks: Frame = { type: "knocks", items: Array.from({ length: 8 }, (_, i) => ({ id: i, key, at: 1, body: new Uint8Array(knockSize) })) };
    const packages: Frame = {
      type: "packagesOf",
      generation: 1,
      epoch: 1,
      items: Array.from({ length: 8 }, (_, device) => ({ device, body: new Uint8Array(packageCap) })),
    };
    const rungs = Array.from({ length: 2 }, () => ({ kind: "late" as const, due: Number.MAX_SAFE_INTEGER, body: large }));
    const most = { opens: Number.MAX_SAFE_INTEGER, keeper: key, rungs };
    const renew: Frame = { type: "renew", ask: 1, vigil: id, turn: 1, due: Number.MAX_SAFE_INTEGER, next: Number.MAX_SAFE_INTEGER, ...most };
    const receipts: Frame = { type: "receipts", items: Array.from({ length: receiptsAtOnce }, () => new Uint8Array(receiptCap)) };
    const fired = { seq: 1, at: Number.MAX_SAFE_INTEGER, device: 255, n: 1, epoch: 1, kind: "fired" as const };
    const entries: Frame = { type: "entries", items: [{ ...fired, body: asSealed(new Uint8Array(65_536 + firingRoom)) }] };
    for (const frame of [biggest, opened, recovered, reclaim, knocks, packages, renew, receipts, entries])
      expect(decodeFrame(encodeFrame(frame)).ok).toBe(true);
  });

  it("[WIRE3] another version is named before the type is looked at", () => {
    expect(decodeFrame(encodeCbor([protocolVersion + 1, 999, "whatever"]))).toEqual({ ok: false, error: { code: "version" } });
    expect(decodeFrame(encodeCbor([protocolVersion, 999]))).toEqual({ ok: false, error: { code: "unknown-type" } });
  });
});
