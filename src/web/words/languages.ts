/**
 * The languages of the web app. English is the first, comes with the first load, and is what is spoken when no other is
 * asked for. Another one is a table of the type `Words` in a file of its own, and a line here.
 */
import { en, type Words } from "./en.ts";

export interface Language {
  /** BCP 47, as `lang` on the page. */
  readonly tag: string;
  /** In the language itself. */
  readonly name: string;
  readonly load: () => Promise<Words>;
}

export type Languages = readonly [Language, ...Language[]];

export const languages: Languages = [
  { tag: "en", name: "English", load: async () => en },
  { tag: "de", name: "Deutsch", load: async () => (await import("./de.ts")).de },
];

/** What a person chose; else the first of what the browser asks for that there is, if need be without its region; else the first. */
export const pickLanguage = (from: Languages, chosen: string | null, asked: readonly string[]): Language => {
  const wanted = [...(chosen === null ? [] : [chosen]), ...asked];
  for (const tag of wanted) {
    const found = from.find((one) => isSame(one.tag, tag)) ?? from.find((one) => isSame(one.tag, root(tag)));
    if (found) return found;
  }
  return from[0];
};

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const root = (tag: string): string => tag.split("-")[0] ?? tag;
