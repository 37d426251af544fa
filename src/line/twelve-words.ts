/**
 * The twelve words (DEV1, LOSE1): 16 bytes of entropy as BIP 39 words, and what they are for each bond. A device that
 * lost everything knows no line, so the keys of the bonds are numbered 0, 1, …
 */
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { concat } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { publicKey, personSeed, recoveryBoxSeed, recoverySeed, sha256 } from "../protocol/keys.ts";

/**
 * 128 bits and four of their hash, eleven for each word. The library's own reading and writing of them is written for
 * every length and language, and brings hashes of its own along; the tests hold this against it.
 */
export const wordsOf = (entropy: Secret): readonly string[] => {
  const bytes = entropy.expose();
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  bits = (bits << 4n) | checksumOf(bytes);
  return Array.from({ length: 12 }, (_, i) => wordlist[Number((bits >> BigInt(121 - 11 * i)) & 0x7ffn)] as string);
};

const checksumOf = (bytes: Uint8Array): bigint => BigInt((sha256(bytes)[0] as number) >> 4);

/** However they were typed: spaces, commas, numbers before them, upper case, the first four letters of each. */
export const readWords = (typed: string): Secret | undefined => {
  const words = typed.toLowerCase().match(/[a-z]+/g) ?? [];
  if (words.length !== 12) return undefined;
  let bits = 0n;
  for (const word of words) {
    const whole = wordlist.indexOf(word);
    const place = whole >= 0 || word.length !== 4 ? whole : wordlist.findIndex((one) => one.startsWith(word));
    if (place < 0) return undefined;
    bits = (bits << 11n) | BigInt(place);
  }
  const entropy = Uint8Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(124 - 8 * i)) & 0xffn));
  return (bits & 0xfn) === checksumOf(entropy) ? new Secret(entropy) : undefined;
};

/** What the words give one bond. Once derived it stands for itself: the words can leave the device. */
export interface BondKeys {
  readonly person: Secret;
  /** Ed25519 public key for the relay. */
  readonly verifier: Uint8Array;
  readonly boxSeed: Secret;
}

export const bondKeys = (entropy: Secret, number: number): BondKeys => ({
  person: personSeed(entropy, number),
  verifier: publicKey(recoverySeed(entropy, number)),
  boxSeed: recoveryBoxSeed(entropy, number),
});

/** Three words for two screens, from what only these two devices and the relay's door know: 33 bits of a hash. */
export const codeOf = (mailbox: Secret, device: Uint8Array, box: Uint8Array): readonly string[] => {
  const hash = sha256(concat(mailbox.expose(), device, box));
  const bits = (BigInt(hash[0] as number) << 32n) | BigInt(new DataView(hash.buffer, hash.byteOffset + 1, 4).getUint32(0));
  return Array.from({ length: 3 }, (_, i) => wordlist[Number((bits >> BigInt(29 - 11 * i)) & 0x7ffn)] as string);
};
