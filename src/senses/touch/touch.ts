/**
 * Touch (TOUCH1): offered, then met, or not. While I hold, my devices say so live, every second; while both hold, both
 * feel it. Letting go ends it at once. Nothing of it is kept, on either side, met or not.
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
}

const initial: TouchState = { holding: false, saidAt: 0, theirs: {} };

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
        const next = { ...state, holding, saidAt: now };
        return { state: next, live: [{ hold: holding }], wakeAt: wakeAt(next), happened: tell(state, next, "me", now) };
      }
      case "live": {
        if (input.from === "me") return { state };
        const { [input.device]: _, ...others } = state.theirs;
        const next = { ...state, theirs: input.live.hold ? { ...others, [input.device]: now } : others };
        return { state: next, wakeAt: wakeAt(next), happened: tell(state, next, "other", now) };
      }
      case "tick": {
        const fresh = Object.entries(state.theirs).filter(([, heard]) => now - heard < holdsFor);
        const gone = fresh.length !== Object.keys(state.theirs).length;
        const theirs = gone ? Object.fromEntries(fresh) : state.theirs;
        const letGo = state.holding && context.give === "off";
        const due = state.holding && (letGo || now - state.saidAt >= sayEvery || (context.heardSince ?? 0) > state.saidAt);
        if (!gone && !due) return { state, wakeAt: wakeAt(state) };
        const next: TouchState = { holding: state.holding && !letGo, saidAt: due ? now : state.saidAt, theirs };
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
