/**
 * How fast each side of a line may append (LOG11). Only in memory, and apart from the rooms: who goes and comes back finds
 * what is left of their share, whether the other is there or not. A share that is whole again is forgotten.
 */
import type { Millis } from "../../base/brand.ts";
import { fullBucket, isFull, take, type Bucket, type Limits } from "./limits.ts";
import type { LineId, Side } from "./state.ts";

export interface Pace {
  /** 0 when a body of this length may come now; else how long its side has to wait. */
  append(line: LineId, side: Side, length: number, at: Millis): Millis;
  /** Lets go of what is whole again. */
  sweep(at: Millis): void;
  /** Lines with a share that is not whole. */
  count(): number;
}

export const createPace = ({ append: rate, appendPiece, appendWait }: Limits): Pace => {
  const lines = new Map<LineId, [Bucket | undefined, Bucket | undefined]>();
  return {
    append(line, side, length, at) {
      let sides = lines.get(line);
      if (!sides) lines.set(line, (sides = [undefined, undefined]));
      const bucket = (sides[side] ??= fullBucket(rate, at));
      const wait = take(bucket, rate, at, Math.min(rate.burst, Math.ceil(length / appendPiece)));
      return wait === 0 ? 0 : Math.max(wait, appendWait);
    },
    sweep(at) {
      for (const [line, sides] of lines) if (sides.every((bucket) => !bucket || isFull(bucket, rate, at))) lines.delete(line);
    },
    count: () => lines.size,
  };
};
