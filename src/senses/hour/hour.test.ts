import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { Give, SenseContext, Who } from "../sense.ts";
import { giveOf, grantLife } from "../boundary/boundary.ts";
import { hour, roundPlace, type HourEntry, type HourState, type Place } from "./hour.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const now = 1_800_000_000_000;
const vienna: Place = { lat: 48, lon: 16 };
const sydney: Place = { lat: -34, lon: 151 };
const context = (over: Partial<SenseContext> = {}): SenseContext => ({
  now,
  give: "full",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
  ...over,
});
const entry = (over: Partial<HourEntry> = {}): HourEntry => ({ zone: "Europe/Vienna", place: vienna, at: now, ...over });
const hear = (state: HourState, said: HourEntry, from: Who = "other", over: Partial<SenseContext> = {}) =>
  hour.apply(state, { kind: "entry", entry: said, from, device: "d", id: "1-1" }, context(over));
const intend = (state: HourState, intent: { zone: string; place?: Place }, over: Partial<SenseContext> = {}) =>
  hour.apply(state, { kind: "intent", intent }, context(over));
const tick = (state: HourState, over: Partial<SenseContext> = {}) => hour.apply(state, { kind: "tick" }, context(over));

describe("Hour", () => {
  it("[BOUND1] flows by itself: off until given, and over after 30 days", () => {
    expect(giveOf({}, "hour", now)).toBe("off");
    const given = { hour: { give: "full" as const, until: now + grantLife, at: now } };
    expect([giveOf(given, "hour", now + grantLife - 1), giveOf(given, "hour", now + grantLife)]).toEqual(["full", "off"]);
  });

  it("[MOON1] not given, a device remembers where it is and says nothing", () => {
    const { state, say } = intend(hour.initial, { zone: "Europe/Vienna", place: vienna }, { give: "off" });
    expect(say).toBeUndefined();
    expect(state).toEqual({ here: "Europe/Vienna", place: vienna, me: undefined, other: undefined });
    expect(tick(state, { give: "off" })).toEqual({ state });
  });

  it("[MOON1] said when it begins to be given, and not again while nothing changed", () => {
    const { state } = intend(hour.initial, { zone: "Europe/Vienna", place: vienna }, { give: "off" });
    const begun = tick(state, { give: "coarse" });
    expect(begun.say).toEqual([entry({ place: null })]);
    expect(tick(begun.state, { give: "coarse", now: now + 60_000 })).toEqual({ state: begun.state });
    expect(intend(begun.state, { zone: "Europe/Vienna" }, { give: "coarse" })).toEqual({ state: begun.state });
  });

  it("[MOON1] given again, it is said again: under the grant before, the other may have forgotten it already", () => {
    const told = intend(hour.initial, { zone: "Europe/Vienna" }, { give: "coarse" }).state;
    const renewed = tick(told, { give: "coarse", now: now + 20, givenAt: now + 10 });
    expect(renewed.say).toEqual([{ zone: "Europe/Vienna", place: null, at: now + 20 }]);
    expect(tick(renewed.state, { give: "coarse", now: now + 30, givenAt: now + 10 }).say).toBeUndefined();
  });

  it("[MOON1] a device that travels says its new zone, once; another device of mine does not argue", () => {
    const told = intend(hour.initial, { zone: "Europe/Vienna" }, { give: "coarse" }).state;
    const moved = intend(told, { zone: "Asia/Tokyo" }, { give: "coarse", now: now + 5 });
    expect(moved.say).toEqual([{ zone: "Asia/Tokyo", place: null, at: now + 5 }]);
    const atHome = hear(told, { zone: "Asia/Tokyo", place: null, at: now + 5 }, "me", { give: "coarse", now: now + 6 }).state;
    expect(atHome.me?.zone).toBe("Asia/Tokyo");
    expect(tick(atHome, { give: "coarse" }).say).toBeUndefined();
    expect(intend(atHome, { zone: "Europe/Vienna" }, { give: "coarse" }).say).toBeUndefined();
  });

  it("[MOON1] what a device hears back of itself late does not undo what it said since", () => {
    const first = intend(hour.initial, { zone: "Europe/Vienna" }).state;
    const second = intend(first, { zone: "Asia/Tokyo" }, { now: now + 5 }).state;
    expect(hear(second, entry({ place: null }), "me", { now: now + 6 }).state).toBe(second);
  });

  it("[BOUND1] given coarsely, the place stays here; given wholly, it follows; a new place is said once", () => {
    const coarse = intend(hour.initial, { zone: "Europe/Vienna", place: vienna }, { give: "coarse" });
    expect(coarse.say).toEqual([entry({ place: null })]);
    const full = tick(coarse.state);
    expect(full.say).toEqual([entry()]);
    const moved = intend(full.state, { zone: "Europe/Vienna", place: sydney });
    expect(moved.say).toEqual([entry({ place: sydney })]);
    expect(tick(moved.state).say).toBeUndefined();
  });

  it("[BOUND1] what may leave of an entry: all of it, without its place, or none of it", () => {
    expect(hour.within?.(entry(), "full")).toEqual(entry());
    expect(hour.within?.(entry(), "coarse")).toEqual(entry({ place: null }));
  });

  it("[MOON1] the other's zone and place are forgotten as soon as they are not given, place first where only that goes", () => {
    const { state, happened } = hear(hour.initial, entry());
    expect(happened).toEqual([{ kind: "hour", from: "other", at: now, zone: "Europe/Vienna", place: vienna }]);
    expect(tick(state, { theirGive: "coarse" }).state.other).toEqual(entry({ place: null }));
    const forgotten = tick(state, { theirGive: "off" }).state;
    expect(JSON.stringify(forgotten)).not.toContain("Vienna");
    // And they do not come back with the grant: the other says it anew.
    expect(tick(forgotten).state.other).toBeUndefined();
  });

  it("[MOON1] what the other says without giving it is not taken in", () => {
    expect(hear(hour.initial, entry(), "other", { theirGive: "off" })).toEqual({ state: hour.initial });
    expect(hear(hour.initial, entry(), "other", { theirGive: "coarse" }).state.other).toEqual(entry({ place: null }));
  });

  it("[MOON1] whatever happens, nothing of it is said or held outside its grants", () => {
    const give = fc.constantFrom<Give>("off", "coarse", "full");
    const place = fc.record({ lat: fc.integer({ min: -90, max: 90 }), lon: fc.integer({ min: -180, max: 180 }) });
    const zone = fc.constantFrom("Europe/Vienna", "Asia/Tokyo", "UTC", "+05:45");
    const input = fc.oneof(
      fc.record({ kind: fc.constant("tick" as const) }),
      fc.record({ kind: fc.constant("resumed" as const) }),
      fc.record({ kind: fc.constant("intent" as const), intent: fc.oneof(fc.record({ zone }), fc.record({ zone, place })) }),
      fc.record({
        kind: fc.constant("entry" as const),
        entry: fc.record({ zone, place: fc.option(place), at: fc.integer({ min: now - 100, max: now + 100 }) }),
        from: fc.constantFrom<Who>("me", "other"),
        device: fc.constant("d"),
        id: fc.constant("1-1"),
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(input, give, give, fc.boolean()), { maxLength: 30 }), (all) => {
        let state = hour.initial;
        for (const [at, [one, mine, theirs, onScreen]] of all.entries()) {
          const step = hour.apply(state, one, context({ now: now + at, give: mine, theirGive: theirs, onScreen }));
          ({ state } = step);
          if (mine === "off") expect([step.say ?? [], state.me]).toEqual([[], undefined]);
          if (mine === "coarse") expect([...(step.say ?? []), state.me].every((said) => (said?.place ?? null) === null)).toBe(true);
          if (theirs === "off") expect(state.other).toBeUndefined();
          if (theirs === "coarse") expect(state.other?.place ?? null).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(["UTC", "Europe/Vienna", "America/Argentina/ComodRivadavia", "Etc/GMT+5", "+05:45", "-03:30", "America/Port-au-Prince"])(
    "[MOON1] %s is a zone",
    (zone) => {
      expect(v.is(hour.entry, entry({ zone }))).toBe(true);
    },
  );

  it.each(["", " ", "Europe/Vien na", "../etc", "Europe/", "/UTC", "a/b/c/d", "+25:00", "+5", "x".repeat(49), "Europe/Wien\n", "<b>", "__proto__", "Zürich"])(
    "[BOUND3] %j is no zone",
    (zone) => {
      expect(v.is(hour.entry, entry({ zone }))).toBe(false);
      expect(v.is(hour.intent as v.GenericSchema, { zone })).toBe(false);
    },
  );

  it.each([{ lat: 91, lon: 0 }, { lat: 0, lon: -181 }, { lat: 48.2, lon: 16 }, { lat: "48", lon: 16 }, { lat: Number.NaN, lon: 0 }, { lat: 48 }, [48, 16], 7])(
    "[BOUND3] %j is no place",
    (place) => {
      expect(v.is(hour.entry, { ...entry(), place })).toBe(false);
    },
  );

  it("[MOON1] a place is whole degrees before anything is done with it", () => {
    expect(roundPlace(48.2082, 16.3738)).toEqual(vienna);
    expect(roundPlace(-33.87, 151.21)).toEqual(sydney);
    expect(Object.is(roundPlace(-0.2, -0.4)?.lat, 0)).toBe(true);
    for (const [lat, lon] of [
      [90.6, 0],
      [0, 181],
      [Number.NaN, 0],
      [Infinity, 0],
    ] as const)
      expect(roundPlace(lat, lon)).toBeUndefined();
  });

  it("[MOON1] nothing of it is kept: there is no history of places", () => {
    expect(hour.kept(entry())).toBe(false);
  });
});
