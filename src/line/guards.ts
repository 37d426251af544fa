/**
 * What a device knows of the vigil behind a promise, and whether that is green (PROM2). Pure.
 *
 * Green is a receipt of this turn and due, signed by the pinned relay, that came to this very process less than five minutes ago, whose
 * canary was alive, and whose time is one that this device's own clock does not speak against. Everything else is amber, with its reason.
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import type { Receipt } from "../protocol/receipt.ts";
import { isOpen, type Promised } from "../senses/promise/promised.ts";
import type { Context } from "./event.ts";
import type { State } from "./state.ts";
import { lineNow } from "./time.ts";

/** What this device knows of one vigil. */
export interface Guard {
  /** The newest receipt, as the relay signed it, and what it says. */
  readonly raw: Uint8Array | null;
  readonly receipt: Receipt | null;
  /** Line time at which it came. */
  readonly heardAt: Millis;
  /** Hashes of what this device sent for a turn, before it left. */
  readonly sent: { readonly turn: number; readonly hashes: readonly Uint8Array[] } | null;
  /** Why the relay would not have it, and since when. */
  readonly refused: { readonly code: string; readonly at: Millis } | null;
  /** How far the relay's clock was from this device's when the promise came here: what the relay is held against later. */
  readonly offset: Millis;
  /** By how much this device's own clock was found to be set since then (time.ts). */
  readonly set: Millis;
}

export type Guards = { readonly [id: string]: Guard };

const noGuard: Guard = { raw: null, receipt: null, heardAt: 0, sent: null, refused: null, offset: 0, set: 0 };
export const guardOf = (state: State, id: string): Guard => state.guards[id] ?? { ...noGuard, offset: state.offset };
export const withGuard = (state: State, id: string, over: Partial<Guard>): State => ({
  ...state,
  guards: { ...state.guards, [id]: { ...guardOf(state, id), ...over } },
  unsaved: { ...state.unsaved, dirty: true },
});

/** Devices of mine that are in their first day, by their keys: what they say settles nothing at the relay. */
export const newOnes = ({ members }: State, now: Millis): ReadonlySet<string> =>
  new Set(members.filter(({ mine, newUntil }) => mine && newUntil !== null && newUntil > now).map(({ key }) => toHex(key)));

/** Whether a device of either was in its first day then: what it says takes nothing away that its person's other devices promised. */
export const wasNew = ({ members }: State, key: string, then: Millis): boolean =>
  members.some((member) => member.newUntil !== null && member.newUntil > then && toHex(member.key) === key);

/** Something of it may fire, or it may be armed again. */
export const isWaiting = ({ state }: Receipt): boolean => state === "armed" || state === "aside" || state === "lost";

/** A button kept this window: also where it was begun anew meanwhile, and the relay had heard nothing of that. */
export const isKeptBySecret = ({ opens, turn, by }: Promised, receipt: Receipt): boolean =>
  opens !== null && receipt.state === "kept" && (receipt.turn === turn || (receipt.turn < turn && receipt.due === by));

/** Not settled for longer than the relay remembers it. */
const guardsKept: Millis = 31 * 24 * 60 * 60_000;
const freshFor: Millis = 5 * 60_000;
const canaryFor: Millis = 90_000;
/** Said, and not answered by the relay for so long, it is on its way no more. */
export const armingFor: Millis = 2 * 60_000;
/** Honest clocks differ by less. */
export const clockSlack: Millis = 2 * 60_000;

/** From when a promise is here on, its relay's clock is compared with this device's. Guards of what is long over go. */
export const tidyGuards = (state: State, now: Millis): State => {
  const stays = ([id, guard]: readonly [string, Guard]): boolean => state.senses.promise.list.some((one) => one.id === id) || now - guard.heardAt < guardsKept;
  const begun = state.senses.promise.list
    .filter((one) => one.by !== null && isOpen(one) && !state.guards[one.id])
    .reduce((next, { id }) => withGuard(next, id, { heardAt: 0 }), state);
  const entries = Object.entries(begun.guards);
  return entries.every(stays) ? begun : { ...begun, guards: Object.fromEntries(entries.filter(stays)) };
};

/**
 * What the relay's clock says now by this device's: by how the two stood when the promise came here, and by that with what this
 * device's clock was set since. A relay that lies about time has both against it.
 */
export const ownTimes = (state: State, id: string, { wall }: Context): readonly [Millis, Millis] => {
  const { offset, set } = guardOf(state, id);
  return [wall + offset, wall + offset + set];
};

const clocksAgree = (state: State, id: string, context: Context): boolean => {
  const now = lineNow(state, context);
  return ownTimes(state, id, context).some((own) => Math.abs(own - now) <= clockSlack);
};

/** By whichever of this process's clocks more went by: one may stand still in sleep, the other may be set back. */
const isFresh = (state: State, id: string, { wall, monotonic }: Context): boolean => {
  const heard = state.vigils.heard[id];
  return heard !== undefined && Math.max(monotonic - heard.monotonic, wall - heard.wall) < freshFor;
};

export type GuardWhy =
  /** The line stands still, or is being taken up: whatever the relay once signed, it may not remember. */
  | "stopped"
  | "not-there"
  | "older-turn"
  | "not-checked"
  | "canary"
  | "clock"
  | "aside"
  | "lost"
  | "not-what-was-sealed"
  /** It should have spoken by now. */
  | "silent"
  | "lifted"
  | "fired"
  | "no-part-here"
  | "refused";

/** Green, or why not. `arming` while its owner's device is still about to arm it. */
export const guardNow = (
  state: State,
  one: Promised,
  context: Context,
): { readonly is: "guarded" } | { readonly is: "arming" } | { readonly is: "unguarded"; readonly why: GuardWhy } => {
  if (state.fault || state.mending) return { is: "unguarded", why: "stopped" };
  const now = lineNow(state, context);
  const guard = guardOf(state, one.id);
  const { receipt } = guard;
  if (guard.refused && (receipt === null || receipt.turn < one.turn)) return { is: "unguarded", why: "refused" };
  if (receipt === null || receipt.turn < one.turn || (receipt.turn === one.turn && receipt.due !== one.by)) {
    if (now - one.turnAt < armingFor) return { is: "arming" };
    return { is: "unguarded", why: receipt === null ? "not-there" : "older-turn" };
  }
  if (receipt.turn > one.turn) return { is: "unguarded", why: "older-turn" };
  switch (receipt.state) {
    case "aside":
    case "lost":
    case "fired":
      return { is: "unguarded", why: receipt.state };
    case "lifted":
    case "kept":
      return { is: "unguarded", why: "lifted" };
    case "armed": {
      if (one.owner === "me" && !isWhatWasSealed(guard, receipt)) return { is: "unguarded", why: "not-what-was-sealed" };
      if (receipt.now - receipt.canary > canaryFor) return { is: "unguarded", why: "canary" };
      if (!isFresh(state, one.id, context)) return { is: "unguarded", why: "not-checked" };
      // An old receipt that is said again is no fresh word, and a clock that no other clock agrees with keeps no deadline.
      const isOfNow = Math.abs(receipt.now - guard.heardAt) <= clockSlack && clocksAgree(state, one.id, context);
      return isOfNow ? { is: "guarded" } : { is: "unguarded", why: "clock" };
    }
  }
};

const isWhatWasSealed = ({ sent }: Guard, receipt: Receipt): boolean =>
  sent === null || sent.hashes.some((hash) => equalBytes(hash, receipt.hash)) === (sent.turn === receipt.turn);
