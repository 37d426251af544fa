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
/** `until`: sooner than it would end by itself, or an end for what has none. */
const intentSchema = v.object({ sense: v.string(), give: giveSchema, until: v.optional(v.nullable(uint())) });
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
const flowsByItself: readonly string[] = ["presence", "hour", "goodbye"];
/** Given in part, these still mean something. */
const gradual: readonly string[] = ["presence", "hour"];

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

/** As an entry gives it: an author's clock may be ahead of the line's; nothing was decided later than now, or for longer than a grant lives. */
export const grantOf = ({ sense, give, until: asked, at: said }: BoundaryEntry, now: Millis): Grant => {
  const at = Math.min(said, now);
  const ends = asked ?? (flowsByItself.includes(sense) ? at + grantLife : null);
  return { give, until: give === "off" || ends === null ? null : Math.min(ends, at + grantLife), at };
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
        const grant = grantOf(input.entry, context.now);
        const { at, until } = grant;
        const grants: Grants = { ...known, [sense]: grant };
        return {
          state: withSide(state, input.from, grants),
          happened: [{ kind: "boundary", from: input.from, at, sense, give, until }],
          ...(until === null ? {} : { wakeAt: until }),
        };
      }
      case "intent": {
        const { sense, give } = input.intent;
        if (give === "coarse" && !gradual.includes(sense)) return { state, refused: "not-gradual" };
        const asked = input.intent.until ?? null;
        if (asked !== null && asked <= context.now) return { state, refused: "bad-time" };
        const longest = context.now + grantLife;
        const ends = flowsByItself.includes(sense) ? Math.min(asked ?? longest, longest) : asked;
        // For what takes an act each time an end is kept as asked, and no longer than a grant lives.
        const until = give === "off" || ends === null ? null : Math.min(ends, longest);
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
