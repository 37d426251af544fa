/** What waits of promises that are not known here yet: bounded, and each side's by itself. */
import { describe, expect, it } from "vitest";
import { asSealed, type Millis } from "../base/brand.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { firedBy } from "../protocol/chain.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { publicKey, sign } from "../protocol/keys.ts";
import { writeFiring, type Firing } from "../protocol/receipt.ts";
import { bytes, context, head, now, state } from "./bond.testing.ts";
import { sealRung } from "./envelope.ts";
import { applyFired, applyWaiting, waitsToo } from "./firings.ts";
import { applyHeld } from "./records.ts";
import { applyEntry } from "./senses.ts";
import type { LogItem, State } from "./state.ts";

const relay = new Secret(bytes(32, 77));
const minute = 60_000;
const idOf = (number: number): string => number.toString(16).padStart(32, "0");
/** The line is Ada's: what she armed is of its first side. */
const sides = { me: 0, other: 1 } as const;

const left = (side: 0 | 1, number: number, over: Partial<Firing> = {}): LogItem => {
  const firing: Firing = {
    line: state().line,
    vigil: fromHex(idOf(number)) as Uint8Array,
    turn: 1,
    rung: 0,
    kind: "late",
    due: now,
    moved: 0,
    now,
    down: undefined,
    incarnation: 0,
    body: asSealed(bytes(256, 1)),
    ...over,
  };
  const body = writeFiring(firing, (label, message) => sign(relay, label, message));
  return { seq: 11, device: firedBy(side), n: 11, epoch: 3, kind: "fired", body, at: now, head };
};
const begun = state({ relayKey: publicKey(relay), outbox: [] });
const hear = (before: State, item: LogItem): State => applyFired(before, item, context)[0];
const say = (before: State, from: "me" | "other", number: number, filler = ""): State =>
  waitsToo(
    before,
    { kind: "promise", body: { what: "kept", id: idOf(number), turn: 1, at: now, filler } },
    { from, author: "aa", id: `${from}-${number}` },
    false,
    context,
  ) ?? before;
const countOf = ({ firings }: State, who: "me" | "other"): number => firings.filter((one) => ("body" in one ? one.owner : one.from) === who).length;

describe("What waits for its promise", () => {
  it.each([
    ["me", "other"],
    ["other", "me"],
  ] as const)("[BOUND3] what is of %s is pushed out by nothing that the other side has the relay leave, or says", (mine, theirs) => {
    let all = begun;
    for (let number = 1; number <= 170; number++) all = say(hear(all, left(sides[theirs], number)), theirs, 1000 + number);
    const crowded = countOf(all, theirs);
    expect(crowded).toBeLessThan(250);
    for (let number = 1; number <= 10; number++) all = say(hear(all, left(sides[mine], 5000 + number)), mine, 6000 + number);
    expect([countOf(all, theirs), countOf(all, mine)]).toEqual([crowded, 20]);
  });

  it("[BOUND3] takes no more room than a side's promises with their notes do, in words and in what the relay left", () => {
    let all = begun;
    for (let number = 1; number <= 40; number++)
      all = say(hear(all, left(1, number, { body: asSealed(bytes(65_536, 1)) })), "other", number, "x".repeat(60_000));
    const sizes = all.firings.map((one) => ("body" in one ? one.body.length : encodeCbor(one.said.body).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1.3 * 1024 * 1024);
    // As many as a side can have open, each with its whole ladder and the longest note.
    let mine = begun;
    for (let number = 1; number <= 160; number++) mine = hear(mine, left(0, number, { body: asSealed(bytes(number % 4 === 0 ? 16_384 : 1024, 1)) }));
    expect(mine.firings.length).toBe(160);
  });

  it("[PROM1] [BOUND3] a vigil of the other's under the id of what I promise says nothing of that", () => {
    const made = { what: "made", id: idOf(7), words: "home by nine", by: now + minute, when: null, grace: 0, release: 0, note: false, farewell: null, at: now };
    const late = (side: 0 | 1): Millis | null | undefined => {
      const waits = hear(begun, left(side, 7, { due: now + minute, now: now + minute }));
      const [known] = applyEntry(waits, { kind: "promise", body: made }, "me", "aa", "0-4", context) || [waits];
      return applyWaiting(known, { ...context, wall: now + 10 * minute, monotonic: 10 * minute }).senses.promise.list[0]?.lateAt;
    };
    expect([late(0), late(1)]).toEqual([now + minute, null]);
  });
});

describe("A word that is said again", () => {
  it("[PROM1] stays that of the device that said it first: what one in its first day said settles nothing by another's saying it again", () => {
    const made = { what: "made", id: idOf(7), words: "home by nine", by: now + minute, when: null, grace: 0, release: 0, note: false, farewell: null, at: now };
    const heard = (before: State, id: string, n: number, body: Cbor, sayer = 0): State => {
      const author = state().members[sayer]?.key ?? bytes(32, 0);
      return applyHeld(before, { seq: n, device: sayer, n, from: "me", author, said: { kind: "again", body: { id, kind: "promise", body } } }, context)[0];
    };
    const kept = heard(heard(begun, "0-4", 20, made), "1-5", 21, { what: "kept", id: idOf(7), turn: 1, at: now });
    expect(kept.senses.promise.list[0]?.end).toMatchObject({ is: "kept", by: toHex(state().members[1]?.key ?? bytes(32, 0)) });
    // Where it waits for its promise too.
    const early = heard(heard(begun, "1-5", 20, { what: "kept", id: idOf(7), turn: 1, at: now }), "0-4", 21, made);
    expect(applyWaiting(early, context).senses.promise.list[0]?.end).toEqual(kept.senses.promise.list[0]?.end);
  });
});

describe("A word about a turn that is not heard of yet", () => {
  const at = (time: Millis) => ({ ...context, wall: time, monotonic: time - now });
  let places = 100;
  /** By a device of the line: 0 and 1 are mine. */
  const hears = (before: State, device: number, body: object, time = now): State => {
    const [from, author] = [device < 2 ? "me" : "other", state().members[device]?.key ?? bytes(32, 0)] as const;
    const seq = places++;
    return applyHeld(before, { seq, device, n: seq, from, author, said: { kind: "promise", body: body as Cbor }, at: time }, at(time))[0];
  };
  const id = idOf(7);
  const due = now + 30 * minute;
  const made = { what: "made", id, words: "home by nine", by: due, when: null, grace: 0, release: 0, note: false, farewell: null, at: now };
  const promised = (device: number): State => hears(hears(begun, device, { what: "key", id, turn: 1, key: bytes(32, 1), at: now }), device, made);
  const kept = (turn: number, time: Millis) => ({ what: "kept", id, turn, at: time });
  const told = ({ happened }: State): readonly unknown[] => happened.map((one) => one["what"]);
  const fires = (before: State, side: 0 | 1, kind: "remind" | "late", time: Millis): State =>
    applyWaiting(applyFired({ ...before, happened: [] }, left(side, 7, { kind, due: time, now: time }), at(time))[0], at(time + 10 * minute));

  it("[BOUND3] [PROM3] of the other's, about what I promise, holds back neither its reminder nor that I extend it", () => {
    const said = hears(promised(0), 2, kept(99, now + 14 * minute), now + 14 * minute);
    expect(told(fires(said, 0, "remind", now + 15 * minute))).toEqual(["remind"]);
    const keyed = hears(said, 0, { what: "key", id, turn: 2, key: bytes(32, 2), at: now + 16 * minute }, now + 16 * minute);
    const extended = hears(keyed, 0, { what: "extended", id, turn: 2, by: due + minute, at: now + 16 * minute }, now + 16 * minute);
    expect(extended.senses.promise.list).toMatchObject([{ turn: 2, by: due + minute, end: null }]);
  });

  it("[PROM3] begun anew under the same due, it is late by what the relay had before that, and its note opens with the key of then", () => {
    const noted = { ...made, note: true };
    const before = hears(hears(begun, 2, { what: "key", id, turn: 1, key: bytes(32, 1), at: now }), 2, noted);
    const keyed = hears(before, 2, { what: "key", id, turn: 2, key: bytes(32, 2), at: now }, now + minute);
    const anew = hears(keyed, 2, { what: "extended", id, turn: 2, by: due, at: now + minute }, now + minute);
    expect(told({ ...anew, happened: anew.happened.slice(before.happened.length) })).toEqual([]);
    const late = fires(anew, 1, "late", due);
    expect([told(late), late.senses.promise.list[0]?.lateAt, late.senses.promise.keys.map(({ turn }) => turn)]).toEqual([["late"], due, [1]]);
    const rungs = { line: state().line, vigil: id, turn: 1, kind: "envelope", due } as const;
    const body = sealRung(rungs, "look in the blue box", bytes(32, 1), new Secret(bytes(32, 50)), (length) => bytes(length, 9));
    const mine = { ...late, members: late.members.map((one) => (one.index === 2 ? { ...one, key: publicKey(new Secret(bytes(32, 50))) } : one)), happened: [] };
    const open = applyWaiting(applyFired(mine, left(1, 7, { kind: "envelope", rung: 1, due, now: due, body }), at(due))[0], at(due + 10 * minute));
    expect([told(open), open.senses.promise.list[0]?.opened]).toEqual([["released"], "look in the blue box"]);
    // Extended to another time, what the relay had before means nothing.
    const other = hears(keyed, 2, { what: "extended", id, turn: 2, by: due + minute, at: now + minute }, now + minute);
    expect(told(fires(other, 1, "late", due))).toEqual(["superseded"]);
  });

  it("[PROM4] silences nothing: what the relay lets go meanwhile is late, and told", () => {
    const late = fires(hears(promised(2), 3, kept(2, due - minute), due - minute), 1, "late", due);
    expect([told(late), late.senses.promise.list[0]?.end]).toEqual([["late"], null]);
  });

  it("[PROM4] settles it once that is heard of, and not before", () => {
    const said = hears(promised(2), 2, kept(2, due - minute), due - minute);
    const later = applyWaiting(said, at(due + 10 * minute));
    expect(later.senses.promise.list[0]?.end).toBeNull();
    const extended = hears(later, 2, { what: "extended", id, turn: 2, by: due + 60 * minute, at: due - 2 * minute }, due + 11 * minute);
    expect(applyWaiting(extended, at(due + 11 * minute)).senses.promise.list[0]).toMatchObject({ turn: 2, end: { is: "kept", at: due - minute } });
  });
});
