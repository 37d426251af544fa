import { describe, expect, it } from "vitest";
import vectors from "../../vectors/frames.v1.json" with { type: "json" };
import { fromHex, toHex } from "../base/bytes.ts";
import { decodeFrame, encodeFrame, frameTypes, type Frame } from "./frames.ts";

/** In the vectors, bytes are `{ "bytes": "hex" }`; everything else is as in a frame. */
const fromJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  if ("bytes" in value && typeof value.bytes === "string") return fromHex(value.bytes);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
};

describe("vectors/frames.v1.json", () => {
  it("has a valid frame of every type", () => {
    expect(new Set(vectors.valid.map(({ frame }) => frame.type))).toEqual(new Set(Object.keys(frameTypes)));
  });

  it.each(vectors.valid)("[WIRE1] valid: $name", ({ hex, frame }) => {
    const expected = fromJson(frame) as Frame;
    expect(decodeFrame(fromHex(hex) ?? new Uint8Array())).toEqual({ ok: true, value: expected });
    expect(toHex(encodeFrame(expected))).toBe(hex);
  });

  it.each(vectors.invalid)("[WIRE1] invalid: $name", ({ hex, code }) => {
    expect(decodeFrame(fromHex(hex) ?? new Uint8Array())).toEqual({ ok: false, error: { code } });
  });
});
