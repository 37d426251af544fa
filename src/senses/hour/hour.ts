/**
 * Hour (MOON1): what time it is where I am, and, when I give it wholly, roughly where that is: a place in whole degrees,
 * which its owner typed or chose. It flows by itself, so it is off until given, ends after 30 days, and only its owner
 * renews it.
 *
 * Invariants:
 * - Given coarsely, only the zone leaves this device (`within`, at the one gate); not given, nothing does.
 * - What is not given any more is forgotten here at once, mine as the other's: it is not kept, and there is no history.
 * - A zone is said when it is given or given again, and when this device's own changed; never more often.
 */
import * as v from "valibot";
import { int, text, uint } from "../../protocol/schema.ts";
import type { Give, Sense, SenseContext, SenseStep } from "../sense.ts";

/**
 * As an IANA name or an offset from UTC. A name is checked for its shape alone: which names there are, each device knows
 * for itself (zone.ts), and one that it does not know shows no hour.
 */
const zoneSchema = v.pipe(text(48, 1), v.regex(/^(?:[+-](?:0\d|1[0-4]):[0-5]\d|[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2})$/));
/** Whole degrees: a square of some hundred kilometres. North and east are positive. */
const placeSchema = v.object({ lat: int(-90, 90), lon: int(-180, 180) });
export type Place = v.InferOutput<typeof placeSchema>;

export const hourEntry = v.object({ zone: zoneSchema, place: v.nullable(placeSchema), at: uint() });
/** Where the edge sees this device, told whenever someone looks; and a place, when its owner chose one. */
const intentSchema = v.object({ zone: zoneSchema, place: v.optional(placeSchema) });
export type HourEntry = v.InferOutput<typeof hourEntry>;
export type HourIntent = v.InferOutput<typeof intentSchema>;

export interface HourState {
  /** This device's own zone, as its edge last told; empty before. */
  readonly here: string;
  /** The place I last chose, on any of my devices, given or not. */
  readonly place: Place | null;
  /** What the other may show of me, and I of the other. */
  readonly me: HourEntry | undefined;
  readonly other: HourEntry | undefined;
}

/** A place for a number of degrees with fractions, which go no further; `undefined` for what is none on earth. */
export const roundPlace = (lat: number, lon: number): Place | undefined => {
  // Nothing is added so that there is no minus zero.
  const parsed = v.safeParse(placeSchema, { lat: Math.round(lat) + 0, lon: Math.round(lon) + 0 });
  return parsed.success ? parsed.output : undefined;
};

const isSamePlace = (one: Place | null, two: Place | null): boolean => one?.lat === two?.lat && one?.lon === two?.lon;

const within = (entry: HourEntry, give: Give): HourEntry => (give === "full" || entry.place === null ? entry : { ...entry, place: null });

/** What is left of it while this much is given. */
export const heldOf = (entry: HourEntry | undefined, give: Give): HourEntry | undefined => (entry && give !== "off" ? within(entry, give) : undefined);

export const hour: Sense<HourState, HourEntry, never, HourIntent> = {
  name: "hour",
  grant: "off-coarse-full",
  initial: { here: "", place: null, me: undefined, other: undefined },
  entry: hourEntry,
  live: undefined,
  intent: intentSchema,
  kept: () => false,
  followed: true,
  within,

  apply(before, input, context) {
    const state = forget(before, context);
    switch (input.kind) {
      case "entry": {
        const entry = { ...input.entry, at: Math.min(input.entry.at, context.now) };
        if (input.from === "other") {
          const other = heldOf(entry, context.theirGive);
          if (!other) return { state };
          return { state: { ...state, other }, happened: [{ kind: "hour", from: "other", at: other.at, zone: other.zone, place: other.place }] };
        }
        // What this device said since is newer than what it said before and hears back now.
        if (state.me && entry.at < state.me.at) return { state };
        return { state: { ...state, me: heldOf(entry, context.give), place: entry.place ?? state.place } };
      }
      case "intent": {
        const { zone, place = state.place } = input.intent;
        const moved = (state.here !== "" && state.here !== zone) || !isSamePlace(place, state.place);
        if (zone === state.here && !moved) return tellMine(state, context, false);
        return tellMine({ ...state, here: zone, place }, context, moved);
      }
      case "tick":
      case "resumed":
        // Of several devices of mine, the one in my hand.
        return context.onScreen ? tellMine(state, context, false) : { state };
      case "live":
        return { state };
    }
  },
};

/** The grants may have changed since: nothing outlives them. */
const forget = (state: HourState, { give, theirGive }: SenseContext): HourState => {
  const me = heldOf(state.me, give);
  const other = heldOf(state.other, theirGive);
  return me === state.me && other === state.other ? state : { ...state, me, other };
};

const tellMine = (state: HourState, { give, givenAt, now }: SenseContext, moved: boolean): SenseStep<HourState, HourEntry, never> => {
  if (give === "off" || state.here === "") return { state };
  const place = give === "full" ? state.place : null;
  // What was told under an earlier grant the other has forgotten with that.
  const told = state.me !== undefined && state.me.at >= givenAt ? state.me : undefined;
  const isTold = told !== undefined && (place === null || isSamePlace(place, told.place));
  const isSame = told?.zone === state.here && isSamePlace(told.place, place);
  if ((isTold && !moved) || isSame) return { state };
  const entry: HourEntry = { zone: state.here, place, at: now };
  return { state: { ...state, me: entry }, say: [entry] };
};
