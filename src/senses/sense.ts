/**
 * The contract every sense satisfies. A sense is a pure reducer: what it knows, what came, what time it is; it
 * answers what it now knows and what it wants said. It never sees keys, sockets or storage.
 *
 * Invariants:
 * - Only an entry's author changes what is the author's: `from` is proved by the seal, never read from the entry.
 * - What a sense says passes the owner's grants in one place (line/senses.ts): ungiven things never leave the device.
 * - `apply` is total: any entry that fits the schema is handled; what does not fit never reaches it.
 */
import type * as v from "valibot";
import type { Millis } from "../base/brand.ts";
import type { Cbor } from "../protocol/cbor.ts";

export type Who = "me" | "other";

/** How much of a sense its owner gives. `coarse` means something for presence and hour only. */
export type Give = "off" | "coarse" | "full";

/** What I let in of a sense: mine alone, and nobody is told. `quiet` comes without a cue; `off` is set aside. */
export type Let = "on" | "quiet" | "off";

/** What every application of an input may look at. */
export interface SenseContext {
  /** The line's time: this device's clock, corrected by what the relay last said. */
  readonly now: Millis;
  /** My own grant for this sense at `now`; `full` for senses that carry none. */
  readonly give: Give;
  /** What I let in of it now; `off` for what comes live during a pause of mine. */
  readonly letIn: Let;
  /** When I last said so of my grant; 0 when I never did. */
  readonly givenAt: Millis;
  /** What the other gives of it at `now`. */
  readonly theirGive: Give;
  /** Whether someone is looking: the page is visible, or `watch` runs. */
  readonly onScreen: boolean;
  /** Whether my own connection to the relay holds, and since when it has held or been lost. */
  readonly connected: boolean;
  readonly connectedSince: Millis;
  /** Since when a device of the other hears what is said live, the newest of them; null while none does. */
  readonly heardSince: Millis | null;
}

export type SenseInput<Entry, Live, Intent> =
  /**
   * A kept entry, in the line's order, once. `id` names it on both sides, `device` its author's device (hex of the key); `isNew` where that
   * was in its first day when it said so.
   */
  | { readonly kind: "entry"; readonly entry: Entry; readonly from: Who; readonly device: string; readonly id: string; readonly isNew?: boolean }
  | { readonly kind: "live"; readonly live: Live; readonly from: Who; readonly device: string }
  | { readonly kind: "intent"; readonly intent: Intent }
  /** Time passed, or anything in the context changed. */
  | { readonly kind: "tick" }
  /** The app started anew on this device: nothing that lived in the page or process goes on. */
  | { readonly kind: "resumed" };

/** Something worth telling a person or a program that watches: `kind` is the sense's name. */
export interface Happening {
  readonly kind: string;
  readonly from: Who;
  readonly at: Millis;
  readonly [field: string]: Cbor;
}

/** Each edge has its words for these. */
export type SenseRefusal =
  | "not-given"
  | "apart"
  | "empty"
  | "too-long"
  | "too-often"
  | "bad-name"
  | "no-such-promise"
  | "no-window"
  | "settled"
  | "bad-time"
  | "not-gradual";

export interface SenseStep<State, Entry, Live> {
  readonly state: State;
  /** Kept entries to seal and append, in this order. */
  readonly say?: readonly Entry[];
  /** As `say`, at once: under the bytes that were sealed ahead (see `Sense.ahead`) where there are some. */
  readonly sayAhead?: Entry;
  /** Live messages to send now, to whoever of the other's devices is there. Lost ones are lost. */
  readonly live?: readonly Live[];
  /** The next time this sense wants a tick. */
  readonly wakeAt?: Millis | undefined;
  readonly happened?: readonly Happening[];
  /** Why an intent was not done. */
  readonly refused?: SenseRefusal;
}

export interface Sense<State, Entry, Live, Intent> {
  readonly name: string;
  /** `name`, `boundary` and `ending` carry no grant: they are how grants and people are known at all. */
  readonly grant: "none" | "off-full" | "off-coarse-full";
  readonly initial: State;
  readonly entry: v.GenericSchema<unknown, Entry>;
  readonly live: v.GenericSchema<unknown, Live> | undefined;
  readonly intent: v.GenericSchema<unknown, Intent> | undefined;
  apply(state: State, input: SenseInput<Entry, Live, Intent>, context: SenseContext): SenseStep<State, Entry, Live>;
  /** What to have sealed and saved in advance, for a moment when there is no time to seal: the page is going away. */
  ahead?(state: State, context: SenseContext): Entry | undefined;
  /** Whether an entry belongs to what two people keep ("Between us", the export); the rest only moves state. */
  kept(entry: Entry): boolean;
  /** Its state goes on while it is not let in, and only does not show: what comes is how things are, not something said. */
  readonly followed?: true;
  /** What may leave of an entry while this much is given; without it an entry is given whole or not at all. */
  within?(entry: Entry, give: Give): Entry;
}
