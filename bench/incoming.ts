/**
 * What comes back by the thousand, read in place: just enough of it to count, and to see that nothing is missing, doubled
 * or out of order.
 */
import { frameTypes } from "../src/protocol/frames.ts";

/** A relay's frame: array header, version, and its type in two bytes. */
const typeOf = (bytes: Buffer, from: number): number => (bytes[from + 2] === 0x18 ? (bytes[from + 3] as number) : -1);

const sizeOf = (first: number): number => {
  const low = first & 0x1f;
  return low < 24 ? 1 : low === 24 ? 2 : low === 25 ? 3 : low === 26 ? 5 : 9;
};

const uintAt = (bytes: Buffer, at: number): number => {
  const first = bytes[at] as number;
  switch (first & 0x1f) {
    case 24:
      return bytes[at + 1] as number;
    case 25:
      return bytes.readUInt16BE(at + 1);
    case 26:
      return bytes.readUInt32BE(at + 1);
    case 27:
      return Number(bytes.readBigUInt64BE(at + 1));
    default:
      return first & 0x1f;
  }
};

/** n of an `acked`. */
export const ackedN = (bytes: Buffer, from: number): number => uintAt(bytes, from + 4);

/** The number of records in an `entries`, which must follow `after` without a gap. */
export const countEntries = (bytes: Buffer, from: number, to: number, after: number): number => {
  const items = uintAt(bytes, from + 4);
  let at = from + 4 + sizeOf(bytes[from + 4] as number);
  for (let i = 1; i <= items; i++) {
    // seq, time, device, n, epoch, kind, body
    if (uintAt(bytes, ++at) !== after + i) throw new Error(`record ${uintAt(bytes, at)} came after ${after + i - 1}`);
    for (let field = 0; field < 6; field++) at += sizeOf(bytes[at] as number);
    at += sizeOf(bytes[at] as number) + uintAt(bytes, at);
  }
  if (at !== to) throw new Error("an entries frame of another length than its records");
  return items;
};

export const isAcked = (bytes: Buffer, from: number): boolean => typeOf(bytes, from) === frameTypes.acked;
export const isEntries = (bytes: Buffer, from: number): boolean => typeOf(bytes, from) === frameTypes.entries;

/** The bench's number in a forwarded live frame; -1 for any other frame. */
export const liveNumber = (bytes: Buffer, from: number): number =>
  // Device below 24, then a byte string of 200.
  typeOf(bytes, from) === frameTypes.liveFrom ? bytes.readUInt32BE(from + 7) : -1;
