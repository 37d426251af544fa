/**
 * A memory (KEEP1): what two people made, taken in from an export's JSON, to be read and searched and nothing else. It is
 * no bond: nothing is sent, answered or settled by it. In the store: `memory/<id>` and `memories/<id>/kept/<seq>`.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import { fromBase64url, toHex, utf8 } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { unlessGone, type Store, type StoreFault } from "../ports/store.ts";
import { decodeCbor, decodeKept, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { sha256 } from "../protocol/keys.ts";
import { parseName } from "../senses/name/name.ts";
import type { Kept, Memory } from "./home.ts";
import { keptKey, keptPrefix, placeOfKey } from "./entry.ts";

const entrySchema = v.object({
  id: v.pipe(v.string(), v.maxLength(64)),
  // Ten digits sort as the store does, and no line has more.
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(9_999_999_999)),
  from: v.picklist(["me", "other"]),
  kind: v.pipe(v.string(), v.minLength(1), v.maxLength(32)),
  at: v.nullable(v.string()),
  body: v.unknown(),
  /** It was not let in when it came: in a memory, too, it shows when it is asked for. */
  aside: v.optional(v.literal(true)),
});
const fileSchema = v.object({
  format: v.literal("beside-bond"),
  version: v.number(),
  bond: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  me: v.object({ name: v.string() }),
  other: v.object({ name: v.string() }),
  /** Each is looked at in its turn: a million at once would hold the page up. */
  entries: v.pipe(v.array(v.unknown()), v.maxLength(1_000_000)),
});
type FileEntry = v.InferOutput<typeof entrySchema>;
const aboutSchema = v.object({ me: v.string(), other: v.string(), importedAt: v.number(), count: v.number() });

const about = (id: string): string => `memory/${id}`;
const under = (id: string, name: string): string => `memories/${id}/${name}`;
/** Looked at in one turn, and written in one transaction. */
const batch = 500;

export const readMemories = async (store: Store): Promise<Map<string, Memory>> => {
  const found = new Map<string, Memory>();
  for (const [key, value] of await store.list("memory/")) {
    const id = key.slice("memory/".length);
    const decoded = decodeCbor(value);
    const read = decoded.ok ? v.safeParse(aboutSchema, decoded.value) : undefined;
    if (read?.success) found.set(id, { id, ...read.output });
  }
  return found;
};

/**
 * Its id is of the bond and the content: the same export twice is one memory. `pause` lets others have their turn; only
 * taking the text apart is one piece of work.
 */
export const writeMemory = async (
  store: Store,
  json: string,
  now: Millis,
  pause: () => Promise<void>,
): Promise<Result<Memory, "not-an-export" | "newer" | StoreFault>> => {
  const file = parse(json);
  if (!file.ok) return file;
  const { bond, me, other } = file.value;
  const entries: FileEntry[] = [];
  const hash = sha256.create().update(utf8(`${bond}\n[`));
  for (const some of slices(file.value.entries)) {
    const parsed = v.safeParse(v.array(entrySchema), some);
    if (!parsed.success) return err("not-an-export");
    hash.update(utf8(`${entries.length > 0 ? "," : ""}${JSON.stringify(parsed.output).slice(1, -1)}`));
    entries.push(...parsed.output);
    await pause();
  }
  const id = toHex(hash.update(utf8("]")).digest()).slice(0, 32);
  let count = 0;
  for (const some of slices(entries)) {
    const rows = some.map(rowOf).filter((row) => row !== undefined);
    const written = await store.write({ put: rows.map(([key, value]) => [under(id, key), value] as const) });
    if (!written.ok) return written;
    count += rows.length;
    await pause();
  }
  const memory: Memory = { id, me: parseName(me.name) ?? "", other: parseName(other.name) ?? "", importedAt: now, count };
  // Last: what was taken in by half is not shown, and taken in again.
  const { id: _, ...rest } = memory;
  const written = await store.write({ put: [[about(id), encodeCbor(rest)]] });
  return written.ok ? ok(memory) : written;
};

const slices = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / batch) }, (_, at) => all.slice(at * batch, (at + 1) * batch));

/** `undefined` for what no entry is. */
const rowOf = ({ at, body, aside, ...entry }: FileEntry): readonly [string, Uint8Array] | undefined => {
  const cbor = toCbor(body);
  const time = at === null ? null : Date.parse(at);
  if (cbor === undefined) return undefined;
  return [keptKey(entry.seq), encodeCbor({ ...entry, at: time !== null && Number.isSafeInteger(time) ? time : null, body: cbor, ...(aside ? { aside } : {}) })];
};

export const readMemory = async (
  store: Store,
  id: string,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<readonly Kept[]> => {
  const rows = await store.list(under(id, keptPrefix), { reverse: true, limit, ...(before === undefined ? {} : { after: under(id, keptKey(before)) }) });
  return rows.flatMap(([, value]) => {
    const decoded = decodeKept(value);
    return decoded.ok ? [decoded.value as Cbor & Kept] : [];
  });
};

export const memoryPlaces = async (store: Store, id: string): Promise<readonly number[]> => (await store.keys(under(id, keptPrefix))).map(placeOfKey);

export const deleteMemory = async (store: Store, id: string): Promise<Result<void, StoreFault>> => {
  const names = await unlessGone(store.keys(under(id, "")));
  return names ? store.write({ delete: [about(id), ...names] }) : err("gone");
};

const parse = (json: string): Result<v.InferOutput<typeof fileSchema>, "not-an-export" | "newer"> => {
  try {
    const value: unknown = JSON.parse(json);
    const parsed = v.safeParse(fileSchema, value);
    const version = typeof value === "object" && value !== null && "version" in value ? value.version : 0;
    if (typeof version === "number" && version > 1) return err("newer");
    return parsed.success ? ok(parsed.output) : err("not-an-export");
  } catch {
    return err("not-an-export");
  }
};

/** JSON as the export wrote it, back to what it was; `undefined` for what no entry is. */
const toCbor = (value: unknown, depth = 0): Cbor | undefined => {
  if (depth > 16) return undefined;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => toCbor(item, depth + 1));
    return items.includes(undefined) ? undefined : (items as Cbor[]);
  }
  if (typeof value !== "object") return undefined;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "base64url" && typeof only[1] === "string") return fromBase64url(only[1]);
  const fields: [string, Cbor][] = [];
  for (const [name, field] of entries) {
    const cbor = toCbor(field, depth + 1);
    if (cbor === undefined) return undefined;
    fields.push([name, cbor]);
  }
  return Object.fromEntries(fields);
};
