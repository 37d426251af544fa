/**
 * The Log in one SQLite file: WAL, synchronous=FULL, one transaction per batch.
 *
 * - The file is locked exclusively while a relay has it. The operating system takes the lock back when the process
 *   ends, however it ends: nothing to clean up after `kill -9`.
 * - Lines have a number of their own here, so that the two indexes over records stay narrow: with the 16-byte id in them
 *   a batch took twice as long.
 * - `user_version` is the schema's version. A file from a newer relay is not touched.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { fromHex, toHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Log, Unavailable, Write } from "../core/log-port.ts";
import type { KeptRecord, LineId, RecordMeta } from "../core/state.ts";

const schemaVersion = 1;

const schema = `
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

export type OpenFault =
  | { readonly kind: "in-use" }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "unusable"; readonly why: string };

export interface SqliteLog extends Log {
  /** `PRAGMA synchronous` and `journal_mode` as the connection really has them. */
  settings(): { readonly synchronous: number; readonly journal: string; readonly version: number };
}

export interface SqliteOptions {
  /** Tests only: the file may not grow above this many pages; asked before every write. */
  readonly pageLimit?: () => number;
}

export const openSqliteLog = (path: string, options: SqliteOptions = {}): Result<SqliteLog, OpenFault> => {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    db.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000; PRAGMA secure_delete = FAST;");
    // The exclusive lock is taken by the first transaction and then held.
    db.exec("BEGIN IMMEDIATE");
    const version = numberOf(db, "PRAGMA user_version");
    if (version > schemaVersion) {
      db.exec("ROLLBACK");
      db.close();
      return err({ kind: "newer", version });
    }
    if (version === 0) db.exec(`${schema} PRAGMA user_version = ${schemaVersion};`);
    db.exec("COMMIT");
    return ok(createLog(db, options));
  } catch (error) {
    if (db?.isOpen) db.close();
    const busy = error instanceof Error && "errcode" in error && busyErrors.includes(error.errcode);
    return err(busy ? { kind: "in-use" } : { kind: "unusable", why: error instanceof Error ? error.message : "unknown" });
  }
};

const numberOf = (db: DatabaseSync, pragma: string): number => Number(Object.values(db.prepare(pragma).get() ?? {})[0]);

const createLog = (db: DatabaseSync, { pageLimit }: SqliteOptions): SqliteLog => {
  const s = prepareAll(db);
  /** Row numbers of lines that were used lately. */
  const numbers = new Map<LineId, number>();

  const numberOfLine = (line: LineId): number | undefined => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    const row = s.findLine.get(blobOf(line)) as { id: number } | undefined;
    if (!row) return undefined;
    if (numbers.size > 50_000) numbers.clear();
    numbers.set(line, row.id);
    return row.id;
  };

  const makeNumber = (line: LineId): number => {
    const known = numberOfLine(line);
    if (known !== undefined) return known;
    const id = Number(s.addLine.run(blobOf(line)).lastInsertRowid);
    numbers.set(line, id);
    return id;
  };

  /** What SQLite throws on a good statement is the disk's (full, broken, gone); a broken constraint is a defect of ours. */
  const attempt = <T>(what: () => T): Result<T, Unavailable> => {
    try {
      return ok(what());
    } catch (error) {
      if (!(error instanceof Error) || !("errcode" in error) || (Number(error.errcode) & 0xff) === constraintError) throw error;
      return err("unavailable");
    }
  };

  const transaction = (what: () => void): Result<void, Unavailable> => {
    const done = attempt(() => {
      if (pageLimit) db.exec(`PRAGMA max_page_count = ${pageLimit()}`);
      s.begin.run();
      what();
      s.commit.run();
    });
    if (done.ok) return done;
    numbers.clear();
    if (db.isTransaction) attempt(() => db.exec("ROLLBACK"));
    return done;
  };

  const withNumber = <T>(line: LineId, none: T, what: (number: number) => T): Result<T, Unavailable> =>
    attempt(() => {
      const number = numberOfLine(line);
      return number === undefined ? none : what(number);
    });

  const apply = (write: Write): void => {
    switch (write.kind) {
      case "record": {
        const { seq, at, device, n, epoch, kind, head, body } = write.record;
        s.addRecord.run(makeNumber(write.line), seq, at, device, n, epoch, kind === "entry" ? 0 : 1, head, body);
        return;
      }
      case "line":
        s.saveLine.run(write.seq, write.saved, makeNumber(write.line));
        return;
      case "welcome":
        s.addWelcome.run(makeNumber(write.line), write.device, write.body);
        return;
      case "unwelcome":
        s.removeWelcome.run(makeNumber(write.line), write.device);
        return;
      case "knock":
        s.addKnock.run(makeNumber(write.line), write.id, write.body);
        return;
      case "unknock":
        s.removeKnocks.run(makeNumber(write.line));
        return;
      case "trim": {
        const number = makeNumber(write.line);
        for (const { device, after } of write.keepAcks) s.hollow.run(number, device, after, write.to);
        const kept = write.keepAcks.map(() => "AND NOT (device = ? AND seq > ?)").join(" ");
        db.prepare(`DELETE FROM records WHERE line = ? AND seq <= ? ${kept}`).run(
          number,
          write.to,
          ...write.keepAcks.flatMap(({ device, after }) => [device, after]),
        );
        return;
      }
      case "wipe":
      case "forget": {
        const number = makeNumber(write.line);
        s.removeRecords.run(number);
        s.removeWelcomes.run(number);
        s.removeKnocks.run(number);
        if (write.kind === "forget") {
          s.removeLine.run(number);
          numbers.delete(write.line);
        }
        return;
      }
    }
  };

  return {
    load: (line) =>
      withNumber(line, undefined, (number) => {
        const { seq, saved } = s.loadLine.get(number) as { seq: number; saved: Uint8Array };
        return { saved, tail: s.meta.all(number, seq, -1) as unknown as RecordMeta[] };
      }),
    read: (line, after, most) =>
      withNumber(line, [], (number) => {
        const out: KeptRecord[] = [];
        let bytes = 0;
        for (const row of s.read.iterate(number, after, most.items) as Iterable<Row>) {
          bytes += row.body.length;
          if (out.length > 0 && bytes > most.bytes) break;
          out.push(recordOf(row));
        }
        return out;
      }),
    readMeta: (line, after, items) => withNumber(line, [], (number) => s.meta.all(number, after, items) as unknown as RecordMeta[]),
    headAt: (line, seq) => withNumber(line, undefined, (number) => (s.head.get(number, seq) as { head: Uint8Array } | undefined)?.head),
    acceptance: (line, device, n) =>
      withNumber(line, undefined, (number) => {
        const row = s.acceptance.get(number, device, n) as { seq: number; at: number; head: Uint8Array } | undefined;
        return row && { seq: row.seq, at: row.at, head: row.head };
      }),
    welcome: (line, device) => withNumber(line, undefined, (number) => (s.welcome.get(number, device) as { body: Uint8Array } | undefined)?.body),
    knocks: (line) =>
      withNumber(line, new Map(), (number) => new Map((s.knocks.all(number) as { id: number; body: Uint8Array }[]).map(({ id, body }) => [id, body]))),
    lines: (after, most) =>
      attempt(() => (s.lines.all(after, most) as { id: number; line: Uint8Array }[]).map(({ id, line }) => ({ line: toHex(line) as LineId, place: id }))),
    write: (batch) => transaction(() => batch.forEach(apply)),
    probe: () => transaction(() => void s.probe.run(filler)),
    close: () => {
      if (db.isOpen) db.close();
    },
    settings: () => ({
      synchronous: numberOf(db, "PRAGMA synchronous"),
      journal: String(Object.values(db.prepare("PRAGMA journal_mode").get() ?? {})[0]),
      version: numberOf(db, "PRAGMA user_version"),
    }),
  };
};

const constraintError = 19;
const busyErrors: readonly unknown[] = [5, 261];

/** Large enough that a full disk notices. */
const filler = new Uint8Array(64 * 1024);

type Row = Omit<KeptRecord, "kind"> & { readonly kind: number };

const recordOf = ({ seq, at, device, n, epoch, kind, body, head }: Row): KeptRecord => ({
  seq,
  at,
  device,
  n,
  epoch,
  kind: kind === 0 ? "entry" : "change",
  body,
  head,
});

const blobOf = (line: LineId): Uint8Array => {
  const bytes = fromHex(line);
  invariant(bytes, "a line id that is hexadecimal");
  return bytes;
};

const prepareAll = (db: DatabaseSync) => {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    begin: sql("BEGIN IMMEDIATE"),
    commit: sql("COMMIT"),
    findLine: sql("SELECT id FROM lines WHERE line = ?"),
    loadLine: sql("SELECT seq, saved FROM lines WHERE id = ?"),
    addLine: sql("INSERT INTO lines (line, seq, saved) VALUES (?, 0, x'')"),
    saveLine: sql("UPDATE lines SET seq = ?, saved = ? WHERE id = ?"),
    removeLine: sql("DELETE FROM lines WHERE id = ?"),
    lines: sql("SELECT id, line FROM lines WHERE id > ? ORDER BY id LIMIT ?"),
    addRecord: sql("INSERT INTO records (line, seq, at, device, n, epoch, kind, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    read: sql("SELECT seq, at, device, n, epoch, kind, body, head FROM records WHERE line = ? AND seq > ? AND length(body) > 0 ORDER BY seq LIMIT ?"),
    meta: sql("SELECT seq, at, device, n, length(body) AS size, head FROM records WHERE line = ? AND seq > ? AND length(body) > 0 ORDER BY seq LIMIT ?"),
    head: sql("SELECT head FROM records WHERE line = ? AND seq = ?"),
    acceptance: sql("SELECT seq, at, head FROM records WHERE line = ? AND device = ? AND n = ?"),
    hollow: sql("UPDATE records SET body = x'' WHERE line = ? AND device = ? AND seq > ? AND seq <= ? AND length(body) > 0"),
    removeRecords: sql("DELETE FROM records WHERE line = ?"),
    addWelcome: sql("INSERT OR REPLACE INTO welcomes (line, device, body) VALUES (?, ?, ?)"),
    removeWelcome: sql("DELETE FROM welcomes WHERE line = ? AND device = ?"),
    removeWelcomes: sql("DELETE FROM welcomes WHERE line = ?"),
    welcome: sql("SELECT body FROM welcomes WHERE line = ? AND device = ?"),
    addKnock: sql("INSERT OR REPLACE INTO knocks (line, id, body) VALUES (?, ?, ?)"),
    removeKnocks: sql("DELETE FROM knocks WHERE line = ?"),
    knocks: sql("SELECT id, body FROM knocks WHERE line = ? ORDER BY id"),
    probe: sql("INSERT OR REPLACE INTO probe (id, filler) VALUES (1, ?)"),
  } satisfies Record<string, StatementSync>;
};
