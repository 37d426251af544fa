/**
 * The Store port on IndexedDB.
 *
 * - A write is one transaction with strict durability: it resolves when the bytes are on the disk, or nothing of it is.
 * - Values are sealed with AES-256-GCM under a key that the browser made, keeps, and never hands out; the entry's own
 *   name is bound in, so that values cannot be swapped. This protects a copied profile as far as the browser does,
 *   not against someone who runs code in this page.
 * - Once the database was closed under us (wiped, or a newer Beside wants to upgrade it), everything is `gone`.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore } from "idb";
import { concat, utf8 } from "../../base/bytes.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Store, StoreFault } from "../../ports/store.ts";

const databaseVersion = 1;
const nonceLength = 12;

interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKey };
  values: { key: string; value: Uint8Array };
}

/** `newer`: a newer Beside wrote it. `unavailable`: this browser gives no storage here (a private window, a policy). */
export type OpenFault = "newer" | "unavailable";

export interface DeviceStore extends Store {
  close(): void;
}

/** What reading throws when the storage is gone; writing answers with a value. */
export class StorageGone extends Error {
  override readonly name = "StorageGone";
}

export const openIndexedDbStore = async (name: string): Promise<Result<DeviceStore, OpenFault>> => {
  let gone = false;
  try {
    const database = await openDB<Schema>(name, databaseVersion, {
      upgrade(fresh, from) {
        if (from >= 1) return;
        fresh.createObjectStore("keys");
        fresh.createObjectStore("values");
      },
      // A newer Beside in another tab, or "clear site data": let go at once, or we would stand in its way.
      blocking: (_current, _wanted, event) => {
        gone = true;
        (event.target as IDBDatabase).close();
      },
      terminated: () => {
        gone = true;
      },
    });
    const key = await wrappingKey(database);
    return ok(createStore(database, key, () => gone));
  } catch (error) {
    return err(error instanceof Error && error.name === "VersionError" ? "newer" : "unavailable");
  }
};

/** The one key of this storage: made once; of two that try, the first one's stays. */
const wrappingKey = async (database: IDBPDatabase<Schema>): Promise<CryptoKey> => {
  const kept = await database.get("keys", "wrap");
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
  const first = await transaction.store.get("wrap");
  if (!first) await transaction.store.put(made, "wrap");
  await transaction.done;
  return first ?? made;
};

const createStore = (database: IDBPDatabase<Schema>, key: CryptoKey, isGone: () => boolean): DeviceStore => {
  // Sealing takes its own time: one queue keeps writes in the order in which they were asked for.
  let queue: Promise<unknown> = Promise.resolve();

  const seal = async (name: string, value: Uint8Array): Promise<Uint8Array> => {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(name) }, key, new Uint8Array(value));
    return concat(nonce, new Uint8Array(sealed));
  };

  const open = async (name: string, stored: Uint8Array): Promise<Uint8Array> => {
    const iv = new Uint8Array(stored.subarray(0, nonceLength));
    const body = new Uint8Array(stored.subarray(nonceLength));
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(name) }, key, body));
  };

  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw new StorageGone("the storage was closed or wiped", { cause: error });
    }
  };

  return {
    get: (name) =>
      reading(async () => {
        const stored = await database.get("values", name);
        return stored && (await open(name, stored));
      }),

    list: (prefix, options = {}) =>
      reading(async () => {
        const range = rangeOf(prefix, options.after, options.reverse === true);
        if (range === "nothing") return [];
        const limit = options.limit ?? Infinity;
        if (limit <= 0) return [];
        const { store } = database.transaction("values", "readonly");
        // All at once: asked one by one, each costs a turn. From the end the range is measured first.
        const within = options.reverse && limit < Infinity ? await lastOf(store, range, limit) : range;
        const count = limit < Infinity ? limit : undefined;
        const [names, values] = await Promise.all([store.getAllKeys(within, count), store.getAll(within, count)]);
        const found = names.map((name, at) => [name, values[at] as Uint8Array] as const);
        if (options.reverse) found.reverse();
        return Promise.all(found.map(async ([name, stored]) => [name, await open(name, stored)] as const));
      }),

    keys: (prefix) =>
      reading(async () => {
        const range = rangeOf(prefix, undefined, false);
        return range === "nothing" ? [] : database.getAllKeys("values", range);
      }),

    write(change) {
      const write = async (): Promise<Result<void, StoreFault>> => {
        if (isGone()) return err("gone");
        try {
          const sealed: (readonly [string, Uint8Array])[] = [];
          for (const some of slices(change.put ?? []))
            sealed.push(...(await Promise.all(some.map(async ([name, value]) => [name, await seal(name, value)] as const))));
          const transaction = database.transaction("values", "readwrite", { durability: "strict" });
          // The transaction's own end says how it went; a request that fails takes the whole of it back.
          const quietly = (request: Promise<unknown>): void => void request.catch(() => {});
          quietly(transaction.done);
          try {
            let isBroken = false;
            // A thousand puts in one turn would hold the page up; a request that is under way keeps the transaction open.
            for (const some of slices(sealed)) {
              let last: Promise<unknown> = Promise.resolve();
              for (const [name, value] of some) quietly((last = transaction.store.put(value, name)));
              // A request that failed ends the transaction, which says why.
              isBroken = !(await isDone(last));
              if (isBroken) break;
            }
            if (!isBroken) for (const name of change.delete ?? []) quietly(transaction.store.delete(name));
          } catch (error) {
            transaction.abort();
            throw error;
          }
          await transaction.done;
          return ok(undefined);
        } catch (error) {
          return err(faultOf(error));
        }
      };
      const result = queue.then(write);
      queue = result;
      return result;
    },

    close: () => database.close(),
  };
};

const isDone = (request: Promise<unknown>): Promise<boolean> =>
  request.then(
    () => true,
    () => false,
  );

/** What is sealed or put in one turn. */
const perTurn = 512;
const slices = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / perTurn) }, (_, at) => all.slice(at * perTurn, (at + 1) * perTurn));

/** The part of a range that holds its last `limit` keys. */
const lastOf = async (
  store: IDBPObjectStore<Schema, ["values"], "values", "readonly">,
  range: IDBKeyRange | null,
  limit: number,
): Promise<IDBKeyRange | null> => {
  const last = await store.openKeyCursor(range, "prev");
  const first = last && limit > 1 ? await last.advance(limit - 1) : last;
  if (!first) return range;
  return range?.upper === undefined ? IDBKeyRange.lowerBound(first.key) : IDBKeyRange.bound(first.key, range.upper, false, range.upperOpen);
};

const faultOf = (error: unknown): StoreFault => (error instanceof Error && error.name === "QuotaExceededError" ? "full" : "gone");

/** The keys that begin with `prefix`, beyond `after` in the direction of reading. */
const rangeOf = (prefix: string, after: string | undefined, reverse: boolean): IDBKeyRange | null | "nothing" => {
  const end = afterAll(prefix);
  const low = !reverse && after !== undefined && after >= prefix ? { key: after, open: true } : { key: prefix, open: false };
  const high = reverse && after !== undefined && (end === undefined || after < end) ? after : end;
  if (high === undefined) return IDBKeyRange.lowerBound(low.key, low.open);
  return low.key < high ? IDBKeyRange.bound(low.key, high, low.open, true) : "nothing";
};

/** The smallest string beyond every string that begins with `prefix`; `undefined` when there is none. */
const afterAll = (prefix: string): string | undefined => {
  for (let length = prefix.length; length > 0; length--) {
    const unit = prefix.charCodeAt(length - 1);
    if (unit < 0xffff) return prefix.slice(0, length - 1) + String.fromCharCode(unit + 1);
  }
  return undefined;
};
