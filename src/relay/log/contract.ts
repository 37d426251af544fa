/** What every Log must do, run by memory.test.ts and sqlite.test.ts. The port itself is ../core/log-port.ts. */
import { beforeEach, describe, expect, it } from "vitest";
import { asSealed } from "../../base/brand.ts";
import type { Log, Write } from "../core/log-port.ts";
import type { KeptRecord, LineId } from "../core/state.ts";

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
  kind: seq % 5 === 0 ? "change" : "entry",
  body: asSealed(bytes(256, seq % 256)),
  head: bytes(32, seq % 251),
  ...over,
});
const recordsOf = (line: LineId, from: number, to: number): Write[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ kind: "record", line, record: record(from + i) }));
const saved = (line: LineId, seq: number, fill = 1): Write => ({ kind: "line", line, seq, saved: bytes(40, fill) });
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

    it("replaces a knock of the same id, and forgets them together", () => {
      write(saved(a, 0), { kind: "knock", line: a, id: 1, body: bytes(20, 1) }, { kind: "knock", line: a, id: 2, body: bytes(20, 2) });
      write({ kind: "knock", line: a, id: 1, body: bytes(20, 3) });
      expect([...value(log.knocks(a))]).toEqual([
        [1, bytes(20, 3)],
        [2, bytes(20, 2)],
      ]);
      write({ kind: "unknock", line: a });
      expect(value(log.knocks(a)).size).toBe(0);
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
      write({ kind: "record", line: a, record: record(4) }, { kind: "wipe", line: a }, saved(a, 0, 5));
      expect(value(log.load(a))).toEqual({ saved: bytes(40, 5), tail: [] });
      expect(seqs(a)).toEqual([]);
      expect(value(log.welcome(a, 1))).toBeUndefined();
      expect(value(log.knocks(a)).size).toBe(0);
      expect(seqs(b)).toEqual([1, 2, 3]);
    });

    it("[CLOSE2] forgets a line with everything of it", () => {
      write(saved(a, 0), saved(b, 0), ...recordsOf(a, 1, 3));
      write({ kind: "forget", line: a });
      expect(value(log.load(a))).toBeUndefined();
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
