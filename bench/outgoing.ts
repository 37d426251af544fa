/**
 * Frames a load client sends by the thousand, made ready once: only the count in them changes. `appends` lie one after the
 * other in one buffer, so that several leave in one write, as they would from a device that has several to send.
 */
import { frameTypes, protocolVersion } from "../src/protocol/frames.ts";
import { liveSize } from "../src/protocol/sizes.ts";
import { randomBody } from "./device.ts";
import { framed, headerSize, mask } from "./websocket.ts";

const bodySize = 256;

/** `append` of n: array of five, version, type, n as 16 bits (so n is at least 256), epoch 1, a body of 256 B. */
const appendPayload = (): Uint8Array =>
  Uint8Array.from([0x85, protocolVersion, frameTypes.append, 0x19, 0, 0, 1, 0x59, bodySize >> 8, bodySize & 255, ...randomBody(bodySize)]);
const nAt = 4;

export interface Appends {
  /** The next `count` entries of a device, at most as many as there are slots, in as few pieces as they lie in. */
  next(count: number, write: (frames: Buffer) => void): void;
}

/** A device's entries from `first` on, with at most `slots` unanswered: a slot is written again only after its answer came. */
export const createAppends = (first: number, slots: number): Appends => {
  if (first < 256) throw new Error("counts below 256 have a shorter form");
  const one = framed(appendPayload());
  const size = one.length;
  const all = Buffer.concat(Array.from({ length: slots }, () => framed(appendPayload())));
  let n = first;
  let slot = 0;
  return {
    next(count, write) {
      let from = slot;
      for (let i = 0; i < count; i++) {
        if (n > 0xffff) throw new Error("counts over 65535 have a longer form");
        const at = slot * size + headerSize + nAt;
        all[at] = (n >> 8) ^ (mask[nAt & 3] as number);
        all[at + 1] = (n & 255) ^ (mask[(nAt + 1) & 3] as number);
        n++;
        slot++;
        if (slot < slots) continue;
        write(all.subarray(from * size));
        from = slot = 0;
      }
      if (slot > from) write(all.subarray(from * size, slot * size));
    },
  };
};

/** One `live` frame of 200 random bytes, the first four of which are a number of the bench's. */
export const createLive = (): { readonly numbered: (index: number) => Buffer } => {
  const payload = Uint8Array.from([0x83, protocolVersion, frameTypes.live, 0x58, liveSize, ...randomBody(liveSize)]);
  const frame = framed(payload);
  const at = headerSize + 5;
  return {
    numbered(index) {
      for (let i = 0; i < 4; i++) frame[at + i] = ((index >>> (24 - 8 * i)) & 255) ^ (mask[(5 + i) & 3] as number);
      return frame;
    },
  };
};

/** Where the body begins in what the relay forwards: array of four, version, type, device (below 24), a byte string of 200. */
export const liveBodyAt = 7;

/** The same for a device that has n below 256: it fills its count up with entries nobody measures. */
export const firstMeasured = 256;
