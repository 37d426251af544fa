/**
 * Credentials: who a leaf of the group is (PAIR1, BOUND2).
 *
 * A leaf's credential is basic (RFC 9420 section 5.3) and its identity is the device certificate. It counts only when
 * the certificate is of this line, and its device key is the key the leaf signs with.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import type { AuthenticationService, Credential } from "ts-mls";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Member } from "../ports/sealer.ts";
import { readCertificate } from "../protocol/certificate.ts";

export interface LeafIdentity {
  readonly credential: Credential;
  readonly signaturePublicKey: Uint8Array;
}

/** The member a leaf proves to be on this line, or `undefined`. */
export type MemberReader = (leaf: LeafIdentity) => Member | undefined;

/** Certificates read before are remembered: checking one costs milliseconds and its answer never changes. */
export const createMemberReader = (line: Uint8Array): MemberReader => {
  const read = new Map<string, Member>();
  return ({ credential, signaturePublicKey }) => {
    if (credential.credentialType !== "basic" || !("identity" in credential)) return undefined;
    const key = toHex(credential.identity);
    const member = read.get(key) ?? readCertificate(line, credential.identity);
    if (member === undefined || !equalBytes(member.device, signaturePublicKey)) return undefined;
    if (!read.has(key)) {
      if (!isPrimeOrder(member.device)) return undefined;
      // Outsiders can make certificates of persons of their own at will.
      if (read.size >= 64) read.clear();
      read.set(key, member);
    }
    return member;
  };
};

/** The library asks it at every leaf; its default accepts anybody. */
export const authenticationBy = (read: MemberReader): AuthenticationService => ({
  validateCredential: async (credential, signaturePublicKey) => read({ credential, signaturePublicKey }) !== undefined,
});

/**
 * Implementations of Ed25519 disagree about signatures by keys with a small-order part; both people's devices must
 * not, or one would keep an entry that the other drops.
 */
const isPrimeOrder = (key: Uint8Array): boolean => {
  try {
    return ed25519.Point.fromBytes(key).isTorsionFree();
  } catch {
    return false;
  }
};
