/**
 * The Store port on `node:sqlite`, and the lock of a BESIDE_HOME in one: whoever has the database open has it alone.
 *
 * Invariants:
 * - `locking_mode=EXCLUSIVE` holds the operating system's lock from opening to closing. A killed process loses it with
 *   its life, so there is nothing to clean up.
 * - WAL with `synchronous=FULL`: a write that resolved was synced to the disk.
 * - Keys are stored as UTF-16BE bytes, so that SQLite's byte order is the port's order of code units.
 * - Deleted values are overwritten (`secure_delete`): what faded is gone from the file, too.
 */
import { closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { err, ok, type Result } from "../../base/result.ts";
import { StorageGone, type Store, type StoreFault } from "../../ports/store.ts";

/** `busy`: another process has it. `newer`: a later Beside wrote it. */
export type OpenFault = { readonly is: "busy" } | { readonly is: "newer" } | { readonly is: "not-ours" } | { readonly is: "unusable"; readonly code: string };

export interface SqliteStore extends Store {
  close(): void;
}

const schemaVersion = 1;

/** `maxPages` makes a small disk for tests. */
export const openSqliteStore = (path: string, options: { readonly maxPages?: number } = {}): Result<SqliteStore, OpenFault> => {
  let database: DatabaseSync | undefined;
  try {
    // SQLite gives its journal files the mode of this one.
    closeSync(openSync(path, "a", 0o600));
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA secure_delete = ON");
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    database.exec("BEGIN EXCLUSIVE");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > schemaVersion) {
      database.close();
      return err({ is: "newer" });
    }
    if (version === 0) database.exec(`CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT; PRAGMA user_version = ${schemaVersion}`);
    database.exec("COMMIT");
    // Some file systems cannot do it; then nothing here would be durable.
    const [{ journal_mode: journal }, { synchronous }] = [database.prepare("PRAGMA journal_mode").get(), database.prepare("PRAGMA synchronous").get()] as [
      { journal_mode: string },
      { synchronous: number },
    ];
    if (journal !== "wal" || synchronous !== 2) {
      database.close();
      return err({ is: "unusable", code: `journal ${journal}` });
    }
    return ok(storeOver(database, path));
  } catch (error) {
    if (database?.isOpen) database.close();
    return err(openFaultOf(error));
  }
};

const storeOver = (database: DatabaseSync, path: string): SqliteStore => {
  const get = database.prepare("SELECT value FROM entries WHERE key = ?");
  const put = database.prepare("INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  const remove = database.prepare("DELETE FROM entries WHERE key = ?");
  const { ino } = statSync(path);
  // SQLite goes on in a file that was deleted; what is written there is lost with the process.
  const isStillThere = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === ino;

  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (storeFaultOf(error) === "gone") throw new StorageGone("the storage was closed or taken away", { cause: error });
      throw error;
    }
  };

  return {
    get: async (key) => reading(() => (get.get(bytesOf(key)) as { value: Uint8Array } | undefined)?.value),

    list: async (prefix, { after, limit = Infinity, reverse = false } = {}) => {
      const conditions: string[] = [];
      const values: SQLInputValue[] = [];
      const add = (condition: string, value: SQLInputValue): void => {
        conditions.push(condition);
        values.push(value);
      };
      const start = bytesOf(prefix);
      const end = successorOf(start);
      add("key >= ?", start);
      if (end) add("key < ?", end);
      if (after !== undefined) add(reverse ? "key < ?" : "key > ?", bytesOf(after));
      values.push(Number.isFinite(limit) ? limit : -1);
      const sql = `SELECT key, value FROM entries WHERE ${conditions.join(" AND ")} ORDER BY key ${reverse ? "DESC" : "ASC"} LIMIT ?`;
      const rows = reading(() => database.prepare(sql).all(...values)) as unknown as { key: Uint8Array; value: Uint8Array }[];
      return rows.map(({ key, value }) => [textOf(key), value] as const);
    },

    keys: async (prefix) => {
      const start = bytesOf(prefix);
      const end = successorOf(start);
      const sql = `SELECT key FROM entries WHERE key >= ?${end ? " AND key < ?" : ""} ORDER BY key`;
      const rows = reading(() => database.prepare(sql).all(start, ...(end ? [end] : []))) as unknown as { key: Uint8Array }[];
      return rows.map(({ key }) => textOf(key));
    },

    write: async (change) => {
      try {
        if (!isStillThere()) return err("gone");
        database.exec("BEGIN");
        for (const [key, value] of change.put ?? []) put.run(bytesOf(key), value);
        for (const key of change.delete ?? []) remove.run(bytesOf(key));
        database.exec("COMMIT");
        return ok(undefined);
      } catch (error) {
        if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
        return err(storeFaultOf(error));
      }
    },

    close: () => database.close(),
  };
};

const bytesOf = (key: string): Uint8Array => new Uint8Array(Buffer.from(key, "utf16le").swap16());
const textOf = (key: Uint8Array): string => Buffer.from(key).swap16().toString("utf16le");

/** The first byte string after all that begin with `start`; `undefined` when there is none. */
const successorOf = (start: Uint8Array): Uint8Array | undefined => {
  const last = start.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return undefined;
  const end = start.slice(0, last + 1);
  end[last] = (end[last] as number) + 1;
  return end;
};

// SQLite's primary result codes, https://sqlite.org/rescode.html.
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteNotADatabase = 26;

const primaryCodeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

const openFaultOf = (error: unknown): OpenFault => {
  const code = primaryCodeOf(error);
  if (code === sqliteBusy) return { is: "busy" };
  if (code === sqliteNotADatabase) return { is: "not-ours" };
  if (code !== undefined) return { is: "unusable", code: `SQLite ${code}` };
  if (error instanceof Error && "code" in error) return { is: "unusable", code: String(error.code) };
  throw error;
};

const storeFaultOf = (error: unknown): StoreFault => {
  if (primaryCodeOf(error) === sqliteFull || (error instanceof Error && "code" in error && error.code === "ENOSPC")) return "full";
  if (error instanceof Error && "code" in error) return "gone";
  throw error;
};
