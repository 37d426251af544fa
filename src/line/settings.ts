/**
 * Own-only settings (DEV4): what I let in, a pause that is not announced, an end that is to come, how I look at the bond. They
 * count at once on this device, travel to my others sealed under our own key, and are never told to the other.
 */
import * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { text, uint } from "../protocol/schema.ts";
import { conditionCap, inPlaceOf, isOver, pauseOf, type ApartEntry, type Pause } from "../senses/apart/apart.ts";
import { senses, type SenseName } from "../senses/index.ts";
import type { Let } from "../senses/sense.ts";
import type { State } from "./state.ts";

export interface Settings {
  readonly lets: { readonly [sense: string]: { readonly letIn: Let; readonly at: Millis } };
  /** The last pause that was not announced, and when that was last chosen. */
  readonly pause: { readonly is: Pause | null; readonly at: Millis };
  /** When the bond is to be ended by this side; null for never. */
  readonly endAt: { readonly is: Millis | null; readonly at: Millis };
  /** The quiet view of what was kept (KEEP2). */
  readonly keeping: { readonly is: boolean; readonly at: Millis };
}

export const noSettings: Settings = { lets: {}, pause: { is: null, at: 0 }, endAt: { is: null, at: 0 }, keeping: { is: false, at: 0 } };

const pauseSchema = v.object({
  dark: v.boolean(),
  at: uint(),
  until: v.nullable(uint()),
  when: v.nullable(text(conditionCap, 1)),
  passes: v.pipe(v.array(text(32, 1)), v.maxLength(16)),
  heldFrom: v.optional(uint()),
});

/** As they travel between my devices. */
export const settingSchemas = [
  v.object({ is: v.literal("let"), sense: v.pipe(text(32, 1), v.regex(/^[a-z][a-z-]*$/)), letIn: v.picklist(["on", "quiet", "off"]), at: uint() }),
  v.object({ is: v.literal("pause"), pause: v.nullable(pauseSchema), at: uint() }),
  v.object({ is: v.literal("end-at"), end: v.nullable(uint()), at: uint() }),
  v.object({ is: v.literal("keeping"), keeping: v.boolean(), at: uint() }),
] as const;
export type Setting = v.InferOutput<(typeof settingSchemas)[number]>;

/** When what this takes the place of was chosen; -1 for never. */
export const chosenAt = ({ lets, pause, endAt, keeping }: Settings, setting: Setting): Millis => {
  switch (setting.is) {
    case "let":
      return lets[setting.sense]?.at ?? -1;
    case "pause":
      return pause.at;
    case "end-at":
      return endAt.at;
    case "keeping":
      return keeping.at;
  }
};

/** The later choice counts, whichever of my devices made it. */
export const withSetting = (settings: Settings, setting: Setting): Settings => {
  const { at } = setting;
  switch (setting.is) {
    case "let": {
      const before = settings.lets[setting.sense];
      if (before && before.at > at) return settings;
      if (!before && Object.keys(settings.lets).length >= 64) return settings;
      return { ...settings, lets: { ...settings.lets, [setting.sense]: { letIn: setting.letIn, at } } };
    }
    case "pause":
      return settings.pause.at > at ? settings : { ...settings, pause: { is: setting.pause, at } };
    case "end-at":
      return settings.endAt.at > at ? settings : { ...settings, endAt: { is: setting.end, at } };
    case "keeping":
      return settings.keeping.at > at ? settings : { ...settings, keeping: { is: setting.keeping, at } };
  }
};

/** What of two devices' settings was chosen later. */
export const laterSettings = (one: Settings, two: Settings): Settings => {
  const lets = { ...one.lets };
  for (const [sense, chosen] of Object.entries(two.lets)) if (!lets[sense] || lets[sense].at < chosen.at) lets[sense] = chosen;
  const later = <Chosen extends { readonly at: Millis }>(a: Chosen, b: Chosen): Chosen => (b.at > a.at ? b : a);
  return { lets, pause: later(one.pause, two.pause), endAt: later(one.endAt, two.endAt), keeping: later(one.keeping, two.keeping) };
};

/**
 * What waits of a kind of entries, in order. What is said again counts where this device has not applied it itself: the log
 * has it, and was only looked at (resync.ts).
 */
export const waitingOf = (state: State, kind: string): readonly Cbor[] =>
  state.outbox.flatMap(({ content }) => {
    if (content.is !== "entry") return [];
    if (content.said.kind === kind) return [content.said.body];
    if (content.said.kind !== "again") return [];
    const { id, kind: of, body } = content.said.body as { readonly id: string; readonly kind: string; readonly body: Cbor };
    return of === kind && !state.recent.includes(id) ? [body] : [];
  });

/** A pause of mine that holds now, and whether the other was told of it. */
export interface MyPause extends Pause {
  readonly announced: boolean;
}

/**
 * My pause as I last chose it, at once: also while the relay does not have the entry yet. What I announce takes the place of a pause that
 * nobody was told of without a word about that one, and goes on with what that one held back.
 */
export const myPause = (state: State, now: Millis): MyPause | null => {
  const { announced, quiet } = waitingOf(state, "apart").reduce<MyPauses>((pauses, body) => afterWord(pauses, body as unknown as ApartEntry, now), {
    announced: state.senses.apart.me,
    quiet: state.settings.pause,
  });
  if (announced && !isOver(announced, now)) return { ...announced, announced: true };
  return quiet.is && !isOver(quiet.is, now) ? { ...quiet.is, announced: false } : null;
};

interface MyPauses {
  readonly announced: Pause | null;
  readonly quiet: Settings["pause"];
}

/** What I announce or take back, on any of my devices, ends what I chose before without a word. */
export const afterWord = ({ announced, quiet }: MyPauses, entry: ApartEntry, now: Millis): MyPauses => {
  const pause = pauseOf(entry, now);
  if (quiet.at > Math.min(entry.at, now)) return { announced: inPlaceOf(announced, pause), quiet };
  return { announced: inPlaceOf(quiet.is, inPlaceOf(announced, pause)), quiet: { is: null, at: quiet.at } };
};

/** Since when what the other says waits for me. */
export const heldSince = ({ at, heldFrom }: Pause): Millis => heldFrom ?? at;

/** Whether I am apart without a word: then this device says nothing by itself, for one that is off would not (BOUND4). */
export const isHushed = (state: State, now: Millis): boolean => myPause(state, now)?.announced === false;

/** How what the other sends of a sense comes to me now. `held`: it waits until my pause is over. */
export const letInOf = (state: State, name: SenseName, now: Millis): Let | "held" => {
  if (senses[name].grant === "none") return "on";
  const chosen = state.settings.lets[name]?.letIn ?? "on";
  if (chosen === "off") return "off";
  const pause = myPause(state, now);
  return pause && !pause.passes.includes(name) ? "held" : chosen;
};
