/**
 * Applies records of the log, in order, once: the seal has opened what others wrote; what I wrote I still have in the
 * outbox. Everything this changes is saved in one transaction (next.ts) before it counts.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Member, Received } from "../ports/sealer.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { sideOfFired } from "../protocol/chain.ts";
import { text } from "../protocol/schema.ts";
import { isSenseName } from "../senses/index.ts";
import type { Who } from "../senses/sense.ts";
import { pauseOf, type ApartEntry } from "../senses/apart/apart.ts";
import { grantOf, type BoundaryEntry } from "../senses/boundary/boundary.ts";
import { counted, keptADay, saidADay } from "./damping.ts";
import { hearVouched, membersChanged } from "./devices.ts";
import { decodeEntry, gossipLength, keptKey, placeOf, type Entry, type EntryBody } from "./entry.ts";
import type { Context, Effect, Step } from "./event.ts";
import { withPast } from "./history.ts";
import type { Kept } from "./home.ts";
import { hearOwn } from "./own-entries.ts";
import { hearRecall } from "./recall.ts";
import { wasNew } from "./guards.ts";
import { beginMending } from "./resync.ts";
import { hearMissed } from "./say-again.ts";
import { applyEntry, isKept, isShut, queue } from "./senses.ts";
import { afterWord, letInOf } from "./settings.ts";
import type { HeldEntry, LogItem, State } from "./state.ts";
import { lineNow } from "./time.ts";
import { applyFired, applyHeldFiring, recentKept, waitsToo } from "./firings.ts";

/** How many recent heads are kept to compare with the other's. */
const headsKept = 128;
/** The seal is asked about everything but my own entries, and what the relay itself put there for a vigil. */
export const needsSeal = (state: State, item: LogItem): boolean => item.kind !== "fired" && (item.kind === "change" || item.device !== state.index);

/** `results` are the seal's answers to the items it was asked about, in order. None of the items is a refound. */
export const applyRecords = (state: State, items: readonly LogItem[], results: readonly Received[], context: Context): Step => {
  let next = state;
  const effects: Effect[] = [];
  let at = 0;
  for (const item of items) {
    const result = needsSeal(state, item) ? results[at++] : undefined;
    const [applied, told] =
      item.kind === "fired" ? applyFired(next, item, context) : result ? applyForeign(next, item, result, context) : applyOwn(next, item, context);
    effects.push(...told);
    // What cannot be followed is not passed over: the log waits at this record for what will mend it.
    if (applied.mending) return [applied, effects];
    next = passed(applied, item);
  }
  return [{ ...next, inbox: next.inbox.slice(items.length), unsaved: { ...next.unsaved, dirty: true } }, effects];
};

/** The log's place is after this record. */
export const passed = (state: State, item: LogItem): State => ({
  ...state,
  seq: item.seq,
  head: item.head,
  counts:
    item.kind === "refound" || item.kind === "fired" ? state.counts : { ...state.counts, [item.device]: Math.max(item.n, state.counts[item.device] ?? 0) },
  heads: [...state.heads, [item.seq, item.head.slice(0, gossipLength)] as const].slice(-headsKept),
});

const applyOwn = (state: State, item: LogItem, context: Context): Step => {
  const waiting = state.outbox[0];
  const mine = waiting?.n === item.n && waiting.content.is === "entry" && waiting.sealed !== null && equalBytes(waiting.sealed.body, item.body);
  // Words under my name that I do not know: this device's memory is older than what it once said. It must not go on so.
  // Under a count that is behind me: the relay says again what it had from me before.
  if (!mine && item.n < (state.outbox[0]?.n ?? state.n)) return [{ ...state, refused: state.refused + 1, fault: "forked", trouble: { is: "forked" } }, []];
  if (!mine) return beginMending(state, "set-back", context);
  const sent = { ...state, skips: false, outbox: state.outbox.slice(1) };
  return applySaid(sent, item, (waiting.content as { said: EntryBody }).said, "me", state.selfKey, context);
};

const applyForeign = (state: State, item: LogItem, result: Received, context: Context): Step => {
  const refuse = (): Step => [{ ...state, refused: state.refused + 1 }, []];
  if (item.device !== state.index && item.n <= (state.counts[item.device] ?? 0))
    return [{ ...state, refused: state.refused + 1, fault: "forked", trouble: { is: "forked" } }, []];
  switch (result.kind) {
    case "entry": {
      const author = state.members.find((member) => member.index === item.device);
      // The relay's stamp and the seal's proof must name the same device (BOUND2).
      // A relay that mixes them up could pass over what it likes: it is not refused in silence.
      if (!author || !equalBytes(author.key, result.from.device))
        return [{ ...state, refused: state.refused + 1, fault: "forked", trouble: { is: "forked" } }, []];
      const entry = decodeEntry(result.plain);
      if (!entry) return refuse();
      // Whose words they are the seal proves; the relay is not asked.
      const from = equalBytes(result.from.person, state.self.personKey) ? "me" : "other";
      return applySaid(compareHeads(state, item, entry, from), item, entry, from, author.key, context);
    }
    case "own-change":
      return applyOwnChange(state, item, result, context);
    case "change":
      return membersChanged({ ...state, epoch: item.epoch + 1, ahead: null }, item, result, context);
    case "malformed":
      if (item.kind === "entry") return refuse();
      return beginMending(state, "cannot-follow", context);
  }
};

/** My change took effect: devices of mine in or out; or my acceptance, and from here on there are two. */
const applyOwnChange = (
  state: State,
  item: LogItem,
  { added, removed }: { readonly added: readonly Member[]; readonly removed: readonly Member[] },
  context: Context,
): Step => {
  const [waiting, ...outbox] = state.outbox;
  const moved = { ...state, skips: false, epoch: item.epoch + 1, ahead: null };
  if (waiting?.n !== item.n || (waiting.content.is !== "accept" && waiting.content.is !== "change")) return [moved, []];
  if (waiting.content.is === "change") {
    const from = { person: state.self.personKey, device: state.selfKey, by: null };
    return membersChanged({ ...moved, outbox }, item, { added, removed, from, made: waiting.content }, context);
  }
  if (state.stage.at !== "inviting" || !state.stage.accepting) return [moved, []];
  const { person, device, name } = state.stage.accepting;
  const index = state.members.length;
  const members = [...state.members, { index, key: device, mine: false, revoked: false, since: item.at, newUntil: null }];
  const together = begin({ ...moved, outbox, members }, person, name, context);
  return [{ ...together, happened: [...together.happened, { kind: "together", from: "me", at: lineNow(state, context), name }] }, []];
};

/** Both sides begin alike: the relay is pinned in the first entry, and each says how they are called. */
export const begin = (state: State, other: Uint8Array, otherName: string | undefined, context: Context): State => {
  const now = lineNow(state, context);
  const named = otherName === undefined ? state.senses : { ...state.senses, name: { ...state.senses.name, other: { name: otherName, at: 0 } } };
  const members = state.members.map((member) => ({ ...member, since: member.since ?? now }));
  const together: State = { ...state, members, senses: named, stage: { at: "together", other, since: now, words: null, compared: false, latecomerAt: null } };
  return queue(queue(together, pinOf(state)), { kind: "name", body: { name: state.self.name, at: now } });
};

/** Every device's first word: the relay it is on. */
export const pinOf = (state: State): EntryBody => ({ kind: "bond", body: { relay: state.relay.hash } });

/** CHAIN2: at the same place both must have the same head. */
const compareHeads = (state: State, item: LogItem, entry: Entry, from: Who): State => {
  const mine = state.heads.find(([seq]) => seq === entry.seq)?.[1];
  const same = mine !== undefined && equalBytes(mine.slice(0, gossipLength), entry.head);
  if ((mine !== undefined && !same) || entry.seq >= item.seq) return { ...state, fault: "forked", trouble: { is: "forked" } };
  return same && from === "other" && entry.seq > state.common ? { ...state, common: entry.seq } : state;
};

/** One entry by a proven author, at its place; held back while this device waits for what came before it. */
const applySaid = (state: State, item: LogItem, said: EntryBody, from: Who, author: Uint8Array, context: Context): Step => {
  if (said.kind === "bond") {
    // It is a device's first word (after the acceptance, where it accepted); later it would only be a way to stop the other.
    if (item.n > 2) return [{ ...state, refused: state.refused + 1 }, []];
    const pinned = typeof said.body === "object" && said.body !== null && "relay" in said.body ? said.body.relay : undefined;
    const same = pinned instanceof Uint8Array && equalBytes(pinned, state.relay.hash);
    return [same ? state : { ...state, fault: "forked", trouble: { is: "wrong-relay" } }, []];
  }
  if (said.kind === "missed") return [hearMissed(state, said.body, item), []];
  if (said.kind === "stopped") return [item.device === state.index ? state : { ...state, fault: "forked", trouble: { is: "forked" } }, []];
  if (said.kind === "recall") return [hearRecall(state, said.body, from), []];
  if (said.kind === "own")
    return [from === "me" ? hearOwn({ ...state, lastKept: placeOf(state, item.seq) }, said.body, author, placeOf(state, item.seq)) : state, []];
  const entry: HeldEntry = { seq: placeOf(state, item.seq), device: item.device, n: item.n, from, author, said, at: item.at };
  if (state.held) return [{ ...state, held: { ...state.held, entries: [...state.held.entries, entry] } }, []];
  return applyHeld(state, entry, context);
};

/** By its author's device and count; what a vigil left, by the vigil, its turn and rung. */
const againSchema = v.object({
  id: v.pipe(text(64, 3), v.regex(/^(\d{1,3}-\d{1,10}|fired-[0-9a-f]{32}-\d{1,10}-\d{1,3})$/)),
  kind: text(32, 1),
  body: v.custom<Cbor>(() => true),
});

/** What its author says again keeps its own id (say-again.ts); who has it already hears nothing new. */
export const unwrap = ({ said, device, n }: HeldEntry): { readonly id: string; readonly said: EntryBody } | undefined => {
  if (said.kind !== "again") return { id: `${device}-${n}`, said };
  const parsed = v.safeParse(againSchema, said.body);
  if (!parsed.success || ["again", "bond", "missed", "own", "recall", "stopped", "vouched"].includes(parsed.output.kind)) return undefined;
  return { id: parsed.output.id, said: { kind: parsed.output.kind, body: parsed.output.body } };
};

export const applyHeld = (before: State, held: HeldEntry, context: Context): Step => {
  if (sideOfFired(held.device) !== undefined) return [applyHeldFiring(before, held, context), []];
  const refused: Step = [{ ...before, refused: before.refused + 1 }, []];
  const unwrapped = unwrap(held);
  if (!unwrapped) return refused;
  const { id, said } = unwrapped;
  if (said.kind === "vouched") return [hearVouched(before, said.body, held.from, held.author, held.at ?? lineNow(before, context)), []];
  const again = held.said.kind === "again";
  const state = again && held.device === before.index && before.saidAgain ? { ...before, saidAgain: { ...before.saidAgain, until: held.seq } } : before;
  // Moved to the end: what is said again pushes out nothing that may be said again after it.
  if (again && state.recent.includes(id)) return [{ ...state, recent: [...state.recent.filter((one) => one !== id), id] }, []];
  // Nobody says again what another person's device said: an id belongs to a device of its author's side.
  const fired = firedIdOf(said);
  const isTheirs =
    fired === undefined
      ? state.members.some((member) => id.startsWith(`${member.index}-`) && member.mine === (held.from === "me"))
      : id.startsWith(`fired-${fired}-`);
  if (again ? !isTheirs : fired !== undefined) return refused;
  // It stays the word of the device that said it first: one in its first day settles nothing by another that says it again (PROM1).
  const author = toHex((again && authorOf(state, id)) || held.author);
  const isNew = wasNew(state, author, held.at ?? lineNow(state, context));
  // They would take the place of what is watched over: its own app says none (promises.ts).
  if (isNew && said.kind === "promise" && (isOf(said.body, "life") || isOf(said.body, "extended"))) return refused;
  // Said again it is kept; what was chosen since stays chosen (BOUND1).
  const waiting = waitsToo(state, said, { from: held.from, author, id, ...(isNew ? { isNew } : {}) }, again, context);
  const isPassed = again && isOutdated(state, said, held.from);
  const applied = waiting || isPassed ? ([waiting ?? state, []] as const) : applyEntry(state, asItCame(said, held), held.from, author, id, context, isNew);
  if (!applied) return refused;
  // A key, or windows: my other devices begin with them too.
  if (!isKept(said)) return said.kind === "promise" ? [{ ...applied[0], lastKept: Math.max(applied[0].lastKept, held.seq) }, applied[1]] : applied;
  const aside = held.from === "other" && isShut(state, said.kind, context) ? { aside: true } : {};
  const now = lineNow(state, context);
  const came = held.from === "other" && isSenseName(said.kind) && letInOf(state, said.kind, now) === "held" ? { cameAt: now } : {};
  const kept = encodeCbor({ id, seq: held.seq, from: held.from, kind: said.kind, at: writtenAt(said, now), body: said.body, ...aside, ...came });
  // More than anyone says in a day is no speech: it takes no room here (BOUND3).
  const today = held.from === "other" ? counted(state.keptToday, held.at ?? lineNow(state, context), keptADay, kept.length) : state.keptToday;
  if (!today) return refused;
  const [moved, effects] = applied;
  // What my others say counts in the same share, for it arrives in one.
  const mine = held.from === "me" && held.device !== state.index && (said.kind === "thought" || said.kind === "feeling");
  const saidToday = (mine && counted(state.saidToday, held.at ?? lineNow(state, context), saidADay, kept.length)) || state.saidToday;
  const next = {
    ...(held.from === "me" ? withWord(before, remember(moved, said, held.device), said, lineNow(state, context)) : moved),
    keptToday: today,
    saidToday,
  };
  return [
    {
      ...next,
      lastKept: held.seq,
      recent: [...next.recent, id].slice(-recentKept),
      unknown: isSenseName(said.kind) || next.unknown.includes(said.kind) ? next.unknown : [...next.unknown, said.kind].slice(-32),
      unsaved: { ...next.unsaved, put: [...next.unsaved.put, [keptKey(held.seq), kept] as const], dirty: true },
    },
    effects,
  ];
};

/**
 * Being asked counts by when it came to the line (PROM1): who may say any time of it could say an hour after another, and be heard each time.
 */
const asItCame = (said: EntryBody, { from, at }: HeldEntry): EntryBody =>
  from === "other" && said.kind === "promise" && at !== undefined && isOf(said.body, "asked") ? { kind: said.kind, body: { ...said.body, at } } : said;

const isOf = (body: Cbor, what: string): body is { readonly [field: string]: Cbor } =>
  typeof body === "object" && body !== null && "what" in body && body.what === what;

/** A word of mine about a pause ends one without a word, on each of my devices as it hears of it (settings.ts). */
const withWord = (before: State, state: State, { kind, body }: EntryBody, now: Millis): State => {
  // Said again, and outdated by what was said since: it was passed over.
  if (kind !== "apart" || state.senses.apart === before.senses.apart) return state;
  const { announced, quiet } = afterWord({ announced: before.senses.apart.me, quiet: before.settings.pause }, body as unknown as ApartEntry, now);
  return { ...state, senses: { ...state.senses, apart: { ...state.senses.apart, me: announced } }, settings: { ...state.settings, pause: quiet } };
};

/** The promise of which this says that something fired. Nobody says that first: it is the relay's word, and its owner's devices only say it again. */
const firedIdOf = ({ kind, body }: EntryBody): string | undefined => {
  if (kind !== "promise" || !isOf(body, "fired")) return undefined;
  return typeof body["id"] === "string" ? body["id"] : "";
};

/** What I gave, and when, and from which device (BOUND6): as it was said, so that it is the same line on each of my devices. */
const remember = (state: State, said: EntryBody, by: number): State => {
  if (said.kind === "boundary") {
    const entry = said.body as unknown as BoundaryEntry;
    const { give, until, at } = grantOf(entry, entry.at);
    return withPast(state, { is: "gave", at, by, sense: entry.sense, give, until });
  }
  if (said.kind !== "apart") return state;
  const entry = said.body as unknown as ApartEntry;
  const pause = pauseOf(entry, entry.at);
  return withPast(state, pause ? { is: "apart", at: entry.at, by, until: pause.until, dark: pause.dark } : { is: "back", at: entry.at, by });
};

/** The key of the device whose index an id begins with. */
const authorOf = ({ members }: State, id: string): Uint8Array | undefined => members.find(({ index }) => id.startsWith(`${index}-`))?.key;

/** A kept thing moves its sense as when it came: after an upgrade that knows it, or on top of what an archive knew. */
export const understand = (state: State, kept: Uint8Array, context: Context, kinds?: readonly string[]): State => {
  const decoded = decodeCbor(kept);
  if (!decoded.ok) return state;
  const { id, kind, body, from, aside } = decoded.value as Cbor & Kept;
  if (aside || (kinds && !kinds.includes(kind))) return state;
  const applied = applyEntry(state, { kind, body }, from, toHex(authorOf(state, id) ?? new Uint8Array()), id, context);
  // It was told when it came.
  return applied ? { ...applied[0], happened: state.happened } : state;
};

/** Whether its author has said something later of the same thing: a grant, a name, a feeling. */
const isOutdated = (state: State, { kind, body }: EntryBody, from: Who): boolean => {
  const { at, sense } = (typeof body === "object" && body !== null ? body : {}) as { readonly at?: unknown; readonly sense?: unknown };
  const { boundary, name, feeling, apart, promise } = state.senses;
  // One sign of life at a time: an earlier one that is said again is over.
  if (kind === "promise") return isOf(body, "life") && typeof at === "number" && promise.lives.some((one) => one.owner === from && one.since > at);
  if (kind === "apart") return typeof at === "number" && (apart.saidAt?.[from] ?? apart[from]?.at ?? -1) > at;
  const later = kind === "boundary" ? boundary[from][String(sense)]?.at : kind === "name" ? name[from]?.at : kind === "feeling" ? feeling[from]?.at : undefined;
  return typeof at === "number" && later !== undefined && later > at;
};

/** When its author says it was written; never later than now, and null where that is no time. */
const writtenAt = ({ body }: EntryBody, now: Millis): Millis | null => {
  const at = typeof body === "object" && body !== null && "at" in body ? body.at : undefined;
  return typeof at === "number" && Number.isSafeInteger(at) && at >= 0 ? Math.min(at, now) : null;
};
