import { entropyToMnemonic, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { personSeed, personSeedV1, publicKey, recoveryBoxSeed, recoverySeed, recoverySeedV1 } from "../protocol/keys.ts";
import { bondKeys, codeOf, readWords, wordsOf } from "./twelve-words.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const entropy = new Secret(new Uint8Array(16).fill(0x7f));
/** The BIP 39 test vector for these bytes. */
const words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const read = (typed: string): string | undefined => {
  const secret = readWords(typed);
  return secret && toHex(secret.expose());
};
const hex = toHex(entropy.expose());

describe("The twelve words", () => {
  it("[WORDS1] are BIP 39's", () => {
    expect(wordsOf(entropy).join(" ")).toBe(words);
    expect(wordsOf(new Secret(new Uint8Array(16))).join(" ")).toBe(`${"abandon ".repeat(11)}about`);
  });

  it("[WORDS1] are written and read as the library does, whatever the bytes, and refused as it refuses them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const written = wordsOf(new Secret(bytes)).join(" ");
        expect(written).toBe(entropyToMnemonic(bytes, wordlist));
        expect(read(written)).toBe(toHex(bytes));
      }),
    );
    const twelve = fc.array(fc.integer({ min: 0, max: 2047 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(twelve, (places) => {
        const typed = places.map((place) => wordlist[place]).join(" ");
        expect(read(typed) !== undefined).toBe(validateMnemonic(typed, wordlist));
      }),
    );
  });

  it.each([
    ["as shown", words],
    ["in upper case, with room around", `  ${words.toUpperCase().replaceAll(" ", "   ")}\n`],
    [
      "in lines, with numbers before them",
      words
        .split(" ")
        .map((word, i) => `${i + 1}. ${word}`)
        .join("\n"),
    ],
    ["with commas", words.replaceAll(" ", ", ")],
    [
      "by the first four letters",
      words
        .split(" ")
        .map((word) => word.slice(0, 4))
        .join(" "),
    ],
    [
      "some whole, some cut",
      words
        .split(" ")
        .map((word, i) => (i % 2 ? word : word.slice(0, 4)))
        .join("\t"),
    ],
  ])("[WORDS1] are read %s", (_how, typed) => {
    expect(read(typed)).toBe(hex);
  });

  it.each([
    ["eleven", words.split(" ").slice(1).join(" ")],
    ["thirteen", `${words} legal`],
    ["a word that is none", words.replace("year", "yeer")],
    ["three letters of one", words.replace("winner", "win")],
    ["one with an ending too many", words.replace("sausage", "sausages")],
    ["two that changed places", words.replace("legal winner", "winner legal")],
    ["another last one: the checksum", words.replace("yellow", "zebra")],
    ["nothing", ""],
  ])("[WORDS1] are not read from %s", (_what, typed) => {
    expect(readWords(typed)).toBeUndefined();
  });

  it("[WORDS1] every word of the list is known by its first four letters", () => {
    expect(new Set(wordlist.map((word) => word.slice(0, 4))).size).toBe(2048);
    const whole = words.split(" ");
    for (let at = 0; at < 12; at++) expect(read(whole.map((word, i) => (i === at ? word.slice(0, 4) : word)).join(" "))).toBe(hex);
  });

  it("[WORDS1] each bond's keys are its own: by number, and each for one thing", () => {
    const other = new Secret(new Uint8Array(16).fill(1));
    const all = [entropy, other].flatMap((secret) =>
      [0, 1, 2, 0xffff_ffff].flatMap((number) => [personSeed, recoverySeed, recoveryBoxSeed].map((make) => toHex(make(secret, number).expose()))),
    );
    expect(new Set(all).size).toBe(all.length);
    const keys = bondKeys(entropy, 1);
    expect(toHex(keys.person.expose())).toBe(toHex(personSeed(entropy, 1).expose()));
    expect(keys.verifier).toEqual(publicKey(recoverySeed(entropy, 1)));
    expect(toHex(keys.boxSeed.expose())).toBe(toHex(recoveryBoxSeed(entropy, 1).expose()));
  });

  it("[WORDS1] [WORDS2] give the same keys for ever (vectors made with Node's own HKDF)", () => {
    const line = new Uint8Array(16).fill(9);
    expect(
      [personSeed(entropy, 0), recoverySeed(entropy, 0), recoveryBoxSeed(entropy, 0), personSeedV1(entropy, line), recoverySeedV1(entropy, line)].map((seed) =>
        toHex(seed.expose()).slice(0, 16),
      ),
    ).toEqual(["24f608fcb1ba882f", "1ef8677daec2dd1f", "f90f559f3888206d", "729d3eeed25b72d8", "b4dd30d5b8334bd6"]);
  });
});

describe("The three words of a new device", () => {
  const mailbox = new Secret(new Uint8Array(32).fill(4));
  const [device, box] = [new Uint8Array(32).fill(5), new Uint8Array(1216).fill(6)];

  it("[DEVKNOCK2] are the first 33 bits of a hash of mailbox, device and box (a vector made with Node's own)", () => {
    expect(codeOf(mailbox, device, box)).toEqual(["circle", "taste", "tribe"]);
  });

  it("[DEVKNOCK2] are others for another link, another device and another box", () => {
    const codes = [
      codeOf(mailbox, device, box),
      codeOf(new Secret(new Uint8Array(32)), device, box),
      codeOf(mailbox, new Uint8Array(32), box),
      codeOf(mailbox, device, box.with(1215, 7)),
    ];
    expect(new Set(codes.map((code) => code.join(" "))).size).toBe(4);
  });
});
