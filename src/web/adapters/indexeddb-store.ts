/**
 * The Store port on IndexedDB.
 *
 * - A write is one transaction with strict durability: it resolves when the bytes are on the disk, or nothing of it is.
 * - Values are sealed with AES-256-GCM under the data key (data-key.ts); the entry's own name is bound in, so that values
 *   cannot be swapped. Without a lock this protects a copied profile as far as the browser does; with one, what is stored
 *   opens only with its passphrase or a passkey. Neither protects against someone who runs code in this page.
 * - Where there is a data key before this one, values are sealed anew when the storage is opened, in steps that each are
 *   whole: until the last one is done, either key opens what lies there, and a crash in between costs nothing.
 * - Once the database was closed under us (wiped, or a newer Beside wants to upgrade it), everything is `gone`.
 */
import type { IDBPObjectStore } from "idb";
import { err, ok, type Result } from "../../base/result.ts";
import type { Random } from "../../ports/random.ts";
import { StorageGone, type Store, type StoreFault } from "../../ports/store.ts";
import { exposeOpen, importKey, previousKey, seal, unseal, withoutPrevious, type LockedKey } from "./data-key.ts";
import { faultOf, keyRecord, openDatabase, readRecord, replaceRecord, type Database, type OpenFault, type Schema } from "./database.ts";

export interface DeviceStore extends Store {
  close(): void;
}

export interface StoreParts {
  readonly name: string;
  readonly random: Random;
  /** Asked when there is a lock: the data key, once somebody opened it. */
  readonly unlock: (record: LockedKey) => Promise<CryptoKey>;
}

/** The caller is the one writer of this storage, and nobody else has it open for writing values. */
export const openIndexedDbStore = async ({ name, random, unlock }: StoreParts): Promise<Result<DeviceStore, OpenFault>> => {
  let gone = false;
  const opened = await openDatabase(name, () => (gone = true));
  if (!opened.ok) return opened;
  const database = opened.value;
  try {
    const record = await keyRecord(database, random);
    if (record instanceof CryptoKey) return ok(createStore(database, [record], () => gone));
    if (record.version !== 1) {
      database.close();
      return err("newer");
    }
    const key = record.is === "open" ? await importKey(await exposeOpen(record)) : await unlock(record);
    const before = await previousKey(record, key);
    const isMoved = before !== undefined && (await sealAnew(database, key, before));
    if (isMoved) await forgetPrevious(database);
    return ok(createStore(database, isMoved || !before ? [key] : [key, before], () => gone));
  } catch {
    database.close();
    return err("unavailable");
  }
};

/** Whether every value is sealed under `key` now; what could not be read or written this time is left for the next start. */
const sealAnew = async (database: Database, key: CryptoKey, before: CryptoKey): Promise<boolean> => {
  let isWhole = true;
  for (const names of slices(await database.getAllKeys("values"))) {
    // Nobody else writes here: what lies under these names is there in their order.
    const values = await database.getAll("values", IDBKeyRange.bound(names[0], names.at(-1)));
    const moved = await Promise.all(
      names.map(async (name, at): Promise<readonly [string, Uint8Array] | undefined> => {
        const stored = values[at];
        // What an earlier start sealed anew does not open any more, and stays.
        const plain = stored && (await unseal(before, stored, name));
        if (stored && !plain && !(await unseal(key, stored, name))) isWhole = false;
        return plain && [name, await seal(key, plain, name)];
      }),
    );
    try {
      const transaction = database.transaction("values", "readwrite", { durability: "strict" });
      for (const one of moved) if (one) void transaction.store.put(one[1], one[0]).catch(() => {});
      await transaction.done;
    } catch {
      return false;
    }
  }
  return isWhole;
};

/** An unlocker may come or go at the same time, in another tab; what it wrote stays. */
const forgetPrevious = async (database: Database): Promise<void> => {
  for (;;) {
    const record = await readRecord(database);
    if (!record?.previous) return;
    const replaced = await replaceRecord(database, record, withoutPrevious(record));
    if (!replaced.ok || replaced.value) return;
  }
};

/** `keys`: the one that seals, and then any other that opens what lies there. */
const createStore = (database: Database, keys: readonly [CryptoKey, ...CryptoKey[]], isGone: () => boolean): DeviceStore => {
  // Sealing takes its own time: one queue keeps writes in the order in which they were asked for.
  let queue: Promise<unknown> = Promise.resolve();

  const open = async (name: string, stored: Uint8Array): Promise<Uint8Array> => {
    for (const key of keys) {
      const plain = await unseal(key, stored, name);
      if (plain) return plain;
    }
    throw new Error("not what was kept under this name");
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
            sealed.push(...(await Promise.all(some.map(async ([name, value]) => [name, await seal(keys[0], value, name)] as const))));
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
