/**
 * Boundary (BOUND1): what each gives of each sense. Mine alone to change; both see the same list. What flows without an
 * act each time (presence, hour) ends by itself after 30 days at most, and only its owner renews it.
 */
import * as v from "valibot";
import type { Millis } from "../../base/brand.ts";
import { text, uint } from "../../protocol/schema.ts";
import type { Give, Sense, Who } from "../sense.ts";

export const grantLife: Millis = 30 * 24 * 60 * 60_000;

const giveSchema = v.picklist(["off", "coarse", "full"]);
/** Senses by name, also those of a newer Beside; and no more of them than anyone will ever have. */
const senseName = v.pipe(text(32, 1), v.regex(/^[a-z][a-z-]*$/));
const sensesCap = 64;

const entrySchema = v.object({ sense: senseName, give: giveSchema, until: v.nullable(uint()), at: uint() });
const intentSchema = v.object({ sense: v.string(), give: giveSchema });
export type BoundaryEntry = v.InferOutput<typeof entrySchema>;
export type BoundaryIntent = v.InferOutput<typeof intentSchema>;

export interface Grant {
  readonly give: Give;
  /** Absent for what takes an act each time. */
  readonly until: Millis | null;
  readonly at: Millis;
}

export type Grants = { readonly [sense: string]: Grant };
export interface BoundaryState {
  readonly me: Grants;
  readonly other: Grants;
}

/** These flow by themselves, so they are off until their owner said otherwise; the rest takes an act each time. */
const flowsByItself: readonly string[] = ["presence", "hour"];

/** Honest clocks of the line go back by less. */
const clockSkew: Millis = 24 * 60 * 60_000;

/** What someone gives of a sense at a time. An expired grant is off. */
export const giveOf = (grants: Grants, sense: string, now: Millis): Give => {
  const grant = grants[sense];
  if (!grant) return flowsByItself.includes(sense) ? "off" : "full";
  // Given while a relay said that it was long after now: nobody knows for how long that was meant.
  if (flowsByItself.includes(sense) && grant.at > now + clockSkew) return "off";
  return grant.until !== null && grant.until <= now ? "off" : grant.give;
};

/** Since when it is off, for "closed": the change or the expiry; `undefined` when it was never given. */
export const offSince = (grants: Grants, sense: string, now: Millis): Millis | undefined => {
  const grant = grants[sense];
  return grant && (grant.until !== null && grant.until <= now ? grant.until : grant.at);
};

export const boundary: Sense<BoundaryState, BoundaryEntry, never, BoundaryIntent> = {
  name: "boundary",
  grant: "none",
  initial: { me: {}, other: {} },
  entry: entrySchema,
  live: undefined,
  intent: intentSchema,
  kept: () => true,

  apply(state, input, context) {
    switch (input.kind) {
      case "entry": {
        const { sense, give } = input.entry;
        const known = state[input.from];
        if (known[sense] === undefined && Object.keys(known).length >= sensesCap) return { state };
        // An author's clock may be ahead of the line's; nothing was decided later than now, or for longer than a grant lives.
        const at = Math.min(input.entry.at, context.now);
        const asked = input.entry.until ?? (flowsByItself.includes(sense) ? at + grantLife : null);
        const until = asked === null ? null : Math.min(asked, at + grantLife);
        const grants: Grants = { ...known, [sense]: { give, until: give === "off" ? null : until, at } };
        return {
          state: withSide(state, input.from, grants),
          happened: [{ kind: "boundary", from: input.from, at, sense, give, until: give === "off" ? null : until }],
          ...(until === null ? {} : { wakeAt: until }),
        };
      }
      case "intent": {
        const { sense, give } = input.intent;
        const until = give !== "off" && flowsByItself.includes(sense) ? context.now + grantLife : null;
        return { state, say: [{ sense, give, until, at: context.now }] };
      }
      case "tick": {
        const ends = [state.me, state.other]
          .flatMap(Object.values<Grant>)
          .flatMap((grant) => (grant.until !== null && grant.until > context.now ? [grant.until] : []));
        return { state, wakeAt: ends.length === 0 ? undefined : Math.min(...ends) };
      }
      case "live":
      case "resumed":
        return { state };
    }
  },
};

const withSide = (state: BoundaryState, who: Who, grants: Grants): BoundaryState => ({ ...state, [who]: grants });
