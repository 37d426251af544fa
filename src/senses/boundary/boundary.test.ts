import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { SenseContext, Who } from "../sense.ts";
import { boundary, giveOf, grantLife, offSince, type BoundaryEntry, type BoundaryState } from "./boundary.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const now = 1_800_000_000_000;
const day = 24 * 60 * 60_000;
const context = (at = now): SenseContext => ({
  now: at,
  give: "full",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
});
const hear = (state: BoundaryState, entry: BoundaryEntry, from: Who = "other", at = now) =>
  boundary.apply(state, { kind: "entry", entry, from, device: "d", id: "1-1" }, context(at));
const entry = (over: Partial<BoundaryEntry> = {}): BoundaryEntry => ({ sense: "presence", give: "full", until: now + grantLife, at: now, ...over });
const give = (state: BoundaryState, who: Who, sense: string, at = now) => giveOf(state[who], sense, at);

describe("Boundary", () => {
  it("[PRES2] before anyone said anything, presence is not given, and what takes an act each time is", () => {
    expect(["presence", "feeling", "touch", "thought"].map((sense) => giveOf({}, sense, now))).toEqual(["off", "full", "full", "full"]);
    expect(offSince({}, "presence", now)).toBeUndefined();
  });

  it("[BOUND1] what I give of presence ends by itself after 30 days, to the millisecond", () => {
    const { say } = boundary.apply(boundary.initial, { kind: "intent", intent: { sense: "presence", give: "full" } }, context());
    expect(say).toEqual([{ sense: "presence", give: "full", until: now + 30 * day, at: now }]);
    const { state, wakeAt } = hear(boundary.initial, (say as readonly BoundaryEntry[])[0] as BoundaryEntry, "me");
    expect(wakeAt).toBe(now + 30 * day);
    expect([give(state, "me", "presence", now + 30 * day - 1), give(state, "me", "presence", now + 30 * day)]).toEqual(["full", "off"]);
    expect(offSince(state.me, "presence", now + 31 * day)).toBe(now + 30 * day);
  });

  it("[BOUND1] its owner is woken when it ends, and only then", () => {
    const { state } = hear(hear(boundary.initial, entry(), "me").state, entry({ sense: "touch", give: "off", until: null }), "me");
    expect(boundary.apply(state, { kind: "tick" }, context(now + day)).wakeAt).toBe(now + 30 * day);
    expect(boundary.apply(state, { kind: "tick" }, context(now + 30 * day)).wakeAt).toBeUndefined();
  });

  it("[BOUND1] given again, it lasts thirty days from then; nobody else and no time renews it", () => {
    const { state } = hear(boundary.initial, entry(), "me");
    for (const input of [{ kind: "tick" } as const, { kind: "resumed" } as const])
      expect(boundary.apply(state, input, context(now + 20 * day)).say).toBeUndefined();
    const renewed = hear(state, entry({ at: now + 20 * day, until: now + 50 * day }), "me", now + 20 * day).state;
    expect([give(renewed, "me", "presence", now + 50 * day - 1), give(renewed, "me", "presence", now + 50 * day)]).toEqual(["full", "off"]);
  });

  it("[BOUND1] taking it back is at once and has no end", () => {
    const { state, happened } = hear(hear(boundary.initial, entry()).state, entry({ give: "off", until: null, at: now + 5 }), "other", now + 5);
    expect(state.other).toEqual({ presence: { give: "off", until: null, at: now + 5 } });
    expect(offSince(state.other, "presence", now + 9)).toBe(now + 5);
    expect(happened).toEqual([{ kind: "boundary", from: "other", at: now + 5, sense: "presence", give: "off", until: null }]);
  });

  it("[BOUND1] an entry changes its author's side and no other", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom<Who>("me", "other"),
            fc.constantFrom("presence", "touch"),
            fc.constantFrom("off" as const, "coarse" as const, "full" as const),
          ),
          { maxLength: 10 },
        ),
        (all) => {
          let state = boundary.initial;
          for (const [from, sense, given] of all) {
            const before = state;
            ({ state } = hear(state, entry({ sense, give: given }), from));
            expect(state[from === "me" ? "other" : "me"]).toBe(before[from === "me" ? "other" : "me"]);
          }
        },
      ),
    );
  });

  it("[BOUND1] whatever an entry says, presence is given for 30 days from now at most", () => {
    const time = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, now - 1, now, now + 1, now + grantLife, now + grantLife + 1, Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(time, fc.option(time), fc.constantFrom<Who>("me", "other"), fc.constantFrom("coarse" as const, "full" as const), (at, until, from, given) => {
        const { state } = hear(boundary.initial, entry({ at, until, give: given }), from);
        expect(give(state, from, "presence", now + grantLife)).toBe("off");
        const grant = state[from]["presence"];
        expect(grant?.until).toBeLessThanOrEqual(now + grantLife);
        expect(grant?.at).toBeLessThanOrEqual(now);
        if (until !== null) expect(grant?.until).toBeLessThanOrEqual(until);
      }),
    );
  });

  it("[BOUND1] an end that lies far ahead is brought near for every sense: no date that breaks a calendar", () => {
    const { state, happened } = hear(boundary.initial, entry({ sense: "touch", at: Number.MAX_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER }));
    expect(state.other["touch"]).toEqual({ give: "full", until: now + grantLife, at: now });
    expect(happened?.[0]).toMatchObject({ at: now, until: now + grantLife });
    expect(hear(boundary.initial, entry({ sense: "touch", until: null })).state.other["touch"]?.until).toBeNull();
  });

  it("[DEV5] what a newer Beside gives is remembered under its name", () => {
    expect(hear(boundary.initial, entry({ sense: "sight", give: "coarse", until: null })).state.other["sight"]).toEqual({
      give: "coarse",
      until: null,
      at: now,
    });
  });

  it.each(["__proto__", "\u0000secret", "", "Presence", "a b", "x".repeat(33)])("[BOUND3] %j is no sense's name", (sense) => {
    expect(v.is(boundary.entry, entry({ sense }))).toBe(false);
  });

  it("[BOUND3] names without end are not remembered without end, and what is known can still be changed", () => {
    let { state } = hear(boundary.initial, entry());
    for (let i = 0; i < 500; i++)
      ({ state } = hear(state, entry({ sense: `x${"y".repeat(i % 26)}${"z".repeat(Math.floor(i / 26) % 5)}-${"w".repeat(i % 7)}`.slice(0, 32) })));
    expect(Object.keys(state.other).length).toBe(64);
    expect(give(hear(state, entry({ give: "off", until: null })).state, "other", "presence")).toBe("off");
    expect(give(hear(state, entry(), "me").state, "me", "presence")).toBe("full");
  });

  it("[BOUND1] it carries no grant, and is kept: it is the history of what was given", () => {
    expect([boundary.grant, boundary.kept(entry())]).toEqual(["none", true]);
  });
});
