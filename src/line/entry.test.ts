import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asPlain } from "../base/brand.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { decodeEntry, encodeEntry, gossipLength } from "./entry.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const cbor: fc.Arbitrary<Cbor> = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Cbor>(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const head = fc.uint8Array({ minLength: 32, maxLength: 32 });
const entry = fc.record({ kind: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 32 }), body: cbor, seq: fc.nat(0xffff_ffff), head });

describe("Entry", () => {
  it("[CHAIN2] carries kind, body, and its author's place with the head there, and comes back as it went", () => {
    fc.assert(
      fc.property(entry, (said) => {
        expect(decodeEntry(encodeEntry(said))).toEqual({ ...said, head: said.head.slice(0, gossipLength) });
      }),
    );
  });

  it("[DEV5] a kind that nobody knows yet decodes like any other", () => {
    expect(decodeEntry(encodeEntry({ kind: "sight", body: { shutter: [1, 2] }, seq: 7, head: new Uint8Array(32) }))?.kind).toBe("sight");
  });

  it("[BOUND3] any bytes at all are an entry or nothing, and never throw", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeEntry(asPlain(bytes))));
    fc.assert(
      fc.property(cbor, (value) => {
        const decoded = decodeEntry(asPlain(encodeCbor(value)));
        if (decoded) expect(Array.isArray(value) && value.length === 4).toBe(true);
      }),
    );
  });

  it("[BOUND3] one bit changed, one byte cut or added, is another entry or none", () => {
    fc.assert(
      fc.property(entry, fc.nat(), fc.nat(7), (said, at, bit) => {
        const bytes = encodeEntry(said);
        const changed = bytes.slice();
        changed[at % bytes.length] = (changed[at % bytes.length] as number) ^ (1 << bit);
        expect(decodeEntry(asPlain(changed))).not.toEqual(decodeEntry(bytes));
        expect(decodeEntry(asPlain(bytes.slice(0, -1)))).toBeUndefined();
        expect(decodeEntry(asPlain(new Uint8Array([...bytes, 0])))).toBeUndefined();
      }),
    );
  });

  const gossip = new Uint8Array(gossipLength);
  it.each<readonly [string, Cbor]>([
    ["no kind", ["", null, 1, gossip]],
    ["a kind over 32 bytes", ["x".repeat(33), null, 1, gossip]],
    ["a place below 0", ["x", null, -1, gossip]],
    ["a place over 32 bits", ["x", null, 0x1_0000_0000, gossip]],
    ["a head too short", ["x", null, 1, gossip.slice(1)]],
    ["a head too long", ["x", null, 1, new Uint8Array(32)]],
    ["a field too many", ["x", null, 1, gossip, 0]],
    ["a field too few", ["x", null, 1]],
    ["no list", { kind: "x" }],
  ])("[BOUND3] %s is no entry", (_fact, value) => {
    expect(decodeEntry(asPlain(encodeCbor(value)))).toBeUndefined();
  });
});
