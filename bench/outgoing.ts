/**
 * Frames that a load client sends by the thousand, made ready ahead: only a number in them changes. They lie one after the
 * other in a ring, so that several leave in one write, as they would from a device that has several to send. A place in
 * the ring is written again only after its frame was answered.
 */
import { frameTypes, protocolVersion } from "../src/protocol/frames.ts";
import { liveSize } from "../src/protocol/sizes.ts";
import { randomBody } from "./device.ts";
import { framed, headerSize, mask } from "./websocket.ts";

type Write = (bytes: Buffer) => void;

export interface Ring {
  /** Writes the next `count` in as few pieces as they lie in. */
  next(count: number, write: Write): void;
}

/** `fill` puts number `index` into the frame that begins at `at`. */
export const createRing = (one: () => Buffer, slots: number, first: number, fill: (all: Buffer, at: number, index: number) => void): Ring => {
  const all = Buffer.concat(Array.from({ length: slots }, one));
  const size = all.length / slots;
  let index = first;
  let slot = 0;
  return {
    next(count, write) {
      let from = slot;
      for (let i = 0; i < count; i++) {
        fill(all, slot * size, index++);
        if (++slot < slots) continue;
        write(all.subarray(from * size));
        from = slot = 0;
      }
      if (slot > from) write(all.subarray(from * size, slot * size));
    },
  };
};

export const bodySize = 256;
const body256 = [0x59, bodySize >> 8, bodySize & 255];

/** A masked byte at a place of the payload. */
const put = (all: Buffer, at: number, place: number, value: number): void => {
  all[at + headerSize + place] = value ^ (mask[place & 3] as number);
};

/**
 * A device's entries from n = 2 on, in epoch 1. The shortest form of n grows twice, at 24 and at 256, and the frames with
 * it; what was sent before stays where it is.
 */
export const createAppends = (slots: number): Ring => {
  const form = (n: readonly number[], first: number, fill: (all: Buffer, at: number, index: number) => void): Ring =>
    createRing(() => framed(Uint8Array.from([0x85, protocolVersion, frameTypes.append, ...n, 1, ...body256, ...randomBody(bodySize)])), slots, first, fill);
  let n = 2;
  let ring = form([0], n, (all, at, index) => put(all, at, 3, index));
  return {
    next(count, write) {
      let left = count;
      while (left > 0) {
        if (n === 24) ring = form([0x18, 0], n, (all, at, index) => put(all, at, 4, index));
        if (n === 256)
          ring = form([0x19, 0, 0], n, (all, at, index) => {
            put(all, at, 4, index >> 8);
            put(all, at, 5, index & 255);
          });
        const step = Math.min(left, (n < 24 ? 24 : n < 256 ? 256 : 65_536) - n);
        if (step === 0) throw new Error("n over 65535: the bench ran longer than it was made for");
        ring.next(step, write);
        n += step;
        left -= step;
      }
    },
  };
};

/** Live frames of 200 random bytes, the first four of which are a number of the bench's own. */
export const createLives = (slots: number): Ring =>
  createRing(
    () => framed(Uint8Array.from([0x83, protocolVersion, frameTypes.live, 0x58, liveSize, ...randomBody(liveSize)])),
    slots,
    0,
    (all, at, index) => {
      for (let i = 0; i < 4; i++) put(all, at, 5 + i, (index >>> (24 - 8 * i)) & 255);
    },
  );
