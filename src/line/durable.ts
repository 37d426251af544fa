/**
 * The durable half of a bond's state as bytes, and back. Versioned: a state from a newer Beside is refused, not guessed at.
 * Secrets are written in the clear here: the store's edge wraps what it keeps.
 */
import { decode, encode } from "cborg";
import { Secret } from "../base/secret.ts";
import { err, ok, type Result } from "../base/result.ts";
import { initialSenses } from "./senses.ts";
import type { Durable, State } from "./state.ts";

const version = 1;

export const durableOf = (state: State): Omit<Durable, "mls"> => ({
  line: state.line,
  relay: state.relay,
  self: state.self,
  stage: state.stage,
  epoch: state.epoch,
  generation: state.generation,
  members: state.members,
  index: state.index,
  seq: state.seq,
  head: state.head,
  heads: state.heads,
  n: state.n,
  outbox: state.outbox,
  ahead: state.ahead,
  senses: state.senses,
  offset: state.offset,
  savedAt: state.savedAt,
  fault: state.fault,
  refused: state.refused,
  gapAt: state.gapAt,
});

export const encodeDurable = (durable: Omit<Durable, "mls">): Uint8Array => encode(dehydrate({ version, ...durable }));

export const decodeDurable = (bytes: Uint8Array, mls: Uint8Array | undefined): Result<Durable, "newer" | "damaged"> => {
  try {
    const { version: written, ...durable } = rehydrate(decode(bytes)) as { version: number } & Omit<Durable, "mls">;
    if (written > version) return err("newer");
    return ok({ ...durable, senses: { ...initialSenses, ...durable.senses }, mls: mls ?? null });
  } catch {
    return err("damaged");
  }
};

const secretMark = "\u0000secret";

/** Secrets become marked bytes; fields that are undefined are left out. */
const dehydrate = (value: unknown): unknown => {
  if (value instanceof Secret) return { [secretMark]: value.expose() };
  if (Array.isArray(value)) return value.map(dehydrate);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) out[key] = dehydrate(field);
  return out;
};

const rehydrate = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rehydrate);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (secretMark in value) return new Secret(value[secretMark] as Uint8Array);
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) out[key] = rehydrate(field);
  return out;
};
