/**
 * The six words (PAIR3): the first 66 bits of Argon2id over both person keys, in order, salted with the line's id. Both
 * sides compute the same six, or someone stands between them. Slow on purpose: a middle cannot search for a match.
 */
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { concat } from "../base/bytes.ts";
import type { Argon2id } from "../ports/words.ts";

export const sixWords = async (argon2id: Argon2id, one: Uint8Array, two: Uint8Array, line: Uint8Array): Promise<readonly string[]> => {
  const hash = await argon2id(concat(...[one, two].sort(compareBytes)), line);
  let bits = 0n;
  for (const byte of hash.subarray(0, 9)) bits = (bits << 8n) | BigInt(byte);
  // 72 bits read, the first 66 used: six words of eleven bits.
  return Array.from({ length: 6 }, (_, i) => wordlist[Number((bits >> BigInt(61 - 11 * i)) & 0x7ffn)] as string);
};

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
};
