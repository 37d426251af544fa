/**
 * A person's side on one device: who they are, and their bonds. What the web app and the terminal are built on.
 */
import type { Result } from "../base/result.ts";
import type { StoreFault } from "../ports/store.ts";
import type { Cbor } from "../protocol/cbor.ts";
import type { InvitationFault } from "../protocol/invitation.ts";
import type { Happening, Who } from "../senses/sense.ts";
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
}

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
  kept(options: { readonly before?: number; readonly limit: number }): Promise<readonly Kept[]>;
}

export interface Home {
  readonly bonds: () => readonly Bond[];
  /** Called when a bond is added or goes. */
  watch(listener: () => void): () => void;
  /** Makes a line at a relay (web origin) and goes to the stage `inviting` once it exists there. */
  invite(options: { readonly name: string; readonly relay: string; readonly token?: string }): Promise<Result<Bond, "bad-name" | "bad-relay" | StoreFault>>;
  /** Knocks with an invitation. `relay` overrides where the link says the relay is (same relay, another address). */
  join(options: {
    readonly name: string;
    readonly link: string;
    readonly relay?: string;
  }): Promise<Result<Bond, InvitationFault | "bad-name" | "own-invitation" | "used-here" | StoreFault>>;
  /** Takes away a bond that never came to be (an invitation, a knock turned away), and what this device keeps of it. */
  forget(bond: string): Promise<void>;
  /** Ends this process's part: closes connections, leaves the store consistent. */
  stop(): Promise<void>;
}
