/**
 * Promise (PROM1-7): something that I said I would do, until a time or when something happens, and on wish a sealed note that opens
 * for the other if I do not. What both say and settle is here; what the relay keeps watch over is in line/vigils.ts.
 *
 * Invariants:
 * - Only its owner makes, extends, keeps or withdraws a promise; what the other says of it moves nothing.
 * - Each due is a turn with a key of its own. The key goes with an overtaken turn, once it was used, and when the relay confirmed that a
 *   kept or withdrawn one will not fire.
 * - Kept or released: the relay decides, and what it let go stands in the log, so both sides answer the same (PROM4).
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { bytes, text, uint } from "../../protocol/schema.ts";
import type { Sense, SenseStep, Who } from "../sense.ts";
import { cleanText, isReadable } from "../text.ts";
import { fire, openLate } from "./fired.ts";
import { hearLife, intendLife, windowsNow } from "./life.ts";
import {
  awaitsFarewell,
  farthestDue,
  initial,
  isOpen,
  lacksKey,
  ladderOf,
  noteCap,
  openAtOnce,
  promiseCap,
  replace,
  takeKey,
  tell,
  unsettled,
  waitingCount,
  withList,
  type Promised,
  type PromiseState,
} from "./promised.ts";
import { windowsAtOnce } from "./windows.ts";

const minute: Millis = 60_000;
const day: Millis = 24 * 60 * minute;
/** What is said may be due no later than the last day that every calendar can show. */
const lastDay: Millis = 253_402_300_799_999;
export const graceAtMost: Millis = 7 * day;

const idSchema = v.pipe(text(32, 32), v.regex(/^[0-9a-f]{32}$/));
const keySchema = bytes(32);
const turnSchema = v.pipe(uint(0xffff_ffff), v.minValue(1));
const ladderSchema = { grace: uint(graceAtMost), release: uint(graceAtMost), note: v.boolean(), farewell: v.nullable(uint(30 * day)) };

const madeSchema = v.object({
  what: v.literal("made"),
  id: idSchema,
  words: text(promiseCap, 1),
  by: v.nullable(uint(lastDay)),
  when: v.nullable(text(promiseCap, 1)),
  ...ladderSchema,
  at: uint(),
});
/**
 * Among what is kept: written here when a rung fired. Its owner's devices say it again to one that missed it (say-again.ts), and never first:
 * that it fired is the relay's word.
 */
const firedSchema = v.object({
  what: v.literal("fired"),
  id: idSchema,
  turn: turnSchema,
  rung: v.picklist(["late", "envelope", "farewell"]),
  words: text(promiseCap, 1),
  note: v.nullable(text(noteCap)),
  at: uint(),
});

const entrySchema = v.variant("what", [
  madeSchema,
  firedSchema,
  /** The key that opens the envelope of a turn. Said before the promise or its new due, and not kept. */
  v.object({ what: v.literal("key"), id: idSchema, turn: turnSchema, key: keySchema, at: uint() }),
  v.object({ what: v.literal("extended"), id: idSchema, turn: turnSchema, by: uint(lastDay), at: uint() }),
  v.object({ what: v.literal("kept"), id: idSchema, turn: turnSchema, at: uint() }),
  v.object({ what: v.literal("withdrawn"), id: idSchema, turn: turnSchema, at: uint() }),
  /** A sign of life (LIFE1): every day between two minutes of the day in its owner's zone. `off`: no more of it. */
  v.object({
    what: v.literal("life"),
    id: idSchema,
    words: text(promiseCap, 1),
    zone: text(48, 1),
    from: uint(1439),
    to: uint(1439),
    ...ladderSchema,
    at: uint(),
  }),
  v.object({ what: v.literal("life-off"), id: idSchema, at: uint() }),
  /**
   * Its next windows, each a promise of its own with the key of its due; not kept. Of one that is said again, `said`: when it first was; `kept`:
   * when it was kept.
   */
  v.object({
    what: v.literal("windows"),
    life: idSchema,
    items: v.pipe(
      v.array(v.object({ id: idSchema, opens: uint(lastDay), due: uint(lastDay), key: keySchema, said: v.optional(uint()), kept: v.optional(uint()) })),
      v.minLength(1),
      v.maxLength(windowsAtOnce),
    ),
    at: uint(),
  }),
  v.object({ what: v.literal("asked"), words: v.nullable(text(promiseCap, 1)), at: uint() }),
]);
export type PromiseEntry = v.InferOutput<typeof entrySchema>;
type Made = v.InferOutput<typeof madeSchema>;

const intentSchema = v.variant("what", [
  v.object({
    what: v.literal("make"),
    id: idSchema,
    key: keySchema,
    words: v.string(),
    by: v.nullable(uint()),
    when: v.nullable(v.string()),
    ...ladderSchema,
  }),
  v.object({ what: v.literal("extend"), id: v.string(), turn: turnSchema, by: uint(), key: keySchema }),
  v.object({ what: v.literal("keep"), id: v.string() }),
  v.object({ what: v.literal("withdraw"), id: v.string() }),
  v.object({ what: v.literal("ask"), words: v.nullable(v.string()) }),
  v.object({ what: v.literal("live"), id: idSchema, words: v.string(), zone: v.string(), from: uint(1439), to: uint(1439), ...ladderSchema }),
  v.object({ what: v.literal("live-off"), id: v.string() }),
  v.object({ what: v.literal("windows"), life: v.string(), items: v.array(v.object({ id: idSchema, opens: uint(), due: uint(), key: keySchema })) }),
  /** "Today: yes", for the window that is open. */
  v.object({ what: v.literal("sign") }),
  /** What was released, or what the other asked for (null), was seen: on this device, and nobody is told. */
  v.object({ what: v.literal("lay-aside"), id: v.nullable(v.string()) }),
]);
export type PromiseIntent = v.InferOutput<typeof intentSchema>;

/** Asking twice within an hour is damped (PROM1). */
export const askEvery: Millis = 60 * minute;

export const promise: Sense<PromiseState, PromiseEntry, never, PromiseIntent> = {
  name: "promise",
  // It is made by an act, both see it, and a pause lets it through (BOUND4).
  grant: "none",
  initial,
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: (entry) => entry.what !== "key" && entry.what !== "windows" && entry.what !== "asked",

  apply(state, input, { now }) {
    switch (input.kind) {
      case "entry":
        return hear(state, input.entry, input.from, input.device, input.isNew === true, now);
      case "intent":
        return intend(state, input.intent, now);
      case "tick":
        return { state, wakeAt: nextDue(state, now) };
      case "live":
      case "resumed":
        return { state };
    }
  },
};

type Step = SenseStep<PromiseState, PromiseEntry, never>;

/** Both look again when something of a promise is due. */
const nextDue = ({ list }: PromiseState, now: Millis): Millis | undefined => {
  const times = list
    .filter(isOpen)
    .flatMap((one) => [...(one.by === null ? [] : [one.by]), ...(one.opens === null ? [] : [one.opens]), ...ladderOf(one).map(({ due }) => due)]);
  const coming = times.filter((time) => time > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
};

const hear = (state: PromiseState, entry: PromiseEntry, from: Who, by: string, isNew: boolean, now: Millis): Step => {
  const at = Math.min(entry.at, now);
  if (entry.what === "asked") {
    const last = state.asked[from];
    // Who asks again within the hour, or says that it was earlier, is not heard again, and is told nothing of that.
    if (last !== null && at - last < askEvery && last <= now) return { state };
    const words = entry.words === null ? null : cleanText(entry.words);
    const question = from === "other" ? { words, at } : (state.question ?? null);
    return { state: { ...state, asked: { ...state.asked, [from]: at }, question }, happened: [tell("asked", from, at, { words })] };
  }
  if (entry.what === "life" || entry.what === "life-off" || entry.what === "windows") return hearLife(state, entry, from, by, isNew, now);
  const known = state.list.find(({ id }) => id === entry.id);
  if (entry.what === "fired") {
    if (!known || known.owner !== from || known.turn !== entry.turn) return { state };
    const again = fire(state, { ...entry, kind: entry.rung, now: entry.at, down: null, early: false, ordered: false, counts: true, endedByNew: false });
    return entry.note === null || entry.rung === "late" ? again : { ...again, state: openLate(again.state, entry.id, entry.rung, entry.note) };
  }
  if (entry.what === "key") {
    if (known && known.owner !== from) return { state };
    // Said again, for whoever took the line up anew and missed it.
    if (known?.turn === entry.turn && (known.key === null || (known.othersKey && by === known.turnBy)) && lacksKey(known))
      return { state: replace(state, { ...known, key: entry.key, othersKey: by !== known.turnBy }) };
    // Of a promise that is not there yet, or of a turn that is to begin.
    if (known && entry.turn <= known.turn) return { state };
    const others = state.keys.filter((one) => one.id !== entry.id || one.from !== from || one.by !== by);
    const mine = others.filter((one) => one.from === from).slice(-(openAtOnce - 1));
    const ahead = { id: entry.id, turn: entry.turn, key: entry.key, from, by };
    return { state: { ...state, keys: [...others.filter((one) => one.from !== from), ...mine, ahead] } };
  }
  if (entry.what === "made") return known ? { state } : make(state, entry, from, by, at);
  if (!known || known.owner !== from) return { state };
  switch (entry.what) {
    case "extended": {
      // Of two devices that extend at once, the first in the log did. A turn that is in between was lost with the device that said it.
      const isSame = entry.by === known.by;
      if (!(isOpen(known) || (isSame && awaitsFarewell(known))) || known.by === null || entry.turn <= known.turn) return { state };
      const { keys, taken } = takeKey(state, entry.id, entry.turn, from, by);
      const begun = { ...known, turn: entry.turn, turnAt: at, turnBy: by, by: entry.by, ...taken, spoke: null };
      // Begun anew under the same due, it is as late as it was, and nobody is told. What the relay had may still fire, under the key that it had.
      const before = known.key === null ? [] : [{ id: known.id, turn: known.turn, key: known.key, from, by: known.turnBy }];
      if (isSame) return { state: replace({ ...state, keys: [...keys, ...before] }, begun) };
      const happened = [tell("extended", from, at, { id: known.id, words: known.words, by: entry.by })];
      return { state: replace({ ...state, keys }, { ...begun, lateAt: null, down: null }), happened };
    }
    case "kept":
    case "withdrawn": {
      // Whatever was extended meanwhile: it is about the promise. A press counts also where the sign of life was ended by another device.
      const wasEndedWithLife = known.life !== null && known.end?.is === "withdrawn" && !known.end.replaced;
      if (entry.turn > known.turn || (known.end !== null && !(entry.what === "kept" && wasEndedWithLife))) return { state };
      // Who ended it may be a device that settles at the relay, where the one that says this is new.
      const next: Promised = { ...known, end: { is: entry.what, at, by: known.end?.by ?? by } };
      const keys = state.keys.filter((one) => one.id !== known.id || one.from !== from);
      return { state: replace({ ...state, keys }, next), happened: [tell(entry.what, from, at, { id: known.id, words: known.words })] };
    }
  }
};

const make = (state: PromiseState, entry: Made, from: Who, turnBy: string, at: Millis): Step => {
  const words = cleanText(entry.words);
  const when = entry.when === null ? null : cleanText(entry.when);
  if (!isReadable(words) || (entry.by === null) === (when === null)) return { state };
  if (waitingCount(state, from) >= openAtOnce) return { state };
  const { keys, taken } = takeKey(state, entry.id, 1, from, turnBy);
  const { id, by, grace, release, note, farewell } = entry;
  const made: Promised = {
    ...unsettled,
    id,
    owner: from,
    words,
    by,
    when,
    opens: null,
    life: null,
    grace,
    release,
    note,
    farewell,
    madeAt: at,
    turnAt: at,
    turnBy,
    ...taken,
  };
  const question = from === "me" ? null : (state.question ?? null);
  return { state: withList({ ...state, keys, question }, [...state.list, made]), happened: [tell("made", from, at, { id, words, by, when })] };
};

/** Still to come, and with the last of its ladder no later than the relay waits. */
const isDueInTime = (by: Millis, { grace, release, note, farewell }: Pick<Promised, "grace" | "release" | "note" | "farewell">, now: Millis): boolean =>
  by > now && by + grace + (note ? release + (farewell ?? 0) : 0) <= now + farthestDue;

const intend = (state: PromiseState, intent: PromiseIntent, now: Millis): Step => {
  if (intent.what === "ask") {
    const words = intent.words === null ? null : cleanText(intent.words);
    if (words !== null && !isReadable(words)) return { state, refused: "empty" };
    if (words !== null && !v.is(text(promiseCap), words)) return { state, refused: "too-long" };
    if (state.asked.me !== null && now - state.asked.me < askEvery && state.asked.me <= now) return { state, refused: "too-often" };
    return { state, say: [{ what: "asked", words, at: now }] };
  }
  if (intent.what === "lay-aside") {
    if (intent.id === null) return { state: { ...state, question: null } };
    return { state: { ...state, list: state.list.map((one) => (one.id === intent.id ? { ...one, aside: true } : one)) } };
  }
  if (intent.what === "make") {
    const { id, key, by, grace, release, note, farewell } = intent;
    const words = cleanText(intent.words);
    const when = intent.when === null ? null : cleanText(intent.when);
    if (!isReadable(words) || (when !== null && !isReadable(when))) return { state, refused: "empty" };
    if (!v.is(text(promiseCap), words) || (when !== null && !v.is(text(promiseCap), when))) return { state, refused: "too-long" };
    if ((by === null) === (when === null) || (by !== null && !isDueInTime(by, { grace, release, note, farewell }, now))) return { state, refused: "bad-time" };
    if (waitingCount(state, "me") >= openAtOnce) return { state, refused: "too-often" };
    const made: PromiseEntry = { what: "made", id, words, by, when, grace, release, note, farewell, at: now };
    return { state, say: by === null ? [made] : [{ what: "key", id, turn: 1, key, at: now }, made] };
  }
  if (intent.what === "live" || intent.what === "live-off" || intent.what === "windows") return intendLife(state, intent, now);
  if (intent.what === "sign") {
    const windows = windowsNow(state, now);
    return windows.length === 0 ? { state, refused: "no-window" } : { state, say: windows.map(({ id, turn }) => ({ what: "kept", id, turn, at: now })) };
  }
  const known = state.list.find(({ id }) => id === intent.id);
  if (known?.owner !== "me") return { state, refused: "no-such-promise" };
  if (!isOpen(known) && !(awaitsFarewell(known) && intent.what !== "extend")) return { state, refused: "settled" };
  const { id, turn } = known;
  switch (intent.what) {
    case "keep":
      return { state, say: [{ what: "kept", id, turn, at: now }] };
    case "withdraw":
      return { state, say: [{ what: "withdrawn", id, turn, at: now }] };
    case "extend":
      if (known.by === null || !isDueInTime(intent.by, known, now)) return { state, refused: "bad-time" };
      return {
        state,
        say: [
          { what: "key", id, turn: intent.turn, key: intent.key, at: now },
          { what: "extended", id, turn: intent.turn, by: intent.by, at: now },
        ],
      };
  }
};
