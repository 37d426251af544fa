/**
 * Certificates: who a device belongs to (PAIR1, BOUND2, DEV1) and the end of a bond (END1).
 *
 * A device certificate says, on one line only: this device key is this person's. By the person key itself (version 1),
 * or by another device of that person, whose own certificate it holds (version 2). Whether that device could still
 * speak for its person when it did is a matter of the log: see `checkChange` of src/mls/rules.ts.
 */
import * as v from "valibot";
import { concat, equalBytes } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Secret } from "../base/secret.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { publicKey, sha256, sign, verify } from "./keys.ts";
import { bytes } from "./schema.ts";

export interface DeviceCertificate {
  /** Ed25519 public keys, 32 bytes each. */
  readonly person: Uint8Array;
  readonly device: Uint8Array;
  /** The device that certified it; null when the person key did. */
  readonly by: Uint8Array | null;
}

/** In bytes. Nothing longer is parsed. */
export const certificateCap = 1024;

/** Certificates in a chain, the person's own at its end included. The longest has 830 bytes. */
const chainCap = 6;

const certificateSchema = v.union([
  v.strictTuple([v.literal(1), bytes(32), bytes(32), bytes(64)]),
  v.strictTuple([v.literal(2), bytes(32), bytes(32), bytes(1, certificateCap), bytes(64)]),
]);

export const certifyDevice = (line: Uint8Array, person: Secret, device: Uint8Array): Uint8Array => {
  const personKey = publicKey(person);
  return encodeCbor([1, personKey, device, sign(person, "beside/device-certificate/1", concat(line, personKey, device))]);
};

/** By the device of `parentCertificate`. A chain that has become too long is not read by anyone: see `readCertificate`. */
export const certifyByDevice = (line: Uint8Array, parentDeviceSeed: Secret, parentCertificate: Uint8Array, device: Uint8Array): Uint8Array => {
  const person = readLink(parentCertificate)?.person;
  invariant(person, "a certificate of one's own that cannot be read");
  const signature = sign(parentDeviceSeed, "beside/device-certificate/2", concat(line, person, device, sha256(parentCertificate)));
  return encodeCbor([2, person, device, parentCertificate, signature]);
};

/**
 * The certificate, or `undefined` when it is malformed, of another line, or does not lead by signatures to its person
 * key. Never throws.
 */
export const readCertificate = (line: Uint8Array, encoded: Uint8Array): DeviceCertificate | undefined => {
  const chain = readChain(encoded);
  const first = chain?.[0];
  // The person's own signature first: without it the rest is not worth the work.
  const holds = chain?.toReversed().every((link, at, links) => isSigned(line, link, links[at - 1]));
  return first && holds ? { person: first.person, device: first.device, by: chain?.[1]?.device ?? null } : undefined;
};

/** The device of a certificate that is one's own, and so needs no proof; `undefined` where there is none yet. */
export const certifiedDevice = (encoded: Uint8Array): Uint8Array | undefined => readLink(encoded)?.device;

/** One certificate, without those it holds. */
interface Link {
  readonly person: Uint8Array;
  readonly device: Uint8Array;
  /** The certificate of the device that signed; null when the person key did. */
  readonly parent: Uint8Array | null;
  readonly signature: Uint8Array;
}

const readLink = (encoded: Uint8Array): Link | undefined => {
  if (encoded.length > certificateCap) return undefined;
  const decoded = decodeCbor(encoded);
  if (!decoded.ok) return undefined;
  const parsed = v.safeParse(certificateSchema, decoded.value);
  if (!parsed.success) return undefined;
  const [version, person, device] = parsed.output;
  return version === 1
    ? { person, device, parent: null, signature: parsed.output[3] }
    : { person, device, parent: parsed.output[3], signature: parsed.output[4] };
};

/** From the device to its person: one person, no device twice, not too long. Signatures are not looked at. */
const readChain = (encoded: Uint8Array): readonly Link[] | undefined => {
  const chain: Link[] = [];
  for (let next: Uint8Array | null = encoded; next !== null; next = (chain.at(-1) as Link).parent) {
    const link = chain.length < chainCap ? readLink(next) : undefined;
    if (!link || chain.some(({ person, device }) => !equalBytes(person, link.person) || equalBytes(device, link.device))) return undefined;
    chain.push(link);
  }
  return chain;
};

const isSigned = (line: Uint8Array, { person, device, parent, signature }: Link, by: Link | undefined): boolean =>
  parent !== null && by
    ? verify(by.device, "beside/device-certificate/2", concat(line, person, device, sha256(parent)), signature)
    : verify(person, "beside/device-certificate/1", concat(line, person, device), signature);

const endSchema = v.strictTuple([v.literal(1), bytes(32), bytes(64)]);

/** The signed END certificate of a line, by one person. It carries no time and no reason. */
export const certifyEnd = (line: Uint8Array, person: Secret): Uint8Array => {
  const personKey = publicKey(person);
  return encodeCbor([1, personKey, sign(person, "beside/end/1", concat(line, personKey))]);
};

/** The person who ended the line, or `undefined` when the certificate is not one of this line. Never throws. */
export const readEnd = (line: Uint8Array, encoded: Uint8Array): Uint8Array | undefined => {
  const decoded = decodeCbor(encoded);
  if (!decoded.ok) return undefined;
  const parsed = v.safeParse(endSchema, decoded.value);
  if (!parsed.success) return undefined;
  const [, person, signature] = parsed.output;
  return verify(person, "beside/end/1", concat(line, person), signature) ? person : undefined;
};
