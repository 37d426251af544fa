/**
 * The Log in memory, for tests and the simulator. It has a disk that can be full and a machine that can crash.
 *
 * A batch goes to the journal first and counts once it is synced; `crash()` gives the log as the synced batches alone
 * made it. So a relay that tells before it syncs is found out.
 */
import { err, ok } from "../../base/result.ts";
import { invariant } from "../../base/exhaustive.ts";
import type { Archive, Log, Moments, Write } from "../core/log-port.ts";
import { roomOf, type BlobId, type BlobMeta } from "../core/shelf.ts";
import type { KeptRecord, LineId, RecordMeta, Side } from "../core/state.ts";
import { bytesHeld, goesOn, isArmed, nextDue, takenBy, type Vigil, type VigilId } from "../core/vigil.ts";

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
  readonly vigils: Map<LineId, Map<VigilId, KeptVigil>>;
  moments: Moments;
}

interface KeptVigil {
  readonly place: number;
  readonly line: LineId;
  readonly vigil: Vigil;
  /** By rung, those that wait. */
  readonly bodies: ReadonlyMap<number, Uint8Array>;
}

interface Blob {
  readonly meta: BlobMeta;
  readonly pieces: readonly Uint8Array[];
}

export interface MemoryLog extends Log {
  /** What a restart finds: synced batches only. This log is closed by it. */
  crash(): MemoryLog;
  /** A backup: what is durable now, in a log of its own. */
  copy(): MemoryLog;
  /** From now on every write fails (`full`) or none does; reads fail with `broken`. */
  fault(kind: "none" | "full" | "broken"): void;
  /** The next write reaches the disk's cache and the machine stops there: it throws `Crashed`, and was never synced. */
  crashInNextWrite(after?: number): void;
  /** From now on this vigil cannot be read when it is due: the disk has other bytes in its place. */
  damage(line: LineId, id: VigilId): void;
}

/** Not an error of the relay: the machine is gone. The simulator catches it and goes on with `crash()`. */
export class Crashed extends Error {}

export const createMemoryLog = (synced: readonly (readonly Write[])[] = []): MemoryLog => {
  const journal: (readonly Write[])[] = [...synced];
  let syncedLength = journal.length;
  let lines = replay(journal);
  let faulty: "none" | "full" | "broken" = "none";
  /** How many more the machine writes before it stops in one. */
  let writes = Number.POSITIVE_INFINITY;
  const broken = () => faulty === "broken";
  const damaged = new Set<string>();
  const readable = (line: LineId, vigil: Vigil): { readonly vigil: Vigil; readonly body: Uint8Array } => {
    const body = lines.vigils.get(line)?.get(vigil.id)?.bodies.get(vigil.fired);
    invariant(body && !damaged.has(`${line} ${vigil.id}`), "a vigil that can be read");
    return { vigil, body };
  };

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
    fired(line, after, bytes) {
      if (broken()) return err("unavailable");
      const all = recordsAfter(line, after).filter(({ kind }) => kind === "fired");
      let size = 0;
      const over = all.findIndex(({ body }, at) => (size += body.length) > bytes && at > 0);
      return ok(over < 0 ? all : all.slice(0, over));
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
    vigil(line, id) {
      return broken() ? err("unavailable") : ok(lines.vigils.get(line)?.get(id)?.vigil);
    },
    vigils(line, most) {
      if (broken()) return err("unavailable");
      const all = [...(lines.vigils.get(line)?.values() ?? [])].map(({ vigil }) => vigil);
      return ok(all.toSorted((a, b) => Number(isArmed(b)) - Number(isArmed(a)) || b.changed - a.changed).slice(0, most));
    },
    vigilUse(line, side) {
      if (broken()) return err("unavailable");
      const all = [...(lines.vigils.get(line)?.values() ?? [])].map(({ vigil }) => vigil).filter((vigil) => vigil.side === side);
      return ok({ armed: all.filter(isArmed).length, known: all.length, bytes: all.reduce((sum, vigil) => sum + bytesHeld(vigil), 0) });
    },
    rung(line, id, rung) {
      return broken() ? err("unavailable") : ok(lines.vigils.get(line)?.get(id)?.bodies.get(rung));
    },
    keptBy(keeper) {
      if (broken()) return err("unavailable");
      return ok(allVigils(lines).flatMap(({ line, vigil }) => (vigil.keeper === keeper ? [{ line, id: vigil.id }] : [])));
    },
    due(now, most) {
      if (broken()) return err("unavailable");
      const { canary } = lines.moments;
      const all = [
        ...(canary ? [{ kind: "canary" as const, next: canary.next }] : []),
        ...allVigils(lines).flatMap(({ place, line, vigil }) => {
          const next = nextDue(vigil);
          return next === null ? [] : [{ kind: "vigil" as const, next, place, line, read: () => ok(readable(line, vigil)) }];
        }),
      ];
      return ok(
        all
          .filter(({ next }) => next <= now)
          .toSorted((a, b) => a.next - b.next)
          .slice(0, most),
      );
    },
    moments: () => (broken() ? err("unavailable") : ok(lines.moments)),
    asides: () => allVigils(lines).filter(({ vigil }) => vigil.aside).length,
    damage(line, id) {
      damaged.add(`${line} ${id}`);
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
      if (writes-- <= 0) throw new Crashed("the machine stopped before the write was synced");
      try {
        apply(lines, batch);
      } catch (error) {
        // As the real one: all of the batch or nothing.
        journal.pop();
        lines = replay(journal);
        throw error;
      }
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
    copy: () => createMemoryLog(journal.slice(0, syncedLength)),
    fault(kind) {
      faulty = kind;
    },
    crashInNextWrite(after = 0) {
      writes = after;
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
    vigils: new Map(),
    moments: { seen: undefined, canary: undefined, outages: [] },
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
      case "vigil":
        putVigil(lines, write);
        break;
      case "aside":
      case "again":
        for (const kept of allVigils(lines)) {
          if (write.kind === "aside" && kept.place !== write.place) continue;
          lines.vigils.get(kept.line)?.set(kept.vigil.id, { ...kept, vigil: { ...kept.vigil, aside: write.kind === "aside" } });
        }
        break;
      case "unvigil":
        for (const { line, vigil } of allVigils(lines)
          .filter(({ vigil: { ends } }) => ends !== null && ends <= write.now)
          .slice(0, write.most))
          lines.vigils.get(line)?.delete(vigil.id);
        break;
      case "canary":
        lines.moments = { ...lines.moments, seen: write.at, canary: { at: write.at, next: write.next } };
        break;
      case "outage":
        lines.moments = { ...lines.moments, seen: write.outage.until, outages: [...lines.moments.outages, write.outage].slice(-16) };
        for (const kept of allVigils(lines)) {
          const { vigil, line } = kept;
          if (isArmed(vigil))
            lines.vigils
              .get(line)
              ?.set(vigil.id, { ...kept, vigil: { ...vigil, moved: vigil.moved + takenBy(vigil, { from: write.from, until: write.outage.until }) } });
        }
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
        lines.vigils.delete(write.line);
        if (write.kind === "wipe") break;
        lines.rows.delete(write.line);
        for (const side of [0, 1] as const) forgetVerifiers(lines, write.line, side);
        break;
    }
  }
};

const allVigils = ({ vigils }: Lines): readonly KeptVigil[] => [...vigils.values()].flatMap((of) => [...of.values()]);

const putVigil = (lines: Lines, { line, was, is, bodies }: Extract<Write, { kind: "vigil" }>): void => {
  const vigils = within(lines.vigils, line);
  const known = vigils.get(is.id);
  const same =
    was && known && known.vigil.turn === was.turn && known.vigil.fired === was.fired && known.vigil.state === was.state && known.vigil.aside === was.aside;
  invariant(was ? same : !known, "a vigil that is as it was read");
  if (was) invariant(goesOn(was, is), "a vigil that only goes on");
  const kept = new Map(was && was.turn === is.turn && isArmed(is) ? known?.bodies : undefined);
  for (const { rung, body } of bodies) kept.set(rung, body);
  vigils.set(is.id, { place: known?.place ?? lines.next++, line, vigil: is, bodies: kept });
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
