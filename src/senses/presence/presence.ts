/**
 * Presence (PRES1-3): honestly graded, given only while its owner's grant says so.
 *
 * What leaves a device: kept entries *open*, *still* (every 15 min), *left*, their times rounded down to 5 min; and a
 * live message every 5 s while on screen, which adds only "beside". What the other end shows is decided from these
 * alone, never from the relay's stamps, so it is never a "last seen".
 *
 * Given coarsely it is "around" at best, also for an app that shows more than it should: all that leaves is *left*, once an hour at most
 * and of a whole hour. When someone came, for how long and when they went, is not in it.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { uint } from "../../protocol/schema.ts";
import type { Sense, SenseContext } from "../sense.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const stillEvery = 15 * minute;
export const hereEvery = 5 * second;
const rounding = 5 * minute;
const besideFor = 15 * second;
const liveLostAfter = minute;
const openHolds = 20 * minute;

/** Rounds down, so that a time that leaves the device never tells the minute. */
export const roundDown = (at: Millis): Millis => at - (at % rounding);

const entrySchema = v.object({ what: v.picklist(["open", "still", "left"]), at: uint() });
const liveSchema = v.object({ here: v.literal(true) });
export type PresenceEntry = v.InferOutput<typeof entrySchema>;
export type PresenceLive = v.InferOutput<typeof liveSchema>;

interface DevicePresence {
  readonly what: PresenceEntry["what"];
  readonly at: Millis;
  /** Line time of the last live message since the last *open*; never shown unrounded. */
  readonly liveAt?: Millis;
}

export interface PresenceState {
  /** What this device last said of itself. `roughAt`: the hour that it said coarsely, also before it was started anew. */
  readonly mine: { readonly here: boolean; readonly saidAt: Millis; readonly liveAt: Millis; readonly roughAt?: Millis };
  /** By the other's device. */
  readonly theirs: { readonly [device: string]: DevicePresence };
}

const initial: PresenceState = { mine: { here: false, saidAt: 0, liveAt: 0 }, theirs: {} };

export const presence: Sense<PresenceState, PresenceEntry, PresenceLive, never> = {
  name: "presence",
  grant: "off-coarse-full",
  initial,
  entry: entrySchema,
  live: liveSchema,
  intent: undefined,
  kept: () => false,
  followed: true,

  apply(state, input, context) {
    switch (input.kind) {
      case "entry": {
        if (input.from === "me") return { state };
        // An author's clock may be ahead of the line's; evidence is never younger than now.
        const at = Math.min(input.entry.at, roundDown(context.now));
        const device: DevicePresence = { what: input.entry.what, at };
        const before = state.theirs[input.device];
        // *Open* begins anew, but for a live message that overtook it on its way.
        const fresh = context.now - (before?.liveAt ?? -Infinity) < hereEvery;
        const goesOn = before?.liveAt !== undefined && (input.entry.what === "still" || (input.entry.what === "open" && fresh));
        return {
          state: { ...state, theirs: { ...state.theirs, [input.device]: goesOn ? { ...device, liveAt: before.liveAt } : device } },
          happened: [{ kind: "presence", from: "other", at, what: input.entry.what }],
        };
      }
      case "live": {
        if (input.from === "me") return { state };
        const before = state.theirs[input.device];
        if (before?.what === "left") return { state };
        const device: DevicePresence = { what: "open", at: roundDown(context.now), ...before, liveAt: context.now };
        return { state: { ...state, theirs: { ...state.theirs, [input.device]: device } } };
      }
      case "resumed":
        return { state: { mine: goneFrom(state.mine), theirs: withoutLive(state.theirs) } };
      case "intent":
        return input.intent;
      case "tick":
        return wakeFor(tellMine(state, context), context);
    }
  },

  ahead: (state, context) => (state.mine.here && context.give === "full" ? { what: "left", at: roundDown(context.now) } : undefined),
};

const goneFrom = ({ roughAt }: PresenceState["mine"]): PresenceState["mine"] => (roughAt === undefined ? initial.mine : { ...initial.mine, roughAt });

/** Live evidence is this process's own: what an earlier one heard says nothing about now. */
const withoutLive = (theirs: PresenceState["theirs"]): PresenceState["theirs"] =>
  Object.fromEntries(Object.entries(theirs).map(([device, { what, at }]) => [device, { what, at }]));

/** Also wakes when the other's closeness changes by the mere passing of time. */
const wakeFor = (step: ReturnType<typeof presence.apply>, context: SenseContext): ReturnType<typeof presence.apply> => {
  const wake = Math.min(step.wakeAt ?? Infinity, closenessWakeAt(step.state, context.now) ?? Infinity);
  return { ...step, wakeAt: wake === Infinity ? undefined : wake };
};

/** Says what changed about this device: came, is still here, left; and keeps the live message going. */
const tellMine = (state: PresenceState, context: SenseContext): ReturnType<typeof presence.apply> => {
  const { mine } = state;
  const { now } = context;
  if (context.give === "off") return { state: mine.here ? { ...state, mine: goneFrom(mine) } : state };
  if (context.give === "coarse") return tellRoughly(state, context);
  if (!context.onScreen) {
    return mine.here ? { state: { ...state, mine: goneFrom(mine) }, sayAhead: { what: "left", at: roundDown(now) } } : { state };
  }
  // Without a connection nothing is said: it would be old news when it arrives.
  if (!context.connected) return { state };
  const say: PresenceEntry[] = [];
  const live: PresenceLive[] = [];
  let { saidAt, liveAt } = mine;
  // Counted from the time the other was told, which was rounded down: so *still* comes well before *open* runs out.
  if (!mine.here || now - roundDown(saidAt) >= stillEvery || saidAt > now) {
    say.push({ what: mine.here ? "still" : "open", at: roundDown(now) });
    saidAt = now;
  }
  if (now - liveAt >= hereEvery || liveAt > now || (context.heardSince ?? 0) > liveAt) {
    live.push({ here: true });
    liveAt = now;
  }
  const next = saidAt === mine.saidAt && liveAt === mine.liveAt && mine.here ? state : { ...state, mine: { ...mine, here: true, saidAt, liveAt } };
  return { state: next, say, live, wakeAt: Math.min(roundDown(saidAt) + stillEvery, liveAt + hereEvery) };
};

/** Once in each hour of the clock in which someone looks. */
const tellRoughly = (state: PresenceState, { now, onScreen, connected }: SenseContext): ReturnType<typeof presence.apply> => {
  const mine = goneFrom(state.mine);
  const { roughAt } = mine;
  const quiet = state.mine.here ? { ...state, mine } : state;
  const at = now - (now % hour);
  if (!onScreen || !connected) return { state: quiet };
  if (roughAt !== undefined && roughAt <= now && now - roughAt < hour) return { state: quiet, wakeAt: roughAt + hour };
  return { state: { ...state, mine: { ...mine, roughAt: at } }, say: [{ what: "left", at }], wakeAt: at + hour };
};

/** What the other end looks like (the table of honest states in the bond). `since` is rounded to 5 min, or absent for "now". */
export type Closeness =
  | { readonly state: "beside" }
  | { readonly state: "near" | "around" | "far"; readonly since: Millis }
  /** Undefined before the first sign of the other ever came. */
  | { readonly state: "unheard"; readonly since: Millis | undefined };

const nearness = { beside: 0, near: 1, around: 2, far: 3, unheard: 4 };

/** The nearest of the other's devices counts. `theirGive` is what they give of presence at this time. */
export const closenessOf = (state: PresenceState, theirGive: "coarse" | "full", context: SenseContext): Closeness => {
  let nearest: Closeness = { state: "unheard", since: undefined };
  for (const { liveAt, ...kept } of Object.values(state.theirs)) {
    // Who gives it coarsely says nothing live: that silence is theirs to keep, and no sign of having gone.
    const closeness = deviceCloseness(theirGive === "coarse" || liveAt === undefined ? kept : { ...kept, liveAt }, context);
    const rank = nearness[closeness.state] - nearness[nearest.state];
    if (rank < 0 || (rank === 0 && sinceOf(closeness) > sinceOf(nearest))) nearest = closeness;
  }
  const tooNear = theirGive === "coarse" && (nearest.state === "beside" || nearest.state === "near");
  return tooNear ? { state: "around", since: nearest.state === "near" ? nearest.since : roundDown(context.now) } : nearest;
};

const sinceOf = (closeness: Closeness): Millis => (closeness.state === "beside" ? Infinity : (closeness.since ?? -Infinity));

const deviceCloseness = ({ what, at, liveAt }: DevicePresence, context: SenseContext): Closeness => {
  const { now } = context;
  if (what !== "left") {
    if (liveAt !== undefined) {
      const silent = now - liveAt;
      if (silent >= 0 && silent < besideFor && context.onScreen) return { state: "beside" };
      // Only when my own connection held all the while does their silence say anything.
      const heldThroughout = context.connected && context.connectedSince <= liveAt;
      if (silent >= liveLostAfter && heldThroughout) return { state: "unheard", since: roundDown(liveAt) };
    }
    return now - at < openHolds ? { state: "near", since: at } : { state: "unheard", since: at };
  }
  const age = now - at;
  if (age <= 10 * minute) return { state: "near", since: at };
  if (age <= 3 * hour) return { state: "around", since: at };
  if (age <= 24 * hour) return { state: "far", since: at };
  return { state: "unheard", since: at };
};

const closenessWakeAt = (state: PresenceState, now: Millis): Millis | undefined => {
  const times = Object.values(state.theirs).flatMap(({ liveAt, at }) => [
    ...(liveAt === undefined ? [] : [liveAt + besideFor, liveAt + liveLostAfter]),
    at + openHolds,
    at + 10 * minute + 1,
    at + 3 * hour + 1,
    at + 24 * hour + 1,
  ]);
  const coming = times.filter((time) => time > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
};
