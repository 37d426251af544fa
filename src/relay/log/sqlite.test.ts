import { mkdtempSync, rmSync, copyFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { invariant } from "../../base/exhaustive.ts";
import { logContract } from "./contract.ts";
import { openSqliteLog, type SqliteLog, type SqliteOptions } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "beside-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const freshPath = (): string => join(folder, `${++count}.sqlite`);
const open = (path: string, options?: SqliteOptions): SqliteLog => {
  const opened = openSqliteLog(path, options);
  invariant(opened.ok, "the log opens");
  return opened.value;
};

logContract("sqlite", () => {
  const path = freshPath();
  let pages = 1_000_000;
  return {
    log: open(path, { pageLimit: () => pages }),
    // What kill -9 leaves: the file and its write-ahead log as they are, without the checkpoint that closing makes.
    reopen: () => {
      const left = freshPath();
      for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, left + end);
      return open(left);
    },
    fill: () => void (pages = 1),
    empty: () => void (pages = 1_000_000),
  };
});

describe("the SQLite log", () => {
  it("[LOG1] syncs every commit: read back from the connection that writes", () => {
    const log = open(freshPath());
    // 2 is FULL: the write-ahead log is synced after each transaction.
    expect(log.settings()).toEqual({ synchronous: 2, journal: "wal", version: 1 });
    log.close();
  });

  it("is refused to a second relay, and free once the first has gone", () => {
    const path = freshPath();
    const first = open(path);
    expect(openSqliteLog(path)).toEqual({ ok: false, error: { kind: "in-use" } });
    first.close();
    open(path).close();
  });

  it("does not touch a file of a newer version", () => {
    const path = freshPath();
    open(path).close();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 7");
    db.close();
    expect(openSqliteLog(path)).toEqual({ ok: false, error: { kind: "newer", version: 7 } });
  });

  it("says what is wrong with a file that is no database", () => {
    expect(openSqliteLog(folder)).toMatchObject({ ok: false, error: { kind: "unusable" } });
  });
});
