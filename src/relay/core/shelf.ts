/**
 * The blobs of a line (BLOB rules): what is known of each, without its pieces. None of it is in memory but what changed
 * and waits for the commit; the rest is asked of the log, one blob at a time, since a side may have hundreds.
 */
import { ok, type Result } from "../../base/result.ts";
import type { Brand, Millis } from "../../base/brand.ts";
import { buckets } from "../../protocol/sizes.ts";
import type { Log, Unavailable } from "./log-port.ts";
import { flatHex, type LineId, type Side } from "./state.ts";

/** A blob's 16 bytes as lower-case hexadecimal. Unique on its line. */
export type BlobId = Brand<string, "BlobId">;
export const blobIdOf = (bytes: Uint8Array): BlobId => flatHex(bytes) as BlobId;

export interface BlobMeta {
  readonly id: BlobId;
  readonly side: Side;
  /** SHA-256 of the capability, hexadecimal. */
  readonly check: string;
  /** Pieces in all, and those that are there: whole when they are the same. */
  readonly total: number;
  readonly next: number;
  /** Bytes that are there. */
  readonly size: number;
  /** When it goes; null for one that its side keeps as its archive. */
  readonly ends: Millis | null;
}

/** How many blobs, and their room in bytes: what is not whole yet counts as large as it can become (BLOB4). */
export interface BlobUse {
  readonly blobs: number;
  readonly room: number;
}

export const pieceSize = buckets[buckets.length - 1] as number;

export const isWhole = ({ next, total }: BlobMeta): boolean => next === total;

export const roomOf = (blob: BlobMeta): number => (isWhole(blob) ? blob.size : blob.total * pieceSize);

/** A blob as the log has it, and as it is with what waits for the commit; `undefined` for none. */
export interface BlobChange {
  readonly was: BlobMeta | undefined;
  readonly is: BlobMeta | undefined;
}
export type BlobChanges = ReadonlyMap<BlobId, BlobChange>;

export const withChanges = (changes: BlobChanges | undefined, more: readonly BlobChange[]): BlobChanges => {
  const all = new Map(changes);
  for (const { was, is } of more) {
    const id = (is ?? was)?.id;
    if (id === undefined) continue;
    const earlier = all.get(id);
    all.set(id, { was: earlier ? earlier.was : was, is });
  }
  return all;
};

/** The blobs of a line as a decision sees them. */
export interface Shelf {
  find(id: BlobId): Result<BlobMeta | undefined, Unavailable>;
  used(side: Side): Result<BlobUse, Unavailable>;
  /** Those of the side's archive. */
  kept(side: Side): Result<readonly BlobMeta[], Unavailable>;
}

export const openShelf = (log: Log, line: LineId, changes: BlobChanges | undefined): Shelf => {
  const find: Shelf["find"] = (id) => {
    const change = changes?.get(id);
    return change ? ok(change.is) : log.blob(line, id);
  };
  return {
    find,
    used(side) {
      const durable = log.blobUse(line, side);
      if (!durable.ok) return durable;
      let { blobs, room } = durable.value;
      for (const { was, is } of changes?.values() ?? []) {
        if ((was ?? is)?.side !== side) continue;
        blobs += (is ? 1 : 0) - (was ? 1 : 0);
        room += (is ? roomOf(is) : 0) - (was ? roomOf(was) : 0);
      }
      return ok({ blobs, room });
    },
    kept(side) {
      const durable = log.archive(line, side);
      if (!durable.ok) return durable;
      const kept: BlobMeta[] = [];
      for (const id of new Set([...durable.value.ids, ...(changes?.keys() ?? [])])) {
        const blob = find(id);
        if (!blob.ok) return blob;
        if (blob.value?.side === side && blob.value.ends === null) kept.push(blob.value);
      }
      return ok(kept);
    },
  };
};
