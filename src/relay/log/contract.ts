/** What every Log must do, run by memory.test.ts and sqlite.test.ts. The port itself is ../core/log-port.ts. */
import { beforeEach, describe, expect, it } from "vitest";
import { asSealed } from "../../base/brand.ts";
import { firedBy } from "../../protocol/chain.ts";
import type { Due, Log, Write } from "../core/log-port.ts";
import type { BlobId, BlobMeta } from "../core/shelf.ts";
import type { KeptRecord, LineId, Side } from "../core/state.ts";
import type { Vigil, VigilId } from "../core/vigil.ts";

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
const vigilId = (fill: number): VigilId => fill.toString(16).padStart(2, "0").repeat(16) as VigilId;
const base = 1_700_000_000_000;
const rung = (kind: Vigil["rungs"][number]["kind"], due: number, fill: number, size = 256): Vigil["rungs"][number] => ({
  kind,
  due,
  hash: bytes(32, fill),
  size,
});
/** Armed, with rungs at the given times after `base`. */
const vigil = (fill: number, dues: readonly number[], over: Partial<Vigil> = {}): Vigil => ({
  id: vigilId(fill),
  side: 0,
  turn: 1,
  due: base,
  opens: null,
  keeper: null,
  state: "armed",
  aside: false,
  rungs: dues.map((due, i) => rung(i === 0 ? "late" : "envelope", base + due, fill + i)),
  fired: 0,
  moved: 0,
  asked: hashOf(fill),
  refreshed: 0,
  changed: base + fill,
  ends: null,
  ...over,
});
const bodiesOf = ({ rungs }: Vigil) => rungs.map(({ size }, i) => ({ rung: i, body: bytes(size, i + 1) }));
const arms = (line: LineId, is: Vigil): Write => ({ kind: "vigil", line, was: undefined, is, bodies: bodiesOf(is) });
const moves = (line: LineId, was: Vigil, over: Partial<Vigil>, bodies: Extract<Write, { kind: "vigil" }>["bodies"] = []): Write => ({
  kind: "vigil",
  line,
  was,
  is: { ...was, ...over },
  bodies,
});
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

    const dueAt = (now: number, most = 10) =>
      value(log.due(now, most)).map((one) => (one.kind === "canary" ? "canary" : `${one.line === a ? "a" : "b"}${value(one.read()).vigil.id.slice(0, 2)}`));
    const placeOf = (now: number): number => (value(log.due(now, 1))[0] as Extract<Due, { kind: "vigil" }>).place;

    it("[VIG1] gives a vigil back as it is, by its line, and its bodies while they wait", () => {
      const [one, two] = [vigil(1, [5, 9]), vigil(2, [7], { side: 1, opens: base - 5, keeper: hashOf(7), moved: 3, refreshed: 4 })];
      write(saved(a, 0), saved(b, 0), arms(a, one), arms(a, two), arms(b, vigil(1, [8], { side: 1 })));
      expect(value(log.vigil(a, vigilId(1)))).toEqual(one);
      expect(value(log.vigil(a, vigilId(2)))).toEqual(two);
      expect(value(log.vigil(b, vigilId(2)))).toBeUndefined();
      expect([0, 1, 2].map((place) => value(log.rung(a, vigilId(1), place)))).toEqual([bytes(256, 1), bytes(256, 2), undefined]);
      const lifted = { ...one, state: "lifted" as const, changed: base + 77, ends: base + 99 };
      write(moves(a, one, lifted));
      expect(value(log.vigils(a, 9))).toEqual([two, lifted]);
      expect(value(log.vigils(a, 1))).toEqual([two]);
      expect(value(log.rung(a, vigilId(1), 0))).toBeUndefined();
    });

    it("[VIG3] takes a vigil only where it is as it was read: else the batch throws, and nothing of it happened", () => {
      const one = vigil(1, [5, 9]);
      write(saved(a, 0), arms(a, one));
      const wrong: Write[] = [
        arms(a, one),
        moves(a, { ...one, turn: 2 }, {}),
        moves(a, { ...one, fired: 1 }, {}),
        moves(a, { ...one, state: "lifted" }, {}),
        moves(a, vigil(2, [3]), {}),
      ];
      for (const bad of wrong) {
        expect(() => log.write([...recordsOf(a, 1, 1), bad])).toThrow();
        expect([seqs(a), value(log.vigil(a, vigilId(1)))]).toEqual([[], one]);
      }
      write(...recordsOf(a, 1, 1));
    });

    it("[VIG4] names what is due, what is due first before, without what is settled, and the next rung of each", () => {
      const [one, two, three] = [vigil(1, [5, 9]), vigil(2, [3, 4]), vigil(3, [4], { moved: 20 })];
      write(saved(a, 0), saved(b, 0), arms(a, one), arms(b, two), arms(a, three));
      expect([dueAt(base + 2), dueAt(base + 4), dueAt(base + 5), dueAt(base + 24), dueAt(base + 24, 1)]).toEqual([
        [],
        ["b02"],
        ["b02", "a01"],
        ["b02", "a01", "a03"],
        ["b02"],
      ]);
      write(moves(b, two, { fired: 1 }));
      expect([dueAt(base + 3), dueAt(base + 5), value(log.rung(b, vigilId(2), 1))]).toEqual([[], ["b02", "a01"], bytes(256, 2)]);
      write(moves(b, { ...two, fired: 1 }, { fired: 2, state: "fired", ends: base + 99 }), moves(a, one, { state: "lifted", ends: base + 99 }));
      expect([0, 1].map((place) => value(log.rung(b, vigilId(2), place)))).toEqual([undefined, undefined]);
      expect(dueAt(base + 99)).toEqual(["a03"]);
    });

    it("[REC4] gives what vigils left and is kept, in order, some bytes at a time", () => {
      const left = (seq: number, side: 0 | 1): Write => ({ kind: "record", line: a, record: { ...record(seq), device: firedBy(side), n: seq, kind: "fired" } });
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 2), left(3, 1), ...recordsOf(a, 4, 5), left(6, 0), left(7, 1), ...recordsOf(b, 1, 2));
      const places = (after: number, most: number): number[] => value(log.fired(a, after, most)).map(({ seq }) => seq);
      const size = record(1).body.length;
      expect([places(0, 1e6), places(3, 1e6), places(0, size * 2), places(0, 1), value(log.fired(b, 0, 1e6))]).toEqual([[3, 6, 7], [6, 7], [3, 6], [3], []]);
      expect(value(log.fired(a, 6, 1e6))).toEqual([{ ...record(7), device: firedBy(1), n: 7, kind: "fired" }]);
      write({ kind: "trim", line: a, to: 3, keepAcks: [] });
      expect(places(0, 1e6)).toEqual([6, 7]);
    });

    it("[VIG4] a rung of a turn fires once, whatever else is wrong", () => {
      const one = vigil(1, [5, 9]);
      write(saved(a, 0), arms(a, one), moves(a, one, { fired: 1 }));
      // It would fire again: its mark taken back, also for a moment of the same write, an earlier turn brought back, or one that was settled.
      expect(() => log.write([moves(a, { ...one, fired: 1 }, { fired: 0 })])).toThrow();
      expect(() => log.write([moves(a, { ...one, fired: 1 }, { fired: 0 }), moves(a, one, { fired: 1 })])).toThrow();
      expect(value(log.vigil(a, vigilId(1)))?.fired).toBe(1);
      const next = { ...one, turn: 2, fired: 0 };
      write(moves(a, { ...one, fired: 1 }, next, bodiesOf(one)));
      expect(() => log.write([moves(a, next, { turn: 1 })])).toThrow();
      write(moves(a, next, { fired: 1 }));
      const two = vigil(2, [5]);
      write(arms(a, two), moves(a, two, { state: "lifted", ends: base }));
      expect(() => log.write([moves(a, { ...two, state: "lifted" }, { state: "armed", ends: null })])).toThrow();
      write(moves(a, { ...two, state: "lifted" }, { state: "lost", due: two.due + 9, ends: base }));
      expect(value(log.vigil(a, vigilId(1)))).toMatchObject({ turn: 2, fired: 1 });
    });

    it("[VIG3] a new turn has its own bodies and none of the one before; an envelope is replaced alone", () => {
      const one = vigil(1, [5, 9]);
      write(saved(a, 0), arms(a, one));
      write(moves(a, one, { refreshed: base }, [{ rung: 1, body: bytes(1024, 77) }]));
      expect([0, 1].map((place) => value(log.rung(a, vigilId(1), place)))).toEqual([bytes(256, 1), bytes(1024, 77)]);
      const next = vigil(1, [50], { turn: 2 });
      write({ kind: "vigil", line: a, was: { ...one, refreshed: base }, is: next, bodies: [{ rung: 0, body: bytes(256, 9) }] });
      expect([0, 1].map((place) => value(log.rung(a, vigilId(1), place)))).toEqual([bytes(256, 9), undefined]);
      expect(value(log.vigil(a, vigilId(1)))).toEqual(next);
    });

    it("[VIG13] counts the vigils of a side: those that wait, those that are known, and the bytes that wait", () => {
      const [one, two] = [vigil(1, [5, 9]), vigil(2, [5])];
      write(saved(a, 0), arms(a, one), arms(a, two), arms(a, vigil(3, [5], { side: 1 })), arms(b, vigil(4, [5])));
      expect(value(log.vigilUse(a, 0))).toEqual({ armed: 2, known: 2, bytes: 768 });
      write(moves(a, one, { fired: 1 }), moves(a, two, { state: "kept", ends: base }));
      expect([value(log.vigilUse(a, 0)), value(log.vigilUse(a, 1))]).toEqual([
        { armed: 1, known: 2, bytes: 256 },
        { armed: 1, known: 1, bytes: 256 },
      ]);
    });

    it("[VIG7] finds what a secret keeps, of whatever line", () => {
      write(
        saved(a, 0),
        saved(b, 0),
        arms(a, vigil(1, [5], { opens: base - 9, keeper: hashOf(9) })),
        arms(b, vigil(2, [5], { opens: base - 9, keeper: hashOf(9) })),
        arms(a, vigil(3, [5])),
      );
      expect(value(log.keptBy(hashOf(9))).map(({ line, id }) => [line, id])).toEqual([
        [a, vigilId(1)],
        [b, vigilId(2)],
      ]);
      expect(value(log.keptBy(hashOf(8)))).toEqual([]);
    });

    it("[VIG9] the relay's own vigil is due among the others, and its times are there after a crash", () => {
      expect(value(log.moments())).toEqual({ seen: undefined, canary: undefined, outages: [] });
      write(saved(a, 0), arms(a, vigil(1, [5])), { kind: "canary", at: base, next: base + 6 });
      expect([dueAt(base + 5), dueAt(base + 6)]).toEqual([["a01"], ["a01", "canary"]]);
      write({ kind: "canary", at: base + 6, next: base + 4 });
      expect(dueAt(base + 9)).toEqual(["canary", "a01"]);
      log = under.reopen();
      expect(value(log.moments())).toEqual({ seen: base + 6, canary: { at: base + 6, next: base + 4 }, outages: [] });
    });

    it("[LIFE2] an outage moves the windows that it touched, and is remembered", () => {
      const window = (fill: number, opens: number, due: number, over: Partial<Vigil> = {}): Vigil =>
        vigil(fill, [due, due + 50], { opens: base + opens, due: base + due, ...over });
      const touched = [window(1, 0, 100), window(2, 150, 400)];
      const others = [window(3, 300, 500), window(4, -100, 50), vigil(5, [100]), window(6, 0, 100, { state: "kept", ends: base })];
      write(saved(a, 0), ...[...touched, ...others].map((is) => arms(a, is)));
      write({ kind: "outage", outage: { from: base + 50, until: base + 300, settles: base + 420 }, from: base + 50 });
      // 50 of 100 were taken: due 50 after the recovery. 150 of 250: due 150 after it. Nothing, nothing, nothing, nothing.
      expect([1, 2, 3, 4, 5, 6].map((fill) => value(log.vigil(a, vigilId(fill)))?.moved)).toEqual([250, 50, 0, 0, 0, 0]);
      expect(dueAt(base + 450)).toEqual(["a04", "a05", "a01", "a02"]);
      expect(value(log.moments())).toMatchObject({ seen: base + 300, outages: [{ from: base + 50, until: base + 300, settles: base + 420 }] });
      // One more that began before the last had settled: only what it took itself.
      write({ kind: "outage", outage: { from: base + 50, until: base + 360, settles: base + 480 }, from: base + 330 });
      expect([1, 2, 3].map((fill) => value(log.vigil(a, vigilId(fill)))?.moved)).toEqual([280, 50, 0]);
      for (let i = 1; i <= 20; i++) write({ kind: "outage", outage: { from: i, until: i, settles: i }, from: i });
      log = under.reopen();
      expect(value(log.moments()).outages.map(({ from }) => from)).toEqual(Array.from({ length: 16 }, (_, i) => i + 5));
    });

    it("[VIG12] one that was set aside is not due, until all of them are tried again", () => {
      const one = vigil(1, [5]);
      write(saved(a, 0), arms(a, one), arms(a, vigil(2, [6])));
      write({ kind: "aside", place: placeOf(base + 5) });
      expect([dueAt(base + 9), log.asides(), value(log.vigil(a, vigilId(1)))?.aside]).toEqual([["a02"], 1, true]);
      log = under.reopen();
      expect(log.asides()).toBe(1);
      write({ kind: "again" });
      expect([dueAt(base + 9), log.asides(), value(log.vigil(a, vigilId(1)))]).toEqual([["a01", "a02"], 0, one]);
      write({ kind: "aside", place: placeOf(base + 5) });
      write(moves(a, { ...one, aside: true }, { aside: false, state: "lifted", ends: base }));
      expect(log.asides()).toBe(0);
    });

    it("[VIG9] forgets settled vigils whose time has come, some at a time", () => {
      for (const fill of [1, 2, 3]) {
        const is = vigil(fill, [5]);
        write(saved(a, 0), arms(a, is), moves(a, is, { state: "lifted", ends: base + fill }));
      }
      write(arms(a, vigil(4, [5])));
      write({ kind: "unvigil", now: base + 2, most: 1 });
      expect(value(log.vigils(a, 9)).length).toBe(3);
      write({ kind: "unvigil", now: base + 2, most: 9 });
      expect(value(log.vigils(a, 9)).map(({ id }) => id)).toEqual([vigilId(4), vigilId(3)]);
      write(arms(a, vigil(1, [5])));
    });

    it("[CLOSE1] wipes the vigils of a line, and of no other", () => {
      write(saved(a, 0), saved(b, 0), arms(a, vigil(1, [5])), arms(a, vigil(2, [6])), arms(b, vigil(1, [7])), { kind: "canary", at: base, next: base + 1 });
      write({ kind: "aside", place: (value(log.due(base + 5, 2))[1] as Extract<Due, { kind: "vigil" }>).place });
      write({ kind: "wipe", line: a }, saved(a, 0, 5));
      expect([dueAt(base + 9), value(log.vigils(a, 9)), value(log.rung(a, vigilId(1), 0)), log.asides()]).toEqual([["canary", "b01"], [], undefined, 0]);
      write({ kind: "forget", line: b });
      expect(dueAt(base + 9)).toEqual(["canary"]);
    });

    it("[LOG10] has vigils after a crash as the last write that returned left them, and after a full disk as they were", () => {
      const one = vigil(1, [5, 9]);
      write(saved(a, 0), arms(a, one), arms(a, vigil(2, [6])));
      write(...recordsOf(a, 1, 1), moves(a, one, { fired: 1 }));
      under.fill();
      expect(log.write([...recordsOf(a, 2, 400), moves(a, { ...one, fired: 1 }, { fired: 2, state: "fired", ends: base })]).ok).toBe(false);
      expect(value(log.vigil(a, vigilId(1)))).toMatchObject({ fired: 1, state: "armed" });
      log = under.reopen();
      expect(value(log.vigil(a, vigilId(1)))).toEqual({ ...one, fired: 1 });
      expect([seqs(a), dueAt(base + 9), value(log.rung(a, vigilId(1), 1))]).toEqual([[1], ["a02", "a01"], bytes(256, 2)]);
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
