/**
 * Feeling (FEEL1-2): one gesture, no typing. A hue, a strength, a time; it fades with its age. Only what its owner
 * chose is ever sent, and nothing is read into it.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { uint } from "../../protocol/schema.ts";
import type { Sense } from "../sense.ts";

/** Hue in degrees on the wheel, strength in percent. */
export const feltSchema = v.object({ hue: uint(359), strength: uint(100) });
export type Felt = v.InferOutput<typeof feltSchema>;

const entrySchema = v.object({ ...feltSchema.entries, at: uint() });
export type FeelingEntry = v.InferOutput<typeof entrySchema>;

/** The wheel's names and their hues, for people who choose by word. The order is the wheel's. */
export const feelingNames = {
  love: 345,
  warmth: 20,
  joy: 45,
  hope: 75,
  ease: 120,
  calm: 165,
  quiet: 195,
  sad: 220,
  longing: 260,
  tender: 300,
  worry: 325,
} as const;
export type FeelingName = keyof typeof feelingNames;

/** The word nearest to a hue: what a screen reader says of a colour. */
export const nameOfHue = (hue: number): FeelingName => {
  const distance = (other: number): number => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
  const names = Object.keys(feelingNames) as FeelingName[];
  return names.reduce((best, name) => (distance(feelingNames[name]) < distance(feelingNames[best]) ? name : best));
};

/** A hue from a feeling's name or a number of degrees; `undefined` for anything else. */
export const parseHue = (text: string): number | undefined => {
  if (Object.hasOwn(feelingNames, text)) return feelingNames[text as FeelingName];
  return /^\d{1,3}$/.test(text) && Number(text) < 360 ? Number(text) : undefined;
};

const fadesOver: Millis = 12 * 60 * 60_000;

/** How much of a feeling is left, from 1 (just now) to 0 (12 hours and older). */
export const warmthLeft = (at: Millis, now: Millis): number => Math.min(1, Math.max(0, 1 - (now - at) / fadesOver));

export interface FeelingState {
  readonly me: FeelingEntry | undefined;
  readonly other: FeelingEntry | undefined;
}

export const feeling: Sense<FeelingState, FeelingEntry, never, Felt> = {
  name: "feeling",
  grant: "off-full",
  initial: { me: undefined, other: undefined },
  entry: entrySchema,
  live: undefined,
  intent: feltSchema,
  kept: () => true,

  apply(state, input, context) {
    switch (input.kind) {
      case "entry": {
        const felt = { ...input.entry, at: Math.min(input.entry.at, context.now) };
        return { state: { ...state, [input.from]: felt }, happened: [{ kind: "feeling", from: input.from, id: input.id, ...felt }] };
      }
      case "intent":
        return { state, say: [{ ...input.intent, at: context.now }] };
      case "live":
      case "tick":
      case "resumed":
        return { state };
    }
  },
};
