import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { utf8 } from "../../base/bytes.ts";
import type { SenseContext } from "../sense.ts";
import { name, nameCap, parseName } from "./name.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const now = 1_800_000_000_000;
const context: SenseContext = {
  now,
  give: "full",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
};
const entry = (of: "me" | "other", called: string, at = now) => ({ kind: "entry", entry: { name: called, at }, from: of, device: "d", id: "1-1" }) as const;

describe("Name", () => {
  it.each([
    ["plain", "Ada", "Ada"],
    ["spaces at the edges go", "  Ada  ", "Ada"],
    ["lines become one", "Ada\nof the north", "Ada of the north"],
    ["right-to-left is a name like any other", "שרה", "שרה"],
    ["markup is only letters", "<img src=x>", "<img src=x>"],
    ["an override is taken out", "\u202eadA", "adA"],
    ["exactly as long as may be", "ä".repeat(nameCap / 2), "ä".repeat(nameCap / 2)],
  ])("[NAME1] %s", (_fact, typed, shown) => {
    expect(parseName(typed)).toBe(shown);
  });

  it.each(["", "   ", "\n", "\u0000\u0007", "\u202e", "\u200d", "\u3164", "a".repeat(nameCap + 1), "ä".repeat(nameCap / 2) + "a"])(
    "[NAME1] %j is no name",
    (typed) => {
      expect(parseName(typed)).toBeUndefined();
      expect(name.apply(name.initial, { kind: "intent", intent: { name: typed } }, context)).toEqual({ state: name.initial, refused: "bad-name" });
    },
  );

  it("[NAME1] whatever is typed: a name that is shown is short, readable and stays as it is when parsed again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (typed) => {
        const parsed = parseName(typed);
        if (parsed === undefined) return;
        expect(utf8(parsed).length).toBeLessThanOrEqual(nameCap);
        expect(parseName(parsed)).toBe(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it("[NAME1] an entry names its author, never the other", () => {
    const called = name.apply(name.initial, entry("other", "Ben"), context).state;
    expect(called).toEqual({ me: undefined, other: { name: "Ben", at: now } });
    expect(name.apply(called, entry("me", "Ada"), context).state).toEqual({ me: { name: "Ada", at: now }, other: { name: "Ben", at: now } });
    // There is no field by which one could speak of the other.
    expect(v.parse(name.entry, { name: "Ben", at: now, of: "me" })).toEqual({ name: "Ben", at: now });
  });

  it("[NAME1] a new name shows from when it was chosen, and that is never later than now", () => {
    const { say } = name.apply(name.initial, { kind: "intent", intent: { name: " Ben " } }, context);
    expect(say).toEqual([{ name: "Ben", at: now }]);
    const early = name.apply(name.initial, entry("other", "Ben", now - 5000), context);
    expect(early.state.other?.at).toBe(now - 5000);
    expect(early.happened).toEqual([{ kind: "name", from: "other", at: now - 5000, name: "Ben" }]);
    expect(name.apply(name.initial, entry("other", "Ben", Number.MAX_SAFE_INTEGER), context).state.other?.at).toBe(now);
  });

  it("[NAME1] what another app let through is cleaned again; a name with nothing to read changes nothing", () => {
    const called = name.apply(name.initial, entry("other", "Ben"), context).state;
    expect(name.apply(called, entry("other", "\u202eBen\n2"), context).state.other?.name).toBe("Ben 2");
    for (const empty of ["", "\u0007", "\u200d", "\u2066"]) expect(name.apply(called, entry("other", empty), context)).toEqual({ state: called });
  });

  it.each([{ name: "x".repeat(81), at: 1 }, { name: "x", at: -1 }, { name: "x", at: 1.5 }, { name: 7, at: 1 }, { at: 1 }, "x", null, []])(
    "[BOUND3] %j is no entry",
    (body) => {
      expect(v.is(name.entry, body)).toBe(false);
    },
  );

  it("[NAME1] it carries no grant", () => {
    expect(name.grant).toBe("none");
  });
});
