/**
 * What devices of one line were told of its log: what stands at which place, and what was acknowledged to whom. All of them
 * see one order, and what one of them was told once holds whenever and to whomever it is told again. Pure.
 */
import { toHex } from "../src/base/bytes.ts";
import { nextHead, type LogRecord } from "../src/protocol/chain.ts";
import type { FrameOf } from "../src/protocol/frames.ts";
import type { Tell } from "./wrong.ts";

/** How far a device has followed the log. */
export interface Place {
  readonly seq: number;
  readonly head: Uint8Array;
}

export interface LogBook {
  /** The last place that any device was told of. */
  last(): number;
  /**
   * Where a device goes on that was at `from`; at its first opening it is nowhere yet. Of what was told before it asked: `acked`,
   * the last n of its own, and `known`, the last place.
   */
  opened(from: Place | undefined, told: { readonly acked: number; readonly known: number }, frame: FrameOf<"opened">): Place;
  /** The next record, as it came to a device. */
  took(from: Place, record: LogRecord): Place;
  /** The same as an ack, of a record that its author has itself; one that was said before moves nothing. */
  acked(from: Place, ack: FrameOf<"acked">, record: LogRecord): Place;
}

export const createLogBook = (line: string, wrong: Tell): LogBook => {
  const heads = new Map<number, string>();
  let last = 0;

  const stands = (seq: number, head: Uint8Array): void => {
    const [is, was] = [toHex(head), heads.get(seq)];
    if (was !== undefined && was !== is) wrong("lost", `${line}: another record stands at ${seq} than was told before`);
    heads.set(seq, is);
    last = Math.max(last, seq);
  };

  const took: LogBook["took"] = (from, record) => {
    if (record.seq !== from.seq + 1) wrong(record.seq > from.seq ? "lost" : "twice", `${line}: after record ${from.seq} came ${record.seq}`);
    const head = nextHead(from.head, record);
    stands(record.seq, head);
    return { seq: record.seq, head };
  };

  return {
    last: () => last,
    opened(from, { acked, known }, frame) {
      if (frame.n < acked) wrong("lost", `${line}: entry ${acked} was acknowledged, and the relay knows ${frame.n}`);
      if (frame.seq < known) wrong("lost", `${line}: record ${known} was shown or acknowledged, and the log ends at ${frame.seq}`);
      if (from && frame.baseSeq !== from.seq) wrong("lost", `${line}: the log begins at ${frame.baseSeq} for a device that has it up to ${from.seq}`);
      stands(frame.baseSeq, frame.baseHead);
      stands(frame.seq, frame.head);
      return { seq: frame.baseSeq, head: frame.baseHead };
    },
    took,
    acked(from, ack, record) {
      const place = ack.seq === from.seq + 1 ? took(from, record) : from;
      if (ack.seq > place.seq) wrong("lost", `${line}: an ack for record ${ack.seq} came to a device that has the log up to ${from.seq}`);
      stands(ack.seq, ack.head);
      return place;
    },
  };
};
