/**
 * The Log: where lines are kept. Every implementation runs the suite in ../log/contract.ts.
 *
 * Invariants
 * - `write` is one transaction: all of the batch or nothing, and durable (on the disk, not only in a cache) when it
 *   returned ok. After an error the log is exactly as before and can be used again.
 * - A line's state is saved now and then, not with every record. What was accepted since is its `tail`: the records
 *   whose seq is above the saved one. Together they are the line.
 * - Calls are synchronous: the relay decides in memory and has nothing else to do while a batch is written.
 */
import type { Millis } from "../../base/brand.ts";
import type { Result } from "../../base/result.ts";
import type { BlobId, BlobMeta, BlobUse } from "./shelf.ts";
import type { KeptRecord, LineId, RecordMeta, Side } from "./state.ts";
import type { Outage, Vigil, VigilId, VigilUse } from "./vigil.ts";

/** The store cannot be read or written at the moment (disk full, input/output error). */
export type Unavailable = "unavailable";

export interface SavedLine {
  /** Encoded by stored-line.ts; opaque to the log. */
  readonly saved: Uint8Array;
  /** Records with a seq above the saved state's, in order. */
  readonly tail: readonly RecordMeta[];
}

export type Write =
  | { readonly kind: "line"; readonly line: LineId; readonly seq: number; readonly saved: Uint8Array }
  | { readonly kind: "record"; readonly line: LineId; readonly record: KeptRecord }
  | { readonly kind: "welcome"; readonly line: LineId; readonly device: number; readonly body: Uint8Array }
  | { readonly kind: "unwelcome"; readonly line: LineId; readonly device: number }
  | { readonly kind: "knock"; readonly line: LineId; readonly id: number; readonly body: Uint8Array }
  | { readonly kind: "unknock"; readonly line: LineId; readonly ids: readonly number[] }
  /** A device's last-resort key package, in place of an earlier one. */
  | { readonly kind: "package"; readonly line: LineId; readonly device: number; readonly body: Uint8Array }
  | { readonly kind: "unpackage"; readonly line: LineId; readonly device: number }
  /** The side's verifier, by the SHA-256 of its key, in place of an earlier one. One that is there for another stays that one's. */
  | { readonly kind: "verifier"; readonly line: LineId; readonly side: Side; readonly hash: string }
  /** The blob as it is with this piece, whose index is `blob.next - 1`. */
  | { readonly kind: "piece"; readonly line: LineId; readonly blob: BlobMeta; readonly body: Uint8Array }
  | { readonly kind: "unblob"; readonly line: LineId; readonly id: BlobId }
  /** The side's note, and these blobs of it have no end any more; those kept before and not named go. */
  | { readonly kind: "archive"; readonly line: LineId; readonly side: Side; readonly note: Uint8Array; readonly ids: readonly BlobId[] }
  /**
   * The vigil as it is, where it is as it was (`undefined`: not there yet), and goes on from there (`goesOn`); else the batch is a
   * defect and throws. With all its bodies when a turn begins, with one when that was replaced, else without; when a turn is over
   * its bodies go.
   */
  | {
      readonly kind: "vigil";
      readonly line: LineId;
      readonly was: Vigil | undefined;
      readonly is: Vigil;
      readonly bodies: readonly { readonly rung: number; readonly body: Uint8Array }[];
    }
  /** This one could not be fired: it is passed over until `again`. */
  | { readonly kind: "aside"; readonly place: number }
  | { readonly kind: "again" }
  /** Settled vigils that were remembered long enough, at most so many. */
  | { readonly kind: "unvigil"; readonly now: Millis; readonly most: number }
  /** The relay's own vigil fired `at`, and is due again `next`. The time is written down with it. */
  | { readonly kind: "canary"; readonly at: Millis; readonly next: Millis }
  /**
   * The relay was not there: windows are due later for what it took of them since `from` (`takenBy`), and the time is written
   * down. The outage itself may have begun before, with one that had not settled. The last 16 are kept.
   */
  | { readonly kind: "outage"; readonly outage: Outage; readonly from: Millis }
  /**
   * Records up to `to` (inclusive) go. Of the authors in `keepAcks`, records above `after` lose their body only: their
   * authors may not know yet that they were accepted, and may ask again (LOG2).
   */
  | { readonly kind: "trim"; readonly line: LineId; readonly to: number; readonly keepAcks: readonly { readonly device: number; readonly after: number }[] }
  /** All of the line goes but the line itself and the hashes of its verifiers. */
  | { readonly kind: "wipe"; readonly line: LineId }
  /** The line goes with everything of it. */
  | { readonly kind: "forget"; readonly line: LineId };

export interface Acceptance {
  readonly seq: number;
  readonly at: Millis;
  readonly head: Uint8Array;
}

export interface Archive {
  readonly note: Uint8Array;
  /** In the order in which they were named. */
  readonly ids: readonly BlobId[];
}

/** What the relay's clock was when it was last written down, its own vigil, and when it was not there. */
export interface Moments {
  readonly seen: Millis | undefined;
  readonly canary: { readonly at: Millis; readonly next: Millis } | undefined;
  readonly outages: readonly Outage[];
}

/** Something that is due, as the log has it. Reading a vigil with the body of its next rung may throw, or not be possible: then that one is damaged, and no other. */
export type Due =
  | { readonly kind: "canary"; readonly next: Millis }
  | {
      readonly kind: "vigil";
      readonly place: number;
      readonly line: LineId;
      readonly read: () => Result<{ readonly vigil: Vigil; readonly body: Uint8Array }, Unavailable>;
    };

export interface Log {
  load(line: LineId): Result<SavedLine | undefined, Unavailable>;
  /** Records after `after` that have their body, in order: at most `items`, and no more than `bytes` of bodies unless the first alone is larger. */
  read(line: LineId, after: number, most: { readonly items: number; readonly bytes: number }): Result<readonly KeptRecord[], Unavailable>;
  /** The same records without their bodies. */
  readMeta(line: LineId, after: number, items: number): Result<readonly RecordMeta[], Unavailable>;
  /** What vigils left that is kept, in order, at most so many bytes of bodies unless the first alone is larger. */
  fired(line: LineId, after: number, bytes: number): Result<readonly KeptRecord[], Unavailable>;
  /** The head after the record `seq`, while that record is kept. */
  headAt(line: LineId, seq: number): Result<Uint8Array | undefined, Unavailable>;
  /** What a device was told when its n was accepted. */
  acceptance(line: LineId, device: number, n: number): Result<Acceptance | undefined, Unavailable>;
  welcome(line: LineId, device: number): Result<Uint8Array | undefined, Unavailable>;
  /** Bodies of the waiting knocks, by id. */
  knocks(line: LineId): Result<ReadonlyMap<number, Uint8Array>, Unavailable>;
  /** By device. */
  packages(line: LineId): Result<ReadonlyMap<number, Uint8Array>, Unavailable>;
  /** Whose verifier this is, by the SHA-256 of its key. */
  verifier(hash: string): Result<{ readonly line: LineId; readonly side: Side } | undefined, Unavailable>;
  blob(line: LineId, id: BlobId): Result<BlobMeta | undefined, Unavailable>;
  /** Of one side. */
  blobUse(line: LineId, side: Side): Result<BlobUse, Unavailable>;
  piece(line: LineId, id: BlobId, index: number): Result<Uint8Array | undefined, Unavailable>;
  /** Without a note: an empty one. */
  archive(line: LineId, side: Side): Result<Archive, Unavailable>;
  vigil(line: LineId, id: VigilId): Result<Vigil | undefined, Unavailable>;
  /** Those that wait first, then those that were settled last. */
  vigils(line: LineId, most: number): Result<readonly Vigil[], Unavailable>;
  vigilUse(line: LineId, side: Side): Result<VigilUse, Unavailable>;
  /** The body of a rung, while its turn waits. */
  rung(line: LineId, id: VigilId, rung: number): Result<Uint8Array | undefined, Unavailable>;
  /** All that this secret keeps, or kept, by its SHA-256. */
  keptBy(keeper: string): Result<readonly { readonly line: LineId; readonly id: VigilId }[], Unavailable>;
  /** What is due, by what is due first; nothing that was set aside. */
  due(now: Millis, most: number): Result<readonly Due[], Unavailable>;
  moments(): Result<Moments, Unavailable>;
  /** Vigils that were set aside, of all lines. */
  asides(): number;
  /** Blobs whose end has come, the earliest first. */
  overdueBlobs(now: Millis, most: number): Result<readonly { readonly line: LineId; readonly id: BlobId }[], Unavailable>;
  /** Bytes of all blobs, of all lines. */
  blobBytes(): number;
  /** Lines in a fixed order of the log's own, after the given place (0 for the first), for sweeps in bounded steps. */
  lines(after: number, most: number): Result<readonly { readonly line: LineId; readonly place: number }[], Unavailable>;
  write(batch: readonly Write[]): Result<void, Unavailable>;
  /** Tries whether a write would go through. */
  probe(): Result<void, Unavailable>;
  close(): void;
}
