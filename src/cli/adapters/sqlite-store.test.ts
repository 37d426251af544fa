import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { StorageGone } from "../../ports/store.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite-store.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const newPath = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "beside-store-"));
  folders.push(folder);
  return join(folder, "beside.sqlite");
};

const openOk = (path: string): SqliteStore => {
  const opened = openSqliteStore(path);
  if (!opened.ok) throw new Error(opened.error.is);
  return opened.value;
};

storeContract("the SQLite store", async () => {
  const path = newPath();
  const store = openOk(path);
  return {
    store,
    // A real kill is in the process tests; here the handle goes, and with it the lock.
    reopen: async () => {
      store.close();
      return openOk(path);
    },
  };
});

describe("the SQLite store", () => {
  test("has one user at a time, and the next one once it is closed", () => {
    const path = newPath();
    const first = openOk(path);
    expect(openSqliteStore(path)).toEqual({ ok: false, error: { is: "busy" } });
    first.close();
    openOk(path).close();
  });

  test("refuses a database from a newer version and leaves it as it is", () => {
    const path = newPath();
    openOk(path).close();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 2");
    newer.close();
    expect(openSqliteStore(path)).toEqual({ ok: false, error: { is: "newer" } });
    const again = new DatabaseSync(path);
    expect(again.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
    again.close();
  });

  test("refuses what is no database", () => {
    const path = newPath();
    writeFileSync(path, "something else entirely, and long enough to be read as a header of a file. ".repeat(20));
    expect(openSqliteStore(path)).toEqual({ ok: false, error: { is: "not-ours" } });
  });

  test("a folder that is none is unusable", () => {
    expect(openSqliteStore(join(newPath(), "deeper", "beside.sqlite"))).toMatchObject({ ok: false, error: { is: "unusable" } });
  });

  test("syncs every commit, and is readable by its owner alone", async () => {
    const path = newPath();
    const store = openOk(path);
    await store.write({ put: [["a", new Uint8Array(10)]] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    store.close();
  });

  test("says `gone` when its file was taken away, or when it was closed", async () => {
    const path = newPath();
    const store = openOk(path);
    rmSync(path);
    expect(await store.write({ put: [["a", new Uint8Array(1)]] })).toEqual({ ok: false, error: "gone" });
    store.close();
    expect(await store.write({ put: [["a", new Uint8Array(1)]] })).toEqual({ ok: false, error: "gone" });
    for (const read of [store.get("a"), store.list(""), store.keys("")]) await expect(read).rejects.toThrow(StorageGone);
  });

  test("says `full` when there is no room, and keeps what it had, whole", async () => {
    const opened = openSqliteStore(newPath(), { maxPages: 20 });
    if (!opened.ok) throw new Error(opened.error.is);
    const store = opened.value;
    await store.write({ put: [["a", new Uint8Array([1])]] });
    expect(
      await store.write({
        put: [
          ["a", new Uint8Array([2])],
          ["b", new Uint8Array(200_000)],
        ],
      }),
    ).toEqual({ ok: false, error: "full" });
    expect(await store.get("a")).toEqual(new Uint8Array([1]));
    expect((await store.write({ put: [["a", new Uint8Array([3])]] })).ok).toBe(true);
    store.close();
  });
});
