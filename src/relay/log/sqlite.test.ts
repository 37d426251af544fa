import { mkdtempSync, readFileSync, rmSync, copyFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { sha256 } from "../../protocol/keys.ts";
import type { Due, SavedLine, Write } from "../core/log-port.ts";
import type { LineId } from "../core/state.ts";
import type { Vigil, VigilId } from "../core/vigil.ts";
import { decodeLine, encodeLine } from "../core/stored-line.ts";
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

const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  invariant(result.ok, "the log can be read");
  return result.value;
};
const sha256Of = (key: string): string => toHex(sha256(fromHex(key) ?? new Uint8Array()));

/** As release 0.1 made it; never changed. */
const schemaOfVersion1 = `
  CREATE TABLE lines (id INTEGER PRIMARY KEY, line BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, saved BLOB NOT NULL);
  CREATE TABLE records (
    line INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, device INTEGER NOT NULL, n INTEGER NOT NULL,
    epoch INTEGER NOT NULL, kind INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL
  );
  CREATE UNIQUE INDEX records_in_order ON records (line, seq);
  CREATE UNIQUE INDEX records_by_author ON records (line, device, n);
  CREATE TABLE welcomes (line INTEGER NOT NULL, device INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (line, device)) WITHOUT ROWID;
  CREATE TABLE knocks (line INTEGER NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (line, id)) WITHOUT ROWID;
  CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL);
`;

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

const armed = (fill: number): Vigil => ({
  id: toHex(new Uint8Array(16).fill(fill)) as VigilId,
  side: 0,
  turn: 1,
  due: 5,
  opens: null,
  keeper: null,
  state: "armed",
  aside: false,
  rungs: [],
  fired: 0,
  moved: 0,
  asked: "00",
  refreshed: 0,
  changed: 1,
  ends: null,
});

describe("the SQLite log", () => {
  it("[LOG1] syncs every commit: read back from the connection that writes", () => {
    const log = open(freshPath());
    // 2 is FULL: the write-ahead log is synced after each transaction.
    expect(log.settings()).toMatchObject({ synchronous: 2, journal: "wal", version: 4 });
    log.close();
  });

  it("[VIG13] gathers more in its write-ahead log while the disk has room to spare, and less once it has not", () => {
    const path = freshPath();
    let plenty = false;
    const log = open(path, { plenty: () => plenty });
    const grown = (): number => {
      for (let i = 0; i < 24; i++) {
        const body = new Uint8Array(65_536);
        const writes = Array.from({ length: 16 }, (_, k): Write => ({ kind: "welcome", line: `0${i % 10}`.repeat(16) as LineId, device: k, body }));
        expect(log.write(writes).ok).toBe(true);
      }
      return statSync(`${path}-wal`).size / 2 ** 20;
    };
    const small = grown();
    expect(small).toBeLessThan(20);
    plenty = true;
    grown();
    expect([log.settings().gathered, grown() > 2 * small]).toEqual([16_000, true]);
    plenty = false;
    expect(log.write([]).ok).toBe(true);
    expect(log.settings().gathered).toBe(4000);
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
    const before = readFileSync(path);
    expect(openSqliteLog(path)).toEqual({ ok: false, error: { kind: "newer", version: 7 } });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("takes up what release 0.1 wrote: its lines go on, with the words of those who made them", () => {
    const path = freshPath();
    copyFileSync(join(import.meta.dirname, "../../../vectors/release-0.1/relay/relay.sqlite"), path);
    const log = open(path);
    expect(log.settings().version).toBe(4);
    const lines = valueOf(log.lines(0, 10));
    expect(lines.length).toBe(2);
    for (const [i, { line }] of lines.entries()) {
      const state = decodeLine(line, valueOf(log.load(line)) as SavedLine);
      invariant(state?.phase === "open", "a line of release 0.1 is open");
      const [words, none] = state.verifiers;
      expect(valueOf(log.verifier(sha256Of(words ?? "")))).toEqual({ line, side: 0 });
      expect(none).toBeUndefined();
      expect(state.knocks.map(({ door }) => door)).toEqual(i === 0 ? [] : ["pairing"]);
      expect(valueOf(log.knocks(line)).size).toBe(state.knocks.length);
      expect(valueOf(log.read(line, state.baseSeq, { items: 999, bytes: 1e9 })).length).toBe(state.seq - state.baseSeq);
      expect(decodeLine(line, { saved: encodeLine(state), tail: [] })).toEqual(state);
    }
    log.close();
    open(path).close();
  });

  it("takes up a file of the first version, also of a line that ended and of two that say the same words", () => {
    const path = freshPath();
    const db = new DatabaseSync(path);
    db.exec(schemaOfVersion1);
    const [a, b, ended] = [3, 4, 5].map((fill) => toHex(new Uint8Array(16).fill(fill)) as LineId) as [LineId, LineId, LineId];
    const words = new Uint8Array(32).fill(77);
    const head = new Uint8Array(32).fill(1);
    const device = [0, new Uint8Array(32).fill(8), false, 0, 3, 2, false, 5];
    const knock = [1, new Uint8Array(32).fill(9), 1234];
    const saved = encodeCbor([1, 0, 1, 2, head, 0, head, [device], [512, 0], new Uint8Array(32).fill(2), 99, false, [knock], 2, 0, words]);
    const add = db.prepare("INSERT INTO lines (line, seq, saved) VALUES (?, ?, ?)");
    for (const line of [a, b]) add.run(fromHex(line) as Uint8Array, 2, saved);
    add.run(fromHex(ended) as Uint8Array, 0, encodeCbor([2, new Uint8Array([1]), [head], 55]));
    const record = db.prepare("INSERT INTO records (line, seq, at, device, n, epoch, kind, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (const seq of [1, 2, 3]) record.run(1, seq, 1000 + seq, 0, seq, 1, seq === 2 ? 1 : 0, head, new Uint8Array(256).fill(seq));
    db.exec("PRAGMA user_version = 1");
    db.close();

    const log = open(path);
    expect(log.settings().version).toBe(4);
    expect(valueOf(log.verifier(sha256Of(toHex(words))))).toEqual({ line: a, side: 0 });
    const state = decodeLine(a, valueOf(log.load(a)) as SavedLine);
    expect(state).toMatchObject({
      phase: "open",
      seq: 3,
      members: [{ index: 0, side: 0, key: toHex(new Uint8Array(32).fill(8)), n: 3, cursor: 3, toldLatecomer: 5, enrolledAt: 0, skips: false }],
      knocks: [{ id: 1, at: 1234, door: "pairing" }],
      verifiers: [toHex(words), undefined],
      offers: [undefined, undefined],
      refounds: [[], []],
      reclaims: [[], []],
    });
    expect(decodeLine(ended, valueOf(log.load(ended)) as SavedLine)).toMatchObject({ phase: "ended", at: 55 });
    expect(valueOf(log.read(a, 0, { items: 9, bytes: 1e6 })).map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, "entry"],
      [2, "change"],
      [3, "entry"],
    ]);
    expect(log.write([{ kind: "package", line: b, device: 0, body: new Uint8Array(5) }]).ok).toBe(true);
    log.close();
    const again = open(path);
    expect(valueOf(again.packages(b)).size).toBe(1);
    again.close();
  });

  it("takes up a file from before there were vigils", () => {
    const path = freshPath();
    const line = toHex(new Uint8Array(16).fill(6)) as LineId;
    const first = open(path);
    const head = new Uint8Array(32).fill(1);
    const device = [0, new Uint8Array(32).fill(8), false, 0, 3, 2, false, 5, 0, false];
    const saved = encodeCbor([
      3,
      0,
      1,
      2,
      head,
      0,
      head,
      [device],
      [512, 0],
      new Uint8Array(32).fill(2),
      99,
      true,
      [],
      2,
      0,
      [null, null],
      [null, null],
      [[], []],
      [[], []],
    ]);
    expect(first.write([{ kind: "line", line, seq: 2, saved }]).ok).toBe(true);
    first.close();
    const db = new DatabaseSync(path);
    for (const table of ["vigils", "rungs", "moments", "outages"]) db.exec(`DROP TABLE ${table}`);
    db.exec("PRAGMA user_version = 2");
    db.close();

    const log = open(path);
    expect(log.settings().version).toBe(4);
    const state = decodeLine(line, valueOf(log.load(line)) as SavedLine);
    expect(state).toMatchObject({ phase: "open", seq: 2, incarnation: 0 });
    expect(valueOf(log.moments())).toEqual({ seen: undefined, canary: undefined, outages: [] });
    log.close();
  });

  it("[VIG12] a vigil whose bytes are damaged is due like the others, and only reading it throws", () => {
    const path = freshPath();
    const line = toHex(new Uint8Array(16).fill(6)) as LineId;
    const log = open(path);
    const rung = { kind: "late" as const, due: 5, hash: new Uint8Array(32), size: 256 };
    const arm = (fill: number): Write => ({
      kind: "vigil",
      line,
      was: undefined,
      is: { ...armed(fill), rungs: [rung] },
      bodies: [{ rung: 0, body: new Uint8Array(256) }],
    });
    expect(log.write([{ kind: "line", line, seq: 0, saved: new Uint8Array([1]) }, arm(1), arm(2)]).ok).toBe(true);
    log.close();
    const db = new DatabaseSync(path);
    db.exec("UPDATE vigils SET ladder = x'ffff' WHERE id = 1");
    db.close();
    const again = open(path);
    const due = valueOf(again.due(9, 9));
    expect(due.length).toBe(2);
    const [damaged, good] = due as Extract<Due, { kind: "vigil" }>[];
    expect(() => damaged?.read()).toThrow();
    expect(good && valueOf(good.read()).vigil.fired).toBe(0);
    expect(again.write([{ kind: "aside", place: damaged?.place ?? 0 }]).ok).toBe(true);
    expect([valueOf(again.due(9, 9)).length, again.asides()]).toEqual([1, 1]);
    expect(again.write([{ kind: "again" }]).ok).toBe(true);
    expect([valueOf(again.due(9, 9)).length, again.asides()]).toEqual([2, 0]);
    again.close();
  });

  it("[VIG12] a damaged page with a rung's body is that rung's alone: all that is due is found, and the others are read", () => {
    const path = freshPath();
    const line = toHex(new Uint8Array(16).fill(6)) as LineId;
    const log = open(path);
    // Larger than a page: the rest of it lies on pages of its own.
    const size = 16_384;
    const arm = (fill: number): Write => ({
      kind: "vigil",
      line,
      was: undefined,
      is: { ...armed(fill), rungs: [{ kind: "late" as const, due: 5, hash: new Uint8Array(32), size }] },
      bodies: [{ rung: 0, body: new Uint8Array(size).fill(fill) }],
    });
    expect(log.write([{ kind: "line", line, seq: 0, saved: new Uint8Array([1]) }, arm(1), arm(2)]).ok).toBe(true);
    log.close();
    const bytes = readFileSync(path);
    // The link from one of its overflow pages to the next leads nowhere.
    for (let page = 0; page < bytes.length; page += 4096)
      if (bytes.subarray(page + 8, page + 4096).every((byte) => byte === 1)) bytes.writeUInt32BE(0x7fffffff, page);
    writeFileSync(path, bytes);
    const again = open(path);
    const due = valueOf(again.due(9, 9)) as Extract<Due, { kind: "vigil" }>[];
    expect(due.map((one) => one.read().ok)).toEqual([false, true]);
    again.close();
  });

  it("a file that cannot be brought to this version stays as it was", () => {
    const path = freshPath();
    const db = new DatabaseSync(path);
    // In the way of the second version's tables.
    db.exec(`${schemaOfVersion1} CREATE TABLE pieces (other INTEGER); PRAGMA user_version = 1;`);
    db.close();
    expect(openSqliteLog(path)).toMatchObject({ ok: false, error: { kind: "unusable" } });
    const after = new DatabaseSync(path);
    expect(after.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    expect(after.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE name = 'blobs'").get()).toEqual({ tables: 0 });
    after.close();
  });

  it("says what is wrong with a file that is no database", () => {
    expect(openSqliteLog(folder)).toMatchObject({ ok: false, error: { kind: "unusable" } });
  });
});
