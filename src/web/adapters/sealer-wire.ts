/**
 * What the page and the seal's worker say to each other. Both ends import it; nothing else does.
 *
 * One request is under way at a time. A sealer lives in the worker under a handle; the page keeps its last state, so
 * that a worker that had to be ended loses nothing.
 */
import type { Millis } from "../../base/brand.ts";
import { Secret } from "../../base/secret.ts";
import type { Member, Sealer, Sealers } from "../../ports/sealer.ts";

type Asked<Port, Method extends keyof Port> = Port[Method] extends (...args: infer Args) => unknown ? Args : never;

export type SealersCall = {
  readonly [Method in keyof Sealers]: { readonly on: "sealers"; readonly method: Method; readonly args: Asked<Sealers, Method> };
}[keyof Sealers];
export type SealerMethod = Exclude<keyof Sealer, "epoch" | "members">;
export type SealerCall = {
  readonly [Method in SealerMethod]: { readonly on: "sealer"; readonly handle: number; readonly method: Method; readonly args: Asked<Sealer, Method> };
}[SealerMethod];
type WordsCall = { readonly on: "words"; readonly args: readonly [password: Uint8Array, salt: Uint8Array] };
export type Call = SealersCall | SealerCall | WordsCall;

/** `now` travels with every request: the worker has no clock of its own. `call` is packed. */
export interface Request {
  readonly id: number;
  readonly now: Millis;
  readonly call: unknown;
}

/** What a sealer is at the end of a call, for the two questions that are answered without asking the worker. */
export interface SealerFacts {
  readonly handle: number;
  readonly epoch: number;
  readonly members: readonly Member[];
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown; readonly sealer: SealerFacts | null }
  /** Our own defect in the worker, in its words. */
  | { readonly id: number; readonly ok: false; readonly defect: string };

/** What a worker says first, once all of its code is there; `false` when a part of it could not be fetched. */
export interface Ready {
  readonly ready: boolean;
}

/** Secrets do not survive structured cloning, on purpose; between our own two threads they travel in this wrapping. */
interface Packed {
  readonly "beside:secret": Uint8Array;
}

export const pack = (value: unknown): unknown => {
  if (value instanceof Secret) return { "beside:secret": value.expose() } satisfies Packed;
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(pack);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, pack(field)]));
};

export const unpack = (value: unknown): unknown => {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unpack);
  if ("beside:secret" in value) return new Secret((value as Packed)["beside:secret"]);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unpack(field)]));
};
