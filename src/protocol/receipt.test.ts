import fc from "fast-check";
import { describe, expect, it } from "vitest";
import vectors from "../../vectors/receipts.v1.json" with { type: "json" };
import { asSealed } from "../base/brand.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { decodeCbor, encodeCbor, type Cbor } from "./cbor.ts";
import { sign, type Label } from "./keys.ts";
import { readFiring, readReceipt, rungsHash, writeFiring, writeFirings, writeReceipt, type Firing, type Receipt } from "./receipt.ts";
import { buckets, firingRoom, receiptCap, wayCap } from "./sizes.ts";

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
/** In the vectors, bytes are `{ "bytes": "hex" }`. */
const fromJson = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "object" && value !== null && "bytes" in value ? bytesOf(String(value.bytes)) : value,
    ]),
  );
const relay = bytesOf(vectors.relay);
const line = bytesOf(vectors.line);
const signed = (label: Label, message: Uint8Array): Uint8Array => sign(new Secret(bytesOf(vectors.seed)), label, message);
const firingFrom = (json: object): Firing => {
  const { down, ...firing } = fromJson(json) as unknown as Firing & { readonly down: Firing["down"] | null };
  return { ...firing, down: down ?? undefined };
};

const fieldsOf = (encoded: Uint8Array): readonly Cbor[] => {
  const decoded = decodeCbor(encoded);
  return decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
};
/** Where the way to the signature stands. */
const way = 12;

describe("vectors/receipts.v1.json", () => {
  it.each(vectors.receipts)("[VIG9] a receipt: $name", ({ hex, receipt }) => {
    const expected = fromJson(receipt) as unknown as Receipt;
    expect(readReceipt(relay, line, bytesOf(hex))).toEqual(expected);
    expect(toHex(writeReceipt(expected, signed))).toBe(hex);
  });

  it.each(vectors.firings)("[VIG4] what a rung left: $name", ({ hex, firing }) => {
    const expected = firingFrom(firing);
    expect(readFiring(relay, line, bytesOf(hex))).toEqual(expected);
    expect(toHex(writeFiring(expected, signed))).toBe(hex);
  });

  it.each(vectors.together)("[VIG14] what rungs left together: $name", ({ hex, firings }) => {
    const expected = firings.map(firingFrom);
    expect(hex.map((one) => readFiring(relay, line, bytesOf(one)))).toEqual(expected);
    expect(writeFirings(expected, signed).map(toHex)).toEqual(hex);
  });

  it.each(vectors.invalid)("[VIG9] nothing: $name", ({ hex }) => {
    expect([readReceipt(relay, line, bytesOf(hex)), readFiring(relay, line, bytesOf(hex))]).toEqual([undefined, undefined]);
  });
});

describe("receipts", () => {
  const receipt = fromJson(vectors.receipts[0]?.receipt ?? {}) as unknown as Receipt;
  const firing = firingFrom(vectors.firings[0]?.firing ?? {});

  it("[VIG9] a receipt, or what a rung left, with one bit turned is nothing", () => {
    const [whole, left] = [writeReceipt(receipt, signed), writeFiring(firing, signed)];
    const flip = (all: Uint8Array, bit: number): Uint8Array => all.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    fc.assert(
      fc.property(fc.nat(whole.length * 8 - 1), fc.nat(left.length * 8 - 1), (a, b) => {
        expect([readReceipt(relay, line, flip(whole, a)), readFiring(relay, line, flip(left, b))]).toEqual([undefined, undefined]);
      }),
      { numRuns: 100 },
    );
  });

  it("[VIG14] any number that share a signature are each read, with one bit turned nothing, and with the way of another nothing", () => {
    const flip = (all: Uint8Array, bit: number): Uint8Array => all.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (many, at, bit) => {
        const firings = Array.from({ length: many }, (_, i): Firing => ({ ...firing, turn: i + 1 }));
        const left = writeFirings(firings, signed);
        expect(left.map((one) => readFiring(relay, line, one))).toEqual(firings);
        const one = left[at % many] as Uint8Array;
        expect(readFiring(relay, line, flip(one, bit % (one.length * 8)))).toBeUndefined();
        const other = left[(at + 1) % many] as Uint8Array;
        const swapped = encodeCbor(fieldsOf(one).with(way, fieldsOf(other)[way] as Cbor));
        expect(readFiring(relay, line, swapped)).toEqual(other === one ? firings[0] : undefined);
      }),
      { numRuns: 40 },
    );
  });

  it("[VIG14] one by itself has no way, and says of no other", () => {
    expect(fieldsOf(writeFiring(firing, signed))[way]).toEqual([]);
    expect(writeFirings([firing], signed)).toEqual([writeFiring(firing, signed)]);
    expect(() =>
      writeFirings(
        Array.from({ length: 2 ** wayCap + 1 }, () => firing),
        signed,
      ),
    ).toThrow();
  });

  it("[VIG9] the largest that there can be are within their bounds", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const all = { turn: 0xffff_ffff, due: most, moved: most, now: most, incarnation: most };
    expect(writeReceipt({ ...receipt, ...all, state: "aside", next: most, canary: most }, signed).length).toBeLessThanOrEqual(receiptCap);
    const large = { ...firing, ...all, down: { from: most, until: most }, body: asSealed(new Uint8Array(buckets[4])) };
    const written = writeFirings(
      Array.from({ length: 2 ** wayCap }, () => large),
      signed,
    );
    for (const one of written.slice(-2)) {
      expect(one.length).toBeLessThanOrEqual(buckets[4] + firingRoom);
      expect(readFiring(relay, line, one)).toEqual(large);
    }
  });

  it("[VIG9] the hash of rungs is another for another kind, due, body, order or number of them", () => {
    const rung = (kind: "remind" | "late", due: number, fill: number) => ({ kind, due, hash: new Uint8Array(32).fill(fill) });
    const [a, b] = [rung("remind", 1, 1), rung("late", 2, 2)];
    const all = [[], [a], [b], [a, b], [b, a], [rung("late", 1, 1), b], [rung("remind", 2, 1), b], [rung("remind", 1, 3), b]];
    expect(new Set(all.map((rungs) => toHex(rungsHash(rungs)))).size).toBe(all.length);
  });
});
