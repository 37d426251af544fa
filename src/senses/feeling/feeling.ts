/**
 * Feeling (FEEL1-2): one gesture, no typing. A hue, a strength, a time; it fades with its age. Only what its owner
 * chose is ever sent, and nothing is read into it.
 *
 * It is said twice: live, so that it shows at once where someone is looking, and as the entry that proves who felt it and
 * is kept. What came live alone is shown for as long as an entry may take, and never told, kept or saved.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { uint } from "../../protocol/schema.ts";
import type { Sense, Who } from "../sense.ts";

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

/** How long a feeling that came live waits for its entry. */
const entryWithin: Millis = 10_000;

interface Glimpsed {
  readonly felt: FeelingEntry;
  readonly until: Millis;
}

export interface FeelingState {
  readonly me: FeelingEntry | undefined;
  readonly other: FeelingEntry | undefined;
  /** When the other's came here, where that was during a pause of mine: its author's time does not say. */
  readonly cameAt?: Millis;
  /** What came live, until its entry is here. */
  readonly live?: { readonly [who in Who]?: Glimpsed };
}

/** What shows of someone's feeling: what came live, while it is the later. */
export const feltBy = (state: FeelingState, who: Who): FeelingEntry | undefined => state.live?.[who]?.felt ?? state[who];

export const feeling: Sense<FeelingState, FeelingEntry, FeelingEntry, Felt> = {
  name: "feeling",
  grant: "off-full",
  initial: { me: undefined, other: undefined },
  entry: entrySchema,
  live: entrySchema,
  intent: feltSchema,
  kept: () => true,

  apply(state, input, context) {
    const { now } = context;
    switch (input.kind) {
      case "entry": {
        const felt = { ...input.entry, at: Math.min(input.entry.at, now) };
        // What is not let in for good does not come this far (line/senses.ts): this is a pause.
        const { cameAt: _, ...before } = state;
        const came = input.from === "me" ? state : context.letIn === "off" ? { ...before, cameAt: now } : before;
        const said = keepLive({ ...came, [input.from]: felt }, (who, { felt: glimpsed }) => who !== input.from || glimpsed.at > felt.at);
        return { state: said, wakeAt: liveUntil(said), happened: [{ kind: "feeling", from: input.from, id: input.id, ...felt }] };
      }
      case "live": {
        // A live frame proves that it comes from one of us two, not which: nothing is shown as mine on that.
        if (input.from === "me" || context.letIn === "off") return { state, wakeAt: liveUntil(state) };
        const felt = { ...input.live, at: Math.min(input.live.at, now) };
        // One that overtook an older one on its way, or whose entry was here first, changes nothing.
        if (felt.at <= (feltBy(state, input.from)?.at ?? -Infinity)) return { state, wakeAt: liveUntil(state) };
        const shown = { ...state, live: { ...state.live, [input.from]: { felt, until: now + entryWithin } } };
        return { state: shown, wakeAt: liveUntil(shown) };
      }
      case "intent": {
        const felt = { ...input.intent, at: now };
        return { state, say: [felt], live: [felt], wakeAt: liveUntil(state) };
      }
      case "tick": {
        const left = keepLive(state, (_, { until }) => until > now);
        return { state: left, wakeAt: liveUntil(left) };
      }
      case "resumed":
        return { state: keepLive(state, () => false) };
    }
  },
};

const keepLive = (state: FeelingState, isKept: (who: Who, glimpsed: Glimpsed) => boolean): FeelingState => {
  if (!state.live) return state;
  const { live, ...rest } = state;
  const kept = (["me", "other"] as const).flatMap((who) => (live[who] && isKept(who, live[who]) ? [[who, live[who]] as const] : []));
  return kept.length === 0 ? rest : { ...rest, live: Object.fromEntries(kept) };
};

const liveUntil = ({ live }: FeelingState): Millis | undefined => {
  const times = Object.values(live ?? {}).map(({ until }) => until);
  return times.length === 0 ? undefined : Math.min(...times);
};
