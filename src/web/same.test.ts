import { expect, it } from "vitest";
import { same } from "./same.ts";

it.each([
  [1, 1],
  [null, null],
  ["a", "a"],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
])("%j says the same as %j", (one, two) => expect(same(one, two)).toBe(true));

it.each([
  [1, 2],
  [1, "1"],
  [null, {}],
  [{}, []],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: undefined }, { b: undefined }],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: { b: [1] } }, { a: { b: [2] } }],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
])("%j does not say the same as %j", (one, two) => expect(same(one, two)).toBe(false));
