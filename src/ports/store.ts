/**
 * What a device keeps: small values by key, written in transactions.
 *
 * Invariants every implementation keeps (src/testing/store-contract.ts):
 * - `write` is all or nothing, and durable once it has resolved with ok: no crash afterwards loses it.
 * - Reads see every write that resolved before them.
 * - Keys are ordered by their UTF-16 code units; `list` returns them in that order.
 * - Once the storage is gone, writes answer `gone` and reads throw StorageGone.
 */
import type { Result } from "../base/result.ts";

export interface StoreChange {
  readonly put?: readonly (readonly [key: string, value: Uint8Array])[];
  readonly delete?: readonly string[];
}

/** `full`: no room on this device. `gone`: the storage was closed, wiped or taken away under us. */
export type StoreFault = "full" | "gone";

/** What reading throws when the storage was closed, wiped or taken away under us; writing answers with a value. */
export class StorageGone extends Error {
  override readonly name = "StorageGone";
}

export interface Store {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Entries whose key begins with `prefix`; from the end with `reverse`. `after` goes on from a key in the reading direction, without it. */
  list(
    prefix: string,
    options?: { readonly after?: string; readonly limit?: number; readonly reverse?: boolean },
  ): Promise<(readonly [key: string, value: Uint8Array])[]>;
  /** The keys that begin with `prefix`, in order: no value is read. */
  keys(prefix: string): Promise<readonly string[]>;
  write(change: StoreChange): Promise<Result<void, StoreFault>>;
}

/** `undefined` where the storage is gone: that is said by the next write, and nothing is lost by reading later. */
export const unlessGone = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof StorageGone) return undefined;
    throw error;
  }
};
