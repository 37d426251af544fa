/**
 * Certificates: who a device belongs to (PAIR1, BOUND2) and the end of a bond (END1).
 * A device certificate says: this person key vouches for this device key, on this line only.
 */
import * as v from "valibot";
import { concat } from "../base/bytes.ts";
import type { Secret } from "../base/secret.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { publicKey, sign, verify } from "./keys.ts";
import { bytes } from "./schema.ts";

export interface DeviceCertificate {
  /** Ed25519 public keys, 32 bytes each. */
  readonly person: Uint8Array;
  readonly device: Uint8Array;
}

const certificateSchema = v.strictTuple([v.literal(1), bytes(32), bytes(32), bytes(64)]);

export const certifyDevice = (line: Uint8Array, person: Secret, device: Uint8Array): Uint8Array => {
  const personKey = publicKey(person);
  return encodeCbor([1, personKey, device, sign(person, "beside/device-certificate/1", concat(line, personKey, device))]);
};

/** The certificate, or `undefined` when it is malformed, of another line, or not signed by its person key. Never throws. */
export const readCertificate = (line: Uint8Array, encoded: Uint8Array): DeviceCertificate | undefined => {
  const decoded = decodeCbor(encoded);
  if (!decoded.ok) return undefined;
  const parsed = v.safeParse(certificateSchema, decoded.value);
  if (!parsed.success) return undefined;
  const [, person, device, signature] = parsed.output;
  if (!verify(person, "beside/device-certificate/1", concat(line, person, device), signature)) return undefined;
  return { person, device };
};

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
