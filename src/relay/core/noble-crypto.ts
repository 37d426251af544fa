/** The relay's signatures and hashes in plain JavaScript, as the devices compute them: for tests. */
import { nextHead } from "../../protocol/chain.ts";
import { publicKey, sha256, sign, verify } from "../../protocol/keys.ts";
import type { Secret } from "../../base/secret.ts";
import type { RelayCrypto } from "./outcome.ts";

export const createNobleCrypto = (seed: Secret): RelayCrypto => ({
  relayKey: publicKey(seed),
  sign: (label, message) => sign(seed, label, message),
  verify,
  sha256,
  nextHead,
});
