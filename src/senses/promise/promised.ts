/** What is known of promises and signs of life (PROM1, LIFE1), as both sides hold it, and the ladder of a promise (PROM3). Pure. */
import type { Millis } from "../../base/brand.ts";
import type { Happening, Who } from "../sense.ts";

/** In UTF-8 bytes: a sentence or two. */
export const promiseCap = 500;
/** In UTF-8 bytes: a letter that fits the 16 KiB bucket. */
export const noteCap = 12_000;
/** Promises of one side that are open at a time: the relay waits for as many, a sign of life's windows among them. */
export const openAtOnce = 40;
const settledKept = 60;

const minute: Millis = 60_000;
const day: Millis = 24 * 60 * minute;
/** How far ahead a promise may be due: the relay waits no longer. */
export const farthestDue: Millis = 390 * day;

export interface Promised {
  /** 32 hexadecimal digits: the vigil's id at the relay. */
  readonly id: string;
  readonly owner: Who;
  readonly words: string;
  readonly by: Millis | null;
  readonly when: string | null;
  readonly opens: Millis | null;
  /** The sign of life whose window it is. */
  readonly life: string | null;
  /** From the due until *late*, and from then until the envelope; until the farewell from there, null for none. */
  readonly grace: Millis;
  readonly release: Millis;
  readonly note: boolean;
  readonly farewell: Millis | null;
  readonly turn: number;
  readonly madeAt: Millis;
  /** When this turn was said. */
  readonly turnAt: Millis;
  /** Of this turn; null once it is destroyed, and where it never came. It goes when the relay has confirmed that nothing will fire. */
  readonly key: Uint8Array | null;
  /** The device that said this turn, hexadecimal. */
  readonly turnBy: string;
  /** How it was settled by its owner, and by which device; null while it is open. */
  readonly end: {
    readonly is: "kept" | "withdrawn";
    readonly at: Millis;
    readonly by: string;
    /** Another window stands in its place: whatever fires of this one means nothing. */
    readonly replaced?: true;
  } | null;
  /** Rungs of this turn that fired, by the relay's time. */
  readonly lateAt: Millis | null;
  readonly releasedAt: Millis | null;
  readonly farewellAt: Millis | null;
  /** The outage that the relay says it was late for. */
  readonly down: { readonly from: Millis; readonly until: Millis } | null;
  /** What the envelope held, opened. */
  readonly opened: string | null;
  readonly openedFarewell: string | null;
  /** The relay spoke before its time, or about a turn that was overtaken. */
  readonly spoke: "early" | "superseded" | null;
  /** It was late after the word that settled it: had the relay been told, it would not have been. */
  readonly overruled?: boolean;
  /** It was laid aside on this device. */
  readonly aside?: boolean;
  /** Its key was said by another device than the one that began the turn, whose own is not known yet. */
  readonly othersKey?: boolean;
}

/** A promise that repeats. */
export interface Life {
  readonly id: string;
  readonly owner: Who;
  readonly words: string;
  readonly zone: string;
  /** Minutes of the day there. */
  readonly from: number;
  readonly to: number;
  readonly grace: Millis;
  readonly release: Millis;
  readonly note: boolean;
  readonly farewell: Millis | null;
  readonly since: Millis;
  readonly offAt: Millis | null;
}

/** `by`: the device that said it; absent in what was heard before that was kept. */
interface AheadKey {
  readonly id: string;
  readonly turn: number;
  readonly key: Uint8Array;
  readonly from: Who;
  readonly by?: string;
}

export interface PromiseState {
  /** In the order they were made: all that are open, and the latest that are not. */
  readonly list: readonly Promised[];
  readonly lives: readonly Life[];
  /** Keys that came before what they are for. */
  readonly keys: readonly AheadKey[];
  /** When each last asked. */
  readonly asked: { readonly me: Millis | null; readonly other: Millis | null };
  /** What the other asked for last, until I promise something or lay it aside. */
  readonly question?: { readonly words: string | null; readonly at: Millis } | null;
}

export const initial: PromiseState = { list: [], lives: [], keys: [], asked: { me: null, other: null }, question: null };

/** How every promise begins. */
export const unsettled = {
  turn: 1,
  end: null,
  lateAt: null,
  releasedAt: null,
  farewellAt: null,
  down: null,
  opened: null,
  openedFarewell: null,
  spoke: null,
} as const;

export const isOpen = (one: Promised): boolean => one.end === null && one.releasedAt === null;

/** Its note is open, and its farewell not yet: who is back can stop that (PROM3). */
export const awaitsFarewell = (one: Promised): boolean => one.end === null && one.releasedAt !== null && one.farewell !== null && one.farewellAt === null;

/** Its key would still open something. */
export const lacksKey = (one: Promised): boolean =>
  isOpen(one) ||
  awaitsFarewell(one) ||
  (one.note && one.releasedAt !== null && one.opened === null) ||
  (one.farewellAt !== null && one.openedFarewell === null);

/** A window that was missed, and has no note to open: it can be kept late, and nothing waits for that. */
const isMissed = (one: Promised): boolean => one.life !== null && one.lateAt !== null && !one.note;
export const waitingCount = ({ list }: PromiseState, who: Who): number => list.filter((one) => one.owner === who && isOpen(one) && !isMissed(one)).length;

/** A rung of the ladder (PROM3), by its due. Reminders are for its owner; the others reach the other. */
export interface LadderRung {
  readonly kind: "remind" | "late" | "envelope" | "farewell";
  readonly due: Millis;
}

/** A reminder a quarter of an hour before, where there is as much time. */
const remindBefore: Millis = 15 * minute;

export const ladderOf = ({ by, opens, grace, release, note, farewell, madeAt }: Omit<Promised, "id">): readonly LadderRung[] => {
  if (by === null) return [];
  const begins = opens ?? madeAt;
  const rungs: LadderRung[] = by - remindBefore > begins + minute ? [{ kind: "remind", due: by - remindBefore }] : [];
  rungs.push({ kind: "late", due: by + grace });
  const envelope = by + grace + release;
  if (note) rungs.push({ kind: "envelope", due: envelope });
  if (farewell !== null) rungs.push({ kind: "farewell", due: envelope + Math.max(minute, farewell) });
  return rungs;
};

/**
 * What is left of it for a relay that hears of it at `now`: what is past by then is said by nobody. A farewell opens nothing without the note:
 * where the note came too late, it opens in the same moment.
 */
export const ladderAhead = (one: Omit<Promised, "id">, now: Millis): readonly LadderRung[] => {
  const ahead = ladderOf(one).filter(({ due }) => due > now);
  const [first] = ahead;
  return first?.kind === "farewell" && one.note && one.releasedAt === null ? [{ kind: "envelope", due: first.due - 1 }, first] : ahead;
};

/** What is open all stays; of the settled, and of windows that were missed, the latest of each side. */
export const withList = (state: PromiseState, list: readonly Promised[]): PromiseState => {
  const waits = (one: Promised): boolean => isOpen(one) && !isMissed(one);
  const settled = (who: Who): readonly Promised[] => list.filter((one) => one.owner === who && !waits(one)).slice(-settledKept);
  const stays = new Set([...settled("me"), ...settled("other")]);
  return { ...state, list: list.filter((one) => waits(one) || stays.has(one)) };
};

export const replace = (state: PromiseState, next: Promised): PromiseState =>
  withList(
    state,
    state.list.map((one) => (one.id === next.id ? next : one)),
  );

/** Of two devices that begin a turn at once each says a key: it is of the device whose word holds. Said again, it may be another's. */
export const takeKey = (
  state: PromiseState,
  id: string,
  turn: number,
  from: Who,
  by: string,
): { readonly keys: PromiseState["keys"]; readonly taken: Pick<Promised, "key" | "othersKey"> } => {
  const all = state.keys.filter((one) => one.id === id && one.turn === turn && one.from === from);
  const found = all.find((one) => one.by === by) ?? all.at(-1);
  const keys = state.keys.filter((one) => one.id !== id || one.from !== from || one.turn > turn);
  return { keys, taken: found ? { key: found.key, othersKey: found.by !== by } : { key: null } };
};

export const tell = (what: string, from: Who, at: Millis, more: Record<string, string | number | null>): Happening => ({
  kind: "promise",
  from,
  at,
  what,
  ...more,
});
