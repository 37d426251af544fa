/**
 * A person's side on one device: who they are, and their bonds. What the web app and the terminal are built on.
 */
import type { Millis } from "../base/brand.ts";
import type { Result } from "../base/result.ts";
import type { Secret } from "../base/secret.ts";
import type { StoreFault } from "../ports/store.ts";
import type { Cbor } from "../protocol/cbor.ts";
import type { InvitationFault } from "../protocol/invitation.ts";
import type { Happening, Who } from "../senses/sense.ts";
import type { PastEvent } from "./history.ts";
import type { ActResult } from "./state.ts";
import type { Act, BondView } from "./view.ts";

/** One kept thing, as "Between us" and the export show it. Times in milliseconds by the author's device. */
export interface Kept {
  readonly id: string;
  readonly seq: number;
  readonly from: Who;
  /** The sense's name; unknown names come from a newer Beside and are kept as they came. */
  readonly kind: string;
  readonly at: number | null;
  readonly body: Cbor;
  /** It came while I did not let its sense in: it is set aside, and shows when it is asked for. */
  readonly aside?: true;
  /** When it came here, where that was during a pause of mine: its author's time does not say. */
  readonly cameAt?: number;
}

export type ReadKept = (options: { readonly before?: number; readonly limit: number }) => Promise<readonly Kept[]>;

export interface Bond {
  /** The line's id, 32 hexadecimal digits. */
  readonly id: string;
  view(): BondView;
  /** Called after every change of the view; returns how to stop. */
  watch(listener: () => void): () => void;
  /** Called for everything that happens, in order, with the sense's name as `kind`. */
  listen(listener: (happening: Happening) => void): () => void;
  /** Resolves when what it said is durable on this device; it goes to the relay when it can. */
  act(act: Act): Promise<ActResult>;
  /**
   * Whether someone is looking. `watch` and a visible page are on screen; one-shot commands are not. With `false`, what
   * was sealed ahead is sent within the call: the page may be going away.
   */
  onScreen(on: boolean): void;
  /** Resolves when the relay has everything said here and everything of the log was applied, or with false after `within` ms or on a lasting trouble. */
  settled(within: number): Promise<boolean>;
  /** Newest first, before `before` (a seq) when given. */
  kept: ReadKept;
  /** My devices, and what I gave, oldest first (BOUND6). */
  history(): Promise<readonly PastEvent[]>;
  /** The seqs of all that is kept, rising. Nothing of it is opened for that. */
  places(): Promise<readonly number[]>;
}

/**
 * The twelve words (DEV1, LOSE1). `to-keep`: they are on this device until their owner showed to have them; `kept`: only
 * their owner has them; `elsewhere`: this device was added by another, or never had them.
 */
export type WordsState = "to-keep" | "kept" | "elsewhere";

export type RestoreFault =
  /** Not twelve words of the list, or their checksum is wrong. */
  | "not-words"
  | "bad-name"
  | "bad-relay"
  /** The relay does not answer, or stopped answering. */
  | "unreachable"
  /** No line at that relay belongs to these words. */
  | "nothing-found"
  /** The line is there, and what was kept of it cannot be opened with these words. */
  | "damaged"
  /** A bond of these words is on this device already. */
  | "used-here"
  /** The other's devices were not there yet since this can be done: it works once one of them was. */
  | "other-first"
  /** Too many restores within an hour. */
  | "busy"
  | StoreFault;

/** `done` of `total` bytes; `total` 0 while it is not known. */
export interface Progress {
  readonly what: "finding" | "fetching" | "keeping";
  readonly done: number;
  readonly total: number;
}

/** What was imported from an export (KEEP1): readable, searchable, and nothing else. */
export interface Memory {
  readonly id: string;
  readonly me: string;
  readonly other: string;
  readonly importedAt: Millis;
  readonly count: number;
}

/** An ended bond beside one that goes on (END3). `theirs`: the other said so, and is by their person key who it was with then. */
export interface EarlierBond {
  readonly bond: string;
  readonly mine: boolean;
  readonly theirs: boolean;
}

export interface Home {
  readonly bonds: () => readonly Bond[];
  readonly words: () => WordsState;
  /** The twelve words, while they are on this device. */
  showWords(): readonly string[] | undefined;
  /** Three different places (1 to 12) to ask for, in rising order: new ones at each call. */
  askWords(): readonly number[];
  /** With the words at the places that were asked for last: when all are right the words leave this device. */
  keepWords(answers: readonly string[]): Promise<Result<void, "wrong" | "not-asked" | StoreFault>>;
  /** Asks to be let in by a device of one's own, whose screen shows the link. The bond begins in the stage `arriving`. */
  arrive(options: {
    readonly link: string;
    /** How this device is called among one's own. */
    readonly device: string;
    readonly relay?: string;
  }): Promise<Result<Bond, InvitationFault | "bad-name" | "used-here" | StoreFault>>;
  /** Everything lost: the bonds of these twelve words at this relay, on this device alone; the earlier devices are shut out. */
  restore(options: {
    readonly words: string;
    readonly relay: string;
    readonly device: string;
    readonly progress?: (progress: Progress) => void;
  }): Promise<Result<readonly Bond[], RestoreFault>>;
  readonly memories: () => readonly Memory[];
  /** Takes in the JSON of an export, as text. The same export twice is one memory. */
  importMemory(json: string): Promise<Result<Memory, "not-an-export" | "newer" | StoreFault>>;
  /** Newest first, before `before` (a seq) when given. */
  remembered(memory: string, options: { readonly before?: number; readonly limit: number }): Promise<readonly Kept[]>;
  memoryPlaces(memory: string): Promise<readonly number[]>;
  forgetMemory(memory: string): Promise<void>;
  /** Called when a bond is added or goes. */
  watch(listener: () => void): () => void;
  /** Makes a line at a relay (web origin) and goes to the stage `inviting` once it exists there. */
  invite(options: {
    readonly name: string;
    readonly relay: string;
    readonly token?: string;
  }): Promise<Result<Bond, "bad-name" | "bad-relay" | "needs-words" | StoreFault>>;
  /** Knocks with an invitation. `relay` overrides where the link says the relay is (same relay, another address). */
  join(options: {
    readonly name: string;
    readonly link: string;
    readonly relay?: string;
  }): Promise<Result<Bond, InvitationFault | "bad-name" | "own-invitation" | "used-here" | "needs-words" | StoreFault>>;
  /** Takes away a bond that never came to be (an invitation, a knock turned away), and what this device keeps of it. */
  forget(bond: string): Promise<void>;
  /**
   * After a new pairing: shows the other that I am who I was in the ended bond `earlier`, so that what both kept there can be taken
   * up (END3). It is told to nobody but the other of `bond`.
   */
  recall(bond: string, earlier: string): Promise<Result<void, "not-ended" | "not-together">>;
  /** Ended bonds on this device, the latest last, and who of the two said that they were of this one's. Of those that both named, what was kept shows here. */
  earlier(bond: string): Promise<readonly EarlierBond[]>;
  /** What may keep the windows of my sign of life in this bond, and do nothing else (LIFE1): for a button in the house. */
  signKey(bond: string): Secret | undefined;
  /** Takes everything of an ended bond off this device: at once, but for what the relay still has to be told with. */
  wipe(bond: string): Promise<void>;
  /** Ends this process's part: closes connections, leaves the store consistent. */
  stop(): Promise<void>;
}
