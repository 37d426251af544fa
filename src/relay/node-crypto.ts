/** Signatures and hashes by OpenSSL: some ten times faster than the same in JavaScript (core/noble-crypto.ts). */
import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from "node:crypto";
import type { Secret } from "../base/secret.ts";
import type { LogRecord } from "../protocol/chain.ts";
import { recordKinds } from "../protocol/frames.ts";
import { signedBytes } from "../protocol/keys.ts";
import { buckets, firingRoom } from "../protocol/sizes.ts";
import type { RelayCrypto } from "./core/outcome.ts";

/** DER around the 32 raw bytes of an Ed25519 key (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

const publicKeyOf = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: "der", type: "spki" });

export const createNodeCrypto = (seed: Secret): RelayCrypto => {
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, seed.expose()]), format: "der", type: "pkcs8" });
  const relayKey = new Uint8Array(createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(publicPrefix.length));
  return {
    relayKey,
    sign: (label, message) => new Uint8Array(sign(null, signedBytes(label, message), privateKey)),
    verify: (key, label, message, signature) => {
      try {
        return verify(null, signedBytes(label, message), publicKeyOf(key), signature);
      } catch {
        return false;
      }
    },
    sha256: (bytes) => hash("sha256", bytes, "buffer"),
    nextHead: createNextHead(),
  };
};

/** `nextHead` of src/protocol/chain.ts without a dozen small arrays per record. */
const createNextHead = (): RelayCrypto["nextHead"] => {
  const prefix = 32 + 8 + 8 + 4 + 4 + 4 + 1;
  const scratch = Buffer.alloc(prefix + buckets[4] + firingRoom);
  const view = new DataView(scratch.buffer, scratch.byteOffset);
  const u64 = (at: number, value: number): void => {
    view.setUint32(at, Math.floor(value / 2 ** 32));
    view.setUint32(at + 4, value % 2 ** 32);
  };
  return (head: Uint8Array, record: LogRecord): Uint8Array => {
    scratch.set(head, 0);
    u64(32, record.seq);
    u64(40, record.at);
    view.setUint32(48, record.device);
    view.setUint32(52, record.n);
    view.setUint32(56, record.epoch);
    scratch[60] = recordKinds.indexOf(record.kind);
    scratch.set(record.body, prefix);
    return hash("sha256", scratch.subarray(0, prefix + record.body.length), "buffer");
  };
};
