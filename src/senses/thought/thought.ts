/**
 * Thought (SAY1, SAY4, FEEL2): short words that need no answer. They may fade after they were seen, or be kept; they may
 * carry a feeling. Nothing leaves a device because something was looked at.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { text, uint } from "../../protocol/schema.ts";
import { feltSchema } from "../feeling/feeling.ts";
import type { Sense, Who } from "../sense.ts";
import { cleanText, isReadable } from "../text.ts";

/** In UTF-8 bytes: some two thousand words, and it fits the 16 KiB bucket. */
export const thoughtCap = 12_000;

const saidSchema = { text: text(thoughtCap), fades: v.optional(v.boolean()), feeling: v.optional(feltSchema) };
const entrySchema = v.object({ ...saidSchema, at: uint() });
const intentSchema = v.variant("what", [
  v.object({ what: v.literal("say"), ...saidSchema }),
  /** Own-only: these were on my screen. Starts their fading here, and tells nobody. */
  v.object({ what: v.literal("seen"), ids: v.array(v.string()) }),
]);
export type ThoughtEntry = v.InferOutput<typeof entrySchema>;
export type ThoughtIntent = v.InferOutput<typeof intentSchema>;

/**
 * A fading thought is gone this long after it was seen; unseen, after a day in which it could have been: a pause of its reader's does not
 * count (SAY1, BOUND4). The sender's copy goes after a day too.
 */
const fadesAfterSeen: Millis = 60_000;
const fadesUnseen: Millis = 24 * 60 * 60_000;
const recentCap = 30;

export interface Thought extends ThoughtEntry {
  readonly id: string;
  readonly from: Who;
  /** When it goes from this device; absent for what is kept, and while a pause holds it back. */
  readonly goneAt?: Millis;
  readonly seen: boolean;
  /** When it came here, where that was during a pause of mine: its author's time does not say. */
  readonly cameAt?: Millis;
}

export interface ThoughtState {
  /** The latest, oldest first: the field's. All that is kept is in the log of kept things. */
  readonly recent: readonly Thought[];
}

export const thought: Sense<ThoughtState, ThoughtEntry, never, ThoughtIntent> = {
  name: "thought",
  grant: "off-full",
  initial: { recent: [] },
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: (entry) => entry.fades !== true,

  apply(state, input, context) {
    const { now } = context;
    switch (input.kind) {
      case "entry": {
        // What is not let in for good does not come this far (line/senses.ts): this is a pause.
        const held = input.from === "other" && context.letIn === "off";
        const words = cleanText(input.entry.text);
        if (!isReadable(words)) return { state };
        const at = Math.min(input.entry.at, now);
        const said: Thought = {
          ...input.entry,
          text: words,
          at,
          id: input.id,
          from: input.from,
          seen: input.from === "me",
          ...(input.entry.fades && !held ? { goneAt: now + fadesUnseen } : {}),
          ...(held ? { cameAt: now } : {}),
        };
        const { feeling, fades } = input.entry;
        return {
          state: { recent: [...state.recent, said].slice(-recentCap) },
          wakeAt: said.goneAt,
          happened: [
            { kind: "thought", from: input.from, id: input.id, at, text: words, fades: fades === true, ...(feeling ? { feeling: { ...feeling } } : {}) },
          ],
        };
      }
      case "intent": {
        if (input.intent.what === "say") {
          const { text: words, fades, feeling } = input.intent;
          const cleaned = cleanText(words);
          if (!isReadable(cleaned)) return { state, refused: "empty" };
          if (!v.is(saidSchema.text, cleaned)) return { state, refused: "too-long" };
          return { state, say: [{ text: cleaned, at: now, ...(fades ? { fades } : {}), ...(feeling ? { feeling } : {}) }] };
        }
        const { ids } = input.intent;
        const recent = state.recent.map((one) =>
          ids.includes(one.id) && !one.seen ? { ...one, seen: true, ...(one.fades ? { goneAt: now + fadesAfterSeen } : {}) } : one,
        );
        return { state: { recent }, wakeAt: wakeAt(recent) };
      }
      case "tick": {
        const stays = state.recent.filter((one) => one.goneAt === undefined || one.goneAt > now);
        const begins = context.letIn === "off" ? () => false : (one: Thought) => one.fades === true && one.goneAt === undefined;
        const recent = stays.some(begins) ? stays.map((one) => (begins(one) ? { ...one, goneAt: now + fadesUnseen } : one)) : stays;
        return { state: recent === stays && stays.length === state.recent.length ? state : { recent }, wakeAt: wakeAt(recent) };
      }
      case "live":
      case "resumed":
        return { state };
    }
  },
};

const wakeAt = (recent: readonly Thought[]): Millis | undefined => {
  const times = recent.flatMap((one) => one.goneAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
};
