/**
 * The Log in one SQLite file: WAL, synchronous=FULL, one transaction per batch.
 *
 * - The file is locked exclusively while a relay has it. The operating system takes the lock back when the process
 *   ends, however it ends: nothing to clean up after `kill -9`.
 * - Lines have a number of their own here, so that the two indexes over records stay narrow: with the 16-byte id in them
 *   a batch took twice as long.
 * - `user_version` is the schema's version. A file from an older relay is brought to this one's in one transaction; one
 *   from a newer relay is not touched.
 */
import { hash } from "node:crypto";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { toHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { decodeKept, encodeCbor } from "../../protocol/cbor.ts";
import { recordKinds, rungKinds } from "../../protocol/frames.ts";
import { vigilStates } from "../../protocol/receipt.ts";
import type { Archive, Due, Log, Unavailable, Write } from "../core/log-port.ts";
import { pieceSize, type BlobId, type BlobMeta, type BlobUse } from "../core/shelf.ts";
import type { KeptRecord, LineId, RecordMeta, Side } from "../core/state.ts";
import { decodeLine } from "../core/stored-line.ts";
import { bytesHeld, goesOn, isArmed, nextDue, takenBy, type Outage, type Rung, type Vigil, type VigilId, type VigilUse } from "../core/vigil.ts";

const schemaVersion = 4;

/** What each version added to the one before. Never changed: files of every version are somewhere. */
const schemas: readonly string[] = [
  `
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
`,
  // The ids of an archive are in one piece, in order: a side may keep hundreds, and is told of them again and again. Their
  // blobs have no end (`ends` is null).
  `
  CREATE TABLE packages (line INTEGER NOT NULL, device INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (line, device)) WITHOUT ROWID;
  CREATE TABLE verifiers (hash BLOB PRIMARY KEY, line INTEGER NOT NULL, side INTEGER NOT NULL) WITHOUT ROWID;
  CREATE UNIQUE INDEX verifiers_by_side ON verifiers (line, side);
  CREATE TABLE archives (line INTEGER NOT NULL, side INTEGER NOT NULL, note BLOB NOT NULL, ids BLOB NOT NULL, PRIMARY KEY (line, side)) WITHOUT ROWID;
  CREATE TABLE blobs (
    id INTEGER PRIMARY KEY, line INTEGER NOT NULL, name BLOB NOT NULL, side INTEGER NOT NULL, capability_hash BLOB NOT NULL,
    total INTEGER NOT NULL, next INTEGER NOT NULL, size INTEGER NOT NULL, ends INTEGER
  );
  CREATE UNIQUE INDEX blobs_by_name ON blobs (line, name);
  CREATE INDEX blobs_by_end ON blobs (ends) WHERE ends IS NOT NULL;
  CREATE TABLE pieces (blob INTEGER NOT NULL, piece INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE UNIQUE INDEX pieces_in_order ON pieces (blob, piece);
`,
  // `next` is when something of a vigil is due, and null while nothing is: the index over it holds what waits, and nothing else.
  // The relay's own vigil is a row like the others, of no line. A rung's number holds its vigil's and its place (`rungId`): all of a
  // vigil lie together, and no index has to be written with them.
  `
  CREATE TABLE vigils (
    id INTEGER PRIMARY KEY, line INTEGER NOT NULL, name BLOB NOT NULL, side INTEGER NOT NULL, turn INTEGER NOT NULL, due INTEGER NOT NULL,
    opens INTEGER, keeper BLOB, state INTEGER NOT NULL, aside INTEGER NOT NULL, ladder BLOB NOT NULL, fired INTEGER NOT NULL, moved INTEGER NOT NULL,
    asked BLOB NOT NULL, refreshed INTEGER NOT NULL, changed INTEGER NOT NULL, ends INTEGER, next INTEGER, size INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX vigils_by_name ON vigils (line, name);
  CREATE INDEX vigils_by_side ON vigils (line, side, state, size);
  CREATE INDEX vigils_by_next ON vigils (next) WHERE next IS NOT NULL;
  CREATE INDEX vigils_by_window ON vigils (opens) WHERE opens IS NOT NULL AND state = 0;
  CREATE INDEX vigils_by_keeper ON vigils (keeper) WHERE keeper IS NOT NULL;
  CREATE INDEX vigils_by_end ON vigils (ends) WHERE ends IS NOT NULL;
  CREATE INDEX vigils_aside ON vigils (aside) WHERE aside = 1;
  CREATE TABLE rungs (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE moments (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE outages (id INTEGER PRIMARY KEY, begins INTEGER NOT NULL, until INTEGER NOT NULL, settles INTEGER NOT NULL);
`,
  // Each index is one more page to write for everything that fires: what vigils left is no device's own count, and how much a side
  // has waiting is remembered while its line is in memory.
  `
  DROP INDEX vigils_by_side;
  DROP INDEX records_by_author;
  CREATE UNIQUE INDEX records_by_author ON records (line, device, n) WHERE device < 254;
`,
];

export type OpenFault =
  | { readonly kind: "in-use" }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "unusable"; readonly why: string };

export interface SqliteLog extends Log {
  /** `PRAGMA synchronous`, `journal_mode` and `wal_autocheckpoint` as the connection really has them. */
  settings(): { readonly synchronous: number; readonly journal: string; readonly version: number; readonly gathered: number };
}

export interface SqliteOptions {
  /** True while the disk has room to spare; asked before every write. */
  readonly plenty?: () => boolean;
  /** Tests only: the file may not grow above this many pages; asked before every write. */
  readonly pageLimit?: () => number;
}

export const openSqliteLog = (path: string, options: SqliteOptions = {}): Result<SqliteLog, OpenFault> => {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    db.exec("PRAGMA cache_size = -16000; PRAGMA secure_delete = FAST;");
    // The exclusive lock is taken by the first transaction and then held.
    db.exec("BEGIN IMMEDIATE");
    const version = numberOf(db, "PRAGMA user_version");
    if (version > schemaVersion) {
      db.exec("ROLLBACK");
      db.close();
      return err({ kind: "newer", version });
    }
    for (const schema of schemas.slice(version)) db.exec(schema);
    if (version === 1) indexVerifiers(db);
    if (version < schemaVersion) db.exec(`PRAGMA user_version = ${schemaVersion}`);
    db.exec("COMMIT");
    return ok(createLog(db, options));
  } catch (error) {
    if (db?.isOpen) db.close();
    const busy = error instanceof Error && "errcode" in error && busyErrors.includes(error.errcode);
    return err(busy ? { kind: "in-use" } : { kind: "unusable", why: error instanceof Error ? error.message : "unknown" });
  }
};

/** Lines of the first version have their verifier in the saved state alone. Of two with the same one, which nobody honest has, the older is found. */
const indexVerifiers = (db: DatabaseSync): void => {
  const add = db.prepare("INSERT OR IGNORE INTO verifiers (hash, line, side) VALUES (?, ?, ?)");
  for (const { id, saved } of db.prepare("SELECT id, saved FROM lines ORDER BY id").iterate() as Iterable<{ id: number; saved: Uint8Array }>) {
    const state = decodeLine("" as LineId, { saved, tail: [] });
    if (state?.phase !== "open") continue;
    for (const [side, key] of state.verifiers.entries()) if (key !== undefined) add.run(hash("sha256", blobOf(key), "buffer"), id, side);
  }
};

const numberOf = (db: DatabaseSync, pragma: string): number => Number(Object.values(db.prepare(pragma).get() ?? {})[0]);

/**
 * Pages (of 4 KiB) that are gathered before they go from the write-ahead log to where they belong. With more of them less is
 * written twice; the file stays as large as it ever was, and what is left of a small disk is for what must go on.
 */
const gathered = { usual: 4000, plenty: 16_000 };

const createLog = (db: DatabaseSync, { pageLimit, plenty }: SqliteOptions): SqliteLog => {
  const s = prepareAll(db);
  /** Row numbers of lines that were used lately. */
  const numbers = new Map<LineId, number>();
  let blobBytes = bytesOf(s.allBytes.get());
  let asideCount = numberIn(s.asides.get());
  /** By the transaction that runs. */
  let [blobChange, asideChange] = [0, 0];

  const numberOfLine = (line: LineId): number | undefined => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    const row = s.findLine.get(blobOf(line)) as { id: number } | undefined;
    if (!row) return undefined;
    remember(line, row.id);
    return row.id;
  };

  const remember = (line: LineId, number: number): void => {
    if (numbers.size > 50_000) numbers.clear();
    numbers.set(line, number);
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

  let gathers = 0;
  const gather = (): void => {
    const pages = plenty?.() ? gathered.plenty : gathered.usual;
    if (pages !== gathers) db.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    gathers = pages;
  };

  const transaction = (what: () => void): Result<void, Unavailable> => {
    let done: Result<void, Unavailable> = err("unavailable");
    try {
      done = attempt(() => {
        if (pageLimit) db.exec(`PRAGMA max_page_count = ${pageLimit()}`);
        gather();
        [blobChange, asideChange] = [0, 0];
        s.begin.run();
        what();
        s.commit.run();
      });
    } finally {
      // Also after a defect of ours: what comes next finds the log as it was.
      if (!done.ok) {
        numbers.clear();
        if (db.isTransaction) attempt(() => db.exec("ROLLBACK"));
      }
    }
    if (done.ok) {
      blobBytes += blobChange;
      asideCount += asideChange;
    }
    return done;
  };

  const withNumber = <T>(line: LineId, none: T, what: (number: number) => T): Result<T, Unavailable> =>
    attempt(() => {
      const number = numberOfLine(line);
      return number === undefined ? none : what(number);
    });

  const archiveOf = (line: number, side: Side): Archive => {
    const row = s.archive.get(line, side) as { note: Uint8Array; ids: Uint8Array } | undefined;
    if (!row) return { note: new Uint8Array(), ids: [] };
    const ids = Buffer.from(row.ids).toString("hex");
    return { note: row.note, ids: Array.from({ length: row.ids.length / 16 }, (_, i) => ids.slice(i * 32, i * 32 + 32) as BlobId) };
  };

  /** The side whose archive it was a part of. */
  const removeBlob = (line: number, name: BlobId): Side | undefined => {
    const row = s.blobRow.get(line, blobOf(name)) as { id: number; side: Side; size: number; ends: number | null } | undefined;
    if (!row) return undefined;
    s.removePieces.run(row.id);
    s.removeBlob.run(row.id);
    blobChange -= row.size;
    return row.ends === null ? row.side : undefined;
  };

  const keep = (line: number, { side, note, ids }: Extract<Write, { kind: "archive" }>): void => {
    const [before, now] = [new Set(archiveOf(line, side).ids), new Set(ids)];
    s.saveArchive.run(line, side, note, blobOf(ids.join("")));
    for (const id of before) if (!now.has(id)) removeBlob(line, id);
    for (const id of ids) if (!before.has(id)) s.keepBlob.run(line, blobOf(id));
  };

  /** The vigil's row, where it is as it was read (VIG3, VIG4). */
  const putVigil = ({ line, was, is, bodies }: Extract<Write, { kind: "vigil" }>): void => {
    if (was) invariant(goesOn(was, is), "a vigil that only goes on");
    const number = makeNumber(line);
    const where = [number, blobOf(is.id)];
    const how = [vigilStates.indexOf(is.state), is.aside ? 1 : 0, is.fired, is.changed, is.ends, nextDue(is), bytesHeld(is)];
    const what = (): SQLInputValue[] => [
      is.turn,
      is.due,
      is.opens,
      is.keeper === null ? null : blobOf(is.keeper),
      encodeLadder(is.rungs),
      is.moved,
      blobOf(is.asked),
      is.refreshed,
    ];
    if (!was) {
      const id = Number(s.addVigil.run(...where, is.side, ...how, ...what()).lastInsertRowid);
      for (const { rung, body } of bodies) s.putRung.run(rungId(id, rung), body);
      return;
    }
    const then = [was.turn, was.fired, vigilStates.indexOf(was.state), was.aside ? 1 : 0];
    // What only fires, or is settled, leaves the rest of its row, and the indexes over that, as they are.
    const stays = ofATurn.every((field) => is[field] === was[field]);
    const found = (stays ? s.stepVigil.get(...how, ...where, ...then) : s.moveVigil.get(...how, ...what(), ...where, ...then)) as { id: number } | undefined;
    invariant(found, "a vigil that is as it was read");
    asideChange += (is.aside ? 1 : 0) - (was.aside ? 1 : 0);
    // Bodies go all at once when a turn is over: what fires writes one page less, and those of a vigil lie together.
    if (is.turn !== was.turn || !isArmed(is)) removeRungs(found.id);
    for (const { rung, body } of bodies) s.putRung.run(rungId(found.id, rung), body);
  };

  const removeRungs = (vigil: number): void => void s.removeRungs.run(rungId(vigil, 0), rungId(vigil, rungsRoom));

  /** Its body is asked for by itself: a page of it that is damaged hides nothing else that is due. */
  const readRung = (row: DueRow): ReturnType<Extract<Due, { kind: "vigil" }>["read"]> => {
    const found = attempt(() => s.rungBody.get(rungId(row.id, row.fired)) as { body: Uint8Array } | undefined);
    if (!found.ok) return found;
    invariant(found.value, "a rung that waits has its body");
    return ok({ vigil: vigilOf(row), body: found.value.body });
  };

  const forgetVigil = (id: number): void => {
    removeRungs(id);
    s.removeVigil.run(id);
  };

  const putOutage = ({ outage, from }: Extract<Write, { kind: "outage" }>): void => {
    s.addOutage.run(outage.from, outage.until, outage.settles);
    s.removeOutages.run();
    s.putMoment.run("seen", outage.until);
    for (const row of s.windows.all(outage.until) as unknown as WindowRow[]) {
      const more = takenBy(row, { from, until: outage.until });
      if (more > 0) s.moveWindow.run(more, more, row.id);
    }
  };

  const apply = (write: Write): void => {
    switch (write.kind) {
      case "vigil":
        putVigil(write);
        return;
      case "aside":
        asideChange += Number(s.setAside.run(write.place).changes);
        return;
      case "again":
        for (const row of s.allAside.all() as unknown as VigilRow[]) {
          // One that cannot be read has no time of its own: it is due now, and found out again.
          const next = nextOfRow(row);
          s.takeUp.run(next, row.id);
          asideChange--;
        }
        return;
      case "unvigil":
        for (const { id } of s.ended.all(write.now, write.most) as { id: number }[]) forgetVigil(id);
        return;
      case "canary":
        s.putMoment.run("seen", write.at);
        s.putMoment.run("canary", write.at);
        s.putCanary.run(write.next, write.next);
        return;
      case "outage":
        putOutage(write);
        return;
      case "record": {
        const { seq, at, device, n, epoch, kind, head, body } = write.record;
        s.addRecord.run(makeNumber(write.line), seq, at, device, n, epoch, recordKinds.indexOf(kind), head, body);
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
        for (const id of write.ids) s.removeKnock.run(makeNumber(write.line), id);
        return;
      case "package":
        s.addPackage.run(makeNumber(write.line), write.device, write.body);
        return;
      case "unpackage":
        s.removePackage.run(makeNumber(write.line), write.device);
        return;
      case "verifier":
        s.removeVerifier.run(makeNumber(write.line), write.side);
        s.addVerifier.run(blobOf(write.hash), makeNumber(write.line), write.side);
        return;
      case "piece": {
        const { id, side, check, total, next, size, ends } = write.blob;
        const row = s.putBlob.get(makeNumber(write.line), blobOf(id), side, blobOf(check), total, next, size, ends) as { id: number };
        s.addPiece.run(row.id, next - 1, write.body);
        blobChange += write.body.length;
        return;
      }
      case "unblob": {
        const number = makeNumber(write.line);
        const side = removeBlob(number, write.id);
        if (side === undefined) return;
        const { note, ids } = archiveOf(number, side);
        s.saveArchive.run(number, side, note, blobOf(ids.filter((id) => id !== write.id).join("")));
        return;
      }
      case "archive":
        keep(makeNumber(write.line), write);
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
        s.removePackages.run(number);
        s.removeArchives.run(number);
        asideChange -= numberIn(s.asidesOf.get(number));
        for (const { id } of s.vigilsOf.all(number) as { id: number }[]) removeRungs(id);
        s.removeVigils.run(number);
        blobChange -= bytesOf(s.lineBytes.get(number));
        s.removeAllPieces.run(number);
        s.removeBlobs.run(number);
        if (write.kind === "forget") {
          s.removeVerifiers.run(number);
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
    fired: (line, after, most) =>
      withNumber(line, [], (number) => {
        const out: KeptRecord[] = [];
        let bytes = 0;
        for (const row of s.fired.iterate(number, after) as Iterable<Row>) {
          bytes += row.body.length;
          if (out.length > 0 && bytes > most) break;
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
    packages: (line) =>
      withNumber(line, new Map(), (number) => new Map((s.packages.all(number) as { device: number; body: Uint8Array }[]).map((row) => [row.device, row.body]))),
    verifier: (hashed) =>
      attempt(() => {
        const row = s.verifier.get(blobOf(hashed)) as { line: Uint8Array; side: Side } | undefined;
        return row && { line: toHex(row.line) as LineId, side: row.side };
      }),
    blobUse: (line, side) => withNumber(line, { blobs: 0, room: 0 }, (number) => ({ ...(s.blobUse.get(number, side) as unknown as BlobUse) })),
    blob: (line, id) =>
      withNumber(line, undefined, (number) => {
        const row = s.blob.get(number, blobOf(id)) as unknown as BlobRow | undefined;
        return row && blobMetaOf(row);
      }),
    piece: (line, id, index) => withNumber(line, undefined, (number) => (s.piece.get(number, blobOf(id), index) as { body: Uint8Array } | undefined)?.body),
    archive: (line, side) => withNumber(line, { note: new Uint8Array(), ids: [] }, (number) => archiveOf(number, side)),
    vigil: (line, id) =>
      withNumber(line, undefined, (number) => {
        const row = s.vigil.get(number, blobOf(id)) as unknown as VigilRow | undefined;
        return row && vigilOf(row);
      }),
    vigils: (line, most) => withNumber(line, [], (number) => (s.vigils.all(number, most) as unknown as VigilRow[]).map(vigilOf)),
    vigilUse: (line, side) => withNumber(line, { armed: 0, known: 0, bytes: 0 }, (number) => ({ ...(s.vigilUse.get(number, side) as unknown as VigilUse) })),
    rung: (line, id, rung) => withNumber(line, undefined, (number) => (s.rung.get(number, blobOf(id), rung) as { body: Uint8Array } | undefined)?.body),
    keptBy: (keeper) =>
      attempt(() =>
        (s.keptBy.all(blobOf(keeper)) as { line: Uint8Array; name: Uint8Array }[]).map(({ line, name }) => ({
          line: toHex(line) as LineId,
          id: toHex(name) as VigilId,
        })),
      ),
    due: (now, most) =>
      attempt(() =>
        (s.due.all(now, most) as unknown as DueRow[]).map((row): Due => {
          if (row.line === null) return { kind: "canary", next: row.next };
          const line = toHex(row.line) as LineId;
          remember(line, row.number);
          return { kind: "vigil", place: row.id, line, read: () => readRung(row) };
        }),
      ),
    moments: () =>
      attempt(() => {
        const at = new Map((s.moments.all() as { name: string; at: number }[]).map(({ name, at: time }) => [name, time]));
        const next = (s.canary.get() as { next: number } | undefined)?.next;
        const canary = at.get("canary");
        return {
          seen: at.get("seen"),
          canary: canary === undefined || next === undefined ? undefined : { at: canary, next },
          outages: (s.outages.all() as unknown as Outage[]).map(({ from, until, settles }) => ({ from, until, settles })),
        };
      }),
    asides: () => asideCount,
    overdueBlobs: (now, most) =>
      attempt(() =>
        (s.overdue.all(now, most) as { line: Uint8Array; name: Uint8Array }[]).map(({ line, name }) => ({
          line: toHex(line) as LineId,
          id: toHex(name) as BlobId,
        })),
      ),
    blobBytes: () => blobBytes,
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
      gathered: numberOf(db, "PRAGMA wal_autocheckpoint"),
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
  kind: recordKinds[kind] as KeptRecord["kind"],
  body,
  head,
});

interface BlobRow {
  readonly name: Uint8Array;
  readonly side: Side;
  readonly check: Uint8Array;
  readonly total: number;
  readonly next: number;
  readonly size: number;
  readonly ends: number | null;
}

const blobMetaOf = ({ name, side, check, total, next, size, ends }: BlobRow): BlobMeta => ({
  id: toHex(name) as BlobId,
  side,
  check: toHex(check),
  total,
  next,
  size,
  ends,
});

interface VigilRow {
  readonly id: number;
  readonly name: Uint8Array;
  readonly side: Side;
  readonly turn: number;
  readonly due: number;
  readonly opens: number | null;
  readonly keeper: Uint8Array | null;
  readonly state: number;
  readonly aside: number;
  readonly ladder: Uint8Array;
  readonly fired: number;
  readonly moved: number;
  readonly asked: Uint8Array;
  readonly refreshed: number;
  readonly changed: number;
  readonly ends: number | null;
}

type DueRow = VigilRow & { readonly next: number; readonly number: number; readonly line: Uint8Array | null };
type WindowRow = Pick<VigilRow, "id" | "opens" | "due" | "moved">;

/** What is known of the rungs, without their bodies: one value, since nothing asks for a part of it. */
const encodeLadder = (rungs: readonly Rung[]): Uint8Array =>
  encodeCbor(rungs.map(({ kind, due, hash: body, size }) => [rungKinds.indexOf(kind), due, body, size]));

const decodeLadder = (encoded: Uint8Array): readonly Rung[] => {
  const decoded = decodeKept(encoded);
  invariant(decoded.ok && Array.isArray(decoded.value), "a ladder as this relay wrote it");
  return (decoded.value as [number, number, Uint8Array, number][]).map((rung) => {
    const [kind, due, body, size] = Array.isArray(rung) ? rung : [];
    invariant(kind !== undefined && rungKinds[kind] && Number.isSafeInteger(due) && body?.length === 32 && size !== undefined, "a rung as this relay wrote it");
    return { kind: rungKinds[kind], due: due as number, hash: body, size };
  });
};

const vigilOf = (row: VigilRow): Vigil => {
  const state = vigilStates[row.state];
  invariant(state && state !== "aside", "a vigil's state");
  return {
    id: toHex(row.name) as VigilId,
    side: row.side,
    turn: row.turn,
    due: row.due,
    opens: row.opens,
    keeper: row.keeper && toHex(row.keeper),
    state,
    aside: row.aside === 1,
    rungs: decodeLadder(row.ladder),
    fired: row.fired,
    moved: row.moved,
    asked: toHex(row.asked),
    refreshed: row.refreshed,
    changed: row.changed,
    ends: row.ends,
  };
};

const nextOfRow = (row: VigilRow): number => {
  try {
    return nextDue({ ...vigilOf(row), aside: false }) ?? row.due;
  } catch {
    return row.due;
  }
};

const numberIn = (row: unknown): number => Number(Object.values(row as Record<string, number>)[0]);

const bytesOf = (row: unknown): number => (row as { bytes: number }).bytes;

const blobOf = (id: string): Uint8Array => {
  const bytes = Buffer.from(id, "hex");
  invariant(bytes.length * 2 === id.length, "an id that is hexadecimal");
  return bytes;
};

const blobColumns = `name, side, capability_hash AS "check", total, next, size, ends`;

const vigilColumns = "id, name, side, turn, due, opens, keeper, state, aside, ladder, fired, moved, asked, refreshed, changed, ends";
/** What changes of a vigil without another turn. */
const vigilSteps = "state = ?, aside = ?, fired = ?, changed = ?, ends = ?, next = ?, size = ?";
const asItWas = "WHERE line = ? AND name = ? AND turn = ? AND fired = ? AND state = ? AND aside = ? RETURNING id";

/** The rest of it. */
const ofATurn = ["turn", "due", "opens", "keeper", "rungs", "moved", "asked", "refreshed"] as const satisfies readonly (keyof Vigil)[];

/** More than a ladder ever has: numbers of rungs of one vigil are never another's. */
const rungsRoom = 64;
const rungId = (vigil: number, rung: number): number => vigil * rungsRoom + rung;

/** Of the relay's own vigil, which belongs to no line. */
const noLine = 0;

/** With a bare parameter SQLite plans anew at each run, in case another number makes another plan better: that took longer than the rest of it. */
const upTo = "LIMIT ? + 0";

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
    lines: sql(`SELECT id, line FROM lines WHERE id > ? ORDER BY id ${upTo}`),
    addRecord: sql("INSERT INTO records (line, seq, at, device, n, epoch, kind, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    read: sql(`SELECT seq, at, device, n, epoch, kind, body, head FROM records WHERE line = ? AND seq > ? AND length(body) > 0 ORDER BY seq ${upTo}`),
    fired: sql(
      "SELECT seq, at, device, n, epoch, kind, body, head FROM records WHERE line = ? AND seq > ? AND device >= 254 AND length(body) > 0 ORDER BY seq",
    ),
    meta: sql(`SELECT seq, at, device, n, length(body) AS size, head FROM records WHERE line = ? AND seq > ? AND length(body) > 0 ORDER BY seq ${upTo}`),
    head: sql("SELECT head FROM records WHERE line = ? AND seq = ?"),
    acceptance: sql("SELECT seq, at, head FROM records WHERE line = ? AND device = ? AND n = ? AND device < 254"),
    hollow: sql("UPDATE records SET body = x'' WHERE line = ? AND device = ? AND seq > ? AND seq <= ? AND length(body) > 0"),
    removeRecords: sql("DELETE FROM records WHERE line = ?"),
    addWelcome: sql("INSERT OR REPLACE INTO welcomes (line, device, body) VALUES (?, ?, ?)"),
    removeWelcome: sql("DELETE FROM welcomes WHERE line = ? AND device = ?"),
    removeWelcomes: sql("DELETE FROM welcomes WHERE line = ?"),
    welcome: sql("SELECT body FROM welcomes WHERE line = ? AND device = ?"),
    addKnock: sql("INSERT OR REPLACE INTO knocks (line, id, body) VALUES (?, ?, ?)"),
    removeKnock: sql("DELETE FROM knocks WHERE line = ? AND id = ?"),
    removeKnocks: sql("DELETE FROM knocks WHERE line = ?"),
    knocks: sql("SELECT id, body FROM knocks WHERE line = ? ORDER BY id"),
    addPackage: sql("INSERT OR REPLACE INTO packages (line, device, body) VALUES (?, ?, ?)"),
    removePackage: sql("DELETE FROM packages WHERE line = ? AND device = ?"),
    removePackages: sql("DELETE FROM packages WHERE line = ?"),
    packages: sql("SELECT device, body FROM packages WHERE line = ?"),
    addVerifier: sql("INSERT OR IGNORE INTO verifiers (hash, line, side) VALUES (?, ?, ?)"),
    removeVerifier: sql("DELETE FROM verifiers WHERE line = ? AND side = ?"),
    removeVerifiers: sql("DELETE FROM verifiers WHERE line = ?"),
    verifier: sql("SELECT lines.line, verifiers.side FROM verifiers JOIN lines ON lines.id = verifiers.line WHERE verifiers.hash = ?"),
    saveArchive: sql("INSERT OR REPLACE INTO archives (line, side, note, ids) VALUES (?, ?, ?, ?)"),
    removeArchives: sql("DELETE FROM archives WHERE line = ?"),
    archive: sql("SELECT note, ids FROM archives WHERE line = ? AND side = ?"),
    putBlob: sql(
      `INSERT INTO blobs (line, name, side, capability_hash, total, next, size, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (line, name) DO UPDATE SET next = excluded.next, size = excluded.size, ends = excluded.ends RETURNING id`,
    ),
    addPiece: sql("INSERT INTO pieces (blob, piece, body) VALUES (?, ?, ?)"),
    blobRow: sql("SELECT id, side, size, ends FROM blobs WHERE line = ? AND name = ?"),
    blobUse: sql(
      `SELECT count(*) AS blobs, ifnull(sum(CASE WHEN next = total THEN size ELSE total * ${pieceSize} END), 0) AS room FROM blobs WHERE line = ? AND side = ?`,
    ),
    blob: sql(`SELECT ${blobColumns} FROM blobs WHERE line = ? AND name = ?`),
    piece: sql("SELECT body FROM pieces WHERE blob = (SELECT id FROM blobs WHERE line = ? AND name = ?) AND piece = ?"),
    keepBlob: sql("UPDATE blobs SET ends = NULL WHERE line = ? AND name = ?"),
    removeBlob: sql("DELETE FROM blobs WHERE id = ?"),
    removePieces: sql("DELETE FROM pieces WHERE blob = ?"),
    removeBlobs: sql("DELETE FROM blobs WHERE line = ?"),
    removeAllPieces: sql("DELETE FROM pieces WHERE blob IN (SELECT id FROM blobs WHERE line = ?)"),
    lineBytes: sql("SELECT ifnull(sum(size), 0) AS bytes FROM blobs WHERE line = ?"),
    allBytes: sql("SELECT ifnull(sum(size), 0) AS bytes FROM blobs"),
    overdue: sql(`SELECT lines.line, blobs.name FROM blobs JOIN lines ON lines.id = blobs.line WHERE ends <= ? ORDER BY ends ${upTo}`),
    addVigil: sql(
      `INSERT INTO vigils (line, name, side, state, aside, fired, changed, ends, next, size, turn, due, opens, keeper, ladder, moved, asked, refreshed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    moveVigil: sql(`UPDATE vigils SET ${vigilSteps}, turn = ?, due = ?, opens = ?, keeper = ?, ladder = ?, moved = ?, asked = ?, refreshed = ? ${asItWas}`),
    stepVigil: sql(`UPDATE vigils SET ${vigilSteps} ${asItWas}`),
    vigil: sql(`SELECT ${vigilColumns} FROM vigils WHERE line = ? AND name = ?`),
    vigils: sql(`SELECT ${vigilColumns} FROM vigils WHERE line = ? ORDER BY state = 0 DESC, changed DESC ${upTo}`),
    vigilUse: sql("SELECT ifnull(sum(state = 0), 0) AS armed, count(*) AS known, ifnull(sum(size), 0) AS bytes FROM vigils WHERE line = ? AND side = ?"),
    putRung: sql("INSERT OR REPLACE INTO rungs (id, body) VALUES (?, ?)"),
    rung: sql(`SELECT body FROM rungs WHERE id = (SELECT id FROM vigils WHERE line = ? AND name = ?) * ${rungsRoom} + ?`),
    rungBody: sql("SELECT body FROM rungs WHERE id = ?"),
    removeRungs: sql("DELETE FROM rungs WHERE id >= ? AND id < ?"),
    removeVigil: sql("DELETE FROM vigils WHERE id = ?"),
    vigilsOf: sql("SELECT id FROM vigils WHERE line = ?"),
    removeVigils: sql("DELETE FROM vigils WHERE line = ?"),
    keptBy: sql("SELECT lines.line, vigils.name FROM vigils JOIN lines ON lines.id = vigils.line WHERE keeper = ? ORDER BY vigils.due"),
    due: sql(
      `SELECT ${vigilColumns
        .split(", ")
        .map((column) => `v.${column}`)
        .join(", ")}, v.next, v.line AS number, lines.line FROM vigils AS v LEFT JOIN lines ON lines.id = v.line WHERE v.next <= ? ORDER BY v.next ${upTo}`,
    ),
    setAside: sql("UPDATE vigils SET aside = 1, next = NULL WHERE id = ? AND aside = 0"),
    allAside: sql(`SELECT ${vigilColumns} FROM vigils WHERE aside = 1`),
    takeUp: sql("UPDATE vigils SET aside = 0, next = ? WHERE id = ?"),
    asides: sql("SELECT count(*) FROM vigils WHERE aside = 1"),
    asidesOf: sql("SELECT count(*) FROM vigils WHERE line = ? AND aside = 1"),
    ended: sql(`SELECT id FROM vigils WHERE ends <= ? ORDER BY ends ${upTo}`),
    windows: sql("SELECT id, opens, due, moved FROM vigils WHERE opens < ? AND opens IS NOT NULL AND state = 0"),
    moveWindow: sql("UPDATE vigils SET moved = moved + ?, next = next + ? WHERE id = ?"),
    putMoment: sql("INSERT OR REPLACE INTO moments (name, at) VALUES (?, ?)"),
    moments: sql("SELECT name, at FROM moments"),
    canary: sql(`SELECT next FROM vigils WHERE line = ${noLine}`),
    putCanary: sql(
      `INSERT INTO vigils (line, name, side, turn, due, state, aside, ladder, fired, moved, asked, refreshed, changed, next, size)
      VALUES (${noLine}, x'00', 0, 1, 0, 0, 0, x'80', 0, 0, x'', 0, 0, ?, 0) ON CONFLICT (line, name) DO UPDATE SET next = ?`,
    ),
    addOutage: sql("INSERT INTO outages (begins, until, settles) VALUES (?, ?, ?)"),
    removeOutages: sql("DELETE FROM outages WHERE id NOT IN (SELECT id FROM outages ORDER BY id DESC LIMIT 16)"),
    outages: sql(`SELECT begins AS "from", until, settles FROM outages ORDER BY id`),
    probe: sql("INSERT OR REPLACE INTO probe (id, filler) VALUES (1, ?)"),
  } satisfies Record<string, StatementSync>;
};
