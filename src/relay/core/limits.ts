/** How much of everything, and why. All are the relay's own choice; none is part of the wire. */
import type { Millis } from "../../base/brand.ts";

const second = 1000;
const day = 24 * 60 * 60 * second;
const kib = 1024;

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Limits {
  /** Kept bodies of one side's entries, in bytes. */
  readonly room: number;
  /** On top of `room`, for changes only, so that a full side can still let a device in or out (LOG8). */
  readonly reservedRoom: number;
  /** Devices a side may have at a time, and keys it may ever enrol (a key is enrolled once, and `opened` lists all). */
  readonly devices: number;
  readonly keysEver: number;
  /** Appends of one side, each counted as as many as it has pieces of `appendPiece` (LOG11): more than two people say, less than a flood. */
  readonly append: Rate;
  readonly appendPiece: number;
  /** Who is told to wait waits at least so long: by then there is room for many, and nobody asks for each. */
  readonly appendWait: Millis;
  /** Live frames of one device (LIVE3). */
  readonly live: Rate;
  /** New lines and knocks, over all: the relay keeps no addresses to count them by. */
  readonly create: Rate;
  readonly knock: Rate;
  /** Knocks that wait at one door at a time (DOOR2). */
  readonly knocks: number;
  /** How long a side's own door stands open (DOOR6): as long as it takes to have both devices in hand. */
  readonly offer: Millis;
  /** Groups made anew, and sides taken back, by one side within `refoundWindow` (REF3, REC5): each makes everybody join again. */
  readonly refounds: number;
  readonly reclaims: number;
  readonly refoundWindow: Millis;
  /** A device that another let in may not revoke for so long (AGE1): who has a phone for a minute cannot shut its owner out. */
  readonly probation: Millis;
  /** Blobs of one side: bytes, and how many (an archive, and some on their way). */
  readonly blobRoom: number;
  readonly blobs: number;
  /** A blob that no archive keeps goes this long after its last piece; one that is not whole, sooner. */
  readonly blobLife: Millis;
  readonly blobPatience: Millis;
  /** Time between two latecomers that the people of a line are told of: each costs a durable save and wakes both (DOOR5). */
  readonly latecomer: Millis;
  /** An invitation's life. */
  readonly invitation: Millis;
  /** Records older than this go (LOG7). */
  readonly keep: Millis;
  /** Vigils of one side that wait at a time, and that are known: what is settled is remembered for a while. */
  readonly vigils: number;
  readonly vigilsKnown: number;
  /** Bodies of one side's rungs that wait, in bytes. Below `reservedRoom`: what they leave in a full log keeps no change out (VIG13). */
  readonly vigilRoom: number;
  /** No rung is due later than this. */
  readonly vigilAhead: Millis;
  /** A settled vigil is remembered for so long after its last due: nothing that was repeated late is armed anew. */
  readonly vigilMemory: Millis;
  /** Time between two envelopes of a vigil (VIG8). */
  readonly refreshEvery: Millis;
  /** Receipts in one answer. */
  readonly receipts: number;
  /** Checks of one device: each receipt is a signature. */
  readonly checks: Rate;
  /** Longer without a look at the time, and what is on the disk may be older than it seems (VIG6). */
  readonly gap: Millis;
  /** After a gap nothing fires for so long: owners' devices come back, and may know more (VIG6). */
  readonly settle: Millis;
  /** The relay's own vigil, and from when on it is late. */
  readonly canaryEvery: Millis;
  readonly canaryLate: Millis;
  /** Rungs that fire in one transaction: appends wait for no more. */
  readonly fireAtOnce: number;
  /** From so many on they share a signature. */
  readonly signTogether: number;
  /** Settled vigils that go with each canary. */
  readonly forgetAtOnce: number;
  /** An ended line is remembered this long (CLOSE2). */
  readonly endMemory: Millis;
  /** A socket that said nothing for this long is closed (WIRE5). */
  readonly silence: Millis;
  /** A socket with more than this unsent is not read (WIRE7), gets no live frames, and kept records wait for it (LIVE2). In bytes. */
  readonly unsent: number;
  /** Malformed frames in a row before the socket is closed (WIRE3). */
  readonly faultsInARow: number;
  /** Signatures that proved nothing before the socket is closed: each costs more than all else a stranger can ask for. */
  readonly strangers: number;
  /** Bodies per `entries` frame, in bytes, and items. */
  readonly pageBytes: number;
  readonly pageItems: number;
  /** Appends of a line before its state is saved again: bounds what a load has to count. */
  readonly tail: number;
  /** Records and blobs deleted, and lines looked at, in one step of the sweep. */
  readonly sweepRecords: number;
  readonly sweepBlobs: number;
  readonly sweepLines: number;
  /** Time between two sweeps over all lines. */
  readonly sweepEvery: Millis;
}

export const defaultLimits: Limits = {
  room: 64 * kib * kib,
  reservedRoom: 16 * kib * kib,
  devices: 4,
  keysEver: 32,
  append: { perSecond: 10, burst: 1000 },
  appendPiece: 4 * kib,
  appendWait: second,
  live: { perSecond: 40, burst: 80 },
  create: { perSecond: 50, burst: 20_000 },
  knock: { perSecond: 50, burst: 1_000 },
  knocks: 4,
  offer: 600 * second,
  refounds: 3,
  reclaims: 5,
  refoundWindow: 3600 * second,
  probation: day,
  blobRoom: 64 * kib * kib,
  blobs: 288,
  blobLife: 30 * day,
  blobPatience: day,
  latecomer: 600 * second,
  invitation: day,
  keep: 30 * day,
  vigils: 64,
  vigilsKnown: 512,
  vigilRoom: 8 * kib * kib,
  vigilAhead: 400 * day,
  vigilMemory: 30 * day,
  refreshEvery: 300 * second,
  receipts: 256,
  checks: { perSecond: 1, burst: 10 },
  gap: 60 * second,
  settle: 120 * second,
  canaryEvery: 30 * second,
  canaryLate: 60 * second,
  fireAtOnce: 128,
  signTogether: 16,
  forgetAtOnce: 500,
  endMemory: 400 * day,
  silence: 75 * second,
  unsent: 256 * kib,
  faultsInARow: 10,
  strangers: 10,
  pageBytes: 64 * kib,
  pageItems: 512,
  tail: 256,
  sweepRecords: 500,
  sweepBlobs: 4,
  sweepLines: 64,
  sweepEvery: 600 * second,
};

/** Tokens that come back with time. `at` is monotonic. */
export interface Bucket {
  tokens: number;
  at: Millis;
}

export const fullBucket = (rate: Rate, at: Millis): Bucket => ({ tokens: rate.burst, at });

/** 0 when they were taken; else the time until there are as many. */
export const take = (bucket: Bucket, rate: Rate, at: Millis, many = 1): Millis => {
  bucket.tokens = tokensAt(bucket, rate, at);
  bucket.at = at;
  if (bucket.tokens < many) return Math.ceil(((many - bucket.tokens) * 1000) / rate.perSecond);
  bucket.tokens -= many;
  return 0;
};

export const isFull = (bucket: Bucket, rate: Rate, at: Millis): boolean => tokensAt(bucket, rate, at) >= rate.burst;

const tokensAt = (bucket: Bucket, rate: Rate, at: Millis): number => Math.min(rate.burst, bucket.tokens + ((at - bucket.at) * rate.perSecond) / 1000);
