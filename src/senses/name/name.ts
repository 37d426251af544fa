/** Name (NAME1): each person chooses how they are called. It is theirs alone: an entry names its author, never the other. */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { text, uint } from "../../protocol/schema.ts";
import type { Sense } from "../sense.ts";
import { cleanLine, isReadable } from "../text.ts";

/** UTF-8 bytes. */
export const nameCap = 80;

/** The name as it will be shown, or `undefined` when nothing readable is left or it is too long. */
export const parseName = (typed: string): string | undefined => {
  const name = cleanLine(typed);
  return isReadable(name) && v.is(text(nameCap), name) ? name : undefined;
};

const entrySchema = v.object({ name: text(nameCap), at: uint() });
const intentSchema = v.object({ name: v.string() });
export type NameEntry = v.InferOutput<typeof entrySchema>;

interface Named {
  readonly name: string;
  readonly at: Millis;
}

export interface NameState {
  readonly me: Named | undefined;
  readonly other: Named | undefined;
}

export const name: Sense<NameState, NameEntry, never, v.InferOutput<typeof intentSchema>> = {
  name: "name",
  grant: "none",
  initial: { me: undefined, other: undefined },
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: () => true,

  apply(state, input, context) {
    switch (input.kind) {
      case "entry": {
        // What the other's app let through is cleaned again; a name with nothing to show changes nothing.
        const chosen = parseName(input.entry.name);
        if (chosen === undefined) return { state };
        const at = Math.min(input.entry.at, context.now);
        return { state: { ...state, [input.from]: { name: chosen, at } }, happened: [{ kind: "name", from: input.from, at, name: chosen }] };
      }
      case "intent": {
        const chosen = parseName(input.intent.name);
        return chosen === undefined ? { state, refused: "bad-name" } : { state, say: [{ name: chosen, at: context.now }] };
      }
      case "live":
      case "tick":
      case "resumed":
        return { state };
    }
  },
};
