/**
 * Two languages that nobody speaks, made from English by rule, for test roots only: what they do to the screens shows
 * what another language will do. Numbers, times, and the people's own words inside a text stay as they are.
 *
 *   en-XA  letters with accents, two fifths longer, in brackets: what is not in brackets was not taken from the table,
 *          and what has no end bracket was cut off
 *   ar-XB  right to left: every text is turned round as a whole
 */
import { en, type Words } from "../words/en.ts";
import { languages, type Languages } from "../words/languages.ts";

/** A text, and the parts of it that came in from outside. */
type Turn = (text: string, kept: readonly string[]) => string;

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const accented = "áƀçđéƒǧħíĵķļɱñóþɋřšŧúṽŵẋýžÁƁÇĐÉƑǦĦÍĴĶĻṀÑÓÞɊŘŠŦÚṼŴẊÝŽ";
const accentOf = (letter: string): string => accented.charAt(plain.indexOf(letter));

export const lengthen: Turn = (text, kept) => {
  if (text === "") return text;
  const changed = outside(text, kept, (part) => part.replaceAll(/[a-z]/gi, accentOf));
  return `[${changed}${" ·".repeat(Math.ceil(text.length / 5))}]`;
};

/** Right-to-left mark, override, and its end: strong for `dir="auto"`, and every letter follows it. */
export const turnRound: Turn = (text) => (text === "" ? text : `\u200f\u202e${text}\u202c`);

/** What is isolated, or is one of the given parts, stays. */
const outside = (text: string, kept: readonly string[], change: (part: string) => string): string => {
  const parts = kept.filter((part) => part !== "").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const stays = new RegExp(["\u2068[^\u2069]*\u2069", ...parts].join("|"), "g");
  let done = 0;
  let made = "";
  for (const found of text.matchAll(stays)) {
    made += change(text.slice(done, found.index)) + found[0];
    done = found.index + found[0].length;
  }
  return made + change(text.slice(done));
};

/** The same table with every text turned, and every function's answer. */
const turnAll = (value: unknown, turn: Turn): unknown => {
  if (typeof value === "string") return turn(value, []);
  if (Array.isArray(value)) return value.map((one) => turnAll(one, turn));
  if (typeof value === "function") {
    const say = value as (...given: unknown[]) => string;
    return (...given: unknown[]) =>
      turn(
        say(...given),
        given.filter((one) => typeof one === "string"),
      );
  }
  return Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, turnAll(one, turn)]));
};

const derive = (turn: Turn, direction: Words["direction"]): Words => ({
  ...(turnAll(en, turn) as Words),
  language: en.language,
  direction,
  isolate: en.isolate,
});

export const longer = derive(lengthen, "ltr");
export const turned = derive(turnRound, "rtl");

export const withTestLanguages: Languages = [
  ...languages,
  { tag: "en-XA", name: "Longer", load: async () => longer },
  { tag: "ar-XB", name: "Turned round", load: async () => turned },
];
