/**
 * Saying again (LOSE1): a device that took its line up anew asks, once, for what was said after the last place it knows,
 * and says again what of its own the other may lack. What is said again keeps its id, so that nobody keeps it twice; it
 * is its author's own word, so nobody speaks for another.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import { toHex } from "../base/bytes.ts";
import { decodeCbor, type Cbor } from "../protocol/cbor.ts";
import { uint } from "../protocol/schema.ts";
import type { Row } from "./archive.ts";
import type { Kept } from "./home.ts";
import { awaitsFarewell, isOpen, type Promised } from "../senses/promise/promised.ts";
import { windowsAtOnce } from "../senses/promise/windows.ts";
import { newFor } from "./devices.ts";
import type { Context } from "./event.ts";
import { newOnes } from "./guards.ts";
import { tellOwn, withoutSecret } from "./own-entries.ts";
import { isOnItsWay, say } from "./promises.ts";
import { isKept, queue } from "./senses.ts";
import type { LogItem, State } from "./state.ts";
import { lineNow } from "./time.ts";

/** Of one side's, at a time. The other's gossiped heads move the place from which anything is said again. */
const most = 200;

/** What the archive could not bring is asked for, once this device is level with the log. */
export const askAgain = (state: State): State => {
  const { link, missedFrom } = state;
  if (missedFrom === null || state.held || state.mending || state.fault || link.is !== "open" || !link.current || state.inbox.length > 0) return state;
  // Until it is in the log it is missed still, in the backup too: another device may begin from that meanwhile.
  return isAsking(state) ? state : queue(state, { kind: "missed", body: { after: Math.max(0, missedFrom) } });
};

const isAsking = ({ outbox }: State): boolean => outbox.some(({ content }) => content.is === "entry" && content.said.kind === "missed");

const missedSchema = v.object({ after: uint(0xffff_ffff) });

/** Each device is heard once for each time the group was made anew, which the relay counts (REF rules): nobody is kept talking. */
export const hearMissed = (state: State, body: Cbor, { device, at }: Pick<LogItem, "device" | "at">): State => {
  const parsed = v.safeParse(missedSchema, body);
  if (!parsed.success) return state;
  const { after } = parsed.output;
  if (device === state.index)
    return { ...state, missedFrom: Math.max(0, state.missedFrom ?? after) < after ? state.missedFrom : null, missedAsked: { after, at } };
  if (state.missedBy.includes(device)) return state;
  const { saidAgain, missedBy } = state;
  // What I said again after that place stands at its first place here.
  const from = saidAgain && after < saidAgain.until ? Math.min(after + 1, saidAgain.from) : after + 1;
  return { ...state, missedBy: [...missedBy, device], sayAgain: Math.min(state.sayAgain ?? Infinity, from) };
};

/** The latest; and what I promised and is still to come, however much was said since: nobody misses an alarm for what was said beside it. */
const toSay = ({ senses: { promise } }: State, mine: readonly Kept[]): readonly Kept[] => {
  const running = new Set<unknown>([
    ...promise.list.flatMap((one) => (one.owner === "me" && (isOpen(one) || awaitsFarewell(one)) ? [one.id] : [])),
    ...promise.lives.flatMap((one) => (one.owner === "me" && one.offAt === null ? [one.id] : [])),
  ]);
  const isOfRunning = ({ kind, body }: Kept): boolean => kind === "promise" && running.has((body as { readonly id?: Cbor }).id);
  const isBeginning = ({ body }: Kept): boolean => ["made", "life"].includes((body as { readonly what: string }).what);
  const ofRunning = mine.filter(isOfRunning);
  const said = new Set([...mine.slice(-most), ...ofRunning.filter(isBeginning), ...ofRunning.slice(-most)]);
  return mine.filter((one) => said.has(one));
};

export const sayAgain = (state: State, rows: readonly Row[]): State => {
  const mine = rows.flatMap(([, value]) => {
    const decoded = decodeCbor(value);
    const kept = decoded.ok ? (decoded.value as Cbor & Kept) : undefined;
    // An older version kept what it did not know; what this one knows is not for keeping is not said again either.
    return kept?.from === "me" && isKept({ kind: kept.kind, body: kept.body }) ? [kept] : [];
  });
  const said = toSay(state, mine).reduce((next, { id, kind, body }) => queue(next, { kind: "again", body: { id, kind, body } }), state);
  const from = Math.min(state.sayAgain ?? Infinity, state.saidAgain?.from ?? Infinity);
  return { ...said, sayAgain: null, saidAgain: said === state ? state.saidAgain : { from, until: Number.MAX_SAFE_INTEGER } };
};

/** All that my side may have said of what is missed: first who of mine speaks for it, then what is kept, then what only moves promises. */
export const answerMissed = (state: State, rows: readonly Row[], context: Context): State =>
  sayNotes(sayKeys(sayAgain(sayVouched(state, context), rows), context), context);

/** Whoever missed it holds a device of mine for new, and passes over what it says of promises (PROM1). */
const sayVouched = (state: State, context: Context): State =>
  state.members
    .filter(({ mine, revoked, since, newUntil }) => mine && !revoked && newUntil === null && since !== null && since + newFor > lineNow(state, context))
    .reduce((next, { index }) => queue(next, { kind: "vouched", body: { device: index } }), state);

/** So long a window that was kept is news: the other may have missed both it and that (LIFE1). */
const keptIsNews: Millis = 24 * 60 * 60_000;

/** A window that was kept lately says so itself, but where something of it fired, or will because a new device said that: the word waits there too. */
const newsOf = (state: State, now: Millis): readonly Again[] => {
  const isNew = newOnes(state, now);
  return state.senses.promise.list.flatMap((one) => {
    const { owner, end, by } = one;
    if (owner !== "me" || one.life === null || by === null || end?.is !== "kept" || now - end.at >= keptIsNews) return [];
    const isKeptInTime = one.lateAt === null && one.releasedAt === null && !isNew.has(end.by);
    return [{ ...one, by, kept: isKeptInTime ? end.at : undefined }];
  });
};

type Again = Promised & { readonly by: Millis; readonly kept: Millis | undefined };

/**
 * What is not kept among what both keep: the keys of what I promised and is not settled, for what fired may wait there for them, and the windows. The
 * first turn of a window has its key with it; a later one's is said by itself.
 */
export const sayKeys = (state: State, context: Context): State => {
  const now = lineNow(state, context);
  const { list, keys } = state.senses.promise;
  const open = list.flatMap((one): Again[] =>
    one.owner === "me" && one.end === null && one.key !== null && one.by !== null ? [{ ...one, by: one.by, kept: undefined }] : [],
  );
  const all = [...open, ...newsOf(state, now)];
  const hasItsKey = ({ life, turn }: Promised): boolean => life !== null && turn === 1;
  const keyed = all.flatMap((one) => (one.key !== null && one.kept === undefined && !hasItsKey(one) ? [{ id: one.id, turn: one.turn, key: one.key }] : []));
  // Its key is in the log already, and what it is for still waits here to be sent: it is missed alone.
  const isAhead = ({ id, turn }: { readonly id: string; readonly turn: number }): boolean => !list.some((one) => one.id === id && one.turn > turn);
  const ahead = keys.filter((one) => one.from === "me" && (one.by === undefined || one.by === toHex(state.selfKey)) && isAhead(one));
  const said = [...keyed, ...ahead].reduce((next, { id, turn, key }) => say(next, { what: "key", id, turn, key, at: now }), state);
  const firstKey = (one: Promised): Uint8Array => {
    const known = hasItsKey(one) ? one.key : keys.find(({ id, from, turn }) => id === one.id && from === "me" && turn === 1)?.key;
    // Nothing is left to open with it.
    return known ?? context.random(32);
  };
  const windows = all.filter(({ life }) => life !== null);
  // Said again after its end, they would say that it goes on (life.ts); that end may still be on its way.
  const lives = [...new Set(windows.map(({ life }) => life as string))].filter((life) => !isOnItsWay(state, life));
  return lives.reduce((next, life) => {
    const items = windows
      .filter((one) => one.life === life)
      .map((one) => ({
        id: one.id,
        opens: one.opens ?? 0,
        due: one.by,
        key: firstKey(one),
        said: one.madeAt,
        ...(one.kept === undefined ? {} : { kept: one.kept }),
      }));
    const parts = Array.from({ length: Math.ceil(items.length / windowsAtOnce) }, (_, at) => items.slice(at * windowsAtOnce, (at + 1) * windowsAtOnce));
    return parts.reduce((also, part) => say(also, { what: "windows", life, items: part, at: now }), next);
  }, said);
};

/** What my own devices may lack then: what my envelopes hold, so that each of them can seal them anew. */
const sayNotes = (state: State, context: Context): State =>
  Object.entries(state.notes).reduce((next, [id, note]) => tellOwn(next, { is: "note", id, ...withoutSecret(note) }, context), state);
