import { expect, test } from "vitest";
import { en } from "../words/en.ts";
import { lengthen, longer, turned, turnRound } from "./test-languages.ts";

test("a longer text has brackets, accents and two fifths more, and keeps names, numbers and what came in", () => {
  expect(lengthen("Hold", [])).toMatch(/^\[Ħóļđ( ·)+\]$/);
  expect(longer.touch.offered("Ada")).toContain("\u2068Ada\u2069 ħóļđš");
  expect(longer.state.near("5 minutes ago")).toContain("ñéář · 5 minutes ago");
  expect(longer.mine.waiting(2)).toMatch(/^\[2 ŧħíñǧš .*\]$/);
  for (const text of [en.first.what, en.say.hint, en.twelve.why]) expect(lengthen(text, []).length / text.length).toBeGreaterThan(1.35);
});

test("nothing stays nothing, and what is looked up by a word is still found", () => {
  expect(longer.feel.strengths[1]).toBe("");
  expect(longer.refused("offline")).toMatch(/^\[Ŧħéřé íš ñó/);
  expect(longer.feel.said("joy", "")).toMatch(/^\[joy/);
});

test("a text that is turned round is right to left as a whole, also where its direction is found by its first letter", () => {
  expect(turned.direction).toBe("rtl");
  expect(turned.say.hint).toBe(turnRound(en.say.hint, []));
  expect(turned.say.hint.startsWith("\u200f")).toBe(true);
  expect(turned.isolate("Ada")).toBe(en.isolate("Ada"));
});
