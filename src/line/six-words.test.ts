import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { toHex } from "../base/bytes.ts";
import { argon2id } from "../cli/adapters/argon2id.ts";
import { sixWords } from "./six-words.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const line = new Uint8Array(16).fill(7);

describe("The six words", () => {
  it("[PAIR3] are the first 66 bits of Argon2id over both keys in order, salted with the line (a vector made with OpenSSL)", async () => {
    expect(await sixWords(argon2id, key(1), key(2), line)).toEqual(["evoke", "bird", "nerve", "goddess", "coconut", "property"]);
  });

  it("[PAIR3] are the same from both sides", async () => {
    let asked: string[] = [];
    const spy = async (password: Uint8Array, salt: Uint8Array): Promise<Uint8Array> => {
      asked.push(`${toHex(password)} ${toHex(salt)}`);
      return new Uint8Array(32);
    };
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (one, two) => {
        asked = [];
        await sixWords(spy, one, two, line);
        await sixWords(spy, two, one, line);
        expect(asked[0]).toBe(asked[1]);
        expect(asked[0]).toContain(toHex(one));
        expect(asked[0]).toContain(toHex(two));
      }),
    );
  });

  it("[PAIR3] use every one of 66 bits, eleven for each word, and no other", async () => {
    const words = (hash: Uint8Array): Promise<readonly string[]> => sixWords(async () => hash, key(1), key(2), line);
    const zero = await words(new Uint8Array(32));
    expect(zero).toEqual(Array.from({ length: 6 }, () => wordlist[0]));
    expect(await words(new Uint8Array(32).fill(255))).toEqual(Array.from({ length: 6 }, () => wordlist[2047]));
    for (let bit = 0; bit < 80; bit++) {
      const hash = new Uint8Array(32);
      hash[bit >> 3] = 0x80 >> (bit & 7);
      const changed = (await words(hash)).flatMap((word, i) => (word === zero[i] ? [] : [[i, word]]));
      expect(changed).toEqual(bit < 66 ? [[Math.floor(bit / 11), wordlist[1 << (10 - (bit % 11))]]] : []);
    }
  });

  it("[PAIR3] differ for another key and for another line", async () => {
    const hash = async (password: Uint8Array, salt: Uint8Array): Promise<Uint8Array> =>
      Uint8Array.from({ length: 32 }, (_, i) => (password[i] ?? 0) * 31 + (password[63 - i] ?? 0) + (salt[i % 16] ?? 0));
    const words = await sixWords(hash, key(1), key(2), line);
    expect(await sixWords(hash, key(1), key(3), line)).not.toEqual(words);
    expect(await sixWords(hash, key(1), key(2), new Uint8Array(16))).not.toEqual(words);
  });
});
