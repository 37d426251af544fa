/**
 * Looking for what was kept: words, who, and which feeling. Runs on the device that has it, over what it opens; nothing of
 * a search is kept, sent or told.
 *
 * Words are found by their beginnings, all of them, in any order, whatever their case and accents. In scripts that do not
 * part words by spaces, or put small words before them without one (Han, kana, Thai, Arabic, Hebrew …), anywhere.
 */
import type { FeelingName } from "./feeling/feeling.ts";
import { nameOfHue } from "./feeling/feeling.ts";
import type { Who } from "./sense.ts";

export interface Wanted {
  readonly words: string;
  readonly from: Who | null;
  readonly feeling: FeelingName | null;
}

/** A kept thing as it is read: an author, words, and the hue of a feeling where there is one. */
export interface Findable {
  readonly from: Who;
  readonly text: string;
  readonly hue?: number;
}

/** Whether anything is looked for at all: accents alone are nothing. */
export const isWanting = ({ words, from, feeling }: Wanted): boolean => from !== null || feeling !== null || wordsOf(words).length > 0;

export const createMatcher = ({ words, from, feeling }: Wanted): ((one: Findable) => boolean) => {
  const wanted = wordsOf(words).map((word) => ({ word, anywhere: anywhere.test(word) }));
  return (one) => {
    if (from !== null && one.from !== from) return false;
    if (feeling !== null && (one.hue === undefined || nameOfHue(one.hue) !== feeling)) return false;
    if (wanted.length === 0) return true;
    const text = fold(one.text);
    return wanted.every(({ word, anywhere }) => (anywhere ? text.includes(word) : hasWordLike(text, word)));
  };
};

const wordsOf = (typed: string): readonly string[] => fold(typed).split(/\s+/u).filter(Boolean);

/** Accents of the scripts that can be written without them; the vowel signs of others are letters and stay. */
const accents =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0640]/g;
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

// oxlint-disable-next-line no-control-regex -- All of ASCII.
const plain = /^[\0-\x7f]*$/;

/** The same for all ways to write a word: without accents, in one case. In plain letters there is nothing to fold but case. */
export const fold = (text: string): string => (plain.test(text) ? text.toLowerCase() : foldAll(text));

const foldAll = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(accents, "")
    .replaceAll(invisible, "")
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    // What is no accent belongs to its letter again: か is not the beginning of が.
    .normalize("NFKC");

/** Written without spaces between words, or with what a word begins with run into it; signs and faces too. */
const anywhere =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Arabic}\p{Script=Hebrew}]|^[^\p{L}\p{N}]/u;
const endsInAWord = /[\p{L}\p{N}\p{M}]$/u;

const hasWordLike = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    // Two units: the one before may be half of a letter.
    if (at === 0 || !endsInAWord.test(text.slice(Math.max(0, at - 2), at))) return true;
  return false;
};
