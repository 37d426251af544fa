/**
 * What a modified client sends to the relay: no frames at all, frames with impossible fields, and well-formed ones that
 * are not its to send. The relay answers each with a refusal (or says nothing, where there is nothing to say), keeps no
 * record of it, and nothing of it reaches the other.
 */
import { refoundNumber } from "../src/protocol/chain.ts";
import { asSealed } from "../src/base/brand.ts";
import { concat, utf8 } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import { encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { certifyEnd } from "../src/protocol/certificate.ts";
import { encodeFrame, frameTypes, type ChangeFields, type DeviceFrame, type RefusalCode } from "../src/protocol/frames.ts";
import { publicKey, sign } from "../src/protocol/keys.ts";
import { frameCap } from "../src/protocol/sizes.ts";
import type { Case } from "./cases.ts";
import { personOf, type Member } from "./member.ts";

export interface ClientCase extends Case<Member> {
  /** What the relay answers, each; nothing when it has nothing to say. */
  readonly codes: readonly RefusalCode[];
}

const client = (name: string, rule: string, codes: RefusalCode | readonly RefusalCode[] | null, make: ClientCase["make"]): ClientCase => ({
  name,
  rule,
  expect: codes === null ? "dropped" : "relay",
  codes: codes === null ? [] : typeof codes === "string" ? [codes] : codes,
  make,
});
const raw = (name: string, bytes: Uint8Array | ((member: Member) => Uint8Array), rule = "WIRE1", code: RefusalCode = "malformed"): ClientCase =>
  client(name, rule, code, (member) => member.raw(typeof bytes === "function" ? bytes(member) : bytes));
const fields = (name: string, type: number, ...values: readonly Cbor[]): ClientCase => raw(name, encodeCbor([1, type, ...values]));
const frame = (name: string, rule: string, code: RefusalCode | null, make: (member: Member) => DeviceFrame): ClientCase =>
  client(name, rule, code, (member) => member.send(make(member)));

const body = (length: number, fill = 3): Uint8Array => new Uint8Array(length).fill(fill);
const sealed = asSealed(body(256));
const key = (fill: number): Uint8Array => publicKey(new Secret(new Uint8Array(32).fill(fill)));
const stranger = new Secret(new Uint8Array(32).fill(99));
const append = (n: Cbor, epoch: Cbor, bytes: Cbor = body(256)): Uint8Array => encodeCbor([1, frameTypes.append, n, epoch, bytes]);
const change =
  (over: Partial<ChangeFields>): ((member: Member) => DeviceFrame) =>
  (member) => ({
    type: "change",
    n: member.n() + 1,
    generation: member.disk.generation,
    epoch: member.disk.epoch,
    commit: sealed,
    welcome: null,
    enrol: [],
    revoke: [],
    ...over,
  });
const adasKey = ({ disk }: Member): Uint8Array => disk.members[0]?.key ?? new Uint8Array(32);

const noFrames: readonly ClientCase[] = [
  raw("a message of nothing", new Uint8Array()),
  raw("one byte", new Uint8Array([1])),
  raw("noise", body(500)),
  raw("zeros", new Uint8Array(1000)),
  raw("text", utf8("GET / HTTP/1.1\r\n\r\n")),
  raw("a map", encodeCbor({ version: 1, type: 3 })),
  raw("an empty list", encodeCbor([])),
  raw("a list of one", encodeCbor([1])),
  raw("a list with a type that is a text", encodeCbor([1, "append", 1, 1, body(256)])),
  raw("a type that is negative", encodeCbor([1, -3, 1, 1, body(256)])),
  raw("a type that is a float", new Uint8Array([0x82, 0x01, 0xf9, 0x42, 0x00])),
  raw("a type that nobody knows", encodeCbor([1, 31])),
  raw("a type of 2^32", encodeCbor([1, 2 ** 32])),
  raw("another version", encodeCbor([2, frameTypes.ping]), "WIRE3", "version"),
  raw("version 2^53 - 1", encodeCbor([Number.MAX_SAFE_INTEGER, frameTypes.ping]), "WIRE3", "version"),
  raw("a frame of the relay's", encodeFrame({ type: "pong", now: 1 })),
  raw("the relay's word that the line ended", encodeFrame({ type: "ended", certificate: body(100) })),
  raw("records, as the relay sends them", encodeFrame({ type: "entries", items: [{ seq: 1, at: 1, device: 0, n: 1, epoch: 1, kind: "entry", body: sealed }] })),
  raw("60,000 lists in each other", new Uint8Array(60_000).fill(0x81)),
  raw("a list that claims four thousand million items", new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff, 1, 3])),
  raw("a body that claims two thousand million bytes", concat(new Uint8Array([0x85, 1, 3, 1, 1, 0x5a, 0x7f, 0xff, 0xff, 0xff]), body(256))),
  raw("a list of no stated length", new Uint8Array([0x9f, 0x01, 0x0a, 0xff])),
  raw("a tag around a frame", concat(new Uint8Array([0xd9, 0xd9, 0xf7]), encodeCbor([1, frameTypes.ping]))),
  raw("a ping with a field", encodeCbor([1, frameTypes.ping, null])),
  raw("two frames in one message", concat(encodeCbor([1, frameTypes.ping]), encodeCbor([1, frameTypes.ping]))),
  raw("the type written longer than it need be", new Uint8Array([0x82, 0x01, 0x18, 0x0a])),
  raw("a message over the cap", body(frameCap + 1), "WIRE2"),
  client(
    "ten messages of noise in a row",
    "WIRE3",
    Array.from({ length: 10 }, () => "malformed" as const),
    (member) => {
      for (let i = 0; i < 12; i++) member.raw(body(20 + i));
    },
  ),
];

const impossible: readonly ClientCase[] = [
  raw("an append whose body is no bucket", (member) => append(member.n() + 1, member.disk.epoch, body(255)), "LOG9"),
  raw("an append of 65,537 bytes", (member) => append(member.n() + 1, member.disk.epoch, body(65_537)), "LOG9"),
  raw("an append of no bytes", (member) => append(member.n() + 1, member.disk.epoch, body(0)), "LOG9"),
  raw("an append whose body is a text", (member) => append(member.n() + 1, member.disk.epoch, "x".repeat(256))),
  raw("an append whose body is nothing", (member) => append(member.n() + 1, member.disk.epoch, null)),
  raw("an append whose count is negative", ({ disk }) => append(-1, disk.epoch)),
  raw("an append whose count is 2^32", ({ disk }) => append(2 ** 32, disk.epoch)),
  raw("an append whose count is a text", ({ disk }) => append("1", disk.epoch)),
  raw("an append whose count is true", ({ disk }) => append(true, disk.epoch)),
  raw("an append without an epoch", (member) => encodeCbor([1, frameTypes.append, member.n() + 1, body(256)])),
  raw("an append with a field more", (member) => encodeCbor([1, frameTypes.append, member.n() + 1, member.disk.epoch, body(256), 0])),
  raw("an append whose count is written longer", ({ disk }) => concat(new Uint8Array([0x85, 1, 3, 0x1a, 0, 0, 0, 9, disk.epoch, 0x59, 1, 0]), body(256))),
  fields("a live frame of 199 bytes", frameTypes.live, body(199)),
  fields("a live frame of 201 bytes", frameTypes.live, body(201)),
  fields("a live frame of nothing", frameTypes.live, new Uint8Array()),
  fields("a cursor before the beginning", frameTypes.cursor, -1),
  fields("a cursor of 2^53 - 1", frameTypes.cursor, Number.MAX_SAFE_INTEGER),
  fields("a change with five keys", frameTypes.change, 9, 0, 1, body(256), null, [1, 2, 3, 4, 5].map(key), []),
  fields("a change with a key of 31 bytes", frameTypes.change, 9, 0, 1, body(256), null, [body(31)], []),
  fields("a change that revokes five", frameTypes.change, 9, 0, 1, body(256), null, [], [0, 1, 2, 3, 4]),
  fields("a change that revokes device 256", frameTypes.change, 9, 0, 1, body(256), null, [], [256]),
  fields("a change whose commit is no bucket", frameTypes.change, 9, 0, 1, body(100), null, [], []),
  fields("a change whose welcome is no bucket", frameTypes.change, 9, 0, 1, body(256), body(257), [], []),
  fields("a knock of another length", frameTypes.knock, body(16), body(32), body(32), body(8191), body(64)),
  fields("an end without a certificate", frameTypes.end, new Uint8Array()),
  fields("an end with a certificate of 257 bytes", frameTypes.end, body(257)),
  fields("a token of 129 bytes", frameTypes.create, body(16), body(32), body(32), body(32), "x".repeat(129), body(64)),
  raw(
    "a token that is not UTF-8",
    concat(
      encodeCbor([1, frameTypes.create, body(16), body(32), body(32), body(32), "", body(64)]).subarray(0, -67),
      new Uint8Array([0x62, 0xc3, 0x28, 0x58, 0x40]),
      body(64),
    ),
  ),
];

const notItsOwn: readonly ClientCase[] = [
  frame("an append that skips a count", "LOG2", "gap", (member) => ({ type: "append", n: member.n() + 2, epoch: member.disk.epoch, body: sealed })),
  frame("an append under the last count there is", "LOG2", "malformed", ({ disk }) => ({ type: "append", n: 0xffff_ffff, epoch: disk.epoch, body: sealed })),
  frame("an append under count nought", "LOG2", "gap", ({ disk }) => ({ type: "append", n: 0, epoch: disk.epoch, body: sealed })),
  frame("an append of an earlier epoch", "LOG3", "stale", (member) => ({ type: "append", n: member.n() + 1, epoch: 0, body: sealed })),
  frame("an append of an epoch to come", "LOG3", "stale", (member) => ({ type: "append", n: member.n() + 1, epoch: 0xffff_ffff, body: sealed })),
  frame("another body under a count that was used", "LOG2", "gap", (member) => ({
    type: "append",
    n: member.n(),
    epoch: member.disk.epoch,
    body: asSealed(body(256)),
  })),
  frame("a change that revokes Ada's phone", "LOG6", "forbidden", change({ revoke: [0] })),
  frame("a change that revokes both of them", "LOG6", "forbidden", change({ revoke: [1, 0] })),
  frame("a change that revokes its own author", "LOG6", "forbidden", change({ revoke: [1] })),
  frame("a change that revokes a device that never was", "LOG6", "forbidden", change({ revoke: [7] })),
  frame("a change that revokes one device twice", "LOG6", "forbidden", change({ revoke: [0, 0] })),
  frame("a change that enrols Ada's key as Ben's", "LOG6", "forbidden", (member) => change({ enrol: [adasKey(member)] })(member)),
  frame("a change that enrols its own key again", "LOG6", "forbidden", (member) => change({ enrol: [publicKey(member.disk.self.device)] })(member)),
  frame("a change that enrols one key twice", "LOG6", "forbidden", change({ enrol: [key(1), key(1)] })),
  frame("a change that makes five devices", "LOG6", "forbidden", change({ enrol: [1, 2, 3, 4].map(key) })),
  frame("a change of an earlier epoch", "LOG5", "stale", change({ epoch: 0 })),
  frame("a change of another generation", "LOG3", "stale", change({ generation: 5 })),
  frame("a change that skips a count", "LOG2", "gap", (member) => change({ n: member.n() + 2 })(member)),
  frame("an acceptance by the one who was let in", "DOOR4", "forbidden", (member) => ({
    ...(change({ enrol: [key(1)], welcome: sealed })(member) as Extract<DeviceFrame, { type: "change" }>),
    type: "accept",
    ticket: body(32),
    knock: 1,
  })),
  frame("a cursor beyond the end", "LOG7", null, () => ({ type: "cursor", seq: 0xffff_ffff })),
  frame("a cursor before the last one", "LOG7", null, () => ({ type: "cursor", seq: 0 })),
  frame("a second opening, of the same line", "LINE2", "forbidden", ({ disk }) => ({
    type: "open",
    line: disk.line,
    key: publicKey(disk.self.device),
    nonce: body(32),
    cursor: 0,
    signature: body(64),
  })),
  frame("an opening of another line on this socket", "LINE2", "forbidden", ({ disk }) => ({
    type: "open",
    line: body(16),
    key: publicKey(disk.self.device),
    nonce: body(32),
    cursor: 0,
    signature: body(64),
  })),
  frame("a new line where it has one open", "LINE1", "forbidden", ({ disk }) => ({
    type: "create",
    line: disk.line,
    key: key(1),
    ticketHash: body(32),
    recovery: key(2),
    token: "",
    signature: body(64),
  })),
  frame("a knock from within", "DOOR1", "forbidden", ({ disk }) => ({
    type: "knock",
    line: disk.line,
    key: key(1),
    ticket: body(32),
    body: body(8192),
    signature: body(64),
  })),
  frame("an end that nobody signed", "CLOSE1", "malformed", () => ({ type: "end", certificate: body(150) })),
  frame("an end in Ada's name, signed by Ben", "CLOSE1", "malformed", ({ disk }) => {
    const adas = disk.stage.at === "together" ? disk.stage.other : new Uint8Array(32);
    return { type: "end", certificate: encodeCbor([1, adas, sign(personOf(disk), "beside/end/1", concat(disk.line, adas))]) };
  }),
  frame("an end of another line", "CLOSE1", "malformed", ({ disk }) => ({ type: "end", certificate: certifyEnd(body(16), personOf(disk)) })),
  frame("an end signed as something else", "CLOSE1", "malformed", ({ disk }) => {
    const bens = publicKey(personOf(disk));
    return { type: "end", certificate: encodeCbor([1, bens, sign(personOf(disk), "beside/device-certificate/1", concat(disk.line, bens))]) };
  }),
  client("5,000 live frames of noise", "LIVE3", null, (member) => {
    for (let i = 0; i < 5000; i++) member.send({ type: "live", body: asSealed(body(200)) });
  }),
  client("2,000 pings", "WIRE5", null, (member) => {
    for (let i = 0; i < 2000; i++) member.send({ type: "ping" });
  }),
];

const refound =
  (over: { readonly generation?: number; readonly epoch?: number }): ((member: Member) => DeviceFrame) =>
  (member) => ({
    type: "refound",
    n: refoundNumber(member.disk.generation + 1),
    generation: over.generation ?? member.disk.generation,
    epoch: over.epoch ?? member.disk.epoch,
    welcome: sealed,
  });

/** Devices, words, blobs: what is a side's own, and what is not. */
const sides: readonly ClientCase[] = [
  frame("an answer to a knock that is not there", "DOOR8", "unknown", () => ({ type: "answer", knock: 1, body: body(100) })),
  frame("a vouch for Ada's phone", "AGE1", "forbidden", () => ({ type: "vouch", device: 0 })),
  frame("a vouch for a device that never was", "AGE1", "forbidden", () => ({ type: "vouch", device: 200 })),
  frame("the twelve words of another, from within", "REC2", "forbidden", () => ({ type: "recover", key: key(6), signature: body(64) })),
  frame("a side taken back without the words", "REC4", "forbidden", (member) => ({
    type: "reclaim",
    key: key(6),
    generation: member.disk.generation,
    epoch: member.disk.epoch,
    welcome: sealed,
    signature: body(64),
  })),
  frame("a group made anew in an epoch that is over", "REF1", "stale", refound({ epoch: 0 })),
  frame("a group made anew in a generation to come", "REF1", "stale", refound({ generation: 77 })),
  frame("a piece beyond the last", "BLOB2", "malformed", () => ({
    type: "put",
    id: body(16),
    check: body(32),
    total: 2,
    index: 2,
    body: asSealed(body(65_536)),
  })),
  frame("a first piece that is too small", "BLOB2", "malformed", () => ({ type: "put", id: body(16), check: body(32), total: 2, index: 0, body: sealed })),
  frame("a capability for a blob that is not there", "BLOB3", "unknown", () => ({ type: "get", id: body(16), capability: body(32), index: 0 })),
  frame("a deletion of a blob that is not there", "BLOB5", null, () => ({ type: "drop", id: body(16), capability: body(32) })),
  frame("an archive of blobs that are not there", "BLOB7", "unknown", () => ({ type: "keep", note: body(10), ids: [body(16)] })),
  frame("an archive of 256 blobs that are not there", "BLOB7", "unknown", () => ({
    type: "keep",
    note: body(2048),
    ids: Array.from({ length: 256 }, (_, i) => body(16, i)),
  })),
  fields("a total of 513 pieces", frameTypes.put, body(16), body(32), 513, 0, body(65_536)),
  fields("a total of no pieces", frameTypes.put, body(16), body(32), 0, 0, body(256)),
  fields(
    "an archive of 257 blobs",
    frameTypes.keep,
    body(10),
    Array.from({ length: 257 }, () => body(16)),
  ),
  fields("a note over its cap", frameTypes.keep, body(8193), []),
  fields("a package over its cap", frameTypes.package, body(4097)),
  fields("a package of nothing", frameTypes.package, new Uint8Array()),
  fields("an answer over its cap", frameTypes.answer, 1, body(2049)),
  fields("a door without a ticket of its length", frameTypes.offer, body(31)),
];

export const clientCases: readonly ClientCase[] = [...noFrames, ...impossible, ...notItsOwn, ...sides];

/** What the relay cannot refuse, and what Ada is told of it: nothing she has is lost. */
export const strangerEnd = ({ disk }: Member): DeviceFrame => ({ type: "end", certificate: certifyEnd(disk.line, stranger) });
