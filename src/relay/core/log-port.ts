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

export interface Log {
  load(line: LineId): Result<SavedLine | undefined, Unavailable>;
  /** Records after `after` that have their body, in order: at most `items`, and no more than `bytes` of bodies unless the first alone is larger. */
  read(line: LineId, after: number, most: { readonly items: number; readonly bytes: number }): Result<readonly KeptRecord[], Unavailable>;
  /** The same records without their bodies. */
  readMeta(line: LineId, after: number, items: number): Result<readonly RecordMeta[], Unavailable>;
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
