/** What both sides hold of promises (PROM1, PROM4, LIFE1), entry by entry. */
import { describe, expect, it } from "vitest";
import type { SenseContext, Who } from "../sense.ts";
import { bothKnow, fire, openLate, type FiredRung } from "./fired.ts";
import { promise, type PromiseEntry } from "./promise.ts";
import { openAtOnce, type Promised, type PromiseState } from "./promised.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = 1_800_000_000_000;
const idOf = (number: number): string => number.toString(16).padStart(32, "0");
const keyOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

const hear = (state: PromiseState, entry: PromiseEntry, from: Who = "other", at = now, device = "aa"): PromiseState =>
  promise.apply(state, { kind: "entry", entry, from, device, id: "1-1" }, { now: at } as SenseContext).state;
const hearAll = (entries: readonly PromiseEntry[], from: Who = "other", at = now): PromiseState =>
  entries.reduce((state, entry) => hear(state, entry, from, at), promise.initial);
const told = (state: PromiseState, entry: PromiseEntry, at = now): readonly unknown[] =>
  (promise.apply(state, { kind: "entry", entry, from: "other", device: "aa", id: "1-1" }, { now: at } as SenseContext).happened ?? []).map(({ what }) => what);

const terms = { grace: 0, release: 0, note: true, farewell: null } as const;
const key = (turn = 1, fill = 1, id = 1): PromiseEntry => ({ what: "key", id: idOf(id), turn, key: keyOf(fill), at: now });
const made = (over: object = {}): PromiseEntry => ({
  what: "made",
  id: idOf(1),
  words: "home by nine",
  by: now + hour,
  when: null,
  ...terms,
  at: now,
  ...over,
});
const extended = (turn: number, by: number, at = now): PromiseEntry => ({ what: "extended", id: idOf(1), turn, by, at });
const only = ({ list }: PromiseState): Promised => list[0] as Promised;
const rung = (over: Partial<FiredRung> = {}): FiredRung => ({
  id: idOf(1),
  turn: 1,
  kind: "late",
  now: now + hour,
  down: null,
  early: false,
  note: null,
  ordered: true,
  counts: true,
  endedByNew: false,
  ...over,
});

describe("A promise", () => {
  it("[PROM2] is refused where the last of it is later than a relay waits, and not only its deadline", () => {
    const make = (by: number, farewell: number | null): unknown =>
      promise.apply(
        promise.initial,
        { kind: "intent", intent: { what: "make", id: idOf(1), key: keyOf(1), words: "home", by, when: null, ...terms, release: day, farewell } },
        { now } as SenseContext,
      ).refused;
    expect([make(now + 389 * day, null), make(now + 389 * day, 2 * day), make(now + 370 * day, 2 * day), make(now + 389.5 * day, null)]).toEqual([
      undefined,
      "bad-time",
      undefined,
      "bad-time",
    ]);
  });

  it("[PROM1] of two devices that extend at once the first in the log did; a turn in between may be missing", () => {
    const state = hearAll([key(), made(), key(2, 2), extended(2, now + 2 * hour), extended(2, now + 3 * hour)]);
    expect([only(state).turn, only(state).by]).toEqual([2, now + 2 * hour]);
    const later = hear(hear(state, key(5, 5)), extended(5, now + 4 * hour));
    expect([only(later).turn, only(later).by, only(later).key]).toEqual([5, now + 4 * hour, keyOf(5)]);
    expect(only(hear(later, extended(4, now + 5 * hour))).by).toBe(now + 4 * hour);
  });

  it("[PROM6] of two devices that extend at once each says a key: the note is sealed with the one of the device whose word holds", () => {
    const both = hear(hear(hearAll([key(), made()]), key(2, 2), "other", now, "aa"), key(2, 3), "other", now, "bb");
    for (const [device, fill] of [
      ["aa", 2],
      ["bb", 3],
      ["cc", 3],
    ] as const) {
      const state = hear(both, extended(2, now + 2 * hour), "other", now, device);
      expect([device, only(state).key, state.keys]).toEqual([device, keyOf(fill), []]);
    }
  });

  it("[PROM6] the key of the device that extended counts, also where another's was taken for it; keys of what is overtaken or settled go", () => {
    const taken = hear(hear(hearAll([key(), made()]), key(2, 3), "other", now, "bb"), extended(2, now + 2 * hour), "other", now, "aa");
    expect(only(taken).key).toEqual(keyOf(3));
    expect(only(hear(taken, key(2, 2), "other", now, "aa")).key).toEqual(keyOf(2));
    expect(only(hear(taken, key(2, 4), "other", now, "cc")).key).toEqual(keyOf(3));
    const ahead = hear(hear(taken, key(3, 5), "other", now, "bb"), key(4, 6), "other", now, "cc");
    expect(hear(ahead, extended(4, now + 3 * hour), "other", now, "cc").keys).toEqual([]);
    expect(hear(ahead, { what: "kept", id: idOf(1), turn: 2, at: now }).keys).toEqual([]);
  });

  it("[PROM4] a word about a turn that is not heard of settles nothing", () => {
    const state = hearAll([key(), made()]);
    for (const what of ["kept", "withdrawn"] as const) expect(hear(state, { what, id: idOf(1), turn: 2, at: now })).toEqual(state);
  });

  it("[PROM1] asking within the hour is not heard, also by who says that it was earlier", () => {
    const asked = (at: number): PromiseEntry => ({ what: "asked", words: "when?", at });
    const state = hear(promise.initial, asked(now));
    expect(told(promise.initial, asked(now))).toEqual(["asked"]);
    for (const at of [now, now - 1, now - hour, now - day]) expect(told(state, asked(at))).toEqual([]);
    expect(told(state, asked(now + hour), now + hour)).toEqual(["asked"]);
  });

  it("[PROM6] a key that is said again is taken where it is missing, and nowhere else", () => {
    const without = hearAll([made()]);
    expect(only(without).key).toBeNull();
    expect(only(hear(without, key())).key).toEqual(keyOf(1));
    expect(only(hear(hearAll([key(), made()]), key(1, 9))).key).toEqual(keyOf(1));
    expect(only(hear(hear(without, { what: "kept", id: idOf(1), turn: 1, at: now }), key())).key).toBeNull();
    expect(only(hear(without, key(), "me")).key).toBeNull();
  });

  it("[PROM6] where the note was said again with what fired, the key is taken for the farewell that is to come", () => {
    const fired = (kind: "envelope" | "farewell", note: string): PromiseEntry => ({
      what: "fired",
      id: idOf(1),
      turn: 1,
      rung: kind,
      words: "home by nine",
      note,
      at: now + hour,
    });
    const opened = hearAll([made({ farewell: hour }), fired("envelope", "look in the blue box")]);
    expect(only(hear(opened, key())).key).toEqual(keyOf(1));
    // So where two devices of one person know of it, and one of them has the key.
    const keyed = hear(opened, key());
    for (const [one, two] of [
      [opened, keyed],
      [keyed, opened],
    ] as const)
      expect(only(bothKnow(one, two)).key).toEqual(keyOf(1));
    for (const over of [hear(opened, { what: "kept", id: idOf(1), turn: 1, at: now }), hear(opened, fired("farewell", "on the other side"))])
      expect(only(hear(over, key())).key).toBeNull();
  });

  it("[PROM4] what the relay let go counts, whatever word stands before it, and the same again changes nothing", () => {
    const kept = hear(hearAll([key(), made()]), { what: "kept", id: idOf(1), turn: 1, at: now });
    const late = fire(kept, rung());
    expect([only(late.state).lateAt, only(late.state).overruled, late.happened]).toEqual([now + hour, true, []]);
    const released = fire(late.state, rung({ kind: "envelope", note: "the blue box" }));
    expect([only(released.state).releasedAt, only(released.state).opened, released.happened.map(({ what }) => what)]).toEqual([
      now + hour,
      "the blue box",
      ["released"],
    ]);
    for (const again of [rung(), rung({ kind: "envelope" })]) expect(fire(released.state, again)).toEqual({ state: released.state, happened: [] });
  });

  it("[PROM4] what the relay lets go after it signed that it had been told means nothing, and that is said", () => {
    const kept = hear(hearAll([key(), made()]), { what: "kept", id: idOf(1), turn: 1, at: now });
    const { state, happened } = fire(kept, rung({ kind: "envelope", counts: false }));
    expect([only(state).releasedAt, only(state).spoke, happened.map(({ what }) => what)]).toEqual([null, "superseded", ["superseded"]]);
  });

  it("[PROM7] a rung of an earlier turn is overtaken, unless it fired before the turn that holds was said", () => {
    const state = hearAll([key(), made(), key(2, 2), extended(2, now + 5 * hour, now)]);
    expect(fire(state, rung()).happened.map(({ what }) => what)).toEqual(["superseded"]);
    expect(fire(state, rung({ ordered: false, now: now - minute })).happened).toEqual([]);
  });

  it("[PROM6] its key comes after it was released: then the note opens", () => {
    const { state } = fire(hearAll([made()]), rung({ kind: "envelope" }));
    const keyed = hear(state, key());
    expect([only(state).opened, only(keyed).key]).toEqual([null, keyOf(1)]);
    expect(only(openLate(keyed, idOf(1), "envelope", "the blue box"))).toMatchObject({ opened: "the blue box", key: null });
  });

  it("[PROM1] [DEV3] two devices of one person know together what either heard", () => {
    const one = hearAll([key(), made(), key(2, 2), extended(2, now + 2 * hour)]);
    const two = fire(
      hear(hearAll([made(), key(1, 7, 3), made({ id: idOf(3) })]), { what: "withdrawn", id: idOf(3), turn: 1, at: now }),
      rung({ id: idOf(3) }),
    ).state;
    const both = bothKnow(two, one);
    expect(both.list.map(({ id, turn, end, lateAt }) => [id, turn, end?.is, lateAt])).toEqual([
      [idOf(1), 2, undefined, null],
      [idOf(3), 1, "withdrawn", now + hour],
    ]);
    expect(
      bothKnow(one, two)
        .list.map(({ id }) => id)
        .toSorted(),
    ).toEqual([idOf(1), idOf(3)]);
  });
});

describe("A sign of life", () => {
  const life = (id = 100): PromiseEntry => ({ what: "life", id: idOf(id), words: "all is well", zone: "UTC", from: 480, to: 660, ...terms, at: now });
  const off = (id = 100): PromiseEntry => ({ what: "life-off", id: idOf(id), at: now });
  const window = (id: number, opens: number, fill = 1) => ({ id: idOf(id), opens, due: opens + hour, key: keyOf(fill) });
  const windows = (items: readonly (ReturnType<typeof window> & { readonly said?: number })[], at = now, of = 100): PromiseEntry => ({
    what: "windows",
    life: idOf(of),
    items: [...items],
    at,
  });
  const standing = ({ list }: PromiseState): readonly unknown[] =>
    list.map(({ id, end }) => [Number.parseInt(id, 16), end?.is ?? "open", end?.replaced ?? false]);

  it("[BOUND3] the other cannot have mine forgotten by beginning and ending hundreds", () => {
    let state = hear(promise.initial, life(), "me");
    for (let id = 200; id < 500; id++) state = hear(hear(state, life(id)), off(id));
    expect(state.lives.filter(({ owner, offAt }) => owner === "me" && offAt === null).length).toBe(1);
    expect(state.lives.length).toBeLessThan(20);
  });

  it("[LIFE1] a window that is said for the same time takes the place of one that has not begun, and what fires of that means nothing", () => {
    const first = hearAll([life(), windows([window(1, now + hour), window(2, now + day)])]);
    const second = hear(first, windows([window(11, now + hour), window(12, now + day)]));
    expect(standing(second)).toEqual([
      [1, "withdrawn", true],
      [2, "withdrawn", true],
      [11, "open", false],
      [12, "open", false],
    ]);
    expect(fire(second, rung({ id: idOf(1), kind: "envelope" }))).toEqual({ state: second, happened: [] });
    const begun = hear(first, windows([window(21, now + hour)], now + hour), "other", now + hour);
    expect(standing(begun)).toEqual([
      [1, "open", false],
      [2, "open", false],
    ]);
    const kept = hear(hear(first, { what: "kept", id: idOf(1), turn: 1, at: now }), windows([window(31, now + hour)]));
    expect(standing(kept)).toEqual([
      [1, "kept", false],
      [2, "open", false],
    ]);
  });

  it("[LIFE1] a second one takes the place of the first, with its windows", () => {
    const state = hear(hearAll([life(), windows([window(1, now + hour)])]), life(101));
    expect([state.lives.map(({ offAt }) => offAt), standing(state)]).toEqual([[now, null], [[1, "withdrawn", true]]]);
  });

  it("[LIFE1] [PROM2] ended by a device that forgets it, it goes on for both: what is watched over on one side is known on the other", () => {
    const said = [window(1, now + hour), window(2, now + day)];
    const ended = hear(hearAll([life(), windows(said)]), off());
    const later = windows([...said, window(3, now + 2 * day)], now + minute);
    const again = hear(ended, later, "other", now + minute);
    expect([again.lives.map(({ offAt }) => offAt), standing(again)]).toEqual([
      [null],
      [
        [1, "open", false],
        [2, "open", false],
        [3, "open", false],
      ],
    ]);
    expect(told(ended, later, now + minute)).toEqual(["life"]);
    // A device that came back by the words says new ones: they too are watched over.
    const anew = hear(ended, windows([window(4, now + 3 * day)], now + minute), "other", now + minute);
    expect([anew.lives.map(({ offAt }) => offAt), standing(anew)]).toEqual([
      [null],
      [
        [1, "withdrawn", false],
        [2, "withdrawn", false],
        [4, "open", false],
      ],
    ]);
    // Said before its end, and come after it, it stays ended; so where another one began since.
    expect(hear(ended, windows(said), "other", now + minute)).toEqual(ended);
    const second = hear(ended, life(101));
    expect(hear(second, later, "other", now + minute)).toEqual(second);
    expect(hear(ended, later, "me", now + minute)).toEqual(ended);
  });

  it("[LIFE1] said again once it has begun, a window takes the place of one that was said before it, and of none that was said after it", () => {
    const [first, second] = [window(1, now + hour), window(2, now + hour)];
    const missed = hearAll([life(), windows([first])]);
    const later = now + hour + minute;
    const again = (state: PromiseState, one: typeof first, said: number): unknown => standing(hear(state, windows([{ ...one, said }], later), "other", later));
    expect(again(missed, second, now + minute)).toEqual([
      [1, "withdrawn", true],
      [2, "open", false],
    ]);
    const both = hear(missed, windows([second], now + minute), "other", now + minute);
    expect(again(both, window(3, now + hour), now)).toEqual(standing(both));
    // One that was first said when the other had begun is no other's.
    expect(again(missed, second, later)).toEqual(standing(missed));
  });

  it("[LIFE1] a press that another device's end of it came before counts, and no window that was kept comes back with it", () => {
    const said = [window(1, now - minute), window(2, now + day)];
    const ended = hear(hearAll([life(), windows(said, now - hour)]), off());
    const pressed: PromiseEntry = { what: "kept", id: idOf(1), turn: 1, at: now + minute };
    expect(told(ended, pressed, now + minute)).toEqual(["kept"]);
    const kept = hear(ended, pressed, "other", now + minute);
    const again = hear(kept, windows(said, now + 2 * minute), "other", now + 2 * minute);
    expect([standing(kept), standing(again)]).toEqual([
      [
        [1, "kept", false],
        [2, "withdrawn", false],
      ],
      [
        [1, "kept", false],
        [2, "open", false],
      ],
    ]);
    expect(told(kept, { ...pressed, what: "withdrawn" })).toEqual([]);
  });

  it("[LIFE1] a window that says itself that it was kept is kept, told once, takes no room, and brings no end back", () => {
    const open = Array.from({ length: openAtOnce }, (_, at) => window(at + 1, now + (at + 1) * 2 * hour));
    const full = hearAll([life(), ...[0, 14, 28].map((at) => windows(open.slice(at, at + 14)))]);
    const kept = windows([{ ...window(99, now + hour), kept: now - hour } as ReturnType<typeof window>]);
    const after = hear(full, kept);
    expect(after.list.find(({ id }) => id === idOf(99))).toMatchObject({ key: null, end: { is: "kept", at: now - hour } });
    expect(after.list.filter(({ end }) => end === null).length).toBe(openAtOnce);
    expect(hear(after, { what: "kept", id: idOf(99), turn: 1, at: now - hour })).toEqual(after);
    expect([told(full, kept), told(after, kept)]).toEqual([["kept"], []]);
    const ended = hear(hearAll([life(), windows([window(99, now + hour)])]), off());
    expect(hear(ended, { ...kept, at: now + minute } as PromiseEntry, "other", now + minute)).toEqual(ended);
  });

  it("[LIFE1] a window that says itself that it was kept takes the place of none that is watched over", () => {
    const running = hearAll([life(), windows([window(1, now - minute)], now - hour)]);
    expect(hear(running, windows([{ ...window(2, now - minute), kept: now } as ReturnType<typeof window>], now - hour))).toEqual(running);
  });

  it("[LIFE1] windows that were missed and have no note take no room from those to come", () => {
    let state = hearAll([{ ...life(), note: false } as PromiseEntry]);
    for (let at = 0; at < 60; at++) {
      state = hear(state, windows([window(at + 1, now + (at + 1) * day)], now + at * day), "other", now + at * day);
      state = fire(state, rung({ id: idOf(at + 1), now: now + (at + 1) * day + hour })).state;
    }
    const next = hear(
      state,
      windows(
        Array.from({ length: 14 }, (_, at) => window(500 + at, now + (71 + at) * day)),
        now + 70 * day,
      ),
      "other",
      now + 70 * day,
    );
    expect(next.list.filter(({ lateAt }) => lateAt === null).length).toBe(14);
  });
});
