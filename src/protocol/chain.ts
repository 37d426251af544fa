/**
 * The chain over a line's log: head(n) = SHA-256(head(n-1) || record n). Two people who compare heads at the
 * same place have seen the same entries, in the same order, with the same times (docs/protocol.md, CHAIN rules).
 */
import { concat, u32, u64 } from "../base/bytes.ts";
import type { Millis, Sealed } from "../base/brand.ts";
import { recordKinds, refoundNumbers } from "./frames.ts";
import { sha256 } from "./keys.ts";

/** An entry; a change of who is in the group; the group anew, with its welcome as the body; what a rung of a vigil left. */
export type RecordKind = (typeof recordKinds)[number];

/** What the relay keeps and hands out of one accepted append or change. */
export interface LogRecord {
  /** Place in the line's order, from 1, without gaps. */
  readonly seq: number;
  /** Relay time of acceptance. Never shown as a "last seen". */
  readonly at: Millis;
  /** Index of the author's device in the line's device list; of what a vigil left, `firedBy` of its owner's side. */
  readonly device: number;
  /** The author device's own count, from 1, without gaps; of a refound, `refoundNumber`; of what a vigil left, its seq. */
  readonly n: number;
  readonly epoch: number;
  readonly kind: RecordKind;
  readonly body: Sealed;
}

/** A refound is none of its device's own count (REF2): its number is of the generation that it begins. */
export const refoundNumber = (generation: number): number => refoundNumbers + generation;
export const isRefoundNumber = (n: number): boolean => n >= refoundNumbers;

/** What a vigil leaves is put into the log by the relay, for the side that armed it: by no device, and in no device's count. */
export const firedBy = (side: 0 | 1): number => 254 + side;
export const sideOfFired = (device: number): 0 | 1 | undefined => (device === 254 ? 0 : device === 255 ? 1 : undefined);

/** The head before the first record. */
export const genesisHead = (line: Uint8Array): Uint8Array => sha256(concat(new Uint8Array(32), line));

export const nextHead = (head: Uint8Array, record: LogRecord): Uint8Array =>
  sha256(
    concat(
      head,
      u64(record.seq),
      u64(record.at),
      u32(record.device),
      u32(record.n),
      u32(record.epoch),
      new Uint8Array([recordKinds.indexOf(record.kind)]),
      record.body,
    ),
  );
