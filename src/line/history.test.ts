import { describe, expect, it } from "vitest";
import { bytes, context, now, state } from "./bond.testing.ts";
import { bothPasts, type PastEvent } from "./history.ts";
import { bothRecalled } from "./recall.ts";
import { applyHeld } from "./records.ts";
import { initialSenses } from "./senses.ts";

const gave = (at: number): PastEvent => ({ is: "gave", at, by: 0, sense: "presence", give: "full", until: null });
const device = (at: number, name: string): PastEvent => ({ is: "device", at, what: "added", who: "other", name, device: 2 });

describe("The history", () => {
  it("[BOUND6] of two devices comes together without a gap and without a line twice, whichever is longer", () => {
    const [a, b, c, d, e] = [1, 2, 3, 4, 5].map(gave) as [PastEvent, PastEvent, PastEvent, PastEvent, PastEvent];
    // Mine is longer, and lacks what the archive knows.
    expect(bothPasts([a, b], [a, c, d, e])).toEqual([a, b, c, d, e]);
    expect(bothPasts([a, b, c], [a, b])).toEqual([a, b, c]);
    expect(bothPasts([], [a, b])).toEqual([a, b]);
    // The other device began to write it later.
    expect(bothPasts([c, d], [a, b, c])).toEqual([a, b, c, d]);
    expect(bothPasts([a, device(2, "the tablet")], [a, device(2, "")])).toEqual([a, device(2, "the tablet")]);
  });

  it("[BOUND6] says of a grant that was said again what was given then, and not what holds now", () => {
    const now2 = now - 2000;
    const later = { presence: { give: "full", until: now + 9000, at: now } } as const;
    const before = state({ senses: { ...initialSenses, boundary: { me: later, other: {} } } });
    const body = { id: "1-7", kind: "boundary", body: { sense: "presence", give: "coarse", until: now2 + 500, at: now2 } };
    const [after] = applyHeld(before, { seq: 11, device: 1, n: 9, from: "me", author: bytes(32, 2), said: { kind: "again", body } }, context);
    expect(after.history).toEqual([{ is: "gave", at: now2, by: 1, sense: "presence", give: "coarse", until: now2 + 500 }]);
    expect(after.senses.boundary.me).toEqual(later);
  });

  it("[END3] lines that either device knows to be recalled are known to both", () => {
    const one = { mine: [bytes(16, 1)], theirs: [] };
    const two = { mine: [bytes(16, 2)], theirs: [{ line: bytes(16, 1), person: bytes(32, 5) }] };
    expect(bothRecalled(one, two)).toEqual({ mine: [bytes(16, 1), bytes(16, 2)], theirs: two.theirs });
  });
});
