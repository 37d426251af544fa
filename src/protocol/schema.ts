/** The few field types that frames, entries and certificates are made of. Lengths in bytes, numbers unsigned. */
import * as v from "valibot";
import { utf8 } from "../base/bytes.ts";

/** Exactly `length` bytes, or from `length` to `most`. */
export const bytes = (length: number, most = length) =>
  v.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= length && value.length <= most);

/** An unsigned integer of at most `most`. */
export const uint = (most: number = Number.MAX_SAFE_INTEGER) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most));

/** A whole number between these two, with its sign. */
export const int = (least: number, most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));

/** Text of at most `most` UTF-8 bytes. */
export const text = (most: number, least = 0) =>
  v.pipe(
    v.string(),
    v.check((value) => value.isWellFormed() && utf8(value).length >= least && utf8(value).length <= most),
  );
