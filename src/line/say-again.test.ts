import { describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { Secret } from "../base/secret.ts";
import { manifestOf, type Manifest, type Row } from "./archive.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import { keptKey } from "./entry.ts";
import { preparePromise, tendPromises } from "./promises.ts";
import { applyHeld } from "./records.ts";
import { nothing } from "./senses.ts";
import { askAgain, hearMissed, sayAgain, sayKeys } from "./say-again.ts";
import { unsettled, type Life, type Promised } from "../senses/promise/promised.ts";
import type { HeldEntry, State } from "./state.ts";
import { step } from "./step.ts";

const thought = (text: string): Cbor => ({ text, at: now });
/** One entry by the device with this index, at the next place. */
const heard = (before: State, device: number, n: number, kind: string, body: Cbor): State => {
  const { key, mine } = before.members[device] ?? { key: bytes(32, 0), mine: false };
  const entry: HeldEntry = { seq: before.seq + 1, device, n, from: mine ? "me" : "other", author: key, said: { kind, body } };
  return { ...applyHeld(before, entry, context)[0], seq: before.seq + 1 };
};
const again = (id: string, text: string, kind = "thought"): Cbor => ({ id, kind, body: thought(text) });
const keptIds = ({ unsaved }: State): readonly string[] => unsaved.put.map(([, value]) => /\d+-\d+/.exec(Buffer.from(value).toString("latin1"))?.[0] ?? "");
const row = (seq: number, id: string, from: "me" | "other"): Row => [keptKey(seq), encodeCbor({ id, seq, from, kind: "thought", at: now, body: thought(id) })];
const saidAgain = ({ outbox }: State): readonly unknown[] =>
  outbox.flatMap(({ content }) => (content.is === "entry" && content.said.kind === "again" ? [(content.said.body as { id: string }).id] : []));

describe("What is said again", () => {
  it("[BOUND1] [MOON1] what an older version kept without knowing it, and is not for keeping, is not said again", () => {
    const body = { zone: "Europe/Vienna", place: { lat: 48, lon: 16 }, at: now };
    const kept: Row = [keptKey(3), encodeCbor({ id: "0-1", seq: 3, from: "me", kind: "hour", at: now, body })];
    expect(saidAgain(sayAgain(state(), [kept, row(4, "0-2", "me")]))).toEqual(["0-2"]);
  });

  it("[RESYNC3] keeps its first id and its author, and is kept where it was missed", () => {
    const after = heard(state(), 2, 90, "again", again("2-7", "missed"));
    expect(keptIds(after)).toEqual(["2-7"]);
    expect(after.refused).toBe(0);
  });

  it("[RESYNC3] is kept once, whether it came first as it was said or again", () => {
    const first = heard(state(), 2, 7, "thought", thought("once"));
    expect(keptIds(heard(first, 2, 90, "again", again("2-7", "once")))).toEqual(["2-7"]);
    const second = heard(state(), 2, 90, "again", again("2-7", "once"));
    expect(keptIds(heard(second, 3, 4, "again", again("2-7", "once")))).toEqual(["2-7"]);
  });

  it("[RESYNC3] counts by a device of its author's side alone", () => {
    expect(keptIds(heard(state(), 3, 4, "again", again("2-7", "the other's older device said it")))).toEqual(["2-7"]);
    for (const [device, id] of [
      [2, "0-7"],
      [2, "1-7"],
      [1, "3-7"],
      [2, "9-7"],
    ] as const) {
      const after = heard(state(), device, 90, "again", again(id, "in another's name"));
      expect([keptIds(after), after.refused]).toEqual([[], 1]);
    }
  });

  it.each(["bond", "own", "missed", "again"])("[RESYNC3] `%s` cannot be said again, nor what has no id", (kind) => {
    for (const body of [
      again("2-7", "x", kind),
      { kind: "thought", body: thought("no id") },
      { id: "2", kind: "thought", body: thought("half an id") },
      "again",
    ]) {
      const after = heard(state(), 2, 90, "again", body);
      expect([keptIds(after), after.refused]).toEqual([[], 1]);
    }
  });
});

describe("What was missed", () => {
  const at = (device: number) => ({ device, at: 20 });

  it("[RESYNC2] a device is heard once, and the furthest back of all is said again", () => {
    const once = hearMissed(state(), { after: 6 }, at(2));
    expect(once.sayAgain).toBe(7);
    expect(hearMissed(once, { after: 1 }, at(2))).toBe(once);
    expect(hearMissed(once, { after: 3 }, at(3)).sayAgain).toBe(4);
    expect(hearMissed(once, { after: 8 }, at(3)).sayAgain).toBe(7);
    // The group was made anew: everyone is heard again.
    expect(hearMissed({ ...once, sayAgain: null, missedBy: [] }, { after: 1 }, at(2)).sayAgain).toBe(2);
  });

  it("[RESYNC2] what is no place is passed over, and so is this device's own question", () => {
    const before = state();
    for (const body of [{ after: -1 }, { after: 1.5 }, {}, "all", null]) expect(hearMissed(before, body, at(2))).toBe(before);
    expect(hearMissed(before, { after: 1 }, at(0)).sayAgain).toBeNull();
  });

  it("[RESYNC2] everyone says again what their side said, on whichever of its devices, and nothing of the other's", () => {
    const rows = [row(1, "0-1", "me"), row(2, "1-1", "me"), row(3, "2-1", "other"), row(4, "0-2", "me")];
    const before = state({ outbox: [] });
    expect(saidAgain(sayAgain(before, rows))).toEqual(["0-1", "1-1", "0-2"]);
    expect(sayAgain(before, rows).sayAgain).toBeNull();
  });

  it("[RESYNC2] the last 200 at most", () => {
    const rows = Array.from({ length: 250 }, (_, i) => row(i + 1, `0-${i + 1}`, "me"));
    const said = saidAgain(sayAgain(state({ outbox: [] }), rows));
    expect([said.length, said[0], said.at(-1)]).toEqual([200, "0-51", "0-250"]);
  });

  it("[RESYNC2] [PROM3] and what was promised and is still to come, however much was said since", () => {
    const idOf = (id: number): string => `${id}`.repeat(32);
    const promised = (id: string, over: object = {}) => ({ ...unsettled, id, owner: "me", by: now + 1, ...over }) as unknown as Promised;
    const list = [promised(idOf(1)), promised(idOf(2), { end: { is: "kept", at: now, by: "" } }), promised(idOf(3), { owner: "other" })];
    const life = (id: string, offAt: number | null) => ({ id, owner: "me", offAt }) as unknown as Life;
    const promise = { ...state().senses.promise, list, lives: [life(idOf(4), null), life(idOf(5), now)] };
    const before: State = { ...state(), senses: { ...state().senses, promise } };
    const words = Array.from({ length: 300 }, (_, at) => row(20 + at, `0-${at + 10}`, "me"));
    const made = [1, 2, 3, 4, 5].map((at): Row => {
      const body = { what: "kept", id: idOf(at), turn: 1, at: now };
      return [keptKey(at), encodeCbor({ id: `0-${at}`, seq: at, from: "me", kind: "promise", at: now, body })];
    });
    expect(saidAgain(sayAgain(before, [...made, ...words]))).toEqual(["0-1", "0-4", ...words.slice(-200).map((_, at) => `0-${at + 110}`)]);
  });

  it("[RESYNC2] [PROM3] what waits for its farewell is still to come, and how it began is said again however often it was extended", () => {
    const id = "1".repeat(32);
    const released = { ...unsettled, id, owner: "me", by: now, farewell: 1000, releasedAt: now } as unknown as Promised;
    const before: State = { ...state(), senses: { ...state().senses, promise: { ...state().senses.promise, list: [released] } } };
    const terms = { words: "home", when: null, grace: 0, release: 0, note: true, farewell: 1000 };
    const bodies: Cbor[] = [{ what: "made", id, by: now, ...terms, at: now }];
    for (let turn = 2; turn < 302; turn++) bodies.push({ what: "extended", id, turn, by: now, at: now });
    const rows = bodies.map((body, at): Row => [keptKey(at + 1), encodeCbor({ id: `0-${at + 1}`, seq: at + 1, from: "me", kind: "promise", at: now, body })]);
    const words = Array.from({ length: 200 }, (_, at) => row(400 + at, `0-${at + 400}`, "me"));
    const said = saidAgain(sayAgain(before, [...rows, ...words]));
    expect([said.length, said[0], said[1]]).toEqual([401, "0-1", "0-102"]);
  });

  it.each([
    ["kept in time", {}, null, [now - 1000]],
    ["late before that", { lateAt: now - 2000 }, null, [undefined]],
    ["kept by a device in its first day", {}, now + 1000, [undefined]],
    ["kept the day before", { end: { is: "kept", at: now - 24 * 60 * 60_000, by: toHex(bytes(32, 1)) } }, null, []],
  ] as const)("[LIFE1] a window that was %s says so only where nothing of it fires", (_, over, newUntil, kept) => {
    const [me] = state().members;
    const by = toHex(me?.key ?? bytes(32, 0));
    const window = { ...unsettled, id: "1".repeat(32), owner: "me", life: "2".repeat(32), opens: now - 5000, by: now + 5000, key: null };
    const list = [{ ...window, end: { is: "kept", at: now - 1000, by }, ...over } as unknown as Promised];
    const members = state().members.map((member, at) => (at === 0 ? { ...member, newUntil } : member));
    const before: State = { ...state({ outbox: [] }), members, senses: { ...state().senses, promise: { ...state().senses.promise, list } } };
    const said = sayKeys(before, context).outbox.flatMap(({ content }) =>
      content.is === "entry" && content.said.kind === "promise" ? [content.said.body as { items: { kept?: number }[] }] : [],
    );
    expect(said.flatMap(({ items }) => items.map((item) => item.kept))).toEqual(kept);
  });

  it("[RESYNC1] a backup that mending broke off holds back nothing that is to be fetched", () => {
    const broken = (held: State["held"]): unknown =>
      step({ ...state(), held, job: { is: "archive", done: 0, total: 0 } }, { is: "archived", archived: null }, context)[0].jobAt;
    expect([broken({ after: 0, entries: [] }), broken(null)]).toEqual([0, now + 30_000]);
  });

  it("[RESYNC2] [PROM6] and the key of what is still on its way, where the key itself was missed", () => {
    const keys = (["me", "other"] as const).map((from, at) => ({ id: `${at}`.repeat(32), turn: 1, key: bytes(32, at), from }));
    const before: State = { ...state({ outbox: [] }), senses: { ...state().senses, promise: { ...state().senses.promise, keys } } };
    const said = sayKeys(before, context).outbox.flatMap(({ content }) =>
      content.is === "entry" && content.said.kind === "promise" ? [content.said.body] : [],
    );
    expect(said).toMatchObject([{ what: "key", id: "0".repeat(32), turn: 1, key: bytes(32, 0) }]);
  });

  it("[PROM1] an extension that waits for what fired before it is counted: the next one begins a turn of its own", () => {
    const id = "1".repeat(32);
    const list = [{ ...unsettled, id, owner: "me", by: now + 1 } as unknown as Promised];
    const said = { kind: "promise", body: { what: "extended", id, turn: 2, by: now + 2, at: now } };
    const waiting = (from: "me" | "other") => ({ vigil: id, since: now, said, from, author: "", id: "0-9" }) as const;
    const turnAfter = (firings: State["firings"]): unknown => {
      const before: State = { ...state({ outbox: [] }), firings, senses: { ...state().senses, promise: { ...state().senses.promise, list } } };
      const prepared = preparePromise(before, { what: "extend", id, by: now + 3 }, context);
      return "intent" in prepared && prepared.intent.what === "extend" && prepared.intent.turn;
    };
    expect([turnAfter([]), turnAfter([waiting("me")]), turnAfter([waiting("other")])]).toEqual([2, 3, 2]);
  });

  it("[LIFE1] an earlier sign of life that is said again after a later one began is over, and one that is said anew takes its place", () => {
    const body = (at: number): Cbor => {
      const terms = { zone: "UTC", from: 480, to: 660, grace: 0, release: 0, note: false, farewell: null };
      return { what: "life", id: `${now - at}`.padStart(32, "0"), words: "all is well", ...terms, at };
    };
    const first = heard(state(), 2, 7, "promise", body(now - 1000));
    const sinceOf = ({ senses }: State): readonly unknown[] => senses.promise.lives.map(({ since, offAt }) => [since, offAt]);
    const earlier = { id: "2-3", kind: "promise", body: body(now - 2000) };
    expect(sinceOf(heard(first, 2, 90, "again", earlier))).toEqual([[now - 1000, null]]);
    expect(sinceOf(heard(first, 2, 8, "promise", body(now - 2000)))).toEqual([
      [now - 1000, now - 2000],
      [now - 2000, null],
    ]);
  });

  it("[RESYNC2] what came while a device waited for an archive whose writer had only looked at that part of the log is not lost", () => {
    const own = { key: new Secret(bytes(32, 60)), gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const entry = (seq: number, device: number, n: number, text: string): HeldEntry => {
      const { key, mine } = state().members[device] as State["members"][number];
      return { seq, device, n, from: mine ? "me" : "other", author: key, said: { kind: "thought", body: thought(text) } };
    };
    const entries = [entry(11, 1, 5, "mine"), entry(12, 2, 6, "known"), entry(13, 2, 7, "theirs"), entry(21, 2, 8, "after it")];
    const before = state({ own, outbox: [], seq: 21, held: { after: 10, entries } });
    const manifest = { ...manifestOf(state({ own })), seq: 20, recent: ["2-6"], segments: [] } as unknown as Manifest;
    const fetched = { id: bytes(16, 1), manifest, own, rows: [], later: [], twice: [], known: [] };
    const [after] = step(before, { is: "fetched", fetched }, context);
    expect([keptIds(after), saidAgain(after), after.missedFrom]).toEqual([["2-8"], ["1-5"], 12]);
  });

  it("[RESYNC2] is missed until the log has the question, so that a backup that is made meanwhile says it too", () => {
    const before = state({ missedFrom: 5, outbox: [], inbox: [], link: { is: "open", current: true } as unknown as State["link"] });
    const asked = askAgain(askAgain(before));
    expect([asked.missedFrom, asked.outbox.map(({ content }) => content.is === "entry" && content.said)]).toEqual([
      5,
      [{ kind: "missed", body: { after: 5 } }],
    ]);
    const heard = hearMissed({ ...asked, outbox: [] }, { after: 5 }, { device: 0, at: now });
    expect([heard.missedFrom, heard.missedAsked]).toEqual([null, { after: 5, at: now }]);
    // A relay that lost records: its place came to lie before the first one.
    const before0 = { ...before, missedFrom: -4 };
    expect(askAgain(before0).outbox.map(({ content }) => content.is === "entry" && content.said.body)).toEqual([{ after: 0 }]);
    expect(hearMissed(before0, { after: 0 }, { device: 0, at: now }).missedFrom).toBeNull();
    // Missed anew, and from further back, while the question was on its way: that is asked too.
    expect(hearMissed({ ...asked, missedFrom: 3 }, { after: 5 }, { device: 0, at: now }).missedFrom).toBe(3);
  });

  it("[LIFE1] what waits here to be said of a sign of life that another device ended is not said any more", () => {
    const life = (id: string, offAt: number | null) => ({ id, owner: "me", offAt }) as unknown as Life;
    const said = (of: string, sealed: unknown) => ({ n: 1, content: { is: "entry", said: { kind: "promise", body: { what: "windows", life: of } } }, sealed });
    const outbox = [said("ended", null), said("running", null), said("ended", { body: bytes(3, 1) })] as unknown as State["outbox"];
    const lives = [life("ended", now - 1), life("running", null)];
    const before: State = { ...state({ outbox }), senses: { ...state().senses, promise: { ...state().senses.promise, lives } } };
    const kinds = tendPromises(before, context).outbox.map(({ content }) => content.is === "entry" && content.said.kind);
    // What has its bytes already may be there.
    expect(kinds).toEqual([nothing.kind, "promise", "promise"]);
  });
});
