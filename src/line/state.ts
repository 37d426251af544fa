/**
 * Everything one device knows of one bond. The durable half is saved whole, in one transaction with the seal's state
 * and the entries it brought; the rest (`link`, `live`, `dirty`) is this process's and begins anew.
 *
 * Invariants:
 * - `n` of an outbox item never changes (but after an older copy of this device was put back: resync.ts), and once its
 *   sealed bytes were saved under an epoch, those bytes are the only ones ever sent for that n and epoch.
 * - `ahead` is the only sealed thing not in the outbox; on start it becomes the outbox's head (it may have been sent).
 * - `seq`, `head` and `heads` move only together with the senses' states and the kept entries of the same records.
 */
import type { Millis, Sealed } from "../base/brand.ts";
import type { Secret } from "../base/secret.ts";
import type { SealerState } from "../ports/sealer.ts";
import type { DeviceFrame, FrameOf, RefusalCode } from "../protocol/frames.ts";
import type { SenseName, SenseStates } from "../senses/index.ts";
import type { Happening, SenseRefusal, Who } from "../senses/sense.ts";
import type { RecordKind } from "../protocol/chain.ts";
import type { EntryBody } from "./entry.ts";
import type { Guards } from "./guards.ts";
import type { Cues, DayCount } from "./damping.ts";
import type { Waiting } from "./firings.ts";
import type { PastEvent } from "./history.ts";
import type { LiveState } from "./live.ts";
import type { Recalled } from "./recall.ts";
import type { Settings } from "./settings.ts";
import type { DeviceNotice } from "./view.ts";

/** What its owner sealed, or will, for a promise. */
export interface Note {
  readonly note?: string;
  readonly farewell?: string;
  /** Of a sign of life: the hash of the secret that may keep a window, and do nothing else; and the device of mine that has it, by its key. */
  readonly keeper?: Uint8Array;
  readonly holder?: Uint8Array;
  /** That secret, on its holder alone: my other devices are told none of it, and it is in no archive. */
  readonly secret?: Uint8Array;
}

/** A relay as this bond knows it: by key, reached at an origin. */
export interface RelayPin {
  readonly origin: string;
  /** SHA-256 of its Ed25519 key. */
  readonly hash: Uint8Array;
}

export interface Self {
  /** The person key's seed, until the twelve words are confirmed (DEV1); null also on devices that never had it. */
  readonly person: Secret | null;
  /** Ed25519 public key of the person; empty while a device that asks to be let in does not know it. */
  readonly personKey: Uint8Array;
  readonly device: Secret;
  /** Empty until a device of mine certified this one. */
  readonly certificate: Uint8Array;
  /** The END certificate, signed while the person key was here; travels to own devices with the archive. */
  readonly end: Uint8Array;
  /** How I called myself when making or joining; the `name` sense holds what both see. */
  readonly name: string;
  /** How this device is called among my own. */
  readonly deviceName: string;
}

/** What the twelve words are for this bond: public halves, and what is left to do with them. */
export interface WordsKeys {
  /** Ed25519 public key that the relay asks to be proved. */
  readonly verifier: Uint8Array;
  /** The seed of the box in which the archive's key waits; null once its public half is known, for only the words need it. */
  readonly boxSeed: Secret | null;
  readonly box: Uint8Array | null;
  /** The relay has the verifier. */
  readonly told: boolean;
  /** What signs for a verifier that takes the place of another (bonds made by release 0.1). */
  readonly proof: Secret | null;
}

/** A device of my own as my devices know it. */
export interface OwnDevice {
  /** Ed25519 public key. */
  readonly key: Uint8Array;
  /** Its box: where a new own key is put for it. */
  readonly box: Uint8Array;
  readonly name: string;
}

/** One sealed piece of the archive: kept things from `first` to `last` (seq). */
export interface Segment {
  readonly id: Uint8Array;
  readonly key: Secret;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** What my devices share and nobody else has (DEV4). */
export interface Own {
  readonly key: Secret;
  /** The last keys before it, newest first: what a device of mine said before a new one reached it is under them. */
  readonly before?: readonly { readonly key: Secret; readonly gen: number }[];
  /** Rises with every new key: at each removal. */
  readonly gen: number;
  readonly devices: readonly OwnDevice[];
  /** Sealed and kept by the relay for my side: what a new or returning device begins with. `seq`: up to where. */
  readonly archive: {
    readonly manifest: Uint8Array | null;
    readonly seq: number;
    readonly segments: readonly Segment[];
    readonly at: Millis | null;
    /** The key it is sealed under. */
    readonly gen: number;
  };
}

/** A key package to come back with when the group is made anew, and its private half. */
export interface LastResort {
  readonly keyPackage: Uint8Array;
  readonly pending: Uint8Array;
  readonly told: boolean;
  /** It lives for a year; a new one takes its place long before. */
  readonly madeAt: Millis;
}

/** Why a line is being taken up again (resync.ts). */
export type Mending = "gap" | "set-back" | "cannot-follow" | "taken-up";

/** An entry that came while what a device begins with was still on its way. */
export interface HeldEntry {
  readonly seq: number;
  readonly device: number;
  readonly n: number;
  readonly from: Who;
  readonly author: Uint8Array;
  readonly said: EntryBody;
  /** The relay's time of it; absent in what was held before this was counted. */
  readonly at?: Millis;
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

/** The relay does not know the line (any more); this device was removed from it before. */
export type EndUntold = "unknown" | "removed";

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
  | {
      /** A device of mine that asks to be let in: first with its key, then, certified, with its key package. */
      readonly at: "arriving";
      readonly secret: Secret;
      readonly personHash: Uint8Array;
      readonly body: Uint8Array;
      /** Known, like its own person key, once it is certified. */
      readonly other: Uint8Array | undefined;
      readonly pending: Uint8Array | null;
      readonly delivered: boolean;
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
  | {
      readonly at: "ended";
      readonly by: "me" | "other";
      /** The relay has it. */
      readonly told: boolean;
      /** Why it cannot be told, since when, and whether that is the last word. Absent while it can. */
      readonly cannot?: { readonly why: EndUntold; readonly since: Millis; readonly sure: boolean };
      /** The other's person key; empty where there never was one. */
      readonly other: Uint8Array;
      /** When I ended it; null when the other did: nobody is told when. */
      readonly since: Millis | null;
      /** Its owner had everything of it taken off this device; it goes wholly once the relay was told. */
      readonly wiped: boolean;
    };

export interface NewDevice {
  readonly key: Uint8Array;
  readonly keyPackage: Uint8Array;
  readonly box: Uint8Array;
  readonly name: string;
}

export type OutboxContent =
  | { readonly is: "entry"; readonly said: EntryBody }
  | { readonly is: "accept"; readonly frame: Omit<FrameOf<"accept">, "n" | "type"> }
  /** Devices of mine in and out; `made` anew in every epoch until one of them is in the log. */
  | {
      readonly is: "change";
      readonly add: readonly NewDevice[];
      readonly remove: readonly Uint8Array[];
      readonly made: { readonly epoch: number; readonly commit: Sealed; readonly welcome: Sealed | null } | null;
    }
  /** The group anew: its state takes effect when the welcome is in the log. Its n is not one of the device's own count. */
  | { readonly is: "refound"; readonly generation: number; readonly epoch: number; readonly welcome: Sealed; readonly mls: SealerState };

export interface OutboxItem {
  readonly n: number;
  readonly content: OutboxContent;
  /** The id that it had in an older copy of this device: it may be in the log under that. */
  readonly was?: string;
  /** It was ready for the moment in which an earlier process went, and may have been sent then. */
  readonly late?: true;
  /** Sealed under `epoch`; null until then, and again when another epoch began before the relay had it. */
  readonly sealed: { readonly body: Sealed; readonly epoch: number } | null;
}

export interface DeviceMember {
  readonly index: number;
  readonly key: Uint8Array;
  readonly mine: boolean;
  readonly revoked: boolean;
  /** Time of the record that enrolled it; null where this device does not know. */
  readonly since: Millis | null;
  /** Until then it may not remove others (null: it may). */
  readonly newUntil: Millis | null;
}

/** What a person has to know; each has its words in words.ts. */
export type Trouble =
  | {
      readonly is: "wrong-relay" | "version" | "revoked" | "unknown-here" | "forked" | "rewound" | "twin" | "storage-full" | "storage-gone" | "closed-relay";
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
  readonly challenge: FrameOf<"challenge">;
  /** What `opened` said of me and of the line; generation and epoch move on with what comes. */
  readonly told: { readonly n: number; readonly generation: number; readonly epoch: number; readonly members: readonly DeviceMember[] };
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
  readonly epoch: number;
  readonly at: Millis;
  readonly kind: RecordKind;
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
  readonly fault: "forked" | "rewound" | "twin" | "revoked" | null;
  /** Records of the other that were refused: counted, shown to no one but the curious. */
  readonly refused: number;
  readonly gapAt: Millis | null;
  readonly words: WordsKeys | null;
  /** This device's box: its seed and public key; null until it has one. */
  readonly box: { readonly seed: Secret; readonly key: Uint8Array } | null;
  readonly own: Own | null;
  /** What my other devices said under an own key that has not reached this one yet, in order. */
  readonly ownLater: readonly { readonly body: Uint8Array; readonly gen: number; readonly author: Uint8Array }[];
  /** The own key, put for this device into its box. */
  readonly boxed: { readonly box: Uint8Array; readonly gen: number } | null;
  readonly lastResort: LastResort | null;
  /** The line is to be taken up again, and why (resync.ts). */
  readonly mending: { readonly why: Mending; readonly after: number } | null;
  /** Records after this place were only looked at: everyone is asked to say again what they said since. Null: nothing is missed. */
  readonly missedFrom: number | null;
  /** It was asked, then; asked again when the group is made anew soon after: whoever did that may not have heard it. */
  readonly missedAsked: { readonly after: number; readonly at: Millis } | null;
  /** How far the log began anew below what this device had of it: places of kept things only ever rise (entry.ts). */
  readonly shift: number;
  /** After the line was found to be forked: the last count that still goes out, which lets the other know. */
  readonly lastWord: number | null;
  /** By device: the last count that was seen of it. */
  readonly counts: Readonly<Record<string, number>>;
  /** What this device said again: from which place of its own on, and where that ended in the log. */
  readonly saidAgain: { readonly from: number; readonly until: number } | null;
  /**
   * Since the group was made anew the relay takes a count that skips (REF2): until it took one, they go out one by one, or
   * one that it refused would be skipped for good.
   */
  readonly skips: boolean;
  /** Devices that asked so since the group was last made anew: each is heard once. */
  readonly missedBy: readonly number[];
  /** When an older copy of this device was last found out. */
  readonly setBackAt: Millis | null;
  /**
   * What came while this device waits for the archive (kept things after `after`): it is applied afterwards. Null when it
   * waits for nothing.
   */
  readonly held: { readonly after: number; readonly entries: readonly HeldEntry[] } | null;
  /** The last place at which the other had the same head as I: up to there they have everything. */
  readonly common: number;
  /** The last kept things, by id: not to be kept twice when they are said again. Newest last. */
  readonly recent: readonly string[];
  /** Kept things of mine from here on are to be said again; null: nothing. */
  readonly sayAgain: number | null;
  /** The last record that changed what the archive is to hold. */
  readonly lastKept: number;
  /** Devices of mine to whom the own key is still to be handed, once the archive holds what was there when they came (seq). */
  readonly owes: readonly (OwnDevice & { readonly seq: number })[];
  readonly notices: readonly DeviceNotice[];
  readonly settings: Settings;
  readonly recalled: Recalled;
  /** What the relay signed about vigils, by the promise's id. */
  readonly guards: Guards;
  /** What rungs left in the log that waits for its promise (firings.ts). */
  readonly firings: readonly Waiting[];
  /** Turns that this device said, each as `id turn`: it arms them at once, also when it was started anew since. */
  readonly arms: readonly string[];
  /** What the envelopes of my open promises hold, and what keeps a window: mine alone, and on each of my devices. */
  readonly notes: { readonly [id: string]: Note };
  /** The relay's key, whose hash is pinned; null before it was first reached. */
  readonly relayKey: Uint8Array | null;
  /** What my devices and I gave and did, oldest first (BOUND6). It only ever grows. */
  readonly history: readonly PastEvent[];
  /** Kept things of the other today, by the relay's time, and of mine. */
  readonly keptToday: DayCount;
  readonly saidToday: DayCount;
  /** Kinds of kept entries that this version does not know (DEV5): after an upgrade they are looked at again. */
  readonly unknown: readonly string[];
}

/** A device of mine is being added from this one. Of this process only: who comes back begins anew. */
export interface Adding {
  readonly secret: Secret;
  readonly link: string;
  /** Null until the relay opened the door. */
  readonly expires: Millis | null;
  readonly told: boolean;
  readonly asking: readonly {
    readonly id: number;
    readonly key: Uint8Array;
    readonly box: Uint8Array;
    readonly name: string;
    readonly code: readonly string[];
  }[];
  /** The one that was let in, and whether it got its certificate. */
  readonly letting: { readonly id: number; readonly key: Uint8Array; readonly box: Uint8Array; readonly name: string; readonly answered: boolean } | null;
}

/** What the log holds, seen from its beginning, while the line is taken up again. */
export interface Scan {
  readonly seq: number;
  readonly head: Uint8Array;
  readonly lastRefound: LogItem | null;
  /** It was tried, and does not let this device in. */
  readonly tried: boolean;
  /** This device, or a newer copy of it, spoke in that group. */
  readonly spoke: boolean;
  /** Own entries that the relay has: which of what waits was sent already. */
  readonly mine: readonly { readonly n: number; readonly body: Sealed }[];
  readonly done: boolean;
  /** The others' last-resort packages, once the relay gave them. */
  readonly packages: readonly Uint8Array[] | null;
  /** What vigils left, in the part that this device does not take. */
  readonly fired: readonly LogItem[];
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
  readonly unsaved: {
    readonly put: readonly (readonly [string, Uint8Array])[];
    readonly drop: readonly string[];
    readonly dirty: boolean;
    readonly retryAt: Millis;
  };
  /** Acts to answer once what they said is durable. */
  readonly answers: readonly { readonly act: number; readonly result: ActResult }[];
  /** Kept things that happened, to be told once they are durable. */
  readonly happened: readonly Happening[];
  readonly adding: Adding | null;
  readonly scan: Scan | null;
  /** A long piece of work with blobs that goes on beside everything else. */
  readonly job: { readonly is: "archive" | "fetch"; readonly done: number; readonly total: number } | null;
  /** No job before this. */
  readonly jobAt: Millis;
  /** Frames that wait for a `done`, so that each is sent once a connection. */
  readonly asked: { readonly package: boolean; readonly verifier: boolean; readonly packages: boolean; readonly end: boolean };
  /** What this process has asked about vigils, and is about to. */
  readonly vigils: {
    /** By promise: the number of what waits for an answer. */
    readonly asked: { readonly [id: string]: number };
    readonly nextAsk: number;
    /** When the relay is to be asked next about all of them, whether it is being asked, and whether it answered on this connection. */
    readonly checkAt: Millis;
    readonly checking: boolean;
    readonly known: boolean;
    /** Sealed and to be saved before they leave. */
    readonly ready: readonly DeviceFrame[];
    /** Promises whose receipt the relay is to be shown. */
    readonly show: readonly string[];
    /** By promise: when a receipt came to this process, by both of its clocks. Green is no older than that. */
    readonly heard: { readonly [id: string]: { readonly wall: Millis; readonly monotonic: Millis } };
  };
  /** By sense: how the other's last cues were. Of this process only. */
  readonly cues: { readonly [sense: string]: Cues };
  readonly senseWake: { readonly [Name in SenseName]?: Millis | undefined };
  /** Where line time was at a monotonic moment: it runs on from there, and goes back only at the relay's word. */
  readonly anchor: { readonly line: Millis; readonly monotonic: Millis; /** The relay said so, to this process. */ readonly heard?: true };
}

/** Why an act was not done. `uncertain`: another tab had it and closed before it answered; look before doing it again. */
export type ActRefusal =
  | SenseRefusal
  | "not-inviting"
  | "accepting"
  | "no-such-knock"
  | "not-together"
  | "ended"
  | "not-apart"
  | "no-such-sense"
  | "uncertain"
  | "adding"
  | "no-such-device"
  | "too-new"
  | "too-many-devices"
  | "needs-words"
  | "offline";
export type ActResult = { readonly ok: true; readonly id?: string } | { readonly ok: false; readonly why: ActRefusal };
