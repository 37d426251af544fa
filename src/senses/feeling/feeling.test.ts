import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { SenseContext } from "../sense.ts";
import { feeling, feelingNames, feltBy, nameOfHue, parseHue, warmthLeft } from "./feeling.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const now = 1_800_000_000_000;
const hour = 60 * 60_000;
const context: SenseContext = {
  now,
  give: "full",
  theirGive: "full",
  onScreen: false,
  connected: false,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
};
const entry = (from: "me" | "other", hue: number, strength: number, at = now) =>
  ({ kind: "entry", entry: { hue, strength, at }, from, device: "d", id: "1-1" }) as const;

describe("Feeling", () => {
  it("[FEEL1] one gesture is one entry, and the same live at once, with what was chosen and nothing else", () => {
    const step = feeling.apply(feeling.initial, { kind: "intent", intent: { hue: 45, strength: 80 } }, context);
    const felt = { hue: 45, strength: 80, at: now };
    expect(step).toEqual({ state: feeling.initial, say: [felt], live: [felt] });
  });

  it("[FEEL1] nothing else ever sends one: not time, not the other's, not beginning anew", () => {
    for (const input of [{ kind: "tick" } as const, { kind: "resumed" } as const, entry("other", 45, 80), entry("me", 45, 80)]) {
      const step = feeling.apply(feeling.initial, input, { ...context, onScreen: true, connected: true });
      expect([step.say, step.sayAhead, step.live]).toEqual([undefined, undefined, undefined]);
    }
  });

  it("[FEEL1] each has one feeling, the last they sent; the other's stays as it is", () => {
    let { state } = feeling.apply(feeling.initial, entry("other", 45, 80), context);
    ({ state } = feeling.apply(state, entry("me", 200, 10), context));
    ({ state } = feeling.apply(state, entry("other", 345, 20), context));
    expect(state).toEqual({ me: { hue: 200, strength: 10, at: now }, other: { hue: 345, strength: 20, at: now } });
  });

  describe("what came live", () => {
    const live = (from: "me" | "other", hue: number, at = now) => ({ kind: "live", live: { hue, strength: 50, at }, from, device: "d" }) as const;
    const later = (by: number): SenseContext => ({ ...context, now: now + by });
    const before = feeling.apply(feeling.initial, entry("other", 200, 50, now - hour), context).state;

    it("[FEEL1] shows at once, is told to nobody, and is over when no entry proves it", () => {
      const { state, happened, wakeAt } = feeling.apply(before, live("other", 45), context);
      expect([feltBy(state, "other")?.hue, happened, wakeAt]).toEqual([45, undefined, now + 10_000]);
      expect(feltBy(feeling.apply(state, { kind: "tick" }, later(9999)).state, "other")?.hue).toBe(45);
      expect(feeling.apply(state, { kind: "tick" }, later(10_000))).toEqual({ state: before, wakeAt: undefined });
    });

    it("[FEEL1] its entry takes its place and is what is told", () => {
      const glimpsed = feeling.apply(before, live("other", 45), context).state;
      const { state, happened } = feeling.apply(glimpsed, entry("other", 45, 50), later(80));
      expect(state).toEqual({ me: undefined, other: { hue: 45, strength: 50, at: now } });
      expect(happened).toHaveLength(1);
    });

    it("[FEEL1] of two in a hurry the later one shows, also while the entry of the first arrives", () => {
      let { state } = feeling.apply(before, live("other", 45), context);
      ({ state } = feeling.apply(state, live("other", 90, now + 5), later(6)));
      ({ state } = feeling.apply(state, entry("other", 45, 50), later(30)));
      expect(feltBy(state, "other")?.hue).toBe(90);
      ({ state } = feeling.apply(state, entry("other", 90, 50, now + 5), later(40)));
      expect(state).toEqual({ me: undefined, other: { hue: 90, strength: 50, at: now + 5 } });
    });

    it("[FEEL1] one that comes after its entry, or is older than what is here, changes nothing", () => {
      const { state } = feeling.apply(before, entry("other", 45, 50), context);
      for (const at of [now, now - 1]) expect(feeling.apply(state, live("other", 300, at), later(20)).state).toBe(state);
    });

    it("[BOUND2] a live frame does not prove which of us sent it: nothing shows as mine on that", () => {
      expect(feeling.apply(before, live("me", 45), context).state).toBe(before);
    });

    it("[FEEL1] it ends with the process, and changes only its author's", () => {
      const { state } = feeling.apply(before, live("other", 45), context);
      expect(feltBy(state, "me")).toBeUndefined();
      expect(feeling.apply(state, { kind: "resumed" }, context).state).toEqual(before);
    });
  });

  it("[FEEL1] it fades evenly over twelve hours, and is then gone", () => {
    expect([0, 3, 6, 9].map((hours) => warmthLeft(now, now + hours * hour))).toEqual([1, 0.75, 0.5, 0.25]);
    expect(warmthLeft(now, now + 12 * hour - 1)).toBeGreaterThan(0);
    expect(warmthLeft(now, now + 12 * hour)).toBe(0);
    expect(warmthLeft(now, now + 13 * hour)).toBe(0);
    expect(warmthLeft(now, now - hour)).toBe(1);
  });

  it("[FEEL1] it never grows by itself", () => {
    fc.assert(
      fc.property(fc.nat(20 * hour), fc.nat(20 * hour), (age, more) => {
        expect(warmthLeft(now, now + age + more)).toBeLessThanOrEqual(warmthLeft(now, now + age));
      }),
    );
  });

  it("[FEEL1] one from the future is of now: it does not stay fresh for longer", () => {
    expect(feeling.apply(feeling.initial, entry("other", 45, 80, now + 24 * hour), context).state.other?.at).toBe(now);
  });

  it("[FEEL1] every name is the name of its own hue, and every hue has the name nearest to it around the wheel", () => {
    for (const [name, hue] of Object.entries(feelingNames)) expect([nameOfHue(hue), parseHue(name)]).toEqual([name, hue]);
    const distance = (a: number, b: number): number => Math.min((a - b + 360) % 360, (b - a + 360) % 360);
    for (let hue = 0; hue < 360; hue++) {
      const nearest = Math.min(...Object.values(feelingNames).map((other) => distance(hue, other)));
      expect(distance(hue, feelingNames[nameOfHue(hue)])).toBe(nearest);
    }
    expect(nameOfHue(0)).toBe("love");
    expect(nameOfHue(359)).toBe("love");
  });

  it("[FEEL1] a hue is a name or whole degrees below 360", () => {
    expect(["0", "7", "359", "007"].map(parseHue)).toEqual([0, 7, 359, 7]);
    for (const text of ["360", "-1", "1.5", "", "Joy", "joys", "toString", "1e2", "0x1", " 7"]) expect(parseHue(text), text).toBeUndefined();
  });

  it.each([
    { hue: 360, strength: 1, at: 1 },
    { hue: -1, strength: 1, at: 1 },
    { hue: 1, strength: 101, at: 1 },
    { hue: 1.5, strength: 1, at: 1 },
    { hue: 1, strength: 1 },
    { hue: "1", strength: 1, at: 1 },
    null,
    [],
  ])("[BOUND3] %j is no entry", (body) => {
    expect(v.is(feeling.entry, body)).toBe(false);
  });
});
