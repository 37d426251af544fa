import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { joinEntries, type Event } from "./event.ts";

const entries = (from: number, to: number): Event => ({
  is: "frame",
  frame: {
    type: "entries",
    items: Array.from({ length: to - from + 1 }, (_, i) => ({
      seq: from + i,
      at: 1,
      device: 1,
      n: from + i,
      epoch: 1,
      kind: "entry",
      body: asSealed(new Uint8Array(1)),
    })),
  },
});
const seqs = (event: Event | undefined): readonly number[] =>
  event?.is === "frame" && event.frame.type === "entries" ? event.frame.items.map(({ seq }) => seq) : [];

describe("What waits to be applied", () => {
  it("[BOUND3] entries that came one by one are applied as one, in their order, and nothing else is joined", () => {
    expect(seqs(joinEntries(entries(1, 2), entries(3, 3)))).toEqual([1, 2, 3]);
    const pong: Event = { is: "frame", frame: { type: "pong", now: 1 } };
    for (const [last, next] of [
      [undefined, entries(1, 1)],
      [pong, entries(1, 1)],
      [entries(1, 1), pong],
      [{ is: "tick" }, entries(1, 1)],
      [entries(1, 1), { is: "disconnected" }],
    ] as const)
      expect(joinEntries(last, next)).toBeUndefined();
  });

  it("no more than a frame may hold are joined", () => {
    expect(seqs(joinEntries(entries(1, 500), entries(501, 512))).length).toBe(512);
    expect(joinEntries(entries(1, 500), entries(501, 513))).toBeUndefined();
  });
});
