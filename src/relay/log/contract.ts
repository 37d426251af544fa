/** What every Log must do, run by memory.test.ts and sqlite.test.ts. The port itself is ../core/log-port.ts. */
import { beforeEach, describe, expect, it } from "vitest";
import { asSealed } from "../../base/brand.ts";
import type { Log, Write } from "../core/log-port.ts";
import type { BlobId, BlobMeta } from "../core/shelf.ts";
import type { KeptRecord, LineId, Side } from "../core/state.ts";

export interface LogUnderTest {
  readonly log: Log;
  /** Ends the process that holds the log without a word, and opens what is left. */
  reopen(): Log;
  /** From now on writes fail as on a full disk. */
  fill(): void;
  /** There is room again. */
  empty(): void;
}

const a = "000102030405060708090a0b0c0d0e0f" as LineId;
const b = "ffeeddccbbaa99887766554433221100" as LineId;
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

const record = (seq: number, over: Partial<KeptRecord> = {}): KeptRecord => ({
  seq,
  at: 1_700_000_000_000 + seq,
  device: seq % 2,
  n: Math.ceil(seq / 2),
  epoch: 3,
  kind: seq % 5 === 0 ? "change" : seq % 7 === 0 ? "refound" : "entry",
  body: asSealed(bytes(256, seq % 256)),
  head: bytes(32, seq % 251),
  ...over,
});
const recordsOf = (line: LineId, from: number, to: number): Write[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ kind: "record", line, record: record(from + i) }));
const saved = (line: LineId, seq: number, fill = 1): Write => ({ kind: "line", line, seq, saved: bytes(40, fill) });
const blobId = (fill: number): BlobId => fill.toString(16).padStart(2, "0").repeat(16) as BlobId;
const verifier = (line: LineId, side: Side, fill: number): Write => ({ kind: "verifier", line, side, hash: fill.toString(16).padStart(2, "0").repeat(32) });
const hashOf = (fill: number): string => fill.toString(16).padStart(2, "0").repeat(32);
/** The blob as it is with `next` of its pieces, each of 256 bytes of their index. */
const blob = (fill: number, next: number, over: Partial<BlobMeta> = {}): BlobMeta => ({
  id: blobId(fill),
  side: 0,
  check: hashOf(fill),
  total: 3,
  next,
  size: next * 256,
  ends: 1_700_000_000_000 + fill,
  ...over,
});
const pieces = (line: LineId, whole: BlobMeta): Write[] =>
  Array.from({ length: whole.next }, (_, i) => ({ kind: "piece", line, blob: { ...whole, next: i + 1, size: (i + 1) * 256 }, body: bytes(256, i) }));
const all = { items: 1000, bytes: 10_000_000 };

export const logContract = (name: string, makeLog: () => LogUnderTest): void => {
  describe(`Log contract: ${name}`, () => {
    let under: LogUnderTest;
    let log: Log;
    beforeEach(() => {
      under = makeLog();
      log = under.log;
    });
    const write = (...batch: Write[]): void => expect(log.write(batch)).toEqual({ ok: true, value: undefined });
    const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
      if (!result.ok) throw new Error("unavailable");
      return result.value;
    };
    const seqs = (line: LineId, after = 0): number[] => value(log.read(line, after, all)).map(({ seq }) => seq);

    it("knows nothing of a line that was never saved", () => {
      expect(value(log.load(a))).toBeUndefined();
      expect(value(log.read(a, 0, all))).toEqual([]);
      expect(value(log.headAt(a, 1))).toBeUndefined();
      expect(value(log.acceptance(a, 0, 1))).toBeUndefined();
      expect(value(log.welcome(a, 0))).toBeUndefined();
      expect(value(log.knocks(a)).size).toBe(0);
      expect(value(log.packages(a)).size).toBe(0);
      expect(value(log.verifier(hashOf(1)))).toBeUndefined();
      expect(value(log.blobUse(a, 0))).toEqual({ blobs: 0, room: 0 });
      expect(value(log.blob(a, blobId(1)))).toBeUndefined();
      expect(value(log.piece(a, blobId(1), 0))).toBeUndefined();
      expect(value(log.archive(a, 0))).toEqual({ note: new Uint8Array(), ids: [] });
      expect(value(log.overdueBlobs(Number.MAX_SAFE_INTEGER, 10))).toEqual([]);
      expect(log.blobBytes()).toBe(0);
      expect(value(log.lines(0, 10))).toEqual([]);
    });

    it("gives back a saved line, and as its tail what came after", () => {
      write(saved(a, 0));
      write(...recordsOf(a, 1, 3));
      expect(value(log.load(a))).toEqual({ saved: bytes(40, 1), tail: [1, 2, 3].map((seq) => meta(record(seq))) });
      write(saved(a, 2, 9));
      expect(value(log.load(a))).toEqual({ saved: bytes(40, 9), tail: [meta(record(3))] });
    });

    it("gives records back byte for byte, in order, after a place", () => {
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 7), ...recordsOf(b, 1, 2));
      expect(value(log.read(a, 4, all))).toEqual([record(5), record(6), record(7)]);
      expect(value(log.readMeta(a, 5, 1))).toEqual([meta(record(6))]);
      expect(seqs(b)).toEqual([1, 2]);
    });

    it("reads no more items than asked for", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 9));
      expect(value(log.read(a, 0, { items: 4, bytes: 10_000_000 })).length).toBe(4);
    });

    it("reads no more bytes than asked for, but always one record", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 4));
      expect(value(log.read(a, 0, { items: 9, bytes: 600 })).length).toBe(2);
      expect(value(log.read(a, 0, { items: 9, bytes: 1 })).length).toBe(1);
    });

    it("finds what a device was told when its n was accepted", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 6));
      expect(value(log.acceptance(a, 1, 2))).toEqual({ seq: 3, at: record(3).at, head: record(3).head });
      expect(value(log.acceptance(a, 1, 9))).toBeUndefined();
      expect(value(log.headAt(a, 4))).toEqual(record(4).head);
    });

    it("keeps welcomes by device until they are taken away", () => {
      write(saved(a, 0), { kind: "welcome", line: a, device: 1, body: bytes(256, 7) }, { kind: "welcome", line: a, device: 2, body: bytes(256, 8) });
      expect(value(log.welcome(a, 1))).toEqual(bytes(256, 7));
      write({ kind: "unwelcome", line: a, device: 1 });
      expect(value(log.welcome(a, 1))).toBeUndefined();
      expect(value(log.welcome(a, 2))).toEqual(bytes(256, 8));
    });

    it("replaces a knock of the same id, and forgets those that are named", () => {
      write(saved(a, 0), { kind: "knock", line: a, id: 1, body: bytes(20, 1) }, { kind: "knock", line: a, id: 2, body: bytes(20, 2) });
      write({ kind: "knock", line: a, id: 1, body: bytes(20, 3) });
      expect([...value(log.knocks(a))]).toEqual([
        [1, bytes(20, 3)],
        [2, bytes(20, 2)],
      ]);
      write({ kind: "unknock", line: a, ids: [1, 7] });
      expect([...value(log.knocks(a))]).toEqual([[2, bytes(20, 2)]]);
    });

    it("[PKG1] keeps one key package a device until it is taken away", () => {
      const keeps = (device: number, fill: number): Write => ({ kind: "package", line: a, device, body: bytes(30, fill) });
      write(saved(a, 0), keeps(0, 1), keeps(3, 2), { kind: "package", line: b, device: 0, body: bytes(9, 9) });
      write(keeps(0, 5));
      expect(value(log.packages(a))).toEqual(
        new Map([
          [0, bytes(30, 5)],
          [3, bytes(30, 2)],
        ]),
      );
      write({ kind: "unpackage", line: a, device: 0 }, { kind: "unpackage", line: a, device: 8 });
      expect([...value(log.packages(a)).keys()]).toEqual([3]);
    });

    it("[REC1] finds line and side by a verifier, the latest of each side, and nobody takes another's", () => {
      write(saved(a, 0), saved(b, 0), verifier(a, 0, 1), verifier(a, 1, 2), verifier(b, 0, 3));
      expect(value(log.verifier(hashOf(1)))).toEqual({ line: a, side: 0 });
      expect(value(log.verifier(hashOf(2)))).toEqual({ line: a, side: 1 });
      write(verifier(a, 0, 4), verifier(b, 1, 2));
      expect(value(log.verifier(hashOf(1)))).toBeUndefined();
      expect(value(log.verifier(hashOf(4)))).toEqual({ line: a, side: 0 });
      expect(value(log.verifier(hashOf(2)))).toEqual({ line: a, side: 1 });
    });

    it("[BLOB1] gives the pieces of a blob back byte for byte, and says how far it is", () => {
      write(saved(a, 0), ...pieces(a, blob(1, 2)));
      write(...pieces(b, blob(1, 1, { side: 1, check: hashOf(9) })));
      expect(value(log.blob(a, blobId(1)))).toEqual(blob(1, 2));
      expect(value(log.blob(b, blobId(1)))).toEqual(blob(1, 1, { side: 1, check: hashOf(9) }));
      write({ kind: "piece", line: a, blob: blob(1, 3, { ends: 5 }), body: bytes(65_536, 77) });
      expect(value(log.blob(a, blobId(1)))).toEqual(blob(1, 3, { ends: 5 }));
      expect([0, 1, 2, 3].map((index) => value(log.piece(a, blobId(1), index)))).toEqual([bytes(256, 0), bytes(256, 1), bytes(65_536, 77), undefined]);
    });

    it("[BLOB4] counts the blobs of a side, those that are not whole as large as they can become", () => {
      write(saved(a, 0), ...pieces(a, blob(1, 3)), ...pieces(a, blob(2, 1)), ...pieces(a, blob(3, 1, { side: 1, total: 1 })), ...pieces(b, blob(4, 3)));
      expect(value(log.blobUse(a, 0))).toEqual({ blobs: 2, room: 3 * 256 + 3 * 65_536 });
      expect(value(log.blobUse(a, 1))).toEqual({ blobs: 1, room: 256 });
    });

    it("[BLOB5] deletes a blob with its pieces, and no other", () => {
      write(saved(a, 0), ...pieces(a, blob(1, 2)), ...pieces(a, blob(2, 2)), ...pieces(b, blob(1, 1)));
      expect(log.blobBytes()).toBe(5 * 256);
      write({ kind: "unblob", line: a, id: blobId(1) }, { kind: "unblob", line: a, id: blobId(7) });
      expect([1, 2].map((fill) => value(log.blob(a, blobId(fill)))?.id)).toEqual([undefined, blobId(2)]);
      expect(value(log.piece(a, blobId(1), 0))).toBeUndefined();
      expect(value(log.piece(b, blobId(1), 0))).toEqual(bytes(256, 0));
      expect(log.blobBytes()).toBe(3 * 256);
      write(...pieces(a, blob(1, 1)));
      expect([0, 1].map((index) => value(log.piece(a, blobId(1), index)))).toEqual([bytes(256, 0), undefined]);
    });

    it("[BLOB6] names the blobs whose end has come, the earliest first", () => {
      write(saved(a, 0), ...pieces(a, blob(3, 1)), ...pieces(b, blob(1, 1)), ...pieces(a, blob(2, 1)), ...pieces(a, blob(8, 1)));
      const due = (now: number, most: number) => value(log.overdueBlobs(now, most));
      expect(due(1_700_000_000_003, 10)).toEqual([
        { line: b, id: blobId(1) },
        { line: a, id: blobId(2) },
        { line: a, id: blobId(3) },
      ]);
      expect(due(1_700_000_000_003, 2).length).toBe(2);
      expect(due(1_700_000_000_000, 10)).toEqual([]);
    });

    it("[BLOB7] keeps an archive in the order named, without an end, and what it no longer names goes with the same write", () => {
      const whole = [1, 2, 3, 4].map((fill) => blob(fill, 3));
      write(saved(a, 0), ...whole.flatMap((each) => pieces(a, each)), ...pieces(a, blob(5, 3, { side: 1 })));
      const keeps = (fill: number, ...ids: number[]): Write => ({ kind: "archive", line: a, side: 0, note: bytes(9, fill), ids: ids.map(blobId) });
      write(keeps(1, 3, 1));
      expect(value(log.archive(a, 0))).toEqual({ note: bytes(9, 1), ids: [blobId(3), blobId(1)] });
      write({ kind: "archive", line: a, side: 1, note: bytes(0, 0), ids: [blobId(5)] });
      expect(value(log.blob(a, blobId(3)))).toEqual(blob(3, 3, { ends: null }));
      write(keeps(2, 1, 2));
      expect(value(log.archive(a, 0))).toEqual({ note: bytes(9, 2), ids: [blobId(1), blobId(2)] });
      expect([1, 2, 3, 4, 5].filter((fill) => value(log.blob(a, blobId(fill))))).toEqual([1, 2, 4, 5]);
      expect(value(log.archive(a, 1)).ids).toEqual([blobId(5)]);
      expect(value(log.overdueBlobs(Number.MAX_SAFE_INTEGER, 9))).toEqual([{ line: a, id: blobId(4) }]);
      write({ kind: "unblob", line: a, id: blobId(1) });
      expect(value(log.archive(a, 0)).ids).toEqual([blobId(2)]);
      expect(log.blobBytes()).toBe(3 * 3 * 256);
    });

    it("[LOG7] trims records up to a place", () => {
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 6), ...recordsOf(b, 1, 6));
      write({ kind: "trim", line: a, to: 4, keepAcks: [] });
      expect(seqs(a)).toEqual([5, 6]);
      expect(value(log.acceptance(a, 1, 1))).toBeUndefined();
      expect(seqs(b)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("[LOG2] keeps the acks, without the bodies, of authors who may ask again", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 6));
      write({ kind: "trim", line: a, to: 4, keepAcks: [{ device: 1, after: 1 }] });
      expect(seqs(a)).toEqual([5, 6]);
      expect(value(log.acceptance(a, 1, 1))).toBeUndefined();
      expect(value(log.acceptance(a, 1, 2))).toEqual({ seq: 3, at: record(3).at, head: record(3).head });
      write({ kind: "trim", line: a, to: 5, keepAcks: [] });
      expect(value(log.acceptance(a, 1, 2))).toBeUndefined();
    });

    it("[CLOSE1] wipes all of a line but the line, and of no other", () => {
      const more: Write[] = [
        { kind: "welcome", line: a, device: 1, body: bytes(256, 7) },
        { kind: "knock", line: a, id: 1, body: bytes(20, 1) },
      ];
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 3), ...recordsOf(b, 1, 3), ...more);
      for (const line of [a, b]) write(...pieces(line, blob(1, 2)), { kind: "package", line, device: 0, body: bytes(9, 9) });
      write(verifier(a, 1, 3), { kind: "archive", line: a, side: 0, note: bytes(9, 1), ids: [] });
      write({ kind: "record", line: a, record: record(4) }, { kind: "wipe", line: a }, saved(a, 0, 5));
      expect(value(log.load(a))).toEqual({ saved: bytes(40, 5), tail: [] });
      expect([value(log.packages(a)).size, value(log.packages(b)).size]).toEqual([0, 1]);
      expect([value(log.blobUse(a, 0)).blobs, value(log.blobUse(b, 0)).blobs, log.blobBytes()]).toEqual([0, 1, 512]);
      expect(value(log.piece(a, blobId(1), 0))).toBeUndefined();
      expect(value(log.archive(a, 0))).toEqual({ note: new Uint8Array(), ids: [] });
      expect(value(log.verifier(hashOf(3)))).toEqual({ line: a, side: 1 });
      expect(seqs(a)).toEqual([]);
      expect(value(log.welcome(a, 1))).toBeUndefined();
      expect(value(log.knocks(a)).size).toBe(0);
      expect(seqs(b)).toEqual([1, 2, 3]);
    });

    it("[CLOSE2] forgets a line with everything of it", () => {
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 3));
      write(verifier(a, 0, 1), verifier(b, 0, 2), ...pieces(a, blob(1, 2)));
      write({ kind: "forget", line: a });
      expect(value(log.load(a))).toBeUndefined();
      expect([value(log.verifier(hashOf(1))), value(log.verifier(hashOf(2)))]).toEqual([undefined, { line: b, side: 0 }]);
      expect([value(log.blobUse(a, 0)).blobs, log.blobBytes()]).toEqual([0, 0]);
      expect(seqs(a)).toEqual([]);
      expect(value(log.lines(0, 10)).map(({ line }) => line)).toEqual([b]);
    });

    it("names its lines in steps, each once, also when a line is saved again between two steps", () => {
      write(saved(a, 0), saved(b, 0));
      const [first] = value(log.lines(0, 1));
      write(saved(a, 0, 2));
      const [second, ...rest] = value(log.lines(first?.place ?? 0, 10));
      expect([first?.line, second?.line]).toEqual([a, b]);
      expect(rest).toEqual([]);
    });

    it("[LOG10] has everything after a crash that a write returned for", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 3));
      write(...recordsOf(a, 4, 5));
      log = under.reopen();
      expect(value(log.read(a, 0, all))).toEqual([1, 2, 3, 4, 5].map((seq) => record(seq)));
      expect(value(log.load(a))?.tail.length).toBe(5);
    });

    it("[LOG10] has blobs, archives, packages and verifiers after a crash as the last write that returned left them", () => {
      write(saved(a, 0), ...pieces(a, blob(1, 3)), ...pieces(a, blob(2, 2)), verifier(a, 0, 1), { kind: "package", line: a, device: 1, body: bytes(8, 8) });
      write({ kind: "archive", line: a, side: 0, note: bytes(3, 3), ids: [blobId(1)] });
      log = under.reopen();
      expect(value(log.archive(a, 0))).toEqual({ note: bytes(3, 3), ids: [blobId(1)] });
      expect(value(log.piece(a, blobId(2), 1))).toEqual(bytes(256, 1));
      expect(value(log.blob(a, blobId(2)))).toEqual(blob(2, 2));
      expect(value(log.packages(a)).get(1)).toEqual(bytes(8, 8));
      expect(value(log.verifier(hashOf(1)))).toEqual({ line: a, side: 0 });
      expect(log.blobBytes()).toBe(5 * 256);
    });

    it("[LOG10] a write of blobs that fails leaves them as they were", () => {
      write(saved(a, 0), ...pieces(a, blob(1, 3)));
      under.fill();
      const large: Write = { kind: "piece", line: a, blob: blob(2, 1, { size: 65_536 }), body: bytes(65_536, 1) };
      expect(log.write([{ kind: "unblob", line: a, id: blobId(1) }, large, verifier(a, 0, 1), ...recordsOf(a, 1, 400)])).toEqual({
        ok: false,
        error: "unavailable",
      });
      expect([1, 2].map((fill) => value(log.blob(a, blobId(fill))))).toEqual([blob(1, 3), undefined]);
      expect(value(log.verifier(hashOf(1)))).toBeUndefined();
      expect(log.blobBytes()).toBe(3 * 256);
      under.empty();
      write(large);
      expect(log.blobBytes()).toBe(3 * 256 + 65_536);
    });

    it("[LOG10] takes a batch whole or not at all", () => {
      write(saved(a, 0), ...recordsOf(a, 1, 2));
      under.fill();
      expect(log.write([...recordsOf(a, 3, 400), saved(a, 400, 9)])).toEqual({ ok: false, error: "unavailable" });
      expect(seqs(a)).toEqual([1, 2]);
      expect(value(log.load(a))?.saved).toEqual(bytes(40, 1));
    });

    it("goes on after a failed write when there is room again", () => {
      write(saved(a, 0));
      under.fill();
      expect(log.write(recordsOf(a, 1, 400)).ok).toBe(false);
      under.empty();
      expect(log.probe().ok).toBe(true);
      write(...recordsOf(a, 1, 2));
      expect(seqs(a)).toEqual([1, 2]);
    });
  });
};

const meta = ({ seq, at, device, n, body, head }: KeptRecord) => ({ seq, at, device, n, size: body.length, head });
