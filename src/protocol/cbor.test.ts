import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, utf8 } from "../base/bytes.ts";
import { decodeCbor, encodeCbor, type Cbor } from "./cbor.ts";

const { value } = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie("value"), { maxKeys: 5 }),
  ),
}));

describe("canonical CBOR", () => {
  it("gives back what was written", () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(decodeCbor(encodeCbor(written))).toEqual({ ok: true, value: written });
      }),
    );
  });

  it.each([
    ["a half float", "f93e00"],
    ["a float that is whole", "fb4000000000000000"],
    ["a float inside a list", "81fb3ff8000000000000"],
    ["undefined", "f7"],
    ["a longer length than needed", "1801"],
    ["an indefinite list", "9f01ff"],
    ["keys out of order", "a2616201616102"],
    ["a key twice", "a2616101616102"],
    ["a tag", "c000"],
    ["a byte too many", "0101"],
    ["a byte too few", "42ff"],
    ["lists nested too deep", `${"81".repeat(17)}00`],
    ["lists nested without end", `${"81".repeat(30_000)}00`],
  ])("refuses %s", (_, hex) => {
    expect(decodeCbor(fromHex(hex) ?? utf8(""))).toEqual({ ok: false, error: "malformed" });
  });

  it("takes lists nested as deep as allowed", () => {
    expect(decodeCbor(fromHex(`${"81".repeat(16)}00`) ?? utf8("")).ok).toBe(true);
  });

  it("any bytes are a value or malformed, and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([true, false]).toContain(decodeCbor(bytes).ok);
      }),
    );
  });
});
