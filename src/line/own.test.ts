import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { publicKey } from "../protocol/keys.ts";
import { bytes, context, laptop, state } from "./bond.testing.ts";
import { hearOwn, tellOwn, unboxed } from "./own-entries.ts";
import { decodeNote, decodeNoteKey, encodeNote, encodeNoteKey, openOwn, readOwn, sealOwn, type OwnContent } from "./own.ts";
import type { Own, State } from "./state.ts";

const key = new Secret(bytes(32, 60));
const line = bytes(16, 7);
const random = (length: number): Uint8Array => bytes(length, 5);
const compared: OwnContent = { is: "compared", compared: true };
const own: Own = { key, gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
const phone = (over: Partial<State> = {}): State => state({ own, ...over });
const asCbor = (body: unknown): Cbor => body as Cbor;
const keyFor = (device: Uint8Array, gen: number): Cbor => asCbor({ is: "key", gen, boxes: [{ device, box: bytes(1168, gen) }] });
const isCompared = ({ stage }: State): boolean => stage.at === "together" && stage.compared;

describe("Own entries", () => {
  it("[OWN1] what is sealed under the own key opens under it, on its line, and not when a bit was changed", () => {
    for (const content of [compared, { is: "keeping", keeping: true, at: 3 }, { is: "device", box: bytes(1216, 1), name: "laptop" }] as const) {
      const body = sealOwn(content, key, 9, line, random);
      if (body.is !== "sealed") throw new Error("it is sealed");
      expect(openOwn(body.body, key, line)).toEqual(content);
      expect(openOwn(body.body, new Secret(bytes(32, 61)), line)).toBeUndefined();
      expect(openOwn(body.body, key, bytes(16, 8))).toBeUndefined();
      for (const at of [0, 23, 24, body.body.length - 1]) expect(openOwn(body.body.with(at, (body.body[at] as number) ^ 1), key, line)).toBeUndefined();
    }
  });

  it.each([
    ["nothing of the kind", { is: "secret" }],
    ["a key in no box", { is: "key", gen: 1, boxes: [] }],
    ["a key in four boxes", { is: "key", gen: 1, boxes: [1, 2, 3, 4].map((fill) => ({ device: bytes(32, fill), box: bytes(1168, fill) })) }],
    ["a box of another length", { is: "key", gen: 1, boxes: [{ device: bytes(32, 1), box: bytes(1167, 1) }] }],
    ["a generation that is no count", { is: "key", gen: -1, boxes: [{ device: bytes(32, 1), box: bytes(1168, 1) }] }],
    ["less than a seal", { is: "sealed", gen: 1, body: bytes(39, 1) }],
    ["a text", "own"],
  ])("[OWN1] %s is passed over", (_what, body) => {
    expect(readOwn(asCbor(body))).toBeUndefined();
    const before = phone();
    expect(hearOwn(before, asCbor(body), laptop.device, 1_000_000)).toBe(before);
  });

  it("[DEV4] [OWN1] it is heard under the key that this device has, and passed over under any other", () => {
    const say = (of: Secret, gen: number): Cbor => asCbor(sealOwn(compared, of, gen, line, random));
    expect(isCompared(hearOwn(phone(), say(key, 9), laptop.device, 1_000_000))).toBe(true);
    for (const [of, gen] of [
      [new Secret(bytes(32, 61)), 9],
      [new Secret(bytes(32, 61)), 8],
      [key, 10],
    ] as const)
      expect(isCompared(hearOwn(phone(), say(of, gen), laptop.device, 1_000_000))).toBe(false);
    expect(isCompared(hearOwn(phone({ own: null }), say(key, 9), laptop.device, 1_000_000))).toBe(false);
  });

  it("[OWN1] a device says itself what it is called, and no other device", () => {
    const says = (name: string, fill: number): Cbor => asCbor(sealOwn({ is: "device", box: bytes(1216, fill), name }, key, 9, line, random));
    const once = hearOwn(phone(), says("laptop", 1), laptop.device, 1_000_000);
    const twice = hearOwn(once, says("her laptop", 2), laptop.device, 1_000_000);
    expect(twice.own?.devices).toEqual([{ key: laptop.device, box: bytes(1216, 2), name: "her laptop" }]);
  });

  it("[OWN1] with one device alone there is nobody to tell", () => {
    const both = phone();
    const alone = phone({ members: both.members.filter(({ index }) => index !== 1) });
    expect(tellOwn(both, compared, context).outbox.length).toBe(both.outbox.length + 1);
    expect(tellOwn(alone, compared, context)).toBe(alone);
  });

  it("[OWN2] only a key of a generation above is taken, and only from a box for this device", () => {
    const { selfKey } = phone();
    for (const gen of [1, 8, 9]) expect(hearOwn(phone(), keyFor(selfKey, gen), laptop.device, 1_000_000).boxed).toBeNull();
    expect(hearOwn(phone(), keyFor(laptop.device, 10), laptop.device, 1_000_000).boxed).toBeNull();
    expect(hearOwn(phone(), keyFor(selfKey, 10), laptop.device, 1_000_000).boxed).toEqual({ box: bytes(1168, 10), gen: 10 });
    expect(hearOwn(phone({ own: null }), keyFor(selfKey, 1), laptop.device, 1_000_000).boxed).toEqual({ box: bytes(1168, 1), gen: 1 });
  });

  it("[OWN2] with the key that reached it a new device says what it is among the others; a box that does not open changes nothing", () => {
    const boxed = { box: bytes(1168, 3), gen: 12 };
    const arrived = phone({ own: null, boxed, box: { seed: new Secret(bytes(32, 1)), key: bytes(1216, 4) } });
    const met = unboxed(arrived, key, 12, context);
    expect([met.own?.gen, met.boxed, met.outbox.at(-1)?.content]).toMatchObject([12, null, { is: "entry", said: { kind: "own" } }]);
    const failed = unboxed(phone({ boxed }), null, 12, context);
    expect([failed.own, failed.boxed]).toEqual([own, null]);
  });
});

const writer = new Secret(bytes(32, 77));

describe("The archive's note", () => {
  it("[ARCH2] comes out as it went in, with and without the words' box, and any other bytes are none", () => {
    const devices = [1, 2, 3, 4].map((fill) => ({ device: bytes(32, fill), box: bytes(1180, fill) }));
    for (const note of [
      { words: bytes(1180, 9), devices },
      { words: null, devices: [] },
    ]) {
      const encoded = encodeNote(note, line, writer);
      expect(decodeNote(encoded, line)).toMatchObject({ ...note, by: publicKey(writer) });
      for (let length = 0; length < encoded.length; length += 97) expect(decodeNote(encoded.slice(0, length), line)).toBeUndefined();
      // Of another line it is none, and nobody's but its writer's.
      expect(decodeNote(encoded, bytes(16, 99))).toBeUndefined();
      expect(
        decodeNote(
          Uint8Array.from(encoded, (byte, i) => (i === encoded.length - 1 ? byte ^ 1 : byte)),
          line,
        ),
      ).toBeUndefined();
    }
    for (const other of [encodeNoteKey(1, key), bytes(100, 0), encodeNote({ words: bytes(2049, 1), devices: [] }, line, writer)])
      expect(decodeNote(other, line)).toBeUndefined();
  });

  it("[ARCH2] what is in a box is the key with its generation, and any other bytes are none", () => {
    const opened = decodeNoteKey(encodeNoteKey(77, key));
    expect([opened?.gen, opened?.key.expose()]).toEqual([77, key.expose()]);
    for (const other of [
      key.expose(),
      encodeNote({ words: null, devices: [] }, line, writer),
      new Uint8Array(),
      encodeNoteKey(-1, key),
      encodeNoteKey(1, new Secret(bytes(31, 1))),
    ])
      expect(decodeNoteKey(other)).toBeUndefined();
  });
});
