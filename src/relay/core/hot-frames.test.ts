import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSealed } from "../../base/brand.ts";
import { decodeFrame, encodeFrame as encodeTable, recordKinds, refoundNumbers, type Frame } from "../../protocol/frames.ts";
import { buckets } from "../../protocol/sizes.ts";
import { decodeMessage, encodeAcked, encodeEntries, encodeLive } from "./hot-frames.ts";

/** Under Node the table writes into `Buffer`s; the same bytes. */
const encodeFrame = (frame: Frame): Uint8Array => new Uint8Array(encodeTable(frame));

const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffff));
const ownCount = u32.map((n) => n % refoundNumbers);
const time = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER));
const body = (sizes: readonly number[]) =>
  fc.tuple(fc.constantFrom(...sizes), fc.nat(255)).map(([length, fill]) => asSealed(new Uint8Array(length).fill(fill)));
const head = fc.uint8Array({ minLength: 32, maxLength: 32 });
const record = fc.record({
  seq: u32,
  at: time,
  device: fc.nat(255),
  n: u32,
  epoch: u32,
  kind: fc.constantFrom(...recordKinds),
  body: body(buckets),
  head,
});
const hot: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: fc.constant("append" as const), n: ownCount, epoch: u32, body: body(buckets) }),
  fc.record({ type: fc.constant("live" as const), body: body([200]) }),
  fc.record({ type: fc.constant("cursor" as const), seq: u32 }),
  fc.constant<Frame>({ type: "ping" }),
);

describe("the hot frames", () => {
  it("[WIRE1] are written exactly as the table writes them", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), fc.nat(255), body([200]), (records, device, live) => {
        for (const { n, seq, at, head: of } of records.slice(0, 3))
          expect(encodeAcked({ n, seq, at, head: of })).toEqual(encodeFrame({ type: "acked", n, seq, at, head: of }));
        expect(encodeEntries(records)).toEqual(encodeFrame({ type: "entries", items: records }));
        expect(encodeLive(device, live)).toEqual(encodeFrame({ type: "liveFrom", device, body: live }));
      }),
      { numRuns: 60 },
    );
  });

  it("[WIRE1] are read exactly as the table reads them", () => {
    fc.assert(
      fc.property(hot, (frame) => {
        expect(decodeMessage(encodeFrame(frame))).toEqual({ ok: true, value: frame });
      }),
      { numRuns: 300 },
    );
  });

  it("[WIRE1] nothing is read that the table would not read", () => {
    const mutated = fc.tuple(hot, fc.nat(20), fc.nat(255), fc.nat(3)).map(([frame, at, byte, how]) => {
      const encoded = encodeFrame(frame);
      if (how === 0) return encoded.slice(0, Math.max(0, encoded.length - at));
      if (how === 1) return Uint8Array.from([...encoded.slice(0, at), byte, ...encoded.slice(at)]);
      if (how === 2) return Uint8Array.from([...encoded.slice(0, at), ...encoded.slice(at + 1)]);
      return encoded.map((old, i) => (i === at % 12 ? byte : old));
    });
    const wide = fc
      .tuple(fc.constantFrom(3, 6, 7, 10), fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0x82, 0x83, 0x85))
      .map(([type, rest, first]) => Uint8Array.from([first, 1, type, ...rest]));
    fc.assert(
      fc.property(fc.oneof(mutated, wide, fc.uint8Array({ maxLength: 300 })), (message) => {
        expect(decodeMessage(message)).toEqual(decodeFrame(message));
      }),
      { numRuns: 3000 },
    );
  });
});
