/**
 * Boxes: what only the holder of one seed opens (SEAL19). HPKE (RFC 9180) in base mode, in the suite of the group:
 * the encapsulated key (1120 bytes), then the ciphertext. A box says nothing about who made it.
 */
import type { CiphersuiteImpl } from "ts-mls";
import { concat, utf8 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Secret } from "../base/secret.ts";
import { boxCap, boxKemLength, boxOverhead, check } from "./rules.ts";
import { hpkeKeyLength } from "./suite.ts";

/** The key pair is DeriveKeyPair(seed) of X-Wing, so the same seed has the same key for ever. */
const keyPairOf = async (seed: Secret, suite: CiphersuiteImpl) => {
  invariant(seed.expose().length === 32, "a seed of another length");
  return suite.hpke.deriveKeyPair(seed.expose());
};

export const boxKey = async (seed: Secret, suite: CiphersuiteImpl): Promise<Uint8Array> => suite.hpke.exportPublicKey((await keyPairOf(seed, suite)).publicKey);

/** Throws inside `guarded`, also where nobody can encrypt to `key`. */
export const sealBox = async (key: Uint8Array, plain: Uint8Array, info: string, suite: CiphersuiteImpl): Promise<Uint8Array> => {
  check(key.length === hpkeKeyLength, "encryption key of another length");
  check(plain.length + boxOverhead <= boxCap, "too long");
  const { enc, ct } = await suite.hpke.seal(await suite.hpke.importPublicKey(key), plain, utf8(info));
  invariant(enc.length === boxKemLength, "an encapsulated key of another length");
  return concat(enc, ct);
};

/** Throws inside `guarded`. */
export const openBox = async (seed: Secret, box: Uint8Array, info: string, suite: CiphersuiteImpl): Promise<Uint8Array> => {
  check(box.length >= boxOverhead && box.length <= boxCap, "box of another length");
  const { privateKey } = await keyPairOf(seed, suite);
  return suite.hpke.open(privateKey, box.slice(0, boxKemLength), box.slice(boxKemLength), utf8(info));
};
