/**
 * What the relay knows of one line. Immutable: a decision makes a new state, and a state that was not made durable
 * is dropped whole.
 *
 * Invariants
 * - Devices are numbered in the order they were enrolled; a number is never used again, a revoked device keeps its own.
 * - Kept records are exactly those with baseSeq < seq <= the line's seq, without gaps.
 * - `used[side]` is the sum of the kept bodies of that side's devices and vigils, in bytes.
 */
import { fromHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import type { Brand, Millis } from "../../base/brand.ts";
import { isRefoundNumber, sideOfFired, type LogRecord } from "../../protocol/chain.ts";
import type { BlobId } from "./shelf.ts";
import type { VigilId } from "./vigil.ts";

/** The line's 16 bytes as lower-case hexadecimal, so that it can key maps. */
export type LineId = Brand<string, "LineId">;
export const lineIdOf = (bytes: Uint8Array): LineId => flatHex(bytes) as LineId;

/** An Ed25519 public key as lower-case hexadecimal. */
export type KeyText = Brand<string, "KeyText">;
export const keyTextOf = (bytes: Uint8Array): KeyText => flatHex(bytes) as KeyText;

/** Hexadecimal in one piece. A text that was put together letter by letter stays a tree of its parts: a kilobyte for 64 letters, kept for every open line. */
export const flatHex = (bytes: Uint8Array): string => {
  const letters: number[] = [];
  for (const byte of bytes) letters.push(hexLetters.charCodeAt(byte >> 4), hexLetters.charCodeAt(byte & 15));
  return String.fromCharCode(...letters);
};
const hexLetters = "0123456789abcdef";

/** The bytes of an id. */
export const idBytes = (text: LineId | KeyText | BlobId | VigilId): Uint8Array => {
  const bytes = fromHex(text);
  invariant(bytes, "an id that is hexadecimal");
  return bytes;
};

export type Side = 0 | 1;

export type BySide<T> = readonly [T, T];
export const withSide = <T>(both: BySide<T>, side: Side, value: T): BySide<T> => (side === 0 ? [value, both[1]] : [both[0], value]);

/** Where a knock waits: at the inviter's door, for the other person, or at a side's own, for another device of it. */
export type Door = "pairing" | Side;

export interface MemberDevice {
  readonly index: number;
  readonly side: Side;
  readonly key: KeyText;
  readonly revoked: boolean;
  /** Seq of the change that enrolled it: its log begins after it (LINE6). 0 for the device that made the line. */
  readonly begin: number;
  /** What it has durably applied, as it last said. */
  readonly cursor: number;
  /** Its own count: the last n accepted from it. */
  readonly n: number;
  /** A welcome is kept for it until its cursor passed `begin`. */
  readonly welcome: boolean;
  /** Time of the last latecomer it was told of (DOOR5). */
  readonly toldLatecomer: Millis;
  /** When it was let in by another device of its side, until it was vouched for (AGE1); 0 for a device that is settled. */
  readonly enrolledAt: Millis;
  /** Its next record may leave out numbers (LOG2): the group was made anew, and the relay may have lost some that it used. */
  readonly skips: boolean;
}

export interface WaitingKnock {
  readonly id: number;
  readonly key: KeyText;
  readonly at: Millis;
  readonly door: Door;
}

/** A side's own door (DOOR6). It stays after its time for a while, so that who comes late is told so. */
export interface Offer {
  /** SHA-256 of the ticket, hexadecimal. */
  readonly hash: string;
  readonly expires: Millis;
  /** Someone was let in. */
  readonly used: boolean;
}

export interface OpenLine {
  readonly phase: "open";
  readonly line: LineId;
  readonly generation: number;
  readonly epoch: number;
  readonly seq: number;
  readonly head: Uint8Array;
  readonly baseSeq: number;
  readonly baseHead: Uint8Array;
  readonly members: readonly MemberDevice[];
  readonly used: readonly [number, number];
  /** SHA-256 of the ticket, hexadecimal. */
  readonly ticketHash: string;
  readonly ticketExpires: Millis;
  readonly ticketUsed: boolean;
  readonly knocks: readonly WaitingKnock[];
  readonly nextKnock: number;
  /** When the last latecomer knocked; 0 for never. */
  readonly latecomer: Millis;
  /** What proves the twelve words of a side: an Ed25519 public key (REC1). */
  readonly verifiers: BySide<KeyText | undefined>;
  readonly offers: BySide<Offer | undefined>;
  /** When each side made the group anew lately (REF3), and took itself back (REC5). */
  readonly refounds: BySide<readonly Millis[]>;
  readonly reclaims: BySide<readonly Millis[]>;
  /** Since when the relay remembers all of this line, as far as it was shown; 0: since the line was made (VIG10). */
  readonly incarnation: Millis;
}

/** Shared by all the lines that have none: most of them, always. */
export const noOffers: OpenLine["offers"] = [undefined, undefined];
export const never: BySide<readonly Millis[]> = [[], []];

/** All that is kept of a line after its end (CLOSE1). */
export interface EndedLine {
  readonly phase: "ended";
  readonly line: LineId;
  readonly certificate: Uint8Array;
  /** SHA-256 of each key once enrolled, hexadecimal. */
  readonly keyHashes: readonly string[];
  readonly at: Millis;
}

export type LineState = OpenLine | EndedLine;

/** A record with the chain's head after it. */
export interface KeptRecord extends LogRecord {
  readonly head: Uint8Array;
}

/** What is needed of a record to count it, without its body. */
export interface RecordMeta {
  readonly seq: number;
  readonly at: Millis;
  readonly device: number;
  readonly n: number;
  /** Length of the body, in bytes. */
  readonly size: number;
  readonly head: Uint8Array;
}

export const replaceMember = (members: readonly MemberDevice[], index: number, change: Partial<MemberDevice>): readonly MemberDevice[] =>
  members.map((member) => (member.index === index ? { ...member, ...change } : member));

const addUsed = (used: readonly [number, number], side: Side, bytes: number): readonly [number, number] =>
  side === 0 ? [used[0] + bytes, used[1]] : [used[0], used[1] + bytes];

/**
 * The state after one more record of a known device, whose count a refound leaves (REF2), or of a vigil. Epoch and membership
 * do not move here: changes save them themselves. A number left out says that the relay once had what it has no more.
 */
export const countRecord = (state: OpenLine, record: RecordMeta): OpenLine => {
  const side = sideOfFired(record.device);
  if (side !== undefined) return { ...state, seq: record.seq, head: record.head, used: addUsed(state.used, side, record.size) };
  const author = state.members[record.device];
  if (!author) return state;
  return {
    ...state,
    seq: record.seq,
    head: record.head,
    members: isRefoundNumber(record.n) ? state.members : replaceMember(state.members, author.index, { n: record.n, skips: false }),
    used: addUsed(state.used, author.side, record.size),
    incarnation: !isRefoundNumber(record.n) && record.n > author.n + 1 ? record.at : state.incarnation,
  };
};
