/**
 * The one cipher suite of the house: X-Wing (X25519 and ML-KEM-768), AES-256-GCM, SHA-512, Ed25519.
 *
 * It is put together here from the library's parts, and not looked up by its name: the table of names brings along every
 * other suite's code, which a page would load and never run. Two parts differ from the library's, only for speed:
 * - HKDF (RFC 5869) runs synchronously; a trip to WebCrypto for 64 bytes costs ten times the hash.
 * - Ed25519 keys are imported into WebCrypto once per key and not once per signature.
 */
import { Aes256Gcm, CipherSuite, HkdfSha512 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { ed25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { getCiphersuiteFromName, type CiphersuiteImpl } from "ts-mls";
import { makeHashImpl } from "ts-mls/crypto/implementation/default/makeHashImpl.js";
import { defaultRng } from "ts-mls/crypto/implementation/default/rng.js";
import { makeGenericHpke } from "ts-mls/crypto/implementation/hpke.js";
import { concat } from "../base/bytes.ts";

export const suiteName = "MLS_256_XWING_AES256GCM_SHA512_Ed25519";

/** X-Wing public key: ML-KEM-768 1184 and X25519 32. */
export const hpkeKeyLength = 1216;

export const loadSuite = async (): Promise<CiphersuiteImpl> => {
  const { hpke, hash } = getCiphersuiteFromName(suiteName);
  return {
    name: suiteName,
    rng: defaultRng,
    hash: makeHashImpl(crypto.subtle as unknown as Parameters<typeof makeHashImpl>[0], hash),
    hpke: await makeGenericHpke(hpke, { encrypt, decrypt }, new CipherSuite({ kem: new XWing(), kdf: new HkdfSha512(), aead: new Aes256Gcm() })),
    kdf: {
      size: sha512.outputLen,
      extract: async (salt, ikm) => extract(sha512, ikm, salt),
      expand: async (key, info, length) => expand(sha512, key, info, length),
    },
    signature: { sign, verify, keygen },
  };
};

interface AesGcm {
  readonly name: "AES-GCM";
  readonly iv: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** The part of WebCrypto used here; the library around it needs it too, in every runtime. */
declare const crypto: {
  readonly subtle: {
    importKey(format: "pkcs8" | "raw", key: Uint8Array, algorithm: "Ed25519" | "AES-GCM", extractable: false, usages: readonly string[]): Promise<object>;
    sign(algorithm: "Ed25519", key: object, message: Uint8Array): Promise<ArrayBuffer>;
    verify(algorithm: "Ed25519", key: object, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
    encrypt(algorithm: AesGcm, key: object, plain: Uint8Array): Promise<ArrayBuffer>;
    decrypt(algorithm: AesGcm, key: object, sealed: Uint8Array): Promise<ArrayBuffer>;
  };
};

const encrypt = async (bytes: Uint8Array, iv: Uint8Array, additionalData: Uint8Array, plain: Uint8Array): Promise<Uint8Array> => {
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain));
};

const decrypt = async (bytes: Uint8Array, iv: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> => {
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed));
};

/** RFC 8410: what goes before a 32-byte Ed25519 seed in PKCS #8. */
const pkcs8 = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

/** By the identity of the bytes: group states pass the same key bytes on from one to the next. */
const imported = new WeakMap<Uint8Array, Promise<object>>();

const importOnce = (bytes: Uint8Array, load: () => Promise<object>): Promise<object> => {
  const known = imported.get(bytes);
  if (known !== undefined) return known;
  const loading = load();
  imported.set(bytes, loading);
  return loading;
};

const sign = async (seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> => {
  const key = await importOnce(seed, () => crypto.subtle.importKey("pkcs8", concat(pkcs8, seed), "Ed25519", false, ["sign"]));
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
};

const verify = async (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> => {
  const key = await importOnce(publicKey, () => crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]));
  return crypto.subtle.verify("Ed25519", key, signature, message);
};

const keygen = async (): Promise<{ readonly signKey: Uint8Array; readonly publicKey: Uint8Array }> => {
  const { secretKey, publicKey } = ed25519.keygen();
  return { signKey: secretKey, publicKey };
};
