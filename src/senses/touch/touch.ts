/**
 * Touch (TOUCH1): offered, then met, or not. While I hold, my devices say so live, every second; while both hold, both
 * feel it. Letting go ends it at once. Nothing of it is kept, on either side, met or not.
 *
 * Who offers again and again and is not met is not felt for a while (BOUND5, LINK2): the one who offers is told nothing of it,
 * for not being met needs no reason, and it is over as soon as the other reaches too.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import type { Happening, Sense } from "../sense.ts";

const sayEvery: Millis = 1000;
/** A hold that was not said again is over: its owner's connection or device went away. */
const holdsFor: Millis = 2500;

const liveSchema = v.object({ hold: v.boolean() });
const intentSchema = v.object({ hold: v.boolean() });
export type TouchLive = v.InferOutput<typeof liveSchema>;
export type TouchIntent = v.InferOutput<typeof intentSchema>;

export interface TouchState {
  readonly holding: boolean;
  readonly saidAt: Millis;
  /** The other's holding devices, each with when its hold was last heard. */
  readonly theirs: { readonly [device: string]: Millis };
  /** When the last offers of the other ended unmet. */
  readonly unmet: readonly Millis[];
}

const initial: TouchState = { holding: false, saidAt: 0, theirs: {}, unmet: [] };

/** So many offers that were not met, within so long, and further ones are not felt. */
const unmetOffers = 3;
export const unmetWithin: Millis = 10 * 60_000;

const isDamped = (state: TouchState, now: Millis): boolean =>
  !state.holding && !isOffered(state) && state.unmet.filter((at) => now - at < unmetWithin).length >= unmetOffers;

/** An offer that ended without having been met counts; a meeting begins anew. */
const count = (before: TouchState, after: TouchState, now: Millis): TouchState => {
  if (isMet(after)) return after.unmet.length === 0 ? after : { ...after, unmet: [] };
  const ended = isOffered(before) && !isOffered(after) && !isMet(before);
  return ended ? { ...after, unmet: [...after.unmet, now].slice(-unmetOffers) } : after;
};

export const isOffered = (state: TouchState): boolean => Object.keys(state.theirs).length > 0;
export const isMet = (state: TouchState): boolean => state.holding && isOffered(state);

export const touch: Sense<TouchState, never, TouchLive, TouchIntent> = {
  name: "touch",
  grant: "off-full",
  initial,
  entry: v.never(),
  live: liveSchema,
  intent: intentSchema,
  kept: () => false,

  apply(state, input, context) {
    const { now } = context;
    switch (input.kind) {
      case "entry":
        return input.entry;
      case "resumed":
        return { state: initial };
      case "intent": {
        const holding = input.intent.hold;
        if (holding === state.holding) return { state };
        if (holding && context.give === "off") return { state, refused: "not-given" };
        const next = count(state, { ...state, holding, saidAt: now }, now);
        return { state: next, live: [{ hold: holding }], wakeAt: wakeAt(next), happened: tell(state, next, "me", now) };
      }
      case "live": {
        if (input.from === "me" || context.letIn === "off") return { state, wakeAt: wakeAt(state) };
        if (input.live.hold && isDamped(state, now)) return { state, wakeAt: wakeAt(state) };
        const { [input.device]: _, ...others } = state.theirs;
        const next = count(state, { ...state, theirs: input.live.hold ? { ...others, [input.device]: now } : others }, now);
        return { state: next, wakeAt: wakeAt(next), happened: tell(state, next, "other", now) };
      }
      case "tick": {
        const fresh = Object.entries(state.theirs).filter(([, heard]) => now - heard < holdsFor && context.letIn !== "off");
        const gone = fresh.length !== Object.keys(state.theirs).length;
        const theirs = gone ? Object.fromEntries(fresh) : state.theirs;
        const unmet = state.unmet.filter((at) => now - at < unmetWithin);
        const letGo = state.holding && context.give === "off";
        const due = state.holding && (letGo || now - state.saidAt >= sayEvery || (context.heardSince ?? 0) > state.saidAt);
        if (!gone && !due) {
          const same = unmet.length === state.unmet.length ? state : { ...state, unmet };
          return { state: same, wakeAt: wakeAt(same) };
        }
        const next = count(state, { ...state, holding: state.holding && !letGo, saidAt: due ? now : state.saidAt, theirs, unmet }, now);
        return {
          state: next,
          ...(due ? { live: [{ hold: next.holding }] } : {}),
          wakeAt: wakeAt(next),
          happened: tell(state, next, gone ? "other" : "me", now),
        };
      }
    }
  },
};

const wakeAt = (state: TouchState): Millis | undefined => {
  const times = Object.values(state.theirs).map((heard) => heard + holdsFor);
  if (state.holding) times.push(state.saidAt + sayEvery);
  times.push(...state.unmet.slice(0, 1).map((at) => at + unmetWithin));
  return times.length === 0 ? undefined : Math.min(...times);
};

/** What changed, in words that are true for both: an offer, a meeting, an end. An unmet offer that ends is no event. */
const tell = (before: TouchState, after: TouchState, from: "me" | "other", at: Millis): Happening[] => {
  if (!isMet(before) && isMet(after)) return [{ kind: "touch", from, at, what: "met" }];
  if (isMet(before) && !isMet(after)) return [{ kind: "touch", from, at, what: "ended" }];
  if (from === "other" && !isOffered(before) && isOffered(after)) return [{ kind: "touch", from, at, what: "offered" }];
  if (from === "other" && isOffered(before) && !isOffered(after)) return [{ kind: "touch", from, at, what: "withdrawn" }];
  return [];
};
