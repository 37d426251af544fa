/** Those who judge the relay from outside, given a relay that does each of the things that it must not. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Sealed } from "../src/base/brand.ts";
import { genesisHead, nextHead, type LogRecord } from "../src/protocol/chain.ts";
import { sha256 } from "../src/protocol/keys.ts";
import { rungsHash, type Firing, type Receipt } from "../src/protocol/receipt.ts";
import { createLogBook, type LogBook, type Place } from "./log-book.ts";
import { bodyOf, createVigilLedger, type Settling, type Vigil, type VigilLedger } from "./vigil-ledger.ts";
import type { Wrong } from "./wrong.ts";

const wrongs: Wrong[] = [];
const kinds = (): readonly string[] => wrongs.map(({ kind }) => kind);
const wrong = (kind: Wrong["kind"], what: string): void => void wrongs.push({ kind, what });
beforeEach(() => void wrongs.splice(0));

const due = 10_000;
const id = new Uint8Array(16).fill(1);
const line = new Uint8Array(16);
const rungsAt = (turn: number, at: number) => [
  { kind: "late" as const, due: at, body: bodyOf(id, turn, 0, 0) },
  { kind: "envelope" as const, due: at + 100, body: bodyOf(id, turn, 1, 0) },
];

describe("what is judged of vigils", () => {
  let ledger: VigilLedger;
  let vigil: Vigil;
  let settlings: Settling[];
  beforeEach(() => {
    settlings = [];
    ledger = createVigilLedger("line", wrong, settlings);
    vigil = ledger.arm(id, { due, opens: null, rungs: rungsAt(1, due) });
  });

  const receipt = (over: Partial<Receipt> = {}): Receipt => {
    const { turn = 1 } = over;
    const rungs = vigil.turns[turn - 1]?.rungs ?? [];
    const hash = rungsHash(rungs.map(({ kind, due: at, body }) => ({ kind, due: at, hash: sha256(body) })));
    const base = { line, vigil: id, side: 0, turn, due: vigil.turns[turn - 1]?.due ?? 0, state: "armed", rungs: 2, fired: 0, next: 0, moved: 0 } as const;
    return { ...base, hash, now: 5000, canary: 0, incarnation: 0, ...over };
  };
  const firing = (rung: number, over: Partial<Firing> = {}): Firing => {
    const { turn = 1 } = over;
    const of = vigil.turns[turn - 1]?.rungs[rung];
    const at = of?.due ?? 0;
    const base = { line, vigil: id, turn, rung, kind: of?.kind ?? "late", due: at, moved: 0, now: at, down: undefined, incarnation: 0 } as const;
    return { ...base, body: of?.body ?? bodyOf(id, 9, 9, 9), ...over };
  };
  const fires = (...all: readonly Firing[]): void => all.forEach((one) => ledger.fired(one, one.now));
  const arms = (): void => ledger.answered({ is: "arm", vigil }, true, receipt());
  const ends = (over: Partial<Receipt> = {}): void => {
    ledger.heard(receipt({ state: "fired", fired: 2, ...over }));
    ledger.audit();
  };

  it("a relay that keeps its word is told nothing", () => {
    arms();
    ledger.renew(vigil, { due: due * 2, opens: null, rungs: rungsAt(2, due * 2) });
    fires(firing(0));
    ledger.answered({ is: "renew", vigil, turn: 1 }, true, receipt({ turn: 2, now: due + 50 }));
    ledger.refresh(vigil, 1, bodyOf(id, 2, 1, 1));
    fires(firing(0, { turn: 2 }), firing(1, { turn: 2, body: bodyOf(id, 2, 1, 1) }));
    ledger.answered({ is: "refresh", vigil, turn: 2 }, true, receipt({ turn: 2, state: "fired", fired: 2 }));
    ledger.answered({ is: "lift", vigil, turn: 2 }, false, receipt({ turn: 2, state: "fired", fired: 2 }));
    ledger.answered({ is: "look", vigil }, false, receipt({ turn: 2, state: "fired", fired: 2 }));
    ledger.audit();
    expect(wrongs).toEqual([]);
  });

  it.each<readonly [string, Wrong["kind"], () => void]>([
    ["an armed one that it does not know", "lost", () => ledger.answered({ is: "arm", vigil }, false, receipt())],
    [
      "a turn that it had",
      "lost",
      () => (ledger.renew(vigil, { due: 2, opens: null, rungs: [] }), ledger.heard(receipt({ turn: 2 })), ledger.heard(receipt())),
    ],
    ["a lift", "lost", () => (ledger.answered({ is: "lift", vigil, turn: 1 }, true, receipt({ state: "lifted" })), ledger.heard(receipt()))],
    ["its own word, shown to it", "lost", () => ledger.answered({ is: "look", vigil }, true, receipt())],
    ["what a window was moved by", "lost", () => (ledger.heard(receipt({ moved: 50 })), ledger.heard(receipt()))],
    ["the envelope", "lost", () => ledger.heard(receipt({ hash: new Uint8Array(32) }))],
    ["its memory of the line", "lost", () => (arms(), ledger.heard(receipt({ incarnation: 7 })))],
  ])("that it forgot %s", (_, kind, does) => {
    does();
    expect(kinds()).toContain(kind);
  });

  it.each<readonly [string, Wrong["kind"], () => void]>([
    ["before its due, by the clock of receipts", "early", () => fires(firing(0, { now: due - 1 }))],
    ["before its due, by this machine's clock", "early", () => ledger.fired(firing(0), due - 100)],
    ["before a window's later time", "early", () => fires(firing(0, { moved: 50, now: due + 49 }))],
    ["before it settled", "early", () => (settlings.push({ from: due - 10, until: due + 10 }), fires(firing(0)))],
    ["what was refused", "early", () => (ledger.expired({ is: "arm", vigil }), fires(firing(0)))],
    ["what nobody armed", "early", () => fires(firing(0, { vigil: new Uint8Array(16) }))],
    ["twice", "twice", () => fires(firing(0), firing(0))],
    ["out of order", "lost", () => fires(firing(1))],
    ["with another body", "lost", () => (arms(), fires(firing(0), firing(1, { body: bodyOf(id, 1, 1, 5) })), ends())],
    ["after it was lifted", "lost", () => (arms(), fires(firing(0)), ends({ state: "lifted", fired: 0 }))],
    ["all of it, though its secret counted", "lost", () => (arms(), ledger.kept(vigil), fires(firing(0), firing(1)), ends())],
  ])("that it fired %s", (_, kind, does) => {
    does();
    expect(kinds()).toContain(kind);
  });

  it("renewed and fired are one too many, by count and by time", () => {
    const renews = (now: number): void => {
      ledger.renew(vigil, { due: due * 2, opens: null, rungs: rungsAt(2, due * 2) });
      ledger.answered({ is: "renew", vigil, turn: 1 }, true, receipt({ turn: 2, now }));
      fires(firing(0, { turn: 2 }), firing(1, { turn: 2 }));
      ends({ turn: 2 });
    };
    arms();
    fires(firing(0), firing(1));
    renews(due + 500);
    expect(kinds()).toEqual(["lost"]);
    wrongs.splice(0);
    vigil = ledger.arm(id, { due, opens: null, rungs: rungsAt(1, due) });
    arms();
    fires(firing(0));
    renews(due - 1);
    expect(kinds()).toEqual(["lost"]);
  });

  it("what it says fired and is not in the log is lost; what is not settled long after its due, never", () => {
    arms();
    fires(firing(0));
    ends();
    expect(kinds()).toEqual(["lost"]);
    wrongs.splice(0);
    ledger.arm(new Uint8Array(16).fill(2), { due, opens: null, rungs: rungsAt(1, due) });
    ledger.audit();
    expect(kinds()).toContain("never");
  });
});

describe("what is judged of the log", () => {
  const head = genesisHead(line);
  const record = (seq: number, fill = seq): LogRecord => ({
    seq,
    at: 1,
    device: 0,
    n: seq,
    epoch: 1,
    kind: "entry",
    body: new Uint8Array(256).fill(fill) as Sealed,
  });
  let book: LogBook;
  beforeEach(() => void (book = createLogBook("line", wrong)));
  const read = (...records: readonly LogRecord[]): Place => records.reduce((from, one) => book.took(from, one), { seq: 0, head } as Place);
  const opened = (n: number, seq: number, at: Place, base = at) =>
    ({ type: "opened", n, baseSeq: base.seq, baseHead: base.head, seq, head: at.head }) as Parameters<LogBook["opened"]>[2];

  it("two devices that follow it, and acks in their places, are told nothing", () => {
    const end = read(record(1), record(2));
    book.acked(read(record(1)), { type: "acked", n: 2, seq: 2, at: 1, head: end.head }, record(2));
    book.opened(end, { acked: 2, known: 2 }, opened(2, 2, end));
    book.acked(end, { type: "acked", n: 2, seq: 2, at: 1, head: end.head }, record(2));
    expect(wrongs).toEqual([]);
  });

  it.each<readonly [string, () => void]>([
    ["another record at a place", () => (read(record(1)), read(record(1, 9)))],
    ["a record that is left out", () => read(record(1), record(3))],
    ["an ack with another head", () => book.acked({ seq: 0, head }, { type: "acked", n: 1, seq: 1, at: 1, head }, record(1))],
    ["an entry that was acknowledged", () => book.opened({ seq: 0, head }, { acked: 3, known: 0 }, opened(2, 0, { seq: 0, head }))],
    ["a record that was shown", () => book.opened({ seq: 0, head }, { acked: 0, known: 5 }, opened(0, 0, { seq: 0, head }))],
    [
      "what a device has not passed yet",
      () => book.opened({ seq: 0, head }, { acked: 0, known: 0 }, opened(0, 3, { seq: 3, head: nextHead(head, record(1)) })),
    ],
  ])("%s is lost", (_, does) => {
    does();
    expect(kinds()).toContain("lost");
  });

  it("a record that comes again comes twice", () => {
    read(record(1), record(1));
    expect(kinds()).toContain("twice");
  });
});
