import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMatcher, fold, isWanting, type Wanted } from "./search.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const none: Wanted = { words: "", from: null, feeling: null };
const finds = (words: string, text: string): boolean => createMatcher({ ...none, words })({ from: "me", text });
const letters = fc.array(fc.constantFrom(..."a b d z ß é ö ñ ø ł ž α γ δ σ ω б в д ж я".split(" ")), { minLength: 1, maxLength: 8 }).map((all) => all.join(""));
const sentence = fc.array(letters, { minLength: 1, maxLength: 8 });

describe("Search", () => {
  test("[KEEP1] a word is found by its beginning, whatever its case and accents", () => {
    expect(finds("kett", "The kettle is on")).toBe(true);
    expect(finds("ettle", "The kettle is on")).toBe(false);
    expect(finds("CAFÉ", "im cafe\u0301 am See")).toBe(true);
    expect(finds("cafe", "Café")).toBe(true);
    expect(finds("strasse", "Straße")).toBe(true);
    expect(finds("istanbul", "İstanbul")).toBe(true);
    expect(finds("ΟΔΟΣ", "η οδός")).toBe(true);
    expect(finds("οδος", "οδοσήμανση")).toBe(true);
    expect(finds("fi", "ﬁsh")).toBe(true);
  });

  test("[KEEP1] all of several words are found, in any order", () => {
    expect(finds("on kettle", "The kettle is on")).toBe(true);
    expect(finds("kettle off", "The kettle is on")).toBe(false);
    expect(finds("well-known", "a well-known lake")).toBe(true);
    expect(finds("known", "a well-known lake")).toBe(true);
  });

  test("[KEEP1] Arabic, Hebrew, Chinese, Japanese, Korean and Thai are found anywhere in what was written", () => {
    expect(finds("كتاب", "قرأتُ الكِتَابَ")).toBe(true);
    expect(finds("بيت", "في البيــت")).toBe(true);
    expect(finds("בית", "אני בַּבַּיִת")).toBe(true);
    expect(finds("茶壶", "水壶和茶壶都开了")).toBe(true);
    expect(finds("やかん", "お湯のやかんが")).toBe(true);
    expect(finds("か", "が")).toBe(false);
    expect(finds("보고", "나는 보고싶어")).toBe(true);
    expect(finds("คิดถึง", "ฉันคิดถึงเธอ")).toBe(true);
    expect(finds("कि", "का")).toBe(false);
  });

  test("[KEEP1] signs and faces are found where they stand", () => {
    expect(finds("🌙", "good night🌙")).toBe(true);
    expect(finds("!", "yes!")).toBe(true);
    expect(finds("https", "see https://example.org")).toBe(true);
  });

  test("[KEEP1] by who and by feeling, with words or without", () => {
    const one = { from: "other", text: "soup", hue: 43 } as const;
    expect(createMatcher({ ...none, from: "other" })(one)).toBe(true);
    expect(createMatcher({ ...none, from: "me" })(one)).toBe(false);
    expect(createMatcher({ ...none, feeling: "joy" })(one)).toBe(true);
    expect(createMatcher({ ...none, feeling: "sad" })(one)).toBe(false);
    expect(createMatcher({ ...none, feeling: "joy" })({ from: "other", text: "joy" })).toBe(false);
    expect(createMatcher({ words: "so", from: "other", feeling: "joy" })(one)).toBe(true);
    expect(createMatcher({ words: "tea", from: "other", feeling: "joy" })(one)).toBe(false);
  });

  test("[KEEP1] nothing typed is nothing wanted: spaces and bare accents too", () => {
    for (const words of ["", "  \n", "\u0301", "\u200d"]) expect(isWanting({ ...none, words })).toBe(false);
    expect(isWanting({ ...none, words: "a" })).toBe(true);
    expect(isWanting({ ...none, from: "me" })).toBe(true);
  });

  test("[KEEP1] each word of a text is found by each beginning of it, in either case", () => {
    fc.assert(
      fc.property(sentence, fc.nat(), fc.nat(), (all, which, length) => {
        const word = all[which % all.length] as string;
        const start = word.slice(0, 1 + (length % word.length));
        for (const typed of [start, start.toUpperCase(), start.normalize("NFD")]) expect(finds(typed, all.join(" "))).toBe(true);
      }),
    );
  });

  test("[KEEP1] a text in plain letters is folded as it would be beside others", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        expect(fold(`${text}é`)).toBe(`${fold(text)}e`);
      }),
    );
  });

  test("[KEEP1] more words never find more; folding twice is folding once; nothing throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, one, two) => {
        if (finds(`${one} ${two}`, text)) expect(finds(one, text) && finds(two, text)).toBe(true);
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });
});
