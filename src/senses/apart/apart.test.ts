import { describe, expect, it } from "vitest";
import * as v from "valibot";
import type { SenseContext, Who } from "../sense.ts";
import { apart, conditionCap, isOver, type ApartEntry, type ApartIntent, type ApartState } from "./apart.ts";

const now = 1_800_000_000_000;
const hour = 60 * 60_000;
const context = (at = now): SenseContext => ({
  now: at,
  give: "full",
  letIn: "on",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
});
const terms = { dark: false, until: null, when: null, passes: [] as string[] };
const intend = (intent: ApartIntent) => apart.apply(apart.initial, { kind: "intent", intent }, context());
const hear = (entry: ApartEntry, from: Who = "other", state: ApartState = apart.initial, at = now) =>
  apart.apply(state, { kind: "entry", entry, from, device: "d", id: "1-1" }, context(at));

describe("Apart", () => {
  it("[BOUND4] a pause has the terms that its owner gave: a time, a condition, or neither", () => {
    for (const over of [{ until: now + hour }, { when: "once the paper is in" }, {}]) {
      const { say } = intend({ what: "apart", ...terms, ...over, passes: ["thought"] });
      expect(say).toEqual([{ what: "apart", ...terms, ...over, passes: ["thought"], at: now }]);
    }
  });

  it("[BOUND4] going dark has an expected return, and nothing passes", () => {
    expect(intend({ what: "apart", ...terms, dark: true }).refused).toBe("bad-time");
    expect(intend({ what: "apart", ...terms, dark: true, until: now + hour, passes: ["thought"] }).say).toMatchObject([{ dark: true, passes: [] }]);
  });

  it("[BOUND4] what flows by itself never passes a pause", () => {
    expect(intend({ what: "apart", ...terms, passes: ["presence", "hour", "goodbye", "feeling"] }).say).toMatchObject([{ passes: ["feeling"] }]);
  });

  it.each([now, now - 1, now + 20 * 366 * 24 * hour])("[BOUND4] a pause until %d is refused: it is no time to come", (until) => {
    expect(intend({ what: "apart", ...terms, until }).refused).toBe("bad-time");
  });

  it("[BOUND4] it ends by itself at its time, and both are woken then; a condition never ends by itself", () => {
    const step = hear({ what: "apart", ...terms, until: now + hour, at: now });
    expect(step.wakeAt).toBe(now + hour);
    expect(step.state.other && [isOver(step.state.other, now + hour - 1), isOver(step.state.other, now + hour)]).toEqual([false, true]);
    const open = hear({ what: "apart", ...terms, when: "once the paper is in", at: now });
    expect([open.wakeAt, open.state.other && isOver(open.state.other, Number.MAX_SAFE_INTEGER)]).toEqual([undefined, false]);
  });

  it("[BOUND4] coming back is one entry, and changes its author's side alone", () => {
    const both = hear({ what: "apart", ...terms, at: now }, "me", hear({ what: "apart", ...terms, at: now }).state).state;
    const back = hear({ what: "back", at: now + 1 }, "me", both, now + 1);
    expect([back.state.me, back.state.other]).toEqual([null, both.other]);
    expect(back.happened).toEqual([{ kind: "apart", from: "me", at: now + 1, what: "back" }]);
  });

  it("[BOUND3] an author's time ahead of now, and an end beyond every calendar, are brought near", () => {
    const { state } = hear({ what: "apart", ...terms, until: Number.MAX_SAFE_INTEGER, at: Number.MAX_SAFE_INTEGER });
    expect(state.other?.at).toBe(now);
    expect(state.other?.until).toBeLessThan(now + 11 * 366 * 24 * hour);
  });

  it.each([
    ["a condition too long", { what: "apart", ...terms, when: "x".repeat(conditionCap + 1), at: now }],
    ["a condition of nothing", { what: "apart", ...terms, when: "", at: now }],
    ["seventeen senses that pass", { what: "apart", ...terms, passes: Array.from({ length: 17 }, () => "touch"), at: now }],
    ["a sense of markup", { what: "apart", ...terms, passes: ["<b>"], at: now }],
    ["no terms", { what: "apart", at: now }],
  ])("[BOUND3] %s is no pause", (_, entry) => {
    expect(v.is(apart.entry, entry)).toBe(false);
  });

  it("[BOUND4] a pause is kept: it is the history of what was given", () => {
    expect([apart.grant, apart.kept({ what: "back", at: now })]).toEqual(["none", true]);
  });
});
