import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { SenseContext, SenseInput } from "../sense.ts";
import { isMet, isOffered, touch, unmetWithin, type TouchIntent, type TouchLive, type TouchState } from "./touch.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

type Input = SenseInput<never, TouchLive, TouchIntent>;
const start = 1_800_000_000_000;
const context = (now: number, over: Partial<SenseContext> = {}): SenseContext => ({
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
const apply = (state: TouchState, input: Input, after = 0, over: Partial<SenseContext> = {}) => touch.apply(state, input, context(start + after, over));
const hold: Input = { kind: "intent", intent: { hold: true } };
const letGo: Input = { kind: "intent", intent: { hold: false } };
const tick: Input = { kind: "tick" };
const theirs = (holds: boolean, device = "phone"): Input => ({ kind: "live", live: { hold: holds }, from: "other", device });
const after = (...inputs: readonly Input[]): TouchState => inputs.reduce((state, input) => apply(state, input).state, touch.initial);
const what = (step: { readonly happened?: readonly { readonly [field: string]: unknown }[] }): unknown[] =>
  (step.happened ?? []).map((one) => `${String(one["from"])} ${String(one["what"])}`);

describe("Touch", () => {
  it("[TOUCH1] a hand held out is said live, and is only an offer until it is met", () => {
    const step = apply(touch.initial, hold);
    expect(step.live).toEqual([{ hold: true }]);
    expect([isOffered(step.state), isMet(step.state)]).toEqual([false, false]);
    expect(what(step)).toEqual([]);
  });

  it("[TOUCH1] the other's hand is offered to me", () => {
    const step = apply(touch.initial, theirs(true));
    expect([isOffered(step.state), isMet(step.state)]).toEqual([true, false]);
    expect(what(step)).toEqual(["other offered"]);
    expect(step.live).toBeUndefined();
  });

  it("[TOUCH1] both hold: both feel it, whoever was second", () => {
    const mine = apply(after(theirs(true)), hold);
    expect([isMet(mine.state), what(mine)]).toEqual([true, ["me met"]]);
    const other = apply(after(hold), theirs(true));
    expect([isMet(other.state), what(other)]).toEqual([true, ["other met"]]);
  });

  it("[TOUCH1] taking the hand away ends it at once, and is said at once", () => {
    const mine = apply(after(hold, theirs(true)), letGo);
    expect([isMet(mine.state), mine.live, what(mine)]).toEqual([false, [{ hold: false }], ["me ended"]]);
    const other = apply(after(hold, theirs(true)), theirs(false));
    expect([isMet(other.state), isOffered(other.state), what(other)]).toEqual([false, false, ["other ended"]]);
  });

  it("[TOUCH1] not meeting it leaves no trace: my offer that ends says nothing, and the state is as before", () => {
    const step = apply(after(hold), letGo);
    expect(what(step)).toEqual([]);
    expect({ ...step.state, saidAt: 0 }).toEqual(touch.initial);
    const withdrawn = apply(after(theirs(true)), theirs(false));
    expect(what(withdrawn)).toEqual(["other withdrawn"]);
    expect({ ...withdrawn.state, unmet: [] }).toEqual(touch.initial);
    // It is counted for ten minutes, in this process alone, and then it never was.
    expect(apply(withdrawn.state, tick, unmetWithin).state).toEqual(touch.initial);
    expect(withdrawn.wakeAt).toBe(start + unmetWithin);
  });

  const offer = (state: TouchState, at: number) => apply(apply(state, theirs(true), at).state, theirs(false), at + 500).state;
  const offeredThrice = (): TouchState => [0, 1000, 2000].reduce(offer, touch.initial);

  it("[LINK2] the fourth offer in ten minutes after three that were not met is not felt, and nothing is sent back", () => {
    const fourth = apply(offeredThrice(), theirs(true), 3000);
    expect([isOffered(fourth.state), what(fourth), fourth.live]).toEqual([false, [], undefined]);
    // The third began it; ten minutes after the first it is two again.
    expect(isOffered(apply(offeredThrice(), theirs(true), unmetWithin + 600).state)).toBe(true);
    const twice = [0, 1000].reduce(offer, touch.initial);
    expect(isOffered(apply(twice, theirs(true), 3000).state)).toBe(true);
  });

  it("[LINK2] who reaches too is met at once, however often it was offered before, and it is all forgotten", () => {
    const mine = apply(offeredThrice(), hold, 3000).state;
    const met = apply(mine, theirs(true), 3100);
    expect([isMet(met.state), what(met), met.state.unmet]).toEqual([true, ["other met"], []]);
  });

  it("[SAY4] what is not let in is not felt, and a hold that was felt ends when it is not any more", () => {
    expect(isOffered(apply(touch.initial, theirs(true), 0, { letIn: "off" }).state)).toBe(false);
    const felt = apply(touch.initial, theirs(true)).state;
    const shut = apply(felt, tick, 100, { letIn: "off" });
    expect([isOffered(shut.state), shut.live]).toEqual([false, undefined]);
  });

  it("[TOUCH1] a held hand is said again every second, and at once to who begins to hear", () => {
    const held = apply(touch.initial, hold);
    expect(held.wakeAt).toBe(start + 1000);
    expect(apply(held.state, tick, 999).live).toBeUndefined();
    expect(apply(held.state, tick, 1000).live).toEqual([{ hold: true }]);
    const again = apply(held.state, tick, 500, { heardSince: start + 400 });
    expect(again.live).toEqual([{ hold: true }]);
    expect(apply(again.state, tick, 501, { heardSince: start + 400 }).live).toBeUndefined();
  });

  it("[TOUCH1] a hold that is not said again is over after two and a half seconds", () => {
    const state = after(hold, theirs(true));
    expect(isMet(apply(state, tick, 2499).state)).toBe(true);
    const gone = apply(state, tick, 2500);
    expect([isMet(gone.state), isOffered(gone.state), what(gone)]).toEqual([false, false, ["other ended"]]);
    const offer = after(theirs(true));
    expect(apply(offer, tick).wakeAt).toBe(start + 2500);
    expect(what(apply(offer, tick, 2500))).toEqual(["other withdrawn"]);
  });

  it("[TOUCH1] said again, it goes on, and nothing new is told", () => {
    const again = apply(after(hold, theirs(true)), theirs(true), 2000);
    expect(what(again)).toEqual([]);
    expect(isMet(apply(again.state, tick, 4499).state)).toBe(true);
  });

  it("[TOUCH1] of two devices that hold, one that lets go does not end it", () => {
    const state = after(hold, theirs(true, "phone"), theirs(true, "watch"));
    const one = apply(state, theirs(false, "phone"));
    expect([isMet(one.state), what(one)]).toEqual([true, []]);
    expect(what(apply(one.state, theirs(false, "watch")))).toEqual(["other ended"]);
  });

  it("[TOUCH1] who does not give touch holds out no hand, and a hand held when the grant goes is taken away at once", () => {
    expect(apply(touch.initial, hold, 0, { give: "off" })).toEqual({ state: touch.initial, refused: "not-given" });
    const step = apply(after(hold, theirs(true)), tick, 1, { give: "off" });
    expect([step.state.holding, isMet(step.state), step.live, what(step)]).toEqual([false, false, [{ hold: false }], ["me ended"]]);
    expect(apply(step.state, tick, 2, { give: "off" }).live).toBeUndefined();
  });

  it("[TOUCH1] an app that begins anew holds nothing and feels nothing", () => {
    expect(apply(after(hold, theirs(true)), { kind: "resumed" }).state).toEqual(touch.initial);
  });

  it("[TOUCH1] my own other device's hand is not the other's", () => {
    expect(apply(touch.initial, { kind: "live", live: { hold: true }, from: "me", device: "mine" }).state).toEqual(touch.initial);
  });

  it("[TOUCH1] nothing of it is ever kept, whatever the two do", () => {
    expect(v.is(touch.entry, { hold: true })).toBe(false);
    const input = fc.oneof(
      fc.constantFrom(hold, letGo, tick, { kind: "resumed" } as const),
      fc.tuple(fc.boolean(), fc.constantFrom("phone", "watch")).map(([holds, device]) => theirs(holds, device)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.nat(3000), fc.constantFrom("off" as const, "full" as const)), { maxLength: 30 }), (steps) => {
        let state = touch.initial;
        let now = 0;
        let met = false;
        for (const [one, gap, give] of steps) {
          const step = apply(state, one, (now += gap), { give });
          expect([step.say, step.sayAhead]).toEqual([undefined, undefined]);
          // Met and ended take turns, and say what the state says.
          for (const told of what(step)) {
            if (told === "me met" || told === "other met") expect(met).toBe(false);
            if (told === "me ended" || told === "other ended") expect(met).toBe(true);
          }
          if (one.kind !== "resumed") expect(what(step).some((told) => /met|ended/.test(String(told)))).toBe(isMet(step.state) !== met);
          met = isMet(step.state);
          ({ state } = step);
        }
        // Once everyone let go and time passed, there is nothing left of it.
        const end = apply(apply(apply(state, letGo, now).state, tick, now + 2500).state, tick, now + 2500 + unmetWithin).state;
        expect({ ...end, saidAt: 0 }).toEqual(touch.initial);
      }),
    );
  });

  it.each([{ hold: 1 }, {}, null, "hold", []])("[BOUND3] %j is no touch", (body) => {
    expect(v.is(touch.live as NonNullable<typeof touch.live>, body)).toBe(false);
  });
});
