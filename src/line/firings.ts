/**
 * What rungs leave in the log (PROM3, PROM6, PROM7): read, opened where it is time, and kept. Pure.
 *
 * Invariants:
 * - What the relay let go, it let go: a rung of the turn that holds counts, also where the word that it was kept stands before it in the
 *   log. The relay had not heard of that, and it decides (PROM4).
 * - Each is applied at its place in the log. Where that place was only looked at (the line was taken up again), or its promise is not
 *   known yet, it waits, and is applied once: what it comes to is the same.
 * - Nothing is opened before its time, by the ladder that its owner said and by this device's own clock.
 */
import * as v from "valibot";
import type { Millis, Sealed } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { encodeCbor } from "../protocol/cbor.ts";
import { sideOfFired } from "../protocol/chain.ts";
import { readFiring, type Firing } from "../protocol/receipt.ts";
import { fire, openLate } from "../senses/promise/fired.ts";
import { promise as promiseSense, type PromiseEntry } from "../senses/promise/promise.ts";
import { lacksKey, ladderOf, openAtOnce, type Promised } from "../senses/promise/promised.ts";
import type { Who } from "../senses/sense.ts";
import { openRung } from "./envelope.ts";
import { unarchived } from "./own-entries.ts";
import { keptKey, placeOf, type EntryBody } from "./entry.ts";
import type { Context, Step } from "./event.ts";
import { clockSlack, guardOf, ownTimes, wasNew } from "./guards.ts";
import { applyEntry } from "./senses.ts";
import type { HeldEntry, LogItem, State } from "./state.ts";
import { lineNow } from "./time.ts";

/**
 * A rung that fired, and waits: for its promise, for what stood before it in the log to be said again, or, where it came early, for its time.
 * What is asked about it again and again is read from its body once.
 */
export interface WaitingRung {
  readonly body: Sealed;
  readonly vigil: string;
  /** Whose vigil it was, as the relay says. */
  readonly owner: Who;
  readonly turn: number;
  readonly firedAt: Millis;
  /** Where it is kept; null where that place is taken. */
  readonly place: number | null;
  /** Line time. */
  readonly since: Millis;
  /** It came early, and is opened then, by this device's clock. */
  readonly until?: Millis;
  /** It counts already, and its key has not come here yet. */
  readonly closed?: true;
}

/**
 * A word about a promise, or a sign of life, that is not known here yet; or behind a rung in the log, that the promise was extended: it was,
 * unless the rung let its note go. `vigil`: what it is about.
 */
interface WaitingWord {
  readonly vigil: string;
  readonly since: Millis;
  readonly said: EntryBody;
  readonly from: Who;
  readonly author: string;
  readonly id: string;
  /** That device was in its first day. */
  readonly isNew?: true;
}

/** In the order of the log. */
export type Waiting = WaitingRung | WaitingWord;
const isRung = (one: Waiting): one is WaitingRung => "body" in one;

export const waitingOf = (relayKey: Uint8Array, line: Uint8Array, body: Sealed, owner: Who, place: number | null, since: Millis): readonly WaitingRung[] => {
  const firing = readFiring(relayKey, line, body);
  return firing ? [{ body, vigil: toHex(firing.vigil), owner, turn: firing.turn, firedAt: firing.now, place, since }] : [];
};

/** Of each side: the rungs of all that it can have open, with notes as long as they come; and more words than anyone says of what is never known. */
const rungsKept = { count: 4 * openAtOnce, bytes: 1024 * 1024 } as const;
const wordsKept = { count: 48, bytes: 256 * 1024 } as const;
/** By then its owner's devices have said again what they said before it: that it was extended, or kept. */
const saidAgainWithin: Millis = 2 * 60_000;
/** As long as the relay remembers a vigil. */
const waitingFor: Millis = 31 * 24 * 60 * 60_000;

/** The relay's sides are counted from who made the line. */
export const ownerOf = (state: State, side: 0 | 1): Who => (side === mySide(state) ? "me" : "other");

export const mySide = ({ members }: State): 0 | 1 => ((members.find(({ index }) => index === 0)?.mine ?? true) ? 0 : 1);

/** How many kept things are known by id; more than anyone says again (say-again.ts). */
export const recentKept = 512;

const read = (state: State, body: Uint8Array): Firing | undefined => (state.relayKey ? readFiring(state.relayKey, state.line, body) : undefined);

/** In its place in the log. */
export const applyFired = (state: State, item: LogItem, context: Context): Step => {
  const side = sideOfFired(item.device);
  if (side === undefined || !read(state, item.body)) return [{ ...state, refused: state.refused + 1 }, []];
  const place = placeOf(state, item.seq);
  // What stands before it waits, and so does it.
  if (!state.held) return [applyAt(state, ownerOf(state, side), item.body, place, context), []];
  const entry: HeldEntry = {
    seq: place,
    device: item.device,
    n: item.n,
    from: ownerOf(state, side),
    author: new Uint8Array(),
    said: { kind: "fired", body: item.body },
    at: item.at,
  };
  return [{ ...state, held: { ...state.held, entries: [...state.held.entries, entry] } }, []];
};

/** One that was held back with what stood before it. */
export const applyHeldFiring = (state: State, { from, said, seq }: HeldEntry, context: Context): State =>
  applyAt(state, from, said.body as Sealed, seq, context);

const applyAt = (state: State, owner: Who, body: Sealed, place: number, context: Context): State => {
  const firing = read(state, body);
  if (!firing) return state;
  const since = lineNow(state, context);
  const one: WaitingRung = { body, vigil: toHex(firing.vigil), owner, turn: firing.turn, firedAt: firing.now, place, since };
  const known = promiseOf(state, one);
  if (known && known.owner !== owner) return { ...state, refused: state.refused + 1 };
  // Of a promise, or of a turn, that its owner's devices may say again; so where this device knows that it missed something, and behind one that waits.
  const misses = state.missedFrom !== null || (state.missedAsked !== null && Math.abs(since - state.missedAsked.at) < saidAgainWithin);
  if (!known || known.turn < firing.turn || misses || isBehind(state.firings, one.vigil)) return waits(state, [one]);
  const [applied, stays] = apply(state, known, firing, one, true, context);
  return waits(applied, stays ? [stays] : []);
};

/**
 * Behind rungs alone: no word, whoever's it is, holds back what the relay let go or what its owner's device extended; and an extension waits for
 * the rungs of the turns before its own alone, for those of its own wait for it.
 */
const isBehind = (all: readonly Waiting[], vigil: string, turn = Infinity): boolean =>
  all.some((one) => one.vigil === vigil && isRung(one) && !one.closed && one.turn < turn);

/** A word that has to wait; `again`: it is said again, so that its place in the log is another one. */
export const waitsToo = (
  state: State,
  said: EntryBody,
  by: Pick<WaitingWord, "from" | "author" | "id" | "isNew">,
  again: boolean,
  context: Context,
): State | undefined => {
  const parsed = said.kind === "promise" ? v.safeParse(promiseSense.entry, said.body) : undefined;
  if (!parsed?.success) return undefined;
  const { output } = parsed;
  const { what } = output;
  if (what === "made" || what === "key" || what === "life" || what === "asked") return undefined;
  const vigil = what === "windows" ? output.life : output.id;
  const waitsForRung = what === "extended" && !again && isBehind(state.firings, vigil, output.turn);
  return waitsForRung || !isKnown(state, vigil) || isOfLaterTurn(state, output, by.from)
    ? waits(state, [{ vigil, since: lineNow(state, context), said, ...by }])
    : undefined;
};

/** By an extension; what else is said waits for every rung before it. */
const turnBegun = ({ said: { body } }: WaitingWord): number => {
  const { what, turn } = body as { readonly what: string; readonly turn?: number };
  return what === "extended" && turn !== undefined ? turn : Infinity;
};

const isKnown = ({ senses: { promise } }: State, id: string): boolean =>
  promise.list.some((one) => one.id === id) || promise.lives.some((one) => one.id === id);

/** Extended before, and that is not said again yet: settled now, it would be open again by then. */
const isOfLaterTurn = ({ senses: { promise } }: State, said: PromiseEntry, from: Who): boolean =>
  (said.what === "kept" || said.what === "withdrawn" || said.what === "fired") &&
  promise.list.some((one) => one.id === said.id && one.owner === from && one.end === null && one.turn < said.turn);

const promiseOf = (state: State, { vigil }: WaitingRung): Promised | undefined => state.senses.promise.list.find(({ id }) => id === vigil);

/** What the log has of a stretch that was only looked at (resync.ts). */
export const waits = (state: State, more: readonly Waiting[]): State =>
  more.length === 0 ? state : { ...state, firings: atMost([...state.firings, ...more]), unsaved: { ...state.unsaved, dirty: true } };

/** What comes later than that is not kept: of either kind and of each side, so that nobody's pushes out what concerns the other's promises (BOUND3). */
const atMost = (all: readonly Waiting[]): readonly Waiting[] => {
  const used = new Map<string, { count: number; bytes: number }>();
  return all.filter((one) => {
    const [of, most, size] = isRung(one) ? [one.owner, rungsKept, one.body.length] : [one.from, wordsKept, encodeCbor(one.said.body).length];
    const before = used.get(`${of} ${isRung(one)}`) ?? { count: 0, bytes: 0 };
    const after = { count: before.count + 1, bytes: before.bytes + size };
    if (after.count > most.count || after.bytes > most.bytes) return false;
    used.set(`${of} ${isRung(one)}`, after);
    return true;
  });
};

/** What waits on two devices of one person, together. */
export const bothWait = (one: readonly Waiting[], two: readonly Waiting[]): readonly Waiting[] => {
  const isSame = (a: Waiting, b: Waiting): boolean => (isRung(a) && isRung(b) ? equalBytes(a.body, b.body) : !isRung(a) && !isRung(b) && a.id === b.id);
  return atMost([...one, ...two.filter((b) => !one.some((a) => isSame(a, b)))]);
};

/** What waited, and need not any more. */
export const applyWaiting = (before: State, context: Context): State => {
  // Not reached yet, by a device that came back with the words.
  if (before.firings.length === 0 || !before.relayKey) return before;
  let state = before;
  const left: Waiting[] = [];
  for (const one of before.firings) {
    if (isBehind(left, one.vigil, isRung(one) ? Infinity : turnBegun(one)) || (isRung(one) ? stillWaits(state, one, context) : wordWaits(state, one, context)))
      left.push(one);
    else if (!isRung(one)) state = applyWord(state, one, context);
    else {
      const [applied, stays] = applyRung(state, one, context);
      state = applied;
      if (stays) left.push(stays);
    }
  }
  return left.length === before.firings.length && left.every((one, at) => one === before.firings[at])
    ? state
    : { ...state, firings: left, unsaved: { ...state.unsaved, dirty: true } };
};

/** What my own devices said, and waits here. */
export const wordsOfMine = ({ firings }: State): readonly PromiseEntry[] =>
  firings.flatMap((one) => (isRung(one) || one.from !== "me" ? [] : [one.said.body as unknown as PromiseEntry]));

const wordWaits = (state: State, { vigil, said, from, since }: WaitingWord, context: Context): boolean => {
  const parsed = v.safeParse(promiseSense.entry, said.body);
  const isEarly = !isKnown(state, vigil) || (parsed.success && isOfLaterTurn(state, parsed.output, from));
  return isEarly && lineNow(state, context) - since < waitingFor;
};

const applyWord = (state: State, { said, from, author, id, isNew }: WaitingWord, context: Context): State => {
  const applied = applyEntry(state, said, from, author, id, context, isNew);
  return applied ? applied[0] : state;
};

const applyRung = (state: State, one: WaitingRung, context: Context): readonly [State, WaitingRung?] => {
  const known = promiseOf(state, one);
  const firing = known?.owner === one.owner ? read(state, one.body) : undefined;
  // A vigil of the other's says nothing of what I promised, whatever its id.
  if (!known || !firing) return [state];
  if (one.closed) return [openClosed(state, known, firing, one, context)];
  // What came early is opened if the promise still stands as it was.
  const stands = one.until === undefined || (known.end === null && holdsFor(known, firing));
  return stands ? apply(state, known, firing, one, false, context) : [state];
};

const stillWaits = (state: State, one: WaitingRung, context: Context): boolean => {
  const now = lineNow(state, context);
  const known = promiseOf(state, one);
  if (now - one.firedAt >= waitingFor) return false;
  if (!known || one.turn > known.turn) return true;
  if (one.closed) return known.key === null && known.turn === one.turn && lacksKey(known);
  if (one.until !== undefined) return Math.max(...ownTimes(state, known.id, context)) < one.until;
  return Math.abs(now - one.since) < saidAgainWithin;
};

/** With what of it still waits. */
const apply = (state: State, known: Promised, firing: Firing, one: WaitingRung, ordered: boolean, context: Context): readonly [State, WaitingRung?] => {
  const until = holdsFor(known, firing) && one.until === undefined ? earlyUntil(state, known, firing, context) : null;
  const settled = settle(state, known, firing, one.place, { early: until !== null, ordered }, context);
  // Its word is kept, and opened when it is time by this device's own clock.
  if (until !== null) return known.end === null ? [settled, { ...one, until }] : [settled];
  const after = promiseOf(settled, one);
  return after && after !== known && after.turn === firing.turn && isClosed(after, firing) ? [settled, { ...one, closed: true }] : [settled];
};

/**
 * It is of the turn that holds, or of one before it that was begun anew under the same due, because the relay or a device had lost something of it:
 * who is late is late, whichever of them the relay had.
 */
const holdsFor = (known: Promised, { turn, kind, due }: Firing): boolean =>
  turn === known.turn || (turn < known.turn && ladderOf(known).some((rung) => rung.kind === kind && rung.due === due));

const isClosed = (one: Promised, { kind }: Firing): boolean =>
  one.key === null && ((kind === "envelope" && one.note && one.opened === null) || (kind === "farewell" && one.openedFarewell === null));

/** Its key was said again. */
const openClosed = (state: State, known: Promised, firing: Firing, { place }: WaitingRung, context: Context): State => {
  if (!isClosed({ ...known, key: null }, firing)) return state;
  const note = noteOf(state, known, firing);
  if (note === null || (firing.kind !== "envelope" && firing.kind !== "farewell")) return state;
  const promise = openLate(state.senses.promise, known.id, firing.kind, note);
  return keep(unarchived({ ...state, senses: { ...state.senses, promise } }), known, firing, place, note, context);
};

/** Until when it was early: by the ladder that its owner said, by its own words, or by this device's clock as it was when the promise came. */
const earlyUntil = (state: State, known: Promised, firing: Firing, context: Context): Millis | null => {
  const due = Math.max(firing.due + firing.moved, ladderOf(known).find(({ kind }) => kind === firing.kind)?.due ?? 0);
  return firing.now < due || Math.max(...ownTimes(state, known.id, context)) < due - clockSlack ? due : null;
};

const settle = (
  before: State,
  known: Promised,
  firing: Firing,
  place: number | null,
  { early, ordered }: { readonly early: boolean; readonly ordered: boolean },
  context: Context,
): State => {
  const note = early ? null : noteOf(before, known, firing);
  const counts = !brokeItsWord(before, known.id, firing);
  const endedByNew = known.end !== null && wasNew(before, known.end.by, firing.now);
  const { kind, now, down = null } = firing;
  const turn = holdsFor(known, firing) ? known.turn : firing.turn;
  const fired = { id: known.id, turn, kind, now, down, early, note, ordered, counts, endedByNew };
  const { state: moved, happened } = fire(before.senses.promise, fired);
  if (moved === before.senses.promise && happened.length === 0) return before;
  const next: State = {
    ...before,
    senses: { ...before.senses, promise: moved },
    happened: [...before.happened, ...happened],
    unsaved: { ...before.unsaved, dirty: true },
  };
  // My other devices begin with it too, also where nothing came after it.
  const told = ordered ? next : unarchived(next);
  // Its owner's device may have said it again meanwhile.
  const isKept = told.recent.includes(idOf(known, firing)) || firing.kind === "remind" || turn !== known.turn;
  return early || !counts || isKept ? told : keep(told, known, firing, place, note, context);
};

/** A name that is the same on all devices of both. */
const idOf = ({ id }: Promised, { turn, rung }: Firing): string => `fired-${id}-${turn}-${rung}`;

/** What its body holds, as its owner's device sealed it for this rung. */
const noteOf = (state: State, known: Promised, firing: Firing): string | null => {
  const earlier = state.senses.promise.keys.find(({ id, from, turn }) => id === known.id && from === known.owner && turn === firing.turn);
  const key = known.turn === firing.turn ? known.key : (earlier?.key ?? null);
  if (key === null || !holdsFor(known, firing) || (firing.kind !== "envelope" && firing.kind !== "farewell")) return null;
  const at = { line: state.line, vigil: known.id, turn: firing.turn, kind: firing.kind, due: firing.due };
  const writers = state.members.filter(({ mine }) => mine === (known.owner === "me")).map(({ key }) => key);
  return openRung(at, firing.body, key, writers) ?? null;
};

/** Among what both keep, at its place in the log. */
const keep = (state: State, known: Promised, firing: Firing, place: number | null, note: string | null, context: Context): State => {
  const id = idOf(known, firing);
  if (place === null) return state;
  const body: Cbor = { what: "fired", id: known.id, turn: known.turn, rung: firing.kind, words: known.words, note, at: firing.now };
  const kept = encodeCbor({ id, seq: place, from: known.owner, kind: "promise", at: Math.min(firing.now, lineNow(state, context)), body });
  return {
    ...state,
    lastKept: Math.max(state.lastKept, place),
    recent: [...state.recent.filter((one) => one !== id), id].slice(-recentKept),
    unsaved: { ...state.unsaved, put: [...state.unsaved.put, [keptKey(place), kept] as const], dirty: true },
  };
};

/** The relay signed that it had been told, and let go all the same: that is no word about what was promised. */
const brokeItsWord = (state: State, id: string, firing: Firing): boolean => {
  const { receipt } = guardOf(state, id);
  return receipt !== null && receipt.turn === firing.turn && (receipt.state === "lifted" || receipt.state === "kept") && receipt.fired <= firing.rung;
};
