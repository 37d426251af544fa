/**
 * Everything one device knows of one bond. The durable half is saved whole, in one transaction with the seal's state
 * and the entries it brought; the rest (`link`, `live`, `dirty`) is this process's and begins anew.
 *
 * Invariants:
 * - `n` of an outbox item never changes, and once its sealed bytes were saved under an epoch, those bytes are the only
 *   ones ever sent for that n and epoch.
 * - `ahead` is the only sealed thing not in the outbox; on start it becomes the outbox's head (it may have been sent).
 * - `seq`, `head` and `heads` move only together with the senses' states and the kept entries of the same records.
 */
import type { Millis, Sealed } from "../base/brand.ts";
import type { Secret } from "../base/secret.ts";
import type { SealerState } from "../ports/sealer.ts";
import type { FrameOf, RefusalCode } from "../protocol/frames.ts";
import type { SenseName, SenseStates } from "../senses/index.ts";
import type { Happening, SenseRefusal } from "../senses/sense.ts";
import type { EntryBody } from "./entry.ts";
import type { LiveState } from "./live.ts";

/** A relay as this bond knows it: by key, reached at an origin. */
export interface RelayPin {
  readonly origin: string;
  /** SHA-256 of its Ed25519 key. */
  readonly hash: Uint8Array;
}

export interface Self {
  readonly person: Secret;
  readonly device: Secret;
  readonly certificate: Uint8Array;
  /** How I called myself when making or joining; the `name` sense holds what both see. */
  readonly name: string;
}

interface Invited {
  readonly secret: Secret;
  readonly link: string;
  readonly expires: Millis;
}

export interface WaitingKnock {
  readonly id: number;
  readonly at: Millis;
  readonly name: string;
  readonly person: Uint8Array;
  readonly device: Uint8Array;
  readonly keyPackage: Uint8Array;
}

export type TurnedAway = "taken" | "expired" | "unknown" | "impostor" | "bad-welcome";

export type Stage =
  /** The line is not yet at the relay: there is no link to give. */
  | { readonly at: "making"; readonly secret: Secret; readonly recovery: Uint8Array; readonly token: string }
  | { readonly at: "inviting"; readonly invited: Invited; readonly knocks: readonly WaitingKnock[]; readonly accepting: WaitingKnock | null }
  | {
      readonly at: "knocking";
      readonly secret: Secret;
      readonly inviterHash: Uint8Array;
      readonly pending: Uint8Array;
      readonly body: Uint8Array;
      readonly delivered: boolean;
      /** Let in: the welcome, and where my log begins. */
      readonly welcome: { readonly body: Sealed; readonly seq: number; readonly head: Uint8Array } | null;
    }
  | { readonly at: "turned-away"; readonly why: TurnedAway }
  | {
      readonly at: "together";
      readonly other: Uint8Array;
      readonly since: Millis;
      readonly words: readonly string[] | null;
      readonly compared: boolean;
      readonly latecomerAt: Millis | null;
    }
  | { readonly at: "ended"; readonly by: "me" | "other" };

export interface OutboxItem {
  readonly n: number;
  readonly content: { readonly is: "entry"; readonly said: EntryBody } | { readonly is: "accept"; readonly frame: Omit<FrameOf<"accept">, "n" | "type"> };
  /** Sealed under `epoch`; null until then, and again when another epoch began before the relay had it. */
  readonly sealed: { readonly body: Sealed; readonly epoch: number } | null;
}

export interface DeviceMember {
  readonly index: number;
  readonly key: Uint8Array;
  readonly mine: boolean;
  readonly revoked: boolean;
}

/** What a person has to know; each has its words in words.ts. */
export type Trouble =
  | {
      readonly is:
        | "wrong-relay"
        | "version"
        | "revoked"
        | "unknown-here"
        | "forked"
        | "rewound"
        | "cannot-follow"
        | "set-back"
        | "storage-full"
        | "storage-gone"
        | "closed-relay";
    }
  | { readonly is: "refused"; readonly code: RefusalCode };

/** The connection, from nothing to current. `failures` in a row set the pace of trying again. */
export type Link =
  | { readonly is: "down"; readonly since: Millis; readonly retryAt: Millis; readonly failures: number }
  | { readonly is: "connecting"; readonly since: Millis; readonly failures: number }
  /** The relay proved to be ours by key; `nonce` is what I asked it to sign; `answered`: it said that my knock waits there. */
  | {
      readonly is: "challenged";
      readonly answered: boolean;
      readonly since: Millis;
      readonly challenge: FrameOf<"challenge">;
      readonly nonce: Uint8Array;
      readonly failures: number;
      readonly pingDueAt: Millis;
      readonly pingAt: Millis | null;
    }
  | OpenLink;

export interface OpenLink {
  readonly is: "open";
  readonly since: Millis;
  readonly failures: number;
  /** Everything of the log that was there at `opened` was given to me. */
  readonly current: boolean;
  /** Where `opened` said the log stood: checked when I get there. */
  readonly goal: { readonly seq: number; readonly head: Uint8Array };
  /** The last own count and the last cursor sent on this connection. */
  readonly sentN: number;
  readonly cursorSent: number;
  /** The next ping is due then, whatever else is said: the relay closes who is silent. `pingAt`: one is unanswered since. */
  readonly pingDueAt: Millis;
  readonly pingAt: Millis | null;
  /** After `full`, `busy` or `unavailable` nothing is sent before this. */
  readonly holdUntil: Millis;
}

export interface LogItem {
  readonly seq: number;
  readonly device: number;
  readonly n: number;
  readonly kind: "entry" | "change";
  readonly body: Sealed;
  /** The head after it. */
  readonly head: Uint8Array;
}

export interface Durable {
  readonly line: Uint8Array;
  readonly relay: RelayPin;
  readonly self: Self;
  readonly stage: Stage;
  readonly mls: SealerState | null;
  readonly epoch: number;
  readonly generation: number;
  readonly members: readonly DeviceMember[];
  /** This device's index among the members. */
  readonly index: number;
  readonly seq: number;
  readonly head: Uint8Array;
  /** Recent heads by place, for comparing with the other's (CHAIN2): newest last, shortened. */
  readonly heads: readonly (readonly [seq: number, head: Uint8Array])[];
  /** The next own count. */
  readonly n: number;
  readonly outbox: readonly OutboxItem[];
  /** The *left* entry sealed in advance, under count `n`. */
  readonly ahead: { readonly said: EntryBody; readonly body: Sealed; readonly epoch: number; readonly n: number } | null;
  readonly senses: SenseStates;
  /** Line time minus this device's wall time. */
  readonly offset: Millis;
  /** The line's time at the last save: it is later than that now, whatever this device's clock says. */
  readonly savedAt: Millis;
  /** A fault that does not go away by itself: nothing is sent until it is settled. */
  readonly fault: "forked" | "rewound" | "cannot-follow" | "set-back" | null;
  /** Records of the other that were refused: counted, shown to no one but the curious. */
  readonly refused: number;
  readonly gapAt: Millis | null;
}

export interface State extends Durable {
  readonly link: Link;
  readonly trouble: Trouble | null;
  readonly inbox: readonly LogItem[];
  /** The head after the last record in the inbox, and its place. */
  readonly inboxSeq: number;
  readonly inboxHead: Uint8Array;
  /** The live lane under this epoch's secret. */
  readonly live: LiveState | null;
  readonly liveEpoch: number;
  /** My device's public key, and its index on the line once known. */
  readonly selfKey: Uint8Array;
  readonly onScreen: boolean;
  /** Not yet durable: kept entries by key, and whether anything at all changed. */
  readonly unsaved: { readonly put: readonly (readonly [string, Uint8Array])[]; readonly dirty: boolean; readonly retryAt: Millis };
  /** Acts to answer once what they said is durable. */
  readonly answers: readonly { readonly act: number; readonly result: ActResult }[];
  /** Kept things that happened, to be told once they are durable. */
  readonly happened: readonly Happening[];
  readonly senseWake: { readonly [Name in SenseName]?: Millis | undefined };
  /** Where line time was at a monotonic moment: it runs on from there, and goes back only at the relay's word. */
  readonly anchor: { readonly line: Millis; readonly monotonic: Millis };
}

/** Why an act was not done. `uncertain`: another tab had it and closed before it answered; look before doing it again. */
export type ActRefusal = SenseRefusal | "not-inviting" | "accepting" | "no-such-knock" | "not-together" | "ended" | "uncertain";
export type ActResult = { readonly ok: true; readonly id?: string } | { readonly ok: false; readonly why: ActRefusal };
