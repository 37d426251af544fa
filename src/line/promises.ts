/** What a person does about promises, and what a device does for its owner without being asked (LIFE1, PROM3). Pure. */
import { equalBytes, toHex, utf8 } from "../base/bytes.ts";
import type { Millis } from "../base/brand.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { sha256 } from "../protocol/keys.ts";
import { vigilIdFor } from "../protocol/vigil-id.ts";
import { forgetKeys } from "../senses/promise/fired.ts";
import { lifeOf, windowsToSay } from "../senses/promise/life.ts";
import type { PromiseEntry, PromiseIntent } from "../senses/promise/promise.ts";
import { awaitsFarewell, isOpen, ladderOf, noteCap, openAtOnce, waitingCount, type Life, type Promised } from "../senses/promise/promised.ts";
import { windowsAfter, windowsAtOnce, type Window } from "../senses/promise/windows.ts";
import { rankOf } from "./devices.ts";
import type { Context } from "./event.ts";
import { dropNote, keepNote } from "./own-entries.ts";
import { gives, hasToSay, nothing, queue } from "./senses.ts";
import { myPause } from "./settings.ts";
import type { ActRefusal, Note, OutboxItem, State } from "./state.ts";
import { lineNow } from "./time.ts";
import { applyWaiting, mySide, wordsOfMine } from "./firings.ts";
import { guardOf, isKeptBySecret, tidyGuards, wasNew } from "./guards.ts";

/** Texts as they were typed; ids and keys are made here. */
export type PromiseAct =
  | {
      readonly what: "make";
      readonly words: string;
      readonly by: Millis | null;
      readonly when: string | null;
      readonly grace: Millis;
      /** From *late* until the note opens. */
      readonly release: Millis;
      readonly note: string | null;
      readonly farewell: { readonly text: string; readonly after: Millis } | null;
    }
  | { readonly what: "extend"; readonly id: string; readonly by: Millis }
  | { readonly what: "keep"; readonly id: string }
  | { readonly what: "withdraw"; readonly id: string }
  | { readonly what: "ask"; readonly words: string | null }
  /** A sign of life, every day between two minutes of the day in a zone. */
  | {
      readonly what: "live";
      readonly words: string;
      readonly zone: string;
      readonly from: number;
      readonly to: number;
      readonly grace: Millis;
      readonly release: Millis;
      readonly note: string | null;
    }
  | { readonly what: "live-off"; readonly id: string }
  | { readonly what: "sign" }
  /** A new secret for a button: one that was made before keeps no window any more. */
  | { readonly what: "sign-key" }
  /** What was released, or what was asked for (null), was seen here. */
  | { readonly what: "lay-aside"; readonly id: string | null };

/** More than can be open at a time. */
const armsKept = 64;

const utf8Length = (text: string): number => utf8(text).length;

const newId = (state: State, { random }: Context): string => toHex(vigilIdFor(mySide(state), random(16)));

/** What the sense is to do, and what is to be remembered with it; or why not. */
export const preparePromise = (
  state: State,
  act: PromiseAct,
  context: Context,
): { readonly refused: ActRefusal } | { readonly intent: PromiseIntent; readonly state: State; readonly id: string | undefined } => {
  const now = lineNow(state, context);
  const id = newId(state, context);
  const key = (): Uint8Array => context.random(32);
  const me = state.members.find(({ index }) => index === state.index);
  // Who has a phone for a minute settles nothing with it, and begins nothing that would stand in the place of what is watched over.
  const settles =
    act.what === "extend" ||
    act.what === "keep" ||
    act.what === "withdraw" ||
    act.what === "sign" ||
    act.what === "sign-key" ||
    act.what === "live" ||
    act.what === "live-off";
  if (settles && me?.newUntil && me.newUntil > now) return { refused: "too-new" };
  const mine = (of: State, promise: string, turn: number): State => ({
    ...of,
    arms: [...of.arms, `${promise} ${turn}`].slice(-armsKept),
  });
  switch (act.what) {
    case "ask":
      if (myPause(state, now)) return { refused: "apart" };
      // What is on its way counts too.
      if (saidByMe(state).some((said) => said.what === "asked")) return { refused: "too-often" };
      return { intent: act, id: undefined, state };
    case "make": {
      const { words, by, when, grace, release, note, farewell } = act;
      if (utf8Length(note ?? "") > noteCap || utf8Length(farewell?.text ?? "") > 2000) return { refused: "too-long" };
      // What is on its way takes room too: what neither would take up is not promised.
      if (saidByMe(state).filter((said) => said.what === "made").length >= roomFor(state)) return { refused: "too-often" };
      // A farewell without a note has nothing to come after.
      if (farewell && note === null) return { refused: "empty" };
      const intent: PromiseIntent = { what: "make", id, key: key(), words, by, when, grace, release, note: note !== null, farewell: farewell?.after ?? null };
      const kept: Note = { ...(note === null ? {} : { note }), ...(farewell ? { farewell: farewell.text } : {}) };
      return { intent, id, state: note === null || by === null ? mine(state, id, 1) : keepNote(mine(state, id, 1), id, kept, context) };
    }
    case "live": {
      const { words, zone, from, to, grace, release, note } = act;
      if (utf8Length(note ?? "") > noteCap) return { refused: "too-long" };
      const kept: Note = { ...(note === null ? {} : { note }), ...newKeeper(state, context) };
      return {
        intent: { what: "live", id, words, zone, from, to, grace, release, note: note !== null, farewell: null },
        id,
        state: keepNote(state, id, kept, context),
      };
    }
    case "sign-key": {
      const life = lifeOf(state.senses.promise, "me");
      if (!life) return { refused: "no-such-promise" };
      const { state: kept, items } = underKeeper(state, life, newKeeper(state, context), context);
      return items.length === 0 ? { refused: "too-often" } : { intent: { what: "windows", life: life.id, items }, id: life.id, state: kept };
    }
    case "extend": {
      // What is on its way counts: a second word begins a turn after that of the first, and nothing is extended that is kept already.
      const said = saidByMe(state);
      if (said.some((one) => (one.what === "kept" || one.what === "withdrawn") && one.id === act.id)) return { refused: "settled" };
      // So does what waits for a rung that fired before it (firings.ts).
      const turns = [...said, ...wordsOfMine(state)].flatMap((one) => (one.what === "extended" && one.id === act.id ? [one.turn] : []));
      const known = state.senses.promise.list.find((one) => one.id === act.id)?.turn ?? 0;
      // A device of mine that is lost may have begun later ones; a relay that names far more of them is not believed.
      const told = guardOf(state, act.id).receipt?.turn ?? 0;
      const turn = Math.max(known, told <= known + turnsAhead ? told : 0, ...turns) + 1;
      return { intent: { ...act, turn, key: key() }, id: act.id, state: mine(state, act.id, turn) };
    }
    default:
      return { intent: act, id: "id" in act ? (act.id ?? undefined) : undefined, state };
  }
};

const turnsAhead = 1000;

/** How many more may be open at a time. */
const roomFor = ({ senses }: State): number => openAtOnce - waitingCount(senses.promise, "me");

/** After every event: what follows from promises and what the relay said of them. */
export const tendPromises = (before: State, context: Context): State => {
  if (before.stage.at !== "together" || before.held || before.mending || before.fault) return before;
  const now = lineNow(before, context);
  let state = withoutWindowsOfEnded(tidyNotes(withoutKeys(tidyGuards(applyWaiting(before, context), now), now)));
  const { link } = state;
  if (link.is !== "open" || !link.current) return state;
  if (wasNew(state, toHex(state.selfKey), now)) return state;
  if (now - link.since >= othersAfter * rankOf(state)) for (const one of state.senses.promise.list) state = followRelay(state, one, now, link.since, context);
  return sayWindows(withoutLostKeeper(state, now, link.since, context), now, link.since, context);
};

/** What was still to be said of a sign of life when another device's end of it came: said after that, it would go on (life.ts). */
const withoutWindowsOfEnded = (state: State): State => {
  const ended = state.senses.promise.lives.flatMap(({ id, offAt }) => (offAt === null ? [] : [id]));
  const isOfEnded = ({ content, sealed }: OutboxItem): boolean => {
    const said = sealed === null && content.is === "entry" && content.said.kind === "promise" ? (content.said.body as unknown as PromiseEntry) : undefined;
    return said?.what === "windows" && ended.includes(said.life);
  };
  if (!state.outbox.some(isOfEnded)) return state;
  const outbox = state.outbox.map((item): OutboxItem => (isOfEnded(item) ? { ...item, content: { is: "entry", said: nothing } } : item));
  return { ...state, outbox, unsaved: { ...state.unsaved, dirty: true } };
};

/** Each of my devices in its turn, where those before it may be off: so much later than the one before it. */
const othersAfter: Millis = 60_000;
const windowsAfterOthers: Millis = 10 * 60_000;
/** By then whoever has what is missed here has said it again. */
const missedAfter: Millis = 2 * 60_000;

/** In the log next, as a promise's entry. */
export const say = (state: State, entry: PromiseEntry): State => queue(state, { kind: "promise", body: entry as unknown as Cbor });

/** What I said of promises and the log does not have yet. */
export const saidByMe = ({ outbox }: State): readonly PromiseEntry[] =>
  outbox.flatMap(({ content }) => (content.is === "entry" && content.said.kind === "promise" ? [content.said.body as unknown as PromiseEntry] : []));
export const isOnItsWay = (state: State, id: string): boolean => saidByMe(state).some((said) => "id" in said && said.id === id);

/**
 * The secret kept a window: that is said in its owner's name by the owner's device, and can wait, for the relay has told the other. A turn that the relay forgot, or whose key is nowhere
 * any more, begins anew under the same due. A later turn of which the relay alone knows is nobody's word but the relay's: it stays amber until
 * the owner extends, keeps or withdraws (PROM1).
 */
const followRelay = (state: State, one: Promised, now: Millis, since: Millis, context: Context): State => {
  if (one.owner !== "me" || !(isOpen(one) || awaitsFarewell(one)) || one.by === null || isOnItsWay(state, one.id)) return state;
  const { receipt } = guardOf(state, one.id);
  const isOfTurn = receipt?.turn === one.turn;
  if (receipt && isKeptBySecret(one, receipt) && isOpen(one))
    return mayFollow(state, now) ? say(state, { what: "kept", id: one.id, turn: one.turn, at: now }) : state;
  const isForgotten = isOfTurn && receipt.state === "lost";
  const isMissed = one.key === null && now - since > missedAfter;
  const { by } = one;
  if ((!isForgotten && !isMissed) || !isStillToCome(one, now)) return state;
  return anew(state, { ...one, by }, now, context);
};

/** While it can be late, or its note or farewell can open, there is something to watch over. */
const isStillToCome = (one: Promised, now: Millis): boolean => ladderOf(one).some(({ kind, due }) => kind !== "remind" && due > now);

/** The next turn, under the same due. */
const anew = (state: State, { id, turn: before, by }: Promised & { readonly by: Millis }, now: Millis, context: Context): State => {
  const turn = before + 1;
  const fresh: State = { ...state, arms: [...state.arms, `${id} ${turn}`].slice(-armsKept) };
  const keyed = say(fresh, { what: "key", id, turn, key: context.random(32), at: now });
  return say(keyed, { what: "extended", id, turn, by, at: now });
};

/**
 * What a device says by itself shows that it is in use, so it goes along with what its owner says, or while presence is given wholly (PRES2).
 * Windows do not wait longer than while half of them are ahead: nobody is less safe for showing nothing.
 */
const mayFollow = (state: State, now: Millis): boolean => hasToSay(state) || gives(state, "presence", now) === "full";

const sayWindows = (state: State, now: Millis, since: Millis, context: Context): State => {
  const life = lifeOf(state.senses.promise, "me");
  if (!life || saidByMe(state).some(({ what }) => what === "windows" || what === "life-off")) return state;
  // Those before it may have come back in the same moment, and would say the same ones.
  const turn = windowsAfterOthers * rankOf(state);
  const then = now - turn;
  if (now - since < turn || then < life.since || windowsToSay(state.senses.promise, then).length === 0) return state;
  // What there is no room for would be passed over, and said again at once.
  const windows = windowsToSay(state.senses.promise, now).slice(0, Math.max(0, roomFor(state)));
  if (windows.length === 0 || (windows.length < windowsAtOnce / 2 && !mayFollow(state, now))) return state;
  const said = newWindows(state, windows, context);
  return say(said.state, { what: "windows", life: life.id, items: said.items, at: now });
};

type WindowItems = Extract<PromiseIntent, { what: "windows" }>["items"];

const newWindows = (state: State, windows: readonly Window[], context: Context): { readonly state: State; readonly items: WindowItems } => {
  const items = windows.map(({ opens, due }) => ({ id: newId(state, context), opens, due, key: context.random(32) }));
  return { items, state: { ...state, arms: [...state.arms, ...items.map(({ id }) => `${id} 1`)].slice(-armsKept) } };
};

const newKeeper = ({ selfKey }: State, { random }: Context): Required<Pick<Note, "keeper" | "holder" | "secret">> => {
  const secret = random(32);
  return { keeper: sha256(secret), holder: selfKey, secret };
};

/** All that is watched over goes over to another secret, or to none: what is open now by its next turn, what has not opened by windows that take its place. */
const underKeeper = (
  before: State,
  life: Life,
  keeper: Pick<Note, "keeper" | "holder" | "secret">,
  context: Context,
): { readonly state: State; readonly items: WindowItems } => {
  const now = lineNow(before, context);
  const { note } = before.notes[life.id] ?? {};
  const kept = keepNote(before, life.id, { ...(note === undefined ? {} : { note }), ...keeper }, context);
  const mine = kept.senses.promise.list.flatMap((one) => (one.life === life.id && isOpen(one) && one.by !== null ? [{ ...one, by: one.by }] : []));
  const isAhead = ({ opens }: Promised): boolean => (opens ?? 0) > now;
  // What the secret kept is said to be kept, and not begun anew.
  const goesOn = (one: Promised): boolean => isStillToCome(one, now) && !isOnItsWay(kept, one.id) && guardOf(kept, one.id).receipt?.state !== "kept";
  const renewed = mine.filter((one) => !isAhead(one) && goesOn(one)).reduce((next, one) => anew(next, one, now, context), kept);
  // The same ones: a day that was taken off stays off.
  const same = mine.filter(isAhead).map(({ opens, by }): Window => ({ opens: opens ?? 0, due: by }));
  return newWindows(renewed, same.length > 0 ? same : windowsAfter(life.zone, life.from, life.to, now, 1), context);
};

/** Whoever has a device that was removed keeps no window with the secret that was on it (DEV2). */
const withoutLostKeeper = (state: State, now: Millis, since: Millis, context: Context): State => {
  const life = lifeOf(state.senses.promise, "me");
  const { keeper, holder } = (life && state.notes[life.id]) ?? {};
  const isHere = state.members.some(({ key, mine, revoked }) => mine && !revoked && holder !== undefined && equalBytes(key, holder));
  if (!life || keeper === undefined || isHere || now - since < othersAfter * rankOf(state)) return state;
  const { state: without, items } = underKeeper(state, life, {}, context);
  return items.length === 0 ? without : say(without, { what: "windows", life: life.id, items, at: now });
};

/** So long after its last rung nothing fires any more, whatever the relay says, and nobody waits for a key. */
const keysKept: Millis = 31 * 24 * 60 * 60_000;

/** What is settled, and of which the relay says that nothing will fire, needs no key any more. Without a receipt it may be there still. */
const withoutKeys = (state: State, now: Millis): State => {
  const gone = state.senses.promise.list.filter((one) => {
    if (isOpen(one) || one.key === null) return false;
    const receipt = state.guards[one.id]?.receipt;
    const isConfirmed = receipt != null && receipt.turn >= one.turn && (receipt.state === "lifted" || receipt.state === "kept");
    const waits = state.firings.some(({ vigil }) => vigil === one.id);
    return (isConfirmed && one.releasedAt === null && !waits) || one.by === null || now > (ladderOf(one).at(-1)?.due ?? 0) + keysKept;
  });
  if (gone.length === 0) return state;
  const promise = forgetKeys(state.senses.promise, new Set(gone.map(({ id }) => id)));
  return { ...state, senses: { ...state.senses, promise }, unsaved: { ...state.unsaved, dirty: true } };
};

/** What nothing needs any more goes, on each of my devices by itself: the keys went with the promise. */
const tidyNotes = (state: State): State => {
  const { list, lives } = state.senses.promise;
  const isOver = (id: string): boolean => {
    const one = list.find((promised) => promised.id === id);
    if (one) return one.releasedAt === null ? one.end !== null && one.key === null : one.farewell === null || one.farewellAt !== null;
    const life = lives.find((lived) => lived.id === id);
    return life !== undefined && life.offAt !== null && !list.some((window) => window.life === id && isOpen(window));
  };
  return Object.keys(state.notes).filter(isOver).reduce(dropNote, state);
};
