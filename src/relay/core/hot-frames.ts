/**
 * The frames that come and go by the thousand, written and read by hand: the table in src/protocol/frames.ts costs
 * some 15 microseconds a frame, these well under one. hot-frames.test.ts proves them equal to the table.
 */
import type { Sealed } from "../../base/brand.ts";
import { decodeFrame, frameTypes, protocolVersion, recordKinds, refoundNumbers, type Frame, type FrameFault } from "../../protocol/frames.ts";
import { ok, type Result } from "../../base/result.ts";
import { isBucket, liveSize } from "../../protocol/sizes.ts";
import type { KeptRecord } from "./state.ts";

export const encodeAcked = ({ n, seq, at, head }: Pick<KeptRecord, "n" | "seq" | "at" | "head">): Uint8Array => {
  const out = start(6, frameTypes.acked, uintSize(n) + uintSize(seq) + uintSize(at) + bytesSize(head));
  let place = writeUint(out, prefix, 0, n);
  place = writeUint(out, place, 0, seq);
  place = writeUint(out, place, 0, at);
  writeBytes(out, place, head);
  return out;
};

export const encodeLive = (device: number, body: Sealed): Uint8Array => {
  const out = start(4, frameTypes.liveFrom, uintSize(device) + bytesSize(body));
  writeBytes(out, writeUint(out, prefix, 0, device), body);
  return out;
};

export const encodeEntries = (records: readonly KeptRecord[]): Uint8Array => {
  let size = uintSize(records.length);
  for (const { seq, at, device, n, epoch, body } of records)
    size += 2 + uintSize(seq) + uintSize(at) + uintSize(device) + uintSize(n) + uintSize(epoch) + bytesSize(body);
  const out = start(3, frameTypes.entries, size);
  let place = writeUint(out, prefix, array, records.length);
  for (const { seq, at, device, n, epoch, kind, body } of records) {
    out[place++] = array | 7;
    place = writeUint(out, place, 0, seq);
    place = writeUint(out, place, 0, at);
    place = writeUint(out, place, 0, device);
    place = writeUint(out, place, 0, n);
    place = writeUint(out, place, 0, epoch);
    out[place++] = recordKinds.indexOf(kind);
    place = writeBytes(out, place, body);
  }
  return out;
};

/** As `decodeFrame`. Bodies may be views of the message. */
export const decodeMessage = (message: Uint8Array): Result<Frame, FrameFault> => {
  const hot = message[1] === protocolVersion ? decodeHot(message) : undefined;
  return hot ? ok(hot) : decodeFrame(message);
};

const decodeHot = (message: Uint8Array): Frame | undefined => {
  switch (message[2]) {
    case frameTypes.append: {
      if (message[0] !== (array | 5)) return undefined;
      const n = readUint(message, 3);
      const epoch = n < 0 ? n : readUint(message, 3 + sizeAt(message, 3));
      if (epoch < 0) return undefined;
      const body = bodyFrom(message, 3 + uintSize(n) + uintSize(epoch));
      return body && isBucket(body.length) && n < refoundNumbers ? { type: "append", n, epoch, body } : undefined;
    }
    case frameTypes.live: {
      const body = message[0] === (array | 3) ? bodyFrom(message, 3) : undefined;
      return body?.length === liveSize ? { type: "live", body } : undefined;
    }
    case frameTypes.cursor: {
      const seq = message[0] === (array | 3) ? readUint(message, 3) : -1;
      return seq >= 0 && message.length === 3 + uintSize(seq) ? { type: "cursor", seq } : undefined;
    }
    case frameTypes.ping:
      return message[0] === (array | 2) && message.length === 3 ? { type: "ping" } : undefined;
    default:
      return undefined;
  }
};

// CBOR, RFC 8949 section 3: a major type in the high three bits, then the shortest form of a length or value.
const array = 0x80;
const byteString = 0x40;

/** Array header, version, and a relay's frame type in two bytes. */
const prefix = 4;

const start = (fields: number, type: number, size: number): Uint8Array => {
  const out = new Uint8Array(prefix + size);
  out[0] = array | fields;
  out[1] = protocolVersion;
  out[2] = 0x18;
  out[3] = type;
  return out;
};

const uintSize = (value: number): number => (value < 24 ? 1 : value < 0x100 ? 2 : value < 0x1_0000 ? 3 : value < 0x1_0000_0000 ? 5 : 9);

const writeUint = (out: Uint8Array, at: number, major: number, value: number): number => {
  const size = uintSize(value);
  if (size === 1) {
    out[at] = major | value;
    return at + 1;
  }
  out[at] = major | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27);
  let rest = value;
  for (let place = at + size - 1; place > at; place--) {
    out[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + size;
};

const bytesSize = (bytes: Uint8Array): number => uintSize(bytes.length) + bytes.length;

const writeBytes = (out: Uint8Array, at: number, bytes: Uint8Array): number => {
  const place = writeUint(out, at, byteString, bytes.length);
  out.set(bytes, place);
  return place + bytes.length;
};

const sizeAt = (message: Uint8Array, at: number): number => [2, 3, 5][((message[at] ?? 0) & 0x1f) - 24] ?? 1;

/** A value of at most 32 bits in its shortest form; -1 for anything else. */
const readUint = (message: Uint8Array, at: number, major = 0): number => {
  const first = message[at];
  if (first === undefined || (first & 0xe0) !== major) return -1;
  const low = first & 0x1f;
  if (low < 24) return low;
  const size = sizeAt(message, at);
  if (low > 26 || at + size > message.length) return -1;
  let value = 0;
  for (let place = at + 1; place < at + size; place++) value = value * 256 + (message[place] ?? 0);
  return uintSize(value) === size ? value : -1;
};

/** A byte string that ends the message. */
const bodyFrom = (message: Uint8Array, at: number): Sealed | undefined => {
  const length = readUint(message, at, byteString);
  const from = at + uintSize(length);
  return length >= 0 && from + length === message.length ? (message.subarray(from) as Sealed) : undefined;
};
