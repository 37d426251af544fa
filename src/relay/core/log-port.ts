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
import type { KeptRecord, LineId, RecordMeta } from "./state.ts";

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
  | { readonly kind: "unknock"; readonly line: LineId }
  /**
   * Records up to `to` (inclusive) go. Of the authors in `keepAcks`, records above `after` lose their body only: their
   * authors may not know yet that they were accepted, and may ask again (LOG2).
   */
  | { readonly kind: "trim"; readonly line: LineId; readonly to: number; readonly keepAcks: readonly { readonly device: number; readonly after: number }[] }
  /** Records, welcomes and knocks of the line go; the line itself stays. */
  | { readonly kind: "wipe"; readonly line: LineId }
  /** The line goes with everything of it. */
  | { readonly kind: "forget"; readonly line: LineId };

export interface Acceptance {
  readonly seq: number;
  readonly at: Millis;
  readonly head: Uint8Array;
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
  /** Lines in a fixed order of the log's own, after the given place (0 for the first), for sweeps in bounded steps. */
  lines(after: number, most: number): Result<readonly { readonly line: LineId; readonly place: number }[], Unavailable>;
  write(batch: readonly Write[]): Result<void, Unavailable>;
  /** Tries whether a write would go through. */
  probe(): Result<void, Unavailable>;
  close(): void;
}
