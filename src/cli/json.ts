/** What is printed for programs: one value a line, nothing in it that a terminal would obey. */
import { toBase64url } from "../base/bytes.ts";
import type { Cbor } from "../protocol/cbor.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

// JSON itself escapes the lower controls; these could still move a cursor or turn the reading direction.
const obeyed = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const escapeObeyed = (text: string): string => text.replaceAll(obeyed, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const jsonLine = (value: Json): string => escapeObeyed(JSON.stringify(value));

export const jsonPretty = (value: Json): string => escapeObeyed(JSON.stringify(value, null, 2));

/** What an entry holds, as JSON; bytes become `{"base64url": …}`. */
export const cborToJson = (value: Cbor): Json => {
  if (value instanceof Uint8Array) return { base64url: toBase64url(value) };
  if (Array.isArray(value)) return (value as readonly Cbor[]).map(cborToJson);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value as { readonly [key: string]: Cbor }).map(([key, field]) => [key, cborToJson(field)]));
};
