/**
 * Apart (BOUND4): a pause that its owner announces, until a time, until something happens, or without an end; *dark* is one
 * with an expected return. While it lasts nothing flows either way but what its owner lets pass; what one gives and lets in stays as it
 * was, so coming back takes one act and no new pairing. A pause that is not announced is no entry: it is an own-only setting
 * (line/settings.ts) and looks like any device that is off.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { text, uint } from "../../protocol/schema.ts";
import type { Sense, Who } from "../sense.ts";
import { cleanText, isReadable } from "../text.ts";

/** What takes an act each time may pass; what flows by itself does not, or it would be no pause. */
export const passable = ["feeling", "touch", "thought"] as const;
const passesSchema = v.pipe(v.array(v.pipe(text(32, 1), v.regex(/^[a-z][a-z-]*$/))), v.maxLength(16));
/** In UTF-8 bytes: a sentence. */
export const conditionCap = 280;
/** No date that breaks a calendar. */
const farthest: Millis = 10 * 366 * 24 * 60 * 60_000;

const termsSchema = { dark: v.boolean(), until: v.nullable(uint()), when: v.nullable(text(conditionCap, 1)), passes: passesSchema };
const entrySchema = v.variant("what", [v.object({ what: v.literal("apart"), ...termsSchema, at: uint() }), v.object({ what: v.literal("back"), at: uint() })]);
const intentSchema = v.variant("what", [v.object({ what: v.literal("apart"), ...termsSchema }), v.object({ what: v.literal("back") })]);
export type ApartEntry = v.InferOutput<typeof entrySchema>;
export type ApartIntent = v.InferOutput<typeof intentSchema>;

export interface Pause {
  /** Unreachable, with an expected return; else a wish to be alone. */
  readonly dark: boolean;
  readonly at: Millis;
  /** It ends by itself then; null when it does not. */
  readonly until: Millis | null;
  /** What has to happen first, in its owner's words. */
  readonly when: string | null;
  /** Senses that pass all the same. */
  readonly passes: readonly string[];
  /** Of mine: since when things are held back for me, where it took the place of a pause that held; else since `at`. Never told. */
  readonly heldFrom?: Millis | undefined;
}

export interface ApartState {
  /** The last pause of each, over or not. */
  readonly me: Pause | null;
  readonly other: Pause | null;
  /** When each last said something of it; absent in what an earlier Beside saved. */
  readonly saidAt?: { readonly [who in Who]?: Millis };
}

export const isOver = (pause: Pause, now: Millis): boolean => pause.until !== null && pause.until <= now;

/** In the place of a pause of mine that holds, it goes on with what that one held back. */
export const inPlaceOf = (before: Pause | null, pause: Pause | null): Pause | null =>
  before && pause && before.at <= pause.at && !isOver(before, pause.at) ? { ...pause, heldFrom: before.heldFrom ?? before.at } : pause;

/** As an entry says it, at the earliest of its time and now. */
export const pauseOf = (entry: ApartEntry, now: Millis): Pause | null => {
  if (entry.what === "back") return null;
  const at = Math.min(entry.at, now);
  const when = entry.when === null ? null : cleanText(entry.when);
  const until = entry.until === null ? null : Math.min(entry.until, at + farthest);
  return { dark: entry.dark, at, until, when: when !== null && isReadable(when) ? when : null, passes: entry.passes };
};

export const apart: Sense<ApartState, ApartEntry, never, ApartIntent> = {
  name: "apart",
  grant: "none",
  initial: { me: null, other: null },
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: () => true,

  apply(state, input, { now }) {
    switch (input.kind) {
      case "entry": {
        const pause = pauseOf(input.entry, now);
        const at = Math.min(input.entry.at, now);
        const held = input.from === "me" ? inPlaceOf(state.me, pause) : pause;
        const next = { ...state, [input.from]: held, saidAt: { ...state.saidAt, [input.from]: at } };
        const told = pause ? { what: "apart", dark: pause.dark, until: pause.until, when: pause.when, passes: [...pause.passes] } : { what: "back" };
        return { state: next, wakeAt: endOf(next, now), happened: [{ kind: "apart", from: input.from, at, ...told }] };
      }
      case "intent": {
        if (input.intent.what === "back") return { state, say: [{ what: "back", at: now }], wakeAt: endOf(state, now) };
        const { dark, until, when, passes } = input.intent;
        if ((dark && until === null) || (until !== null && (until <= now || until > now + farthest))) return { state, refused: "bad-time" };
        const words = when === null ? null : cleanText(when);
        if (words !== null && !isReadable(words)) return { state, refused: "empty" };
        if (words !== null && !v.is(text(conditionCap), words)) return { state, refused: "too-long" };
        // Who is unreachable is reached by nothing.
        const allowed = dark ? [] : passable.filter((sense) => passes.includes(sense));
        return { state, say: [{ what: "apart", dark, until, when: words, passes: allowed, at: now }], wakeAt: endOf(state, now) };
      }
      case "tick":
        return { state, wakeAt: endOf(state, now) };
      case "live":
      case "resumed":
        return { state };
    }
  },
};

/** Both are woken when a pause ends by itself. */
const endOf = (state: ApartState, now: Millis): Millis | undefined => {
  const ends = (["me", "other"] satisfies Who[]).flatMap((who) => state[who]?.until ?? []).filter((until) => until > now);
  return ends.length === 0 ? undefined : Math.min(...ends);
};
