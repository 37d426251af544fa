/**
 * Signatures, hashes and derivations used on both sides of the wire. Pure and synchronous: the same in a browser,
 * a terminal, the relay and the simulator.
 *
 * Every signature covers a label, so that bytes signed for one purpose can never serve another.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";

export { sha256 };

export type Label = "beside/device-certificate/1" | "beside/end/1" | "beside/create/1" | "beside/open/1" | "beside/opened/1" | "beside/knock/1";

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

/** The person key of one bond: from the twelve words' entropy (16 bytes) and the line id. */
export const personSeed = (entropy: Secret, line: Uint8Array): Secret => derive(entropy.expose(), line, "beside/person/1");

/** The key that proves the twelve words to the relay (LOSE1): its public half is the line's recovery verifier. */
export const recoverySeed = (entropy: Secret, line: Uint8Array): Secret => derive(entropy.expose(), line, "beside/recovery/1");
