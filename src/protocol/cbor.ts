/**
 * Canonical CBOR (RFC 8949 section 4.2.1): every value has one encoding, and only that one is accepted.
 * No floats, no tags, no indefinite lengths, no undefined; text is well-formed UTF-8.
 */
import { decode as decodeStrict, encode as encodeAny, type DecodeOptions } from "cborg";
import { equalBytes } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";

export type Cbor = null | boolean | number | string | Uint8Array | readonly Cbor[] | { readonly [key: string]: Cbor };

const options: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
};

/** Throws (a defect of ours) on what canonical CBOR cannot hold. */
export const encodeCbor = (value: Cbor): Uint8Array => {
  const { buffer, byteOffset, byteLength } = encodeAny(value);
  // Not a Buffer, as the library makes them where there are some: whose `slice` would be a view and no copy.
  return new Uint8Array(buffer, byteOffset, byteLength);
};

/** The value, or `malformed` for anything that `encodeCbor` would not have written. Never throws. */
export const decodeCbor = (bytes: Uint8Array): Result<Cbor, "malformed"> => {
  try {
    const value = decodeStrict(bytes, options) as Cbor;
    return isExact(value) && equalBytes(encodeCbor(value), bytes) ? ok(value) : err("malformed");
  } catch {
    return err("malformed");
  }
};

/** The same of what this device itself encoded and kept: whether that was the one way to write it is not asked again, which is half of the work. */
export const decodeKept = (bytes: Uint8Array): Result<Cbor, "malformed"> => {
  try {
    return ok(decodeStrict(bytes, options) as Cbor);
  } catch {
    return err("malformed");
  }
};

/** Deeper than anything we write by far, and shallow enough for whoever walks a value by recursion. */
const depthCap = 16;

/** Whole numbers only (floats have several encodings and no use here), and not nested without end. */
const isExact = (value: Cbor, depth = 0): boolean => {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return depth < depthCap && Object.values(value as Record<string, Cbor>).every((inner) => isExact(inner, depth + 1));
};
