import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanLine, cleanText, isReadable } from "./text.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

/** What must never be in a text that came from another device: written anew here, by its names in Unicode. */
const controls = /(?!\n)\p{Cc}/u;
const directions = /\p{Bidi_Control}/u;
const separators = /[\u2028\u2029\ufeff]/;
const nasty = fc.constantFrom(
  "\u0000",
  "\t",
  "\r",
  "\n",
  "\r\n",
  "\u001b[31m",
  "\u007f",
  "\u0085",
  "\u061c",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u2028",
  "\ufeff",
  "\ud800",
  "\udc00",
  "e",
  "\u0301",
  "\u0323",
  "שלום",
  "👩‍👧",
  " ",
  "<b>",
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(nasty, { maxLength: 20 }).map((parts) => parts.join("")),
);

describe("Text of another's device", () => {
  it.each([cleanText, cleanLine])("[BOUND3] never holds controls, direction changes, line separators, lone surrogates or edge spaces (%o)", (clean) => {
    fc.assert(
      fc.property(text, (typed) => {
        const cleaned = clean(typed);
        expect(cleaned).not.toMatch(controls);
        expect(cleaned).not.toMatch(directions);
        expect(cleaned).not.toMatch(separators);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned).toBe(cleaned.trim());
        expect(cleaned).not.toContain("\n\n\n\n");
      }),
      { numRuns: 500 },
    );
  });

  it.each([cleanText, cleanLine])("[BOUND3] is cleaned once and for all (%o)", (clean) => {
    fc.assert(
      fc.property(text, (typed) => {
        expect(clean(clean(typed))).toBe(clean(typed));
      }),
      { numRuns: 500 },
    );
  });

  it("[BOUND3] a line is one line, with single spaces", () => {
    fc.assert(
      fc.property(text, (typed) => {
        expect(cleanLine(typed)).not.toMatch(/\n| {2}/);
      }),
    );
    expect(cleanLine("Ada\nof  the\r\n north")).toBe("Ada of the north");
  });

  it.each([
    ["right-to-left words stay as they are", "שלום אבא", "שלום אבא"],
    ["joiners stay: families and scripts need them", "👩‍👧 नमस्‍ते", "👩‍👧 नमस्‍ते"],
    ["markup is only text", "<b>hi</b> & so on", "<b>hi</b> & so on"],
    ["two empty lines stay, more do not", "a\n\n\nb\n\n\n\n\nc", "a\n\n\nb\n\n\nc"],
    ["an override loses its force", "\u202eevil\u202c", "evil"],
    ["letters that were kept apart come together", "e\u200b\u0301", "\u00e9"],
  ])("[SAY1] %s", (_fact, typed, cleaned) => {
    expect(cleanText(typed)).toBe(cleaned);
  });

  it.each(["", " ", "\u200d", "\u200c\u200d", "\u3164", "\u2800", "\u00ad", "\u034f", "\u0301", "\ufe0f", " \u00a0\u3000"])(
    "[NAME1] nothing can be read in %j",
    (empty) => {
      expect(isReadable(cleanText(empty))).toBe(false);
    },
  );

  it.each(["a", "0", "!", "♥", "👩‍👧", "ش", "字", "e\u0301"])("[NAME1] something can be read in %j", (something) => {
    expect(isReadable(cleanText(something))).toBe(true);
  });
});
