/** What people type when they bring their lines back: read kindly, and never sent anywhere to be corrected. */
import { wordlist } from "@scure/bip39/wordlists/english.js";

/** What stands there as words: numbers and signs between them are none. */
export const wordsIn = (typed: string): readonly string[] => typed.toLowerCase().match(/\p{L}+/gu) ?? [];

/** Those that no list has, nor their first four letters: most often misspelt. */
export const unknownIn = (typed: string): readonly string[] =>
  wordsIn(typed).filter((word) => !wordlist.includes(word) && !(word.length === 4 && wordlist.some((one) => one.startsWith(word))));

/** A relay's address: its scheme may be missing, and a slash may be at its end. */
export const relayIn = (typed: string): string => {
  const bare = typed.trim().replace(/\/+$/, "");
  return /^[a-z]+:/i.test(bare) && !/^[a-z0-9.-]+:\d+$/i.test(bare) ? bare : `https://${bare}`;
};
