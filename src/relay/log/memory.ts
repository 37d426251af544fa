/**
 * The Log in memory, for tests and the simulator. It has a disk that can be full and a machine that can crash.
 *
 * A batch goes to the journal first and counts once it is synced; `crash()` gives the log as the synced batches alone
 * made it. So a relay that tells before it syncs is found out.
 */
import { err, ok } from "../../base/result.ts";
import type { Archive, Log, Write } from "../core/log-port.ts";
import { roomOf, type BlobId, type BlobMeta } from "../core/shelf.ts";
import type { KeptRecord, LineId, RecordMeta, Side } from "../core/state.ts";

interface Row {
  readonly place: number;
  seq: number;
  saved: Uint8Array;
}

interface Lines {
  next: number;
  readonly rows: Map<LineId, Row>;
  /** By line, by seq. */
  readonly records: Map<LineId, Map<number, KeptRecord>>;
  readonly welcomes: Map<LineId, Map<number, Uint8Array>>;
  readonly knocks: Map<LineId, Map<number, Uint8Array>>;
  readonly packages: Map<LineId, Map<number, Uint8Array>>;
  readonly verifiers: Map<string, { readonly line: LineId; readonly side: Side }>;
  readonly blobs: Map<LineId, Map<BlobId, Blob>>;
  readonly archives: Map<LineId, Map<Side, Archive>>;
}

interface Blob {
  readonly meta: BlobMeta;
  readonly pieces: readonly Uint8Array[];
}

export interface MemoryLog extends Log {
  /** What a restart finds: synced batches only. This log is closed by it. */
  crash(): MemoryLog;
  /** From now on every write fails (`full`) or none does; reads fail with `broken`. */
  fault(kind: "none" | "full" | "broken"): void;
  /** The next write reaches the disk's cache and the machine stops there: it throws `Crashed`, and was never synced. */
  crashInNextWrite(): void;
}

/** Not an error of the relay: the machine is gone. The simulator catches it and goes on with `crash()`. */
export class Crashed extends Error {}

export const createMemoryLog = (synced: readonly (readonly Write[])[] = []): MemoryLog => {
  const journal: (readonly Write[])[] = [...synced];
  let syncedLength = journal.length;
  let lines = replay(journal);
  let faulty: "none" | "full" | "broken" = "none";
  let tearing = false;
  const broken = () => faulty === "broken";

  const sync = (): void => {
    syncedLength = journal.length;
  };

  const metaOf = ({ seq, at, device, n, body, head }: KeptRecord): RecordMeta => ({ seq, at, device, n, size: body.length, head });
  const recordsAfter = (line: LineId, after: number): KeptRecord[] =>
    [...(lines.records.get(line)?.values() ?? [])].filter(({ seq, body }) => seq > after && body.length > 0).toSorted((a, b) => a.seq - b.seq);

  return {
    load(line) {
      if (broken()) return err("unavailable");
      const row = lines.rows.get(line);
      if (!row) return ok(undefined);
      return ok({ saved: row.saved, tail: recordsAfter(line, row.seq).map(metaOf) });
    },
    read(line, after, most) {
      if (broken()) return err("unavailable");
      const out: KeptRecord[] = [];
      let bytes = 0;
      for (const record of recordsAfter(line, after)) {
        bytes += record.body.length;
        if (out.length >= most.items || (out.length > 0 && bytes > most.bytes)) break;
        out.push(record);
      }
      return ok(out);
    },
    readMeta(line, after, items) {
      return broken() ? err("unavailable") : ok(recordsAfter(line, after).slice(0, items).map(metaOf));
    },
    headAt(line, seq) {
      return broken() ? err("unavailable") : ok(lines.records.get(line)?.get(seq)?.head);
    },
    acceptance(line, device, n) {
      if (broken()) return err("unavailable");
      for (const record of lines.records.get(line)?.values() ?? []) {
        if (record.device === device && record.n === n) return ok({ seq: record.seq, at: record.at, head: record.head });
      }
      return ok(undefined);
    },
    welcome(line, device) {
      return broken() ? err("unavailable") : ok(lines.welcomes.get(line)?.get(device));
    },
    knocks(line) {
      return broken() ? err("unavailable") : ok(new Map(lines.knocks.get(line)));
    },
    packages(line) {
      return broken() ? err("unavailable") : ok(new Map(lines.packages.get(line)));
    },
    verifier(hash) {
      return broken() ? err("unavailable") : ok(lines.verifiers.get(hash));
    },
    blobUse(line, side) {
      if (broken()) return err("unavailable");
      const blobs = [...(lines.blobs.get(line)?.values() ?? [])].filter(({ meta }) => meta.side === side);
      return ok({ blobs: blobs.length, room: blobs.reduce((sum, { meta }) => sum + roomOf(meta), 0) });
    },
    blob(line, id) {
      return broken() ? err("unavailable") : ok(lines.blobs.get(line)?.get(id)?.meta);
    },
    piece(line, id, index) {
      return broken() ? err("unavailable") : ok(lines.blobs.get(line)?.get(id)?.pieces[index]);
    },
    archive(line, side) {
      if (broken()) return err("unavailable");
      const { note, ids } = lines.archives.get(line)?.get(side) ?? { note: new Uint8Array(), ids: [] };
      return ok({ note, ids: ids.filter((id) => lines.blobs.get(line)?.has(id)) });
    },
    overdueBlobs(now, most) {
      if (broken()) return err("unavailable");
      const all = [...lines.blobs].flatMap(([line, blobs]) => [...blobs.values()].map(({ meta }) => ({ line, id: meta.id, ends: meta.ends ?? Infinity })));
      return ok(
        all
          .filter(({ ends }) => ends <= now)
          .toSorted((a, b) => a.ends - b.ends)
          .slice(0, most)
          .map(({ line, id }) => ({ line, id })),
      );
    },
    blobBytes: () => [...lines.blobs.values()].reduce((sum, blobs) => [...blobs.values()].reduce((inner, { meta }) => inner + meta.size, sum), 0),
    lines(after, most) {
      if (broken()) return err("unavailable");
      const places = [...lines.rows].map(([line, { place }]) => ({ line, place }));
      return ok(
        places
          .filter(({ place }) => place > after)
          .toSorted((a, b) => a.place - b.place)
          .slice(0, most),
      );
    },
    write(batch) {
      if (faulty !== "none") return err("unavailable");
      journal.push(batch);
      if (tearing) throw new Crashed("the machine stopped before the write was synced");
      apply(lines, batch);
      sync();
      return ok(undefined);
    },
    probe: () => (faulty === "none" ? ok(undefined) : err("unavailable")),
    close() {
      faulty = "broken";
    },
    crash() {
      faulty = "broken";
      lines = replay([]);
      return createMemoryLog(journal.slice(0, syncedLength));
    },
    fault(kind) {
      faulty = kind;
    },
    crashInNextWrite() {
      tearing = true;
    },
  };
};

const replay = (batches: readonly (readonly Write[])[]): Lines => {
  const lines: Lines = {
    next: 1,
    rows: new Map(),
    records: new Map(),
    welcomes: new Map(),
    knocks: new Map(),
    packages: new Map(),
    verifiers: new Map(),
    blobs: new Map(),
    archives: new Map(),
  };
  for (const batch of batches) apply(lines, batch);
  return lines;
};

const apply = (lines: Lines, batch: readonly Write[]): void => {
  for (const write of batch) {
    switch (write.kind) {
      case "line": {
        const row = lines.rows.get(write.line);
        lines.rows.set(write.line, { place: row?.place ?? lines.next++, seq: write.seq, saved: write.saved });
        break;
      }
      case "record":
        within(lines.records, write.line).set(write.record.seq, write.record);
        break;
      case "welcome":
        within(lines.welcomes, write.line).set(write.device, write.body);
        break;
      case "unwelcome":
        lines.welcomes.get(write.line)?.delete(write.device);
        break;
      case "knock":
        within(lines.knocks, write.line).set(write.id, write.body);
        break;
      case "unknock":
        for (const id of write.ids) lines.knocks.get(write.line)?.delete(id);
        break;
      case "package":
        within(lines.packages, write.line).set(write.device, write.body);
        break;
      case "unpackage":
        lines.packages.get(write.line)?.delete(write.device);
        break;
      case "verifier":
        forgetVerifiers(lines, write.line, write.side);
        if (!lines.verifiers.has(write.hash)) lines.verifiers.set(write.hash, { line: write.line, side: write.side });
        break;
      case "piece": {
        const blobs = within(lines.blobs, write.line);
        blobs.set(write.blob.id, { meta: write.blob, pieces: [...(blobs.get(write.blob.id)?.pieces ?? []), write.body] });
        break;
      }
      case "unblob":
        lines.blobs.get(write.line)?.delete(write.id);
        break;
      case "archive":
        within(lines.archives, write.line).set(write.side, { note: write.note, ids: write.ids });
        keep(within(lines.blobs, write.line), write);
        break;
      case "trim":
        trim(within(lines.records, write.line), write);
        break;
      case "wipe":
      case "forget":
        lines.records.delete(write.line);
        lines.welcomes.delete(write.line);
        lines.knocks.delete(write.line);
        lines.packages.delete(write.line);
        lines.blobs.delete(write.line);
        lines.archives.delete(write.line);
        if (write.kind === "wipe") break;
        lines.rows.delete(write.line);
        for (const side of [0, 1] as const) forgetVerifiers(lines, write.line, side);
        break;
    }
  }
};

const trim = (records: Map<number, KeptRecord>, { to, keepAcks }: Extract<Write, { kind: "trim" }>): void => {
  for (const [seq, record] of records) {
    if (seq > to) continue;
    if (keepAcks.some(({ device, after }) => device === record.device && seq > after))
      records.set(seq, { ...record, body: new Uint8Array() as KeptRecord["body"] });
    else records.delete(seq);
  }
};

const forgetVerifiers = ({ verifiers }: Lines, line: LineId, side: Side): void => {
  for (const [hash, of] of verifiers) if (of.line === line && of.side === side) verifiers.delete(hash);
};

const keep = (blobs: Map<BlobId, Blob>, { side, ids }: Extract<Write, { kind: "archive" }>): void => {
  for (const [id, { meta, pieces }] of blobs) {
    if (ids.includes(id)) blobs.set(id, { meta: { ...meta, ends: null }, pieces });
    else if (meta.side === side && meta.ends === null) blobs.delete(id);
  }
};

const within = <K, V>(maps: Map<LineId, Map<K, V>>, line: LineId): Map<K, V> => {
  const found = maps.get(line) ?? new Map<K, V>();
  maps.set(line, found);
  return found;
};
