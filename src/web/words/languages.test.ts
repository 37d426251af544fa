/** Every language has every text. What the compiler cannot see is looked at here: arguments that are said, and what is never said. */
import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { languages } from "./languages.ts";

/** By language: pronouns for people, and the words of messengers. */
const neverSaid: Readonly<Record<string, readonly RegExp[]>> = {
  en: [/\b(he|she|him|her|his|hers|herself|himself)\b/i, /\b(online|last seen|typing)\b/i],
};

type Told = readonly [path: string, text: string];
const marks = ["Mark-a", "Mark-b", "Mark-c"];

/** Every text with its path; functions are asked with marks, and with numbers where they count. */
const textsOf = (value: unknown, path = ""): readonly Told[] => {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const say = value as (...given: unknown[]) => unknown;
    return [marks, [3, ...marks], [1, ...marks]].flatMap((given, way): readonly Told[] => {
      try {
        return [[`${path}(${way})`, String(say(...given))]];
      } catch {
        // It wants a thing of the app; its texts are looked at where they stand in the table.
        return [];
      }
    });
  }
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, one]) => textsOf(one, `${path}.${name}`)) : [];
};
const marksIn = (text: string): readonly string[] => marks.filter((mark) => text.includes(mark));

describe.each(languages.map((language) => [language.tag, language] as const))("the language %s", (tag, { load }) => {
  it("has every text that English has, and says the same of what it is given", async () => {
    const [ours, theirs] = [new Map(textsOf(en)), new Map(textsOf(await load()))];
    expect([...theirs.keys()]).toEqual([...ours.keys()]);
    expect(ours.size).toBeGreaterThan(300);
    for (const [path, text] of ours) {
      expect(text === "", path).toBe(theirs.get(path) === "");
      expect(marksIn(theirs.get(path) ?? ""), path).toEqual(marksIn(text));
    }
  });

  it("has a function wherever English has one, with as many arguments", async () => {
    const shape = (value: unknown): unknown =>
      typeof value === "function"
        ? value.length
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]))
          : typeof value;
    expect(shape(await load())).toEqual(shape(en));
  });

  it("is formed by Intl in itself: its plural rules and its numbers are known", async () => {
    const { language } = await load();
    expect(Intl.PluralRules.supportedLocalesOf([language])).toEqual([language]);
    expect(tag.startsWith(language)).toBe(true);
  });

  it("says what is never said of people nowhere", async () => {
    const banned = neverSaid[tag] ?? [];
    expect(banned.length, `the list of what ${tag} never says`).toBeGreaterThan(0);
    for (const [path, text] of textsOf(await load())) for (const never of banned) expect(text, path).not.toMatch(never);
  });
});
