/**
 * What a device says and asks about promises at the relay (PROM2, PROM3, PROM7): it arms, renews and lifts vigils as the promises say, and
 * keeps what the relay signed about them. Pure; next.ts sends what comes out of it.
 *
 * Invariants:
 * - A promise is in the log before its vigil is armed, and its key with it: what fires can be opened (PROM3).
 * - What was sealed for a turn is remembered by its hash before it leaves: a receipt of anything else is never green.
 * - The relay hears that a promise is settled before the log does: what it lets go after that, it let go before (PROM4).
 * - Nothing is settled at the relay on the word of a device in its first day, and not by one.
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, fromHex, toHex } from "../base/bytes.ts";
import type { DeviceFrame, FrameOf } from "../protocol/frames.ts";
import { sha256 } from "../protocol/keys.ts";
import { receiptsAtOnce } from "../protocol/sizes.ts";
import { peekReceipt, readReceipt, rungsHash, type Receipt } from "../protocol/receipt.ts";
import { awaitsFarewell, isOpen, ladderAhead, ladderOf, type Promised } from "../senses/promise/promised.ts";
import { rankOf } from "./devices.ts";
import { sealRung } from "./envelope.ts";
import type { Context, Effect, Step } from "./event.ts";
import { ownerOf } from "./firings.ts";
import { guardOf, isWaiting, withGuard, newOnes } from "./guards.ts";
import { saidByMe } from "./promises.ts";
import type { State } from "./state.ts";
import { lineNow } from "./time.ts";

/** When a check is asked for: also where nobody looks. */
export const atOnce: Millis = 0;
export const noVigils: State["vigils"] = { asked: {}, nextAsk: 1, checkAt: atOnce, checking: false, known: false, ready: [], show: [], heard: {} };

/** Another device of mine arms what its maker has not armed by then; the next one a minute later. */
const othersAfter: Millis = 60_000;
const refusedAgain: Millis = 60_000;
/** What the relay could not store just now. */
const unavailableAgain: Millis = 3000;
const checkEvery: Millis = 60_000;
const checkSoon: Millis = 5000;
/** More than anyone sends in vain before the first answer. */
const hashesKept = 32;
/** So long after its last rung there is nothing left to ask the relay about. */
const askedFor: Millis = 24 * 60 * 60_000;

/** Promises with what I said of them and the relay does not have yet. */
const settledByMe = (state: State, isNew: ReadonlySet<string>): ReadonlySet<string> => {
  const ids = state.senses.promise.list.filter((one) => one.owner === "me" && one.end !== null && !isNew.has(one.end.by)).map(({ id }) => id);
  for (const said of saidByMe(state)) {
    if (said.what === "kept" || said.what === "withdrawn") ids.push(said.id);
    if (said.what === "life-off") ids.push(...state.senses.promise.list.filter(({ life }) => life === said.id).map(({ id }) => id));
  }
  return new Set(ids);
};

/** What is to be said to the relay about vigils now: frames that each wait for their answer. */
export const vigilFrames = (state: State, context: Context): Step => {
  const { link, stage } = state;
  if (stage.at !== "together" || link.is !== "open" || !link.current || state.unsaved.dirty || state.fault || state.mending || state.held) return [state, []];
  const now = lineNow(state, context);
  const isNew = newOnes(state, now);
  const settled = settledByMe(state, isNew);
  let next = state;
  const effects: Effect[] = [];
  const send = (frame: DeviceFrame): void => void effects.push({ do: "send", frame });
  const ask = (id: string): number => {
    const number = next.vigils.nextAsk;
    next = { ...next, vigils: { ...next.vigils, nextAsk: number + 1, asked: { ...next.vigils.asked, [id]: number } } };
    return number;
  };
  if (wantsCheck(next, now)) {
    next = { ...next, vigils: { ...next.vigils, checkAt: now + checkEvery, checking: true } };
    send({ type: "check" });
  }
  for (const one of next.senses.promise.list) {
    if (one.by === null || next.vigils.asked[one.id] !== undefined) continue;
    const { raw } = guardOf(next, one.id);
    if (next.vigils.show.includes(one.id) && raw) {
      next = { ...next, vigils: { ...next.vigils, show: next.vigils.show.filter((id) => id !== one.id) } };
      send({ type: "show", receipt: raw, ask: ask(one.id) });
      continue;
    }
    if (one.owner !== "me" || isRefused(next, one.id, now)) continue;
    const lift = settled.has(one.id) && !isNew.has(toHex(state.selfKey)) ? liftOf(next, one, now) : undefined;
    if (lift) send({ ...lift, ask: ask(one.id) });
    if (settled.has(one.id)) continue;
    const made = turnFor(next, one, isNew, now, context);
    if (!made) continue;
    next = made.state;
    // What was sealed is saved before it leaves.
    const frame = { ...made.frame, ask: ask(one.id) } as DeviceFrame;
    next = { ...next, vigils: { ...next.vigils, ready: [...next.vigils.ready, frame] } };
  }
  if (next.vigils.ready.length > 0 && !next.unsaved.dirty) {
    for (const frame of next.vigils.ready) send(frame);
    next = { ...next, vigils: { ...next.vigils, ready: [] } };
  }
  return [next, effects];
};

const isRefused = (state: State, id: string, now: Millis): boolean => {
  const { refused } = guardOf(state, id);
  return refused !== null && now - refused.at < (refused.code === "unavailable" ? unavailableAgain : refusedAgain);
};

/** When the last of it is due. */
const endOf = (one: Promised): Millis => ladderOf(one).at(-1)?.due ?? 0;

const wantsCheck = (state: State, now: Millis): boolean => {
  const { list } = state.senses.promise;
  const isOver = (one: Promised): boolean => !isOpen(one) && now > endOf(one) + askedFor;
  // What is settled and has its key still waits for the relay's word that nothing of it will fire.
  const waits = list.some((one) => one.by !== null && !isOver(one) && (isOpen(one) || one.key !== null || state.guards[one.id]?.receipt?.state === "armed"));
  const { checkAt, checking, known } = state.vigils;
  return waits && !checking && now >= checkAt && (!known || state.onScreen || checkAt === atOnce);
};

const liftOf = (state: State, one: Promised, now: Millis): Omit<FrameOf<"lift">, "ask"> | undefined => {
  const { receipt } = guardOf(state, one.id);
  const vigil = fromHex(one.id) as Uint8Array;
  if (receipt !== null) return isWaiting(receipt) ? { type: "lift", vigil, turn: receipt.turn, due: receipt.due } : undefined;
  // What the relay has of it this device does not know yet, and the log hears the word in the same moment.
  const mayBeThere = !state.vigils.known && one.by !== null && endOf(one) > now;
  return mayBeThere ? { type: "lift", vigil, turn: one.turn, due: one.by as Millis } : undefined;
};

type Turn = {
  readonly state: State;
  readonly frame: Omit<FrameOf<"arm">, "ask"> | Omit<FrameOf<"renew">, "ask">;
};

/** The turn that holds, for a relay that has not got it. */
const turnFor = (state: State, one: Promised, isNew: ReadonlySet<string>, now: Millis, context: Context): Turn | undefined => {
  const { receipt } = guardOf(state, one.id);
  if (!(isOpen(one) || awaitsFarewell(one)) || one.by === null || !mayArm(state, one, isNew, now)) return undefined;
  if (receipt !== null && (receipt.turn >= one.turn || receipt.state === "lifted" || receipt.state === "kept")) return undefined;
  // Past its last rung there is nothing left to wait for.
  const rungs = ladderAhead(one, now);
  const note = state.notes[one.life ?? one.id];
  if (rungs.length === 0 || (one.note && note?.note === undefined) || one.key === null) return undefined;
  const turn = (receipt?.turn ?? 0) + 1;
  const bodies = rungs.map(({ kind, due }) => ({
    kind,
    due,
    body: sealRung(
      { line: state.line, vigil: one.id, turn, kind, due },
      kind === "envelope" ? (note?.note ?? "") : kind === "farewell" ? (note?.farewell ?? "") : one.words,
      one.key as Uint8Array,
      state.self.device,
      context.random,
    ),
  }));
  const hash = rungsHash(bodies.map(({ kind, due, body }) => ({ kind, due, hash: sha256(body) })));
  const before = guardOf(state, one.id).sent;
  const hashes = before?.turn === turn ? [...before.hashes, hash].slice(-hashesKept) : [hash];
  const saved = withGuard(state, one.id, { sent: { turn, hashes }, refused: null });
  const vigil = fromHex(one.id) as Uint8Array;
  const turnFields = { opens: one.opens, keeper: one.opens === null ? null : (note?.keeper ?? null), rungs: bodies };
  // What fired whole is armed anew; what waits still is renewed.
  if (receipt === null || receipt.state === "fired") return { state: saved, frame: { type: "arm", vigil, due: one.by, ...turnFields } };
  if (isNew.has(toHex(state.selfKey))) return undefined;
  return { state: saved, frame: { type: "renew", vigil, turn: receipt.turn, due: receipt.due, next: one.by, ...turnFields } };
};

/**
 * Its maker at once; my other devices, one after the other, when that one has not. What the relay has of it is known before anything is
 * sealed, but for what was said on this very connection.
 */
const mayArm = (state: State, one: Promised, isNew: ReadonlySet<string>, now: Millis): boolean => {
  const isMaker = state.arms.includes(`${one.id} ${one.turn}`);
  const { known } = state.vigils;
  if (isMaker) return known || (state.link.is === "open" && one.turnAt >= state.link.since);
  // A turn that a device of the first day began, over one that stands, is for those that are settled to begin.
  if (one.turn > 1 && isNew.has(one.turnBy)) return false;
  return known && now - one.turnAt > othersAfter * (1 + rankOf(state));
};

/** The relay answers. What it did not sign is nothing. */
export const hearReceipt = (state: State, { receipt: raw, ask, done }: FrameOf<"receipt">, context: Context): State => {
  const receipt = state.relayKey && readReceipt(state.relayKey, state.line, raw, context.verify);
  if (!receipt) return state;
  const id = toHex(receipt.vigil);
  if (state.vigils.asked[id] !== ask) return takeReceipt(state, receipt, raw, context);
  const answered = { ...state, vigils: { ...state.vigils, asked: without(state.vigils.asked, id) } };
  const { sent } = guardOf(answered, id);
  // Another device of mine came first: what this one sealed is nowhere.
  const isOthers = !done && sent?.turn === receipt.turn && hasOthers(answered);
  return takeReceipt(isOthers ? withGuard(answered, id, { sent: null }) : answered, receipt, raw, context);
};

const hasOthers = ({ members }: State): boolean => members.filter(({ mine, revoked }) => mine && !revoked).length > 1;

/**
 * The first that is heard of a turn is not what this device sealed for it: another one of mine came first, and the answer that said so was lost. After
 * an answer that said otherwise it is the relay that has something else.
 */
const isOfAnother = (state: State, id: string, receipt: Receipt): boolean => {
  const { sent, receipt: before } = guardOf(state, id);
  const isFirst = sent?.turn === receipt.turn && before?.turn !== receipt.turn;
  return isFirst && hasOthers(state) && !sent.hashes.some((one) => equalBytes(one, receipt.hash));
};

const takeReceipt = (state: State, receipt: Receipt, raw: Uint8Array, context: Context): State => {
  const id = toHex(receipt.vigil);
  const known = state.senses.promise.list.find((one) => one.id === id);
  if (!known || ownerOf(state, receipt.side) !== known.owner) return state;
  const { receipt: before } = guardOf(state, id);
  if (before && isOlder(receipt, before)) return toShow(state, [id]);
  const heard = { ...state.vigils.heard, [id]: { wall: context.wall, monotonic: context.monotonic } };
  return withGuard({ ...state, vigils: { ...state.vigils, heard } }, id, { raw, receipt, refused: null, heardAt: lineNow(state, context) });
};

/** The relay's memory is behind what it signed: it is shown that (what was lifted stays lifted). */
const toShow = (state: State, ids: readonly string[]): State => {
  const more = ids.filter((id) => !state.vigils.show.includes(id));
  return more.length === 0 ? state : { ...state, vigils: { ...state.vigils, show: [...state.vigils.show, ...more] } };
};

const without = (asked: State["vigils"]["asked"], id: string): State["vigils"]["asked"] =>
  Object.fromEntries(Object.entries(asked).filter(([known]) => known !== id));

const isOlder = (receipt: Receipt, known: Receipt): boolean => {
  if (receipt.incarnation > known.incarnation) return false;
  if (receipt.turn !== known.turn) return receipt.turn < known.turn;
  // Forgotten and armed anew, it has the same turn again, and a later due.
  if (receipt.due !== known.due) return receipt.due < known.due;
  const settled = (one: Receipt): boolean => one.state === "lifted" || one.state === "kept" || one.state === "fired";
  return (settled(known) && !settled(receipt)) || receipt.fired < known.fired;
};

/** What became of vigils elsewhere, and the answer to `check`: what the relay does not name in that at all it has forgotten. */
export const hearReceipts = (state: State, frame: FrameOf<"receipts">, context: Context): State => {
  const { relayKey } = state;
  if (!relayKey) return state;
  // What is over is named in every answer, for a month: it is not read again.
  const read = frame.items.map((raw) => ({ raw, receipt: tellsNothingNew(state, raw) ? undefined : readReceipt(relayKey, state.line, raw, context.verify) }));
  const next = read.reduce((one, { raw, receipt }) => {
    if (!receipt) return one;
    const id = toHex(receipt.vigil);
    return takeReceipt(isOfAnother(one, id, receipt) ? withGuard(one, id, { sent: null }) : one, receipt, raw, context);
  }, state);
  if (!next.vigils.checking) return next;
  const answered: State = { ...next, vigils: { ...next.vigils, checking: false, known: true } };
  // A full answer names only some.
  if (frame.items.length >= receiptsAtOnce) return answered;
  const named = new Set(frame.items.map((raw) => toHex(peekReceipt(raw)?.vigil ?? new Uint8Array())));
  const waits = answered.senses.promise.list.filter((one) => (isOpen(one) || awaitsFarewell(one)) && answered.guards[one.id]?.receipt);
  const forgotten = waits.map(({ id }) => id).filter((id) => !named.has(id));
  return toShow(answered, forgotten);
};

const tellsNothingNew = (state: State, raw: Uint8Array): boolean => {
  const says = peekReceipt(raw);
  const before = says && state.guards[toHex(says.vigil)]?.receipt;
  return before != null && !isWaiting(before) && before.turn === says?.turn && before.state === says.state && before.fired === says.fired;
};

/** Too many at once: asked again in a moment. */
export const checkRefused = (state: State, context: Context): State => ({
  ...state,
  vigils: { ...state.vigils, checking: false, checkAt: lineNow(state, context) + checkSoon },
});

/** A no to what was asked about a vigil, by its number. */
export const vigilRefused = (state: State, { n, code }: FrameOf<"refused">, context: Context): State => {
  const [id] = Object.entries(state.vigils.asked).find(([, ask]) => ask === n) ?? [];
  if (id === undefined) return state;
  const answered = { ...state, vigils: { ...state.vigils, asked: without(state.vigils.asked, id) } };
  return withGuard(answered, id, { refused: { code, at: lineNow(state, context) } });
};

/** What the relay once signed, for one that has gone back to an older memory: before anything of that fires it is shown (VIG10). */
export const showAll = (state: State): readonly Effect[] =>
  state.senses.promise.list.flatMap(({ id }, at): readonly Effect[] => {
    const { raw } = guardOf(state, id);
    return raw ? [{ do: "send", frame: { type: "show", ask: at + 1, receipt: raw } }] : [];
  });
