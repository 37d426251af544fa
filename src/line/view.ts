/**
 * What an edge shows of a bond: plain data, derived from the state and the time, nothing secret in it but the words and
 * the link that people are meant to see. The same for the web app and the terminal.
 */
import type { Millis } from "../base/brand.ts";
import type { FeelingEntry } from "../senses/feeling/feeling.ts";
import type { BoundaryIntent, Grant } from "../senses/boundary/boundary.ts";
import type { Felt } from "../senses/feeling/feeling.ts";
import type { Give } from "../senses/sense.ts";
import type { Thought, ThoughtIntent } from "../senses/thought/thought.ts";
import type { TouchIntent } from "../senses/touch/touch.ts";
import type { Trouble, TurnedAway } from "./state.ts";

export interface ConnectionView {
  /** `offline`: tried and failed; `connecting`: being tried; `online`: current with the relay. */
  readonly state: "online" | "connecting" | "offline";
  readonly since: Millis;
  /** The relay's web origin. */
  readonly relay: string;
  readonly trouble: Trouble | null;
  /** This device's clock against the relay's, when it is off by more than two minutes; positive when ahead. */
  readonly clockAhead: Millis | null;
  /** Entries of mine the relay does not have yet. */
  readonly waiting: number;
}

/** The state of the other as one of the honest states. Times are rounded to five minutes by their author. */
export type OtherState =
  | { readonly is: "beside" }
  | { readonly is: "near" | "around" | "far"; readonly since: Millis }
  | { readonly is: "unheard"; readonly since: Millis | null }
  /** Presence is not given: since its owner closed it, or null when it was never given. */
  | { readonly is: "closed"; readonly since: Millis | null };

export interface KnockView {
  readonly id: number;
  readonly name: string;
  readonly at: Millis;
}

export interface GrantView {
  readonly sense: string;
  readonly mine: Give;
  readonly myUntil: Grant["until"];
  readonly theirs: Give;
  readonly theirUntil: Grant["until"];
}

export interface TogetherView {
  readonly stage: "together";
  readonly bond: string;
  readonly now: Millis;
  readonly connection: ConnectionView;
  readonly me: { readonly name: string };
  readonly other: { readonly name: string; readonly state: OtherState };
  readonly feeling: { readonly me: FeelingEntry | null; readonly other: FeelingEntry | null };
  readonly touch: { readonly holding: boolean; readonly offered: boolean; readonly met: boolean };
  /** The latest, oldest first; `waiting` while the relay does not have it. */
  readonly thoughts: readonly (Thought & { readonly waiting: boolean })[];
  readonly words: readonly string[] | null;
  readonly compared: boolean;
  readonly grants: readonly GrantView[];
  /** Whether "show when I am here?" was ever answered. */
  readonly presenceAsked: boolean;
  /** Someone came with the used invitation. */
  readonly latecomerAt: Millis | null;
  /** Records before this were lost to this device: it was away too long. */
  readonly gapAt: Millis | null;
}

export type BondView =
  | { readonly stage: "making"; readonly bond: string; readonly connection: ConnectionView; readonly me: { readonly name: string } }
  | {
      readonly stage: "inviting";
      readonly bond: string;
      readonly connection: ConnectionView;
      readonly me: { readonly name: string };
      readonly link: string;
      readonly expires: Millis;
      readonly knocks: readonly KnockView[];
      /** The knock being let in. */
      readonly accepting: number | null;
    }
  | { readonly stage: "knocking"; readonly bond: string; readonly connection: ConnectionView; readonly me: { readonly name: string }; readonly delivered: boolean }
  | { readonly stage: "turned-away"; readonly bond: string; readonly connection: ConnectionView; readonly me: { readonly name: string }; readonly why: TurnedAway }
  | TogetherView
  | { readonly stage: "ended"; readonly bond: string; readonly connection: ConnectionView; readonly me: { readonly name: string }; readonly other: { readonly name: string }; readonly by: "me" | "other" };

/** What a person does. */
export type Act =
  | { readonly do: "accept"; readonly knock: number }
  | { readonly do: "compared"; readonly compared: boolean }
  | { readonly do: "latecomer-seen" }
  | { readonly do: "try-now" }
  | { readonly do: "feeling"; readonly intent: Felt }
  | { readonly do: "touch"; readonly intent: TouchIntent }
  | { readonly do: "thought"; readonly intent: ThoughtIntent }
  | { readonly do: "name"; readonly intent: { readonly name: string } }
  | { readonly do: "boundary"; readonly intent: BoundaryIntent };
