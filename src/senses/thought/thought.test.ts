import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { SenseContext } from "../sense.ts";
import { thought, thoughtCap, type ThoughtEntry, type ThoughtIntent, type ThoughtState } from "./thought.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const start = 1_800_000_000_000;
const minute = 60_000;
const day = 24 * 60 * minute;
const context = (now: number): SenseContext => ({
  now,
  give: "full",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
});
const hear = (state: ThoughtState, entry: Partial<ThoughtEntry>, { from = "other" as "me" | "other", id = "1-1", now = start } = {}) =>
  thought.apply(state, { kind: "entry", entry: { text: "hello", at: now, ...entry }, from, device: "d", id }, context(now));
const act = (state: ThoughtState, intent: ThoughtIntent, now = start) => thought.apply(state, { kind: "intent", intent }, context(now));
const see = (state: ThoughtState, now = start, ...ids: string[]) => act(state, { what: "seen", ids: ids.length === 0 ? ["1-1"] : ids }, now);
const tick = (state: ThoughtState, now: number) => thought.apply(state, { kind: "tick" }, context(now));
const texts = (state: ThoughtState): string[] => state.recent.map((one) => one.text);

describe("Thought", () => {
  it("[SAY1] what is said is one entry, cleaned, with the time it was said", () => {
    expect(act(thought.initial, { what: "say", text: "  hello\u202e \n" })).toEqual({ state: thought.initial, say: [{ text: "hello", at: start }] });
    expect(act(thought.initial, { what: "say", text: "soft", fades: true }).say).toEqual([{ text: "soft", at: start, fades: true }]);
  });

  it("[FEEL2] words and feeling travel together, and neither is changed by the other", () => {
    const feeling = { hue: 220, strength: 90 };
    expect(act(thought.initial, { what: "say", text: "all is well", feeling }).say).toEqual([{ text: "all is well", at: start, feeling }]);
    const { state, happened } = hear(thought.initial, { text: "all is well", feeling });
    expect(state.recent).toEqual([{ id: "1-1", from: "other", text: "all is well", feeling, at: start, seen: false }]);
    expect(happened).toEqual([{ kind: "thought", from: "other", id: "1-1", at: start, text: "all is well", fades: false, feeling }]);
  });

  it.each(["", "   ", "\n\n", "\u0000", "\u200d", "\u3164"])("[SAY4] %j says nothing", (text) => {
    expect(act(thought.initial, { what: "say", text })).toEqual({ state: thought.initial, refused: "empty" });
    expect(hear(thought.initial, { text })).toEqual({ state: thought.initial });
  });

  it("[SAY1] what is too long is refused before it is said, never cut or lost", () => {
    expect(act(thought.initial, { what: "say", text: "x".repeat(thoughtCap) }).say?.length).toBe(1);
    for (const text of ["x".repeat(thoughtCap + 1), "ä".repeat(thoughtCap), "x".repeat(100_000)])
      expect(act(thought.initial, { what: "say", text })).toEqual({ state: thought.initial, refused: "too-long" });
    // Composing letters may make a text longer: its length counts as it will be said.
    const grows = "\u{1d160}".repeat(thoughtCap / 4);
    const step = act(thought.initial, { what: "say", text: grows });
    expect(step.refused ?? v.is(thought.entry, step.say?.[0])).toBe("too-long");
  });

  it("[SAY1] whatever is said passes what every device lets in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.boolean(), (text, fades) => {
        for (const entry of act(thought.initial, { what: "say", text, fades }).say ?? []) expect(v.is(thought.entry, entry)).toBe(true);
      }),
    );
  });

  it("[SAY1] without fading it is kept, and stays", () => {
    expect(thought.kept({ text: "hello", at: start })).toBe(true);
    expect(thought.kept({ text: "hello", at: start, fades: false })).toBe(true);
    const { state } = see(hear(thought.initial, {}).state);
    expect(texts(tick(state, start + 400 * day).state)).toEqual(["hello"]);
  });

  it("[SAY1] a fading thought is not kept, and goes a minute after it was seen", () => {
    expect(thought.kept({ text: "soft", at: start, fades: true })).toBe(false);
    const { state } = hear(thought.initial, { fades: true });
    const seen = see(state, start + 5 * minute);
    expect(seen.wakeAt).toBe(start + 6 * minute);
    expect(texts(tick(seen.state, start + 6 * minute - 1).state)).toEqual(["hello"]);
    expect(texts(tick(seen.state, start + 6 * minute).state)).toEqual([]);
  });

  it("[SAY1] seen again does not make it stay longer", () => {
    const seen = see(hear(thought.initial, { fades: true }).state, start).state;
    const again = see(seen, start + 30_000).state;
    expect(texts(tick(again, start + minute).state)).toEqual([]);
  });

  it("[SAY1] a fading thought that nobody saw goes a day after it came", () => {
    const { state } = hear(thought.initial, { fades: true, at: start - 3 * day });
    expect(texts(tick(state, start + day - 1).state)).toEqual(["hello"]);
    expect(texts(tick(state, start + day).state)).toEqual([]);
  });

  it("[SAY1] [BOUND4] what came in a pause does not fade before it could be seen: its day begins when the pause is over", () => {
    const apart = (state: ThoughtState, now: number) => thought.apply(state, { kind: "tick" }, { ...context(now), letIn: "off" });
    const entry: ThoughtEntry = { text: "hello", at: start, fades: true };
    const { state } = thought.apply(thought.initial, { kind: "entry", entry, from: "other", device: "d", id: "1-1" }, { ...context(start), letIn: "off" });
    expect(texts(apart(state, start + 40 * day).state)).toEqual(["hello"]);
    const back = tick(state, start + 40 * day);
    expect([texts(back.state), back.wakeAt]).toEqual([["hello"], start + 41 * day]);
    expect(texts(tick(back.state, start + 41 * day - 1).state)).toEqual(["hello"]);
    expect(texts(tick(back.state, start + 41 * day).state)).toEqual([]);
    expect(texts(tick(see(back.state, start + 40 * day).state, start + 40 * day + minute).state)).toEqual([]);
    // Seen in the moment of coming back, before anything else was looked at.
    expect(texts(tick(see(state, start + 40 * day).state, start + 40 * day + minute).state)).toEqual([]);
  });

  it("[SAY1] the sender's own copy of it goes after a day too, and seeing it does not tell anything", () => {
    const { state } = hear(thought.initial, { fades: true }, { from: "me", id: "0-1" });
    expect(state.recent[0]?.seen).toBe(true);
    expect(texts(tick(see(state, start, "0-1").state, start + day - 1).state)).toEqual(["hello"]);
    expect(texts(tick(state, start + day).state)).toEqual([]);
  });

  it("[SAY1] no read receipts: nothing ever leaves, and nothing is told, because something was looked at", () => {
    const said = fc.record({ fades: fc.boolean(), from: fc.constantFrom("me" as const, "other" as const) });
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), fc.array(fc.nat(9), { maxLength: 10 }), fc.nat(2 * day), (all, looks, later) => {
        let state = thought.initial;
        for (const [i, { fades, from }] of all.entries()) ({ state } = hear(state, { fades }, { from, id: `x-${i}` }));
        for (const look of looks) {
          const step = see(state, start + 1, `x-${look}`);
          expect(Object.keys(step).filter((field) => field !== "state" && field !== "wakeAt")).toEqual([]);
          ({ state } = step);
        }
        const passed = tick(state, start + later);
        expect(Object.keys(passed).filter((field) => field !== "state" && field !== "wakeAt")).toEqual([]);
      }),
    );
  });

  it("[SAY1] seeing one thought changes no other", () => {
    let { state } = hear(thought.initial, { fades: true, text: "one" }, { id: "1-1" });
    ({ state } = hear(state, { fades: true, text: "two" }, { id: "1-2" }));
    ({ state } = see(state, start, "1-2"));
    expect(texts(tick(state, start + minute).state)).toEqual(["one"]);
  });

  it("[SAY1] the field shows the latest thirty, in the order of the log", () => {
    let state = thought.initial;
    for (let i = 0; i < 35; i++) ({ state } = hear(state, { text: `${i}`, at: start - i }, { id: `1-${i}` }));
    expect(texts(state)).toEqual(Array.from({ length: 30 }, (_, i) => `${i + 5}`));
  });

  it("[SAY1] a thought from the future is of now", () => {
    expect(hear(thought.initial, { at: Number.MAX_SAFE_INTEGER }).state.recent[0]?.at).toBe(start);
  });

  it("[SAY1] an app that begins anew knows what it knew", () => {
    const { state } = hear(thought.initial, { fades: true });
    expect(thought.apply(state, { kind: "resumed" }, context(start)).state).toEqual(state);
  });

  it.each([
    { text: "x".repeat(thoughtCap + 1), at: 1 },
    { text: "\ud800", at: 1 },
    { text: 1, at: 1 },
    { text: "x" },
    { text: "x", at: -1 },
    { text: "x", at: 1, fades: 1 },
    { text: "x", at: 1, feeling: { hue: 400, strength: 1 } },
    null,
  ])("[BOUND3] %j is no entry", (body) => {
    expect(v.is(thought.entry, body)).toBe(false);
  });
});
