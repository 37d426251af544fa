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

/** 0 when a token was taken; else the time until there is one. */
export const take = (bucket: Bucket, rate: Rate, at: Millis): Millis => {
  bucket.tokens = Math.min(rate.burst, bucket.tokens + ((at - bucket.at) * rate.perSecond) / 1000);
  bucket.at = at;
  if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * 1000) / rate.perSecond);
  bucket.tokens -= 1;
  return 0;
};
