/** What comes to a bond, and what it asks of its driver. Both are data; the driver answers work with an event. */
import type { Plain, Sealed } from "../base/brand.ts";
import type { Millis } from "../base/brand.ts";
import type { Secret } from "../base/secret.ts";
import type { Random } from "../ports/random.ts";
import type { Among, Incoming, Member, Received, SealerState } from "../ports/sealer.ts";
import type { StoreChange, StoreFault } from "../ports/store.ts";
import type { DeviceFrame, RelayFrame } from "../protocol/frames.ts";
import type { Verify } from "../protocol/receipt.ts";
import type { Happening } from "../senses/sense.ts";
import type { EntryBody } from "./entry.ts";
import type { Manifest, Row } from "./archive.ts";
import type { Archived, Fetched } from "./jobs.ts";
import type { ActResult, NewDevice, Own, OwnDevice, State } from "./state.ts";
import type { Act } from "./view.ts";

export interface Context {
  /** This device's wall clock, milliseconds since the Unix epoch. */
  readonly wall: Millis;
  /** Its monotonic clock, whole milliseconds. */
  readonly monotonic: Millis;
  readonly random: Random;
  /** Of what the relay signs about vigils, where there is a faster one than ours (the simulator's). */
  readonly verify?: Verify;
}

export type Event =
  | { readonly is: "started" }
  | { readonly is: "tick" }
  | { readonly is: "frame"; readonly frame: RelayFrame }
  /** The relay sent what is no frame of this version. */
  | { readonly is: "nonsense"; readonly version: boolean }
  | { readonly is: "disconnected" }
  | { readonly is: "act"; readonly id: number; readonly act: Act }
  | { readonly is: "screen"; readonly on: boolean }
  | Answer;

/** How the driver answers work. */
export type Answer =
  | { readonly is: "sealed"; readonly bodies: readonly { readonly item: SealItem; readonly body: Sealed | null }[]; readonly mls: SealerState }
  | { readonly is: "received"; readonly results: readonly Received[]; readonly mls: SealerState }
  | { readonly is: "added"; readonly change: { readonly commit: Sealed; readonly welcome: Sealed; readonly mls: SealerState } | null }
  | { readonly is: "changed"; readonly change: { readonly commit: Sealed; readonly welcome: Sealed | null; readonly mls: SealerState } | null }
  | { readonly is: "packaged"; readonly keyPackage: Uint8Array; readonly pending: Uint8Array }
  | { readonly is: "refounded"; readonly made: { readonly welcome: Sealed; readonly mls: SealerState } | null }
  /** The group made anew is this device's group from here on; or it could not join. */
  | { readonly is: "rejoined"; readonly mls: SealerState | null; readonly members: readonly Member[] }
  | { readonly is: "owned"; readonly boxSeed: Secret; readonly boxKey: Uint8Array; readonly wordsBox: Uint8Array | null }
  | { readonly is: "boxed"; readonly boxes: readonly { readonly device: Uint8Array; readonly box: Uint8Array }[] }
  | { readonly is: "unboxed"; readonly key: Secret | null; readonly gen: number }
  | { readonly is: "kept"; readonly rows: readonly Row[] }
  | {
      readonly is: "joined";
      readonly joined:
        | { readonly mls: SealerState; readonly other: Uint8Array; readonly epoch: number; readonly members: readonly Member[] }
        | { readonly why: "impostor" | "bad-welcome" };
    }
  | { readonly is: "exported"; readonly secret: Secret }
  | { readonly is: "words"; readonly words: readonly string[] }
  | { readonly is: "saved" }
  | JobEvent
  | { readonly is: "not-saved"; readonly why: StoreFault };

/** From beside the queue. */
export type JobEvent =
  | { readonly is: "job-progress"; readonly done: number; readonly total: number }
  | { readonly is: "archived"; readonly archived: Archived | null }
  | { readonly is: "fetched"; readonly fetched: Fetched | null };

export type Job =
  | { readonly is: "archive"; readonly own: Own; readonly manifest: Omit<Manifest, "segments">; readonly differs: boolean }
  | { readonly is: "fetch"; readonly own: Own; readonly after: number };

export type Effect =
  | { readonly do: "job"; readonly job: Job }
  | { readonly do: "connect"; readonly origin: string }
  | { readonly do: "disconnect" }
  | { readonly do: "send"; readonly frame: DeviceFrame }
  | { readonly do: "emit"; readonly happening: Happening }
  | { readonly do: "answer"; readonly act: number; readonly result: ActResult }
  | { readonly do: "wake"; readonly after: Millis }
  | Work;

/** `ahead` is what to seal in advance, or null for what waits in the outbox under that count. */
export interface SealItem {
  readonly n: number;
  readonly plain: Plain;
  readonly aad: Uint8Array;
  readonly ahead: EntryBody | null;
}

/** At most one per step, and the last: the next step begins with its answer. */
export type Work =
  | { readonly do: "seal"; readonly items: readonly SealItem[] }
  | { readonly do: "receive"; readonly items: readonly Incoming[] }
  | { readonly do: "add"; readonly keyPackage: Uint8Array; readonly person: Uint8Array; readonly device: Uint8Array }
  | { readonly do: "change"; readonly add: readonly NewDevice[]; readonly remove: readonly Uint8Array[] }
  /** `other` is pinned by key, or, for who was invited, by the hash in the link. */
  | {
      readonly do: "join";
      readonly pending: Uint8Array;
      readonly welcome: Sealed;
      readonly other: Uint8Array | undefined;
      readonly inviterHash: Uint8Array | undefined;
    }
  /** A key package of this device, to be let in with. */
  | { readonly do: "package" }
  | { readonly do: "refound"; readonly packages: readonly Uint8Array[]; readonly among: Among }
  /** Into a group made anew: by my last resort, or, where I made it, from its state. */
  | {
      readonly do: "rejoin";
      readonly by: { readonly pending: Uint8Array; readonly welcome: Sealed; readonly among: Among } | { readonly mls: SealerState };
    }
  /** What my devices share begins: a box for this device, and the public half of the words' box. */
  | { readonly do: "own"; readonly wordsSeed: Secret | null }
  | { readonly do: "box"; readonly to: readonly OwnDevice[]; readonly own: Own }
  | { readonly do: "unbox"; readonly seed: Secret; readonly box: Uint8Array; readonly gen: number }
  | { readonly do: "read-kept"; readonly from: number }
  | { readonly do: "export" }
  | { readonly do: "words"; readonly other: Uint8Array }
  | { readonly do: "save"; readonly change: StoreChange };

export type Step = readonly [State, readonly Effect[]];

/** As many as one frame of the relay may hold. */
const joinedAtMost = 512;

/**
 * What came faster than it is applied is opened and saved together: a flood costs one save for many, and what its reader does
 * meanwhile waits for that one alone.
 */
export const joinEntries = (last: Event | undefined, event: Event): Event | undefined => {
  if (last?.is !== "frame" || event.is !== "frame" || last.frame.type !== "entries" || event.frame.type !== "entries") return undefined;
  const items = [...last.frame.items, ...event.frame.items];
  return items.length > joinedAtMost ? undefined : { is: "frame", frame: { type: "entries", items } };
};
