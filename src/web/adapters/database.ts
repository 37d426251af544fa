/**
 * What lies in IndexedDB: the values, and the record that says how their key is kept. The record is read and changed
 * here, by whichever tab; the values are the one writer's (indexeddb-store.ts).
 *
 * Version 1 (release 0.1) had a key that scripts cannot take out, and nothing else, under `wrap`.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { err, ok, type Result } from "../../base/result.ts";
import type { StoreFault } from "../../ports/store.ts";
import type { Random } from "../../ports/random.ts";
import { createOpenKey, type KeyRecord } from "./data-key.ts";

const databaseVersion = 2;
const recordName = "data";
const firstName = "wrap";

export interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKey | KeyRecord };
  values: { key: string; value: Uint8Array };
}
export type Database = IDBPDatabase<Schema>;

/** `newer`: a newer Beside wrote it. `unavailable`: this browser gives no storage here (a private window, a policy). */
export type OpenFault = "newer" | "unavailable";

export const openDatabase = async (name: string, onGone: () => void = () => {}): Promise<Result<Database, OpenFault>> => {
  try {
    const database = await openDB<Schema>(name, databaseVersion, {
      upgrade(fresh, from) {
        if (from >= 1) return;
        fresh.createObjectStore("keys");
        fresh.createObjectStore("values");
      },
      // A newer Beside in another tab, or "clear site data": let go at once, or we would stand in its way.
      blocking: (_current, _wanted, event) => {
        onGone();
        (event.target as IDBDatabase).close();
      },
      terminated: onGone,
    });
    return ok(database);
  } catch (error) {
    return err(error instanceof Error && error.name === "VersionError" ? "newer" : "unavailable");
  }
};

/**
 * The record of this storage: made once; of two that try, the first one's stays. Where there is no room to write one, the
 * key that release 0.1 left goes on to be the key, until the next start.
 */
export const keyRecord = async (database: Database, random: Random): Promise<KeyRecord | CryptoKey> => {
  const kept = await readRecord(database);
  if (kept) return kept;
  const first = await database.get("keys", firstName);
  const made = await createOpenKey(random, first instanceof CryptoKey ? first : null);
  try {
    const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
    const meanwhile = (await transaction.store.get(recordName)) as KeyRecord | undefined;
    if (!meanwhile) {
      await transaction.store.put(made, recordName);
      await transaction.store.delete(firstName);
    }
    await transaction.done;
    return meanwhile ?? made;
  } catch (error) {
    if (first instanceof CryptoKey) return first;
    throw error;
  }
};

export const readRecord = async (database: Database): Promise<KeyRecord | undefined> => (await database.get("keys", recordName)) as KeyRecord | undefined;

/** Puts `next` in the place of the record that it was made from; `false` when that was changed meanwhile. */
export const replaceRecord = async (database: Database, before: KeyRecord, next: KeyRecord): Promise<Result<boolean, StoreFault>> => {
  try {
    const transaction = database.transaction("keys", "readwrite", { durability: "strict" });
    const there = (await transaction.store.get(recordName)) as KeyRecord | undefined;
    const isSame = there !== undefined && there.is === before.is && there.revision === before.revision;
    if (isSame) await transaction.store.put(next, recordName);
    await transaction.done;
    return ok(isSame);
  } catch (error) {
    return err(faultOf(error));
  }
};

export const faultOf = (error: unknown): StoreFault => (error instanceof Error && error.name === "QuotaExceededError" ? "full" : "gone");
