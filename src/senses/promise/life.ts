/** Signs of life (LIFE1): a promise that repeats, every day between two times, each window a promise of its own. Pure. */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { text } from "../../protocol/schema.ts";
import type { SenseStep, Who } from "../sense.ts";
import { cleanText, isReadable } from "../text.ts";
import type { PromiseEntry, PromiseIntent } from "./promise.ts";
import {
  isOpen,
  lacksKey,
  openAtOnce,
  promiseCap,
  replace,
  tell,
  unsettled,
  waitingCount,
  withList,
  type Life,
  type Promised,
  type PromiseState,
} from "./promised.ts";
import { windowsAfter, windowsAtOnce, type Window } from "./windows.ts";

type Step = SenseStep<PromiseState, PromiseEntry, never>;
type Item = Extract<PromiseEntry, { what: "windows" }>["items"][number];

/** At most one sign of life a side: who is asked for two signs a day is asked for too many. */
export const hearLife = (
  state: PromiseState,
  entry: Extract<PromiseEntry, { what: "life" | "life-off" | "windows" }>,
  from: Who,
  by: string,
  isNew: boolean,
  now: Millis,
): Step => {
  const at = Math.min(entry.at, now);
  if (entry.what === "life") {
    const words = cleanText(entry.words);
    if (!isReadable(words) || state.lives.some(({ id }) => id === entry.id)) return { state };
    // Who has one says no other, but for a device that lost what it had said.
    const before = lifeOf(state, from);
    if (before) return hearLife(endLife(state, before, at, by, true), entry, from, by, isNew, now);
    const { id, zone, from: begins, to, grace, release, note, farewell } = entry;
    const life: Life = { id, owner: from, words, zone, from: begins, to, grace, release, note, farewell, since: at, offAt: null };
    const over = state.lives.filter(({ owner, offAt }) => owner === from && offAt !== null).slice(0, -livesKept);
    return { state: { ...state, lives: [...state.lives.filter((one) => !over.includes(one)), life] }, happened: [tell("life", from, at, { id, words })] };
  }
  const life = state.lives.find(({ id }) => id === (entry.what === "windows" ? entry.life : entry.id));
  if (!life || life.owner !== from) return { state };
  if (life.offAt !== null) {
    const again = entry.what === "windows" ? goesOn(state, life, entry, life.offAt, isNew) : state;
    return again === state
      ? { state }
      : { ...hearLife(again, entry, from, by, isNew, now), happened: [tell("life", from, at, { id: life.id, words: life.words })] };
  }
  if (entry.what === "life-off")
    return { state: endLife(state, life, at, by, false), happened: [tell("life-off", from, at, { id: life.id, words: life.words })] };
  const next = entry.items.reduce((before, item) => withWindow(before, life, item, entry.at, by, isNew, now), state);
  const isNews = ({ id, kept }: Item): boolean => kept !== undefined && next.list.some((one) => one.id === id) && !state.list.some((one) => one.id === id);
  return { state: next, happened: entry.items.filter(isNews).map(({ id, kept = now }) => tell("kept", from, Math.min(kept, now), { id, words: life.words })) };
};

/**
 * Windows are said of it after its end, those that ended with it or new ones: the device of its owner that knew of the end lost its memory, and
 * goes on with it. The relay watches over what that says, so it goes on for both, and is never green on one side alone.
 */
const goesOn = (state: PromiseState, life: Life, { items, at }: Extract<PromiseEntry, { what: "windows" }>, offAt: Millis, isNew: boolean): PromiseState => {
  const isAgain = (one: Promised): boolean =>
    one.life === life.id &&
    one.end?.is === "withdrawn" &&
    one.end.at === offAt &&
    one.end.replaced === undefined &&
    items.some(({ id, kept }) => id === one.id && kept === undefined);
  // Who goes on with it says windows that are still to open.
  const hasMore = !isNew && items.some(({ id, opens, kept }) => kept === undefined && opens > offAt && !state.list.some((one) => one.id === id));
  if (at <= offAt || lifeOf(state, life.owner) || !(hasMore || state.list.some(isAgain))) return state;
  const lives = state.lives.map((one) => (one.id === life.id ? { ...one, offAt: null } : one));
  return { ...state, lives, list: state.list.map((one): Promised => (isAgain(one) ? { ...one, end: null } : one)) };
};

const endLife = (state: PromiseState, life: Life, at: Millis, by: string, replaced: boolean): PromiseState => {
  const end = { is: "withdrawn", at, by, ...(replaced ? { replaced } : {}) } as const;
  const lives = state.lives.map((one) => (one.id === life.id ? { ...one, offAt: at } : one));
  return withList(
    { ...state, lives },
    state.list.map((one): Promised => (one.life === life.id && isOpen(one) ? { ...one, end } : one)),
  );
};

/** From one time of day to another, where the clocks are set back meanwhile. */
const longestWindow: Millis = 26 * 60 * 60_000;
/** A day each, and some that a clock change or a journey leaves out: beyond, they would stand where the next ones are to be said. */
const farthestOpening: Millis = (windowsAtOnce + 6) * 24 * 60 * 60_000;

/**
 * One window. What is said later of the same time takes the place of what was said before and has not begun: a device that lost what it
 * had said says other ones.
 */
const withWindow = (
  state: PromiseState,
  life: Life,
  { id, opens, due, key, kept, said }: Item,
  heardAt: Millis,
  by: string,
  isNew: boolean,
  now: Millis,
): PromiseState => {
  const known = state.list.find((one) => one.id === id);
  // Said again, for whoever took the line up anew and missed it.
  if (known) return known.life === life.id && known.turn === 1 && known.key === null && lacksKey(known) ? replace(state, { ...known, key }) : state;
  const saidAt = said ?? heardAt;
  if (due <= opens || due - opens > longestWindow || opens > Math.min(saidAt, now) + farthestOpening) return state;
  const same = state.list.filter((one) => one.life === life.id && one.opens !== null && one.by !== null && one.opens < due && one.by > opens);
  // Said again, it takes the place of one that has begun meanwhile, where it was first said before that and after the other.
  const begunBy = ({ madeAt }: Promised): Millis => (madeAt < saidAt ? saidAt : heardAt);
  const hasBegun = (one: Promised): boolean => one.end?.is === "kept" || (isOpen(one) && (one.opens ?? 0) <= begunBy(one));
  const replaced = same.filter(isOpen);
  // Nothing stands in the place of one that is watched over but one that is; and nobody's who has had the device for a day at most.
  if ((kept !== undefined || isNew) && replaced.length > 0) return state;
  if (same.some(hasBegun) || (kept === undefined && waitingCount(state, life.owner) - replaced.length >= openAtOnce)) return state;
  const at = Math.min(saidAt, now);
  const list = state.list.map((one): Promised => (replaced.includes(one) ? { ...one, end: { is: "withdrawn", at, by, replaced: true } } : one));
  const { words, grace, release, note, farewell, owner } = life;
  const times = { by: due, when: null, opens, madeAt: at, turnAt: at, turnBy: by };
  // Nothing is left to open with its key.
  const end = kept === undefined ? { key } : { key: null, end: { is: "kept", at: Math.min(kept, now), by } as const };
  return withList(state, [...list, { ...unsettled, ...times, id, owner, words, life: life.id, grace, release, note, farewell, ...end }]);
};

/** Of those that are over, of each side. */
const livesKept = 10;
export const lifeOf = ({ lives }: PromiseState, who: Who): Life | undefined => lives.find((life) => life.owner === who && life.offAt === null);

/** My windows that opened and are not kept: one press keeps today's, and those before it that were missed, until they were released. */
export const windowsNow = ({ list }: PromiseState, now: Millis): readonly Promised[] =>
  list.filter((one) => one.owner === "me" && one.life !== null && isOpen(one) && one.opens !== null && one.opens <= now);

export const intendLife = (state: PromiseState, intent: Extract<PromiseIntent, { what: "live" | "live-off" | "windows" }>, now: Millis): Step => {
  const mine = lifeOf(state, "me");
  if (intent.what === "live") {
    const words = cleanText(intent.words);
    if (mine) return { state, refused: "settled" };
    if (!isReadable(words)) return { state, refused: "empty" };
    if (!v.is(text(promiseCap), words)) return { state, refused: "too-long" };
    if (intent.from === intent.to || windowsAfter(intent.zone, intent.from, intent.to, now, 1).length === 0) return { state, refused: "bad-time" };
    const { id, zone, from, to, grace, release, note, farewell } = intent;
    return { state, say: [{ what: "life", id, words, zone, from, to, grace, release, note, farewell, at: now }] };
  }
  if (!mine || mine.id !== (intent.what === "windows" ? intent.life : intent.id)) return { state, refused: "no-such-promise" };
  return {
    state,
    say: [intent.what === "live-off" ? { what: "life-off", id: mine.id, at: now } : { what: "windows", life: mine.id, items: intent.items, at: now }],
  };
};

/** Windows are armed for two weeks; with three left it is said (LIFE1). */
const windowsAhead = windowsAtOnce;
export const windowsFew = 3;

/** My windows that are to be said next, so that as many as that are ahead. */
export const windowsToSay = (state: PromiseState, now: Millis): readonly Window[] => {
  const life = lifeOf(state, "me");
  if (!life) return [];
  const known = state.list.filter((one) => one.life === life.id && one.end === null && one.opens !== null && one.opens > now);
  if (known.length >= windowsAhead) return [];
  const last = Math.max(now, ...state.list.flatMap((one) => (one.life === life.id && one.opens !== null ? [one.opens] : [])));
  return windowsAfter(life.zone, life.from, life.to, last, windowsAhead - known.length);
};
