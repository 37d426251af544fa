/**
 * Goodbye (PRES4): a device that knows it is about to go may say so, if its owner allowed that: the silence that follows has
 * a reason. It is said once, by itself, when the battery is nearly empty, and taken back when it is not any more; no level and no
 * other number ever leaves.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { uint } from "../../protocol/schema.ts";
import { roundDown } from "../presence/presence.ts";
import type { Sense, SenseContext, SenseStep } from "../sense.ts";

const entrySchema = v.object({ going: v.boolean(), at: uint() });
/** What the edge sees of this device: whether its battery is nearly empty and nothing feeds it. */
const intentSchema = v.object({ going: v.boolean() });
export type GoodbyeEntry = v.InferOutput<typeof entrySchema>;
export type GoodbyeIntent = v.InferOutput<typeof intentSchema>;

export interface GoodbyeState {
  /** What this device's edge last saw, and what it last told. */
  readonly here: { readonly going: boolean; readonly told: boolean };
  /** By the other's device: when it said that it is about to go. */
  readonly theirs: { readonly [device: string]: Millis };
}

/** A battery so empty that the device may be gone within minutes. */
export const nearlyEmpty = 0.05;

export const goodbye: Sense<GoodbyeState, GoodbyeEntry, never, GoodbyeIntent> = {
  name: "goodbye",
  grant: "off-full",
  initial: { here: { going: false, told: false }, theirs: {} },
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: () => false,
  followed: true,

  apply(state, input, context) {
    switch (input.kind) {
      case "entry": {
        if (input.from === "me") return { state };
        const at = Math.min(input.entry.at, roundDown(context.now));
        const { [input.device]: _, ...others } = state.theirs;
        const theirs = input.entry.going ? { ...others, [input.device]: at } : others;
        return { state: { ...state, theirs }, happened: [{ kind: "goodbye", from: "other", at, going: input.entry.going }] };
      }
      case "intent":
        return tell({ ...state, here: { ...state.here, going: input.intent.going } }, context);
      case "tick":
        return tell(state, context);
      case "resumed":
        return { state };
      case "live":
        return { state };
    }
  },
};

const tell = (state: GoodbyeState, { give, now }: SenseContext): SenseStep<GoodbyeState, GoodbyeEntry, never> => {
  const { going, told } = state.here;
  if (give === "off") return { state: told ? { ...state, here: { going, told: false } } : state };
  if (going === told) return { state };
  return { state: { ...state, here: { going, told: going } }, say: [{ going, at: roundDown(now) }] };
};
