/**
 * Signatures, hashes and derivations used on both sides of the wire. Pure and synchronous: the same in a browser,
 * a terminal, the relay and the simulator.
 *
 * Every signature covers a label, so that bytes signed for one purpose can never serve another.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, u32, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";

export { sha256 };

export type Label =
  | "beside/device-certificate/1"
  | "beside/end/1"
  | "beside/recall/1"
  | "beside/rung/1"
  | "beside/create/1"
  | "beside/open/1"
  | "beside/opened/1"
  | "beside/knock/1"
  | "beside/device-certificate/2"
  | "beside/recover/1"
  | "beside/reclaim/1"
  | "beside/verifier/1"
  | "beside/archive-note/1"
  | "beside/receipt/1"
  | "beside/fired/1";

const signed = (label: Label, message: Uint8Array): Uint8Array => concat(utf8(label), new Uint8Array([0]), message);

/** Ed25519 (RFC 8032). Seed and public key 32 bytes, signature 64. */
export const publicKey = (seed: Secret): Uint8Array => ed25519.getPublicKey(seed.expose());

export const sign = (seed: Secret, label: Label, message: Uint8Array): Uint8Array => ed25519.sign(signed(label, message), seed.expose());

/** Strict RFC 8032 verification; `false` for any malformed key or signature. */
export const verify = (key: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return ed25519.verify(signature, signed(label, message), key, { zip215: false });
  } catch {
    return false;
  }
};

/** The bytes a signature covers, for a verifier that has a faster Ed25519 than ours (the relay). */
export const signedBytes = signed;

/** HKDF-SHA-256 (RFC 5869). */
export const derive = (key: Uint8Array, salt: Uint8Array, info: string, length = 32): Secret => new Secret(hkdf(sha256, key, salt, utf8(info), length));

/**
 * What the twelve words (their entropy, 16 bytes) are for the bond of one number, 0, 1, …: a device that lost everything
 * knows no line ids, so it counts. The person key; the key that proves the words to the relay (LOSE1), whose public half
 * is the side's recovery verifier; the seed of the box in which the archive's key waits.
 */
export const personSeed = (entropy: Secret, number: number): Secret => derive(entropy.expose(), u32(number), "beside/person/2");
export const recoverySeed = (entropy: Secret, number: number): Secret => derive(entropy.expose(), u32(number), "beside/recovery/2");
export const recoveryBoxSeed = (entropy: Secret, number: number): Secret => derive(entropy.expose(), u32(number), "beside/recovery-box/1");

/** The same as release 0.1 made them, from the line's id. */
export const personSeedV1 = (entropy: Secret, line: Uint8Array): Secret => derive(entropy.expose(), line, "beside/person/1");
export const recoverySeedV1 = (entropy: Secret, line: Uint8Array): Secret => derive(entropy.expose(), line, "beside/recovery/1");
