/** Every language has every text. What the compiler cannot see is looked at here: arguments that are said, and what is never said. */
import { describe, expect, it } from "vitest";
import type { ActRefusal, Mending, Trouble, TurnedAway } from "../../line/state.ts";
import type { DeviceNotice } from "../../line/view.ts";
import { refusals } from "../../protocol/frames.ts";
import { en, type Words } from "./en.ts";
import { languages } from "./languages.ts";
import { isolate } from "./plural.ts";

const word = (forms: string): RegExp => new RegExp(String.raw`(?<!\p{L})(${forms})(?!\p{L})`, "iu");
/** By language: pronouns for people, and the words of messengers. */
const neverSaid: Readonly<Record<string, readonly RegExp[]>> = {
  en: [/\b(he|she|him|her|his|hers|herself|himself)\b/i, /\b(online|last seen|typing)\b/i],
  // Not of things either, and not as an address; `ihr` is only the two of you. An umlaut is a letter: `\b` does not know that.
  de: [word("er|sie|ihn|ihm|ihnen|ihre[mnrs]?|seine[mnrs]?"), word("ihr(?! beide)"), word("online|zuletzt|tippt|schreibt gerade")],
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

/** Does not compile when one is missing. */
const every = <Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] => Object.keys(names) as Name[];
const troubles = every<Exclude<Trouble["is"], "refused">>({
  "wrong-relay": true,
  version: true,
  revoked: true,
  "unknown-here": true,
  forked: true,
  rewound: true,
  twin: true,
  "storage-full": true,
  "storage-gone": true,
  "closed-relay": true,
});
const turned = every<TurnedAway>({ taken: true, expired: true, unknown: true, impostor: true, "bad-welcome": true });
const acts = every<ActRefusal>({
  empty: true,
  "too-long": true,
  "bad-name": true,
  "not-given": true,
  uncertain: true,
  ended: true,
  "not-inviting": true,
  accepting: true,
  "no-such-knock": true,
  "not-together": true,
  adding: true,
  "no-such-device": true,
  "too-new": true,
  "too-many-devices": true,
  "needs-words": true,
  offline: true,
  apart: true,
  "not-apart": true,
  "bad-time": true,
  "not-gradual": true,
  "no-such-sense": true,
  "no-such-promise": true,
  "no-window": true,
  settled: true,
  "too-often": true,
});
const mendings = every<Mending>({ gap: true, "set-back": true, "cannot-follow": true, "taken-up": true });
const notices = every<DeviceNotice["is"]>({ added: true, removed: true, restored: true, again: true });

/** What is wrong with a line, and why somebody was not let in. */
const faultsOf = (words: Words): readonly Told[] => [
  ...troubles.map((is): Told => [`trouble ${is}`, words.trouble({ is })]),
  ...Object.values(refusals).map((code): Told => [`refused ${code}`, words.trouble({ is: "refused", code })]),
  ...turned.map((why): Told => [`turned away ${why}`, words.turnedAway[why].text]),
];
/** What is asked with a thing of the app, for which no mark can stand. */
const ofThings = (words: Words): readonly Told[] => [
  ...faultsOf(words),
  ...acts.map((why): Told => [`act ${why}`, words.refused(why)]),
  ...mendings.map((why): Told => [`mending ${why}`, words.mending(why)]),
  ...notices.flatMap((is) =>
    (["me", "other"] as const).flatMap((who) =>
      ["", "Mark-c"].map((name): Told => [`notice ${is} ${who} ${name}`, words.devices.notice({ is, who, name, at: 0 }, "Mark-a", "Mark-b")]),
    ),
  ),
];
/** Which marks a text says, and which of them in their own direction. */
const marksIn = (text: string): readonly string[] => [...marks, ...marks.map(isolate)].filter((mark) => text.includes(mark));

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

  it("has words of its own for every trouble, refusal and turning away", async () => {
    const texts = faultsOf(await load()).map(([, text]) => text);
    for (const text of texts) expect(text).toMatch(/^\p{Lu}.{20,}[.]$/su);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("says the same of what a thing of the app is given", async () => {
    const [ours, theirs] = [ofThings(en), new Map(ofThings(await load()))];
    for (const [path, text] of ours) expect(marksIn(theirs.get(path) ?? ""), path).toEqual(marksIn(text));
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
    const words = await load();
    for (const [path, text] of [...textsOf(words), ...ofThings(words)]) for (const never of banned) expect(text, path).not.toMatch(never);
  });
});
