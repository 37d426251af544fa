import { describe, expect, it } from "vitest";
import type { DeviceFrame, RelayFrame } from "../../protocol/frames.ts";
import { blobIdOf } from "./shelf.ts";
import { lineIdOf } from "./state.ts";
import { World, blobOf, body, capabilityOf, lineOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const stored = (name: number, next: number, total: number) => [{ type: "stored", id: blobOf(name), next, total }];
const drop = (peer: Peer, name: number, capability = capabilityOf(name)): readonly RelayFrame[] => peer.send({ type: "drop", id: blobOf(name), capability });
const ask = (peer: Peer, name: number): readonly RelayFrame[] => peer.send({ type: "ask", id: blobOf(name) });
const archive = (peer: Peer): readonly RelayFrame[] => peer.send({ type: "archive" });
const day = 86_400_000;
const large = 65_536;
const note = new Uint8Array(60).fill(4);

const two = (limits = {}): { readonly world: World; readonly ana: Peer; readonly ben: Peer } => {
  const world = new World(limits);
  const { ana, ben } = world.pair();
  for (const peer of [ana, ben]) peer.take();
  return { world, ana, ben };
};

describe("Blobs", () => {
  it("[BLOB1] pieces are put in order, and each is stored only when it is durable", () => {
    const { world, ana } = two();
    ana.push(ana.putFrame(1, 0, 3));
    ana.push(ana.putFrame(1, 1, 3));
    expect(ana.take()).toEqual([]);
    world.core.commit();
    expect(ana.take()).toEqual([...stored(1, 1, 3), ...stored(1, 2, 3)]);
    world.crash();
    const back = world.opened("ana", 1);
    expect(ask(back, 1)).toEqual(stored(1, 2, 3));
    expect(back.put(1, 2, 3)).toEqual(stored(1, 3, 3));
  });

  it("[BLOB1] a piece that is there, or not the next, changes nothing and is answered with how far it is", () => {
    const { ana, ben } = two();
    expect(ana.put(1, 1, 3)).toEqual(stored(1, 0, 0));
    ana.put(1, 0, 3);
    expect(ana.put(1, 2, 3)).toEqual(stored(1, 1, 3));
    expect(ana.put(1, 0, 3, { body: body(99, large) })).toEqual(stored(1, 1, 3));
    ana.put(1, 1, 3);
    ana.put(1, 2, 3);
    expect(ana.put(1, 2, 3)).toEqual(stored(1, 3, 3));
    expect(ben.one("chunk", ben.get(1, 0)).body).toEqual(body(1, large));
  });

  it("[BLOB1] pieces that could not be written are not there, and the next is asked for again", () => {
    const { world, ana } = two();
    ana.put(1, 0, 3);
    world.log.fault("full");
    ana.push(ana.putFrame(1, 1, 3));
    ana.push(ana.putFrame(1, 2, 3));
    world.settle();
    expect(ana.take()).toMatchObject([
      { re: 21, n: 1, code: "unavailable" },
      { re: 21, n: 2, code: "unavailable" },
    ]);
    world.log.fault("none");
    expect(ana.put(1, 2, 3)).toEqual(stored(1, 1, 3));
    expect(ana.put(1, 1, 3)).toEqual(stored(1, 2, 3));
  });

  it("[BLOB1] ask says how far a blob of one's own side is, and of none else", () => {
    const { ana, ben } = two();
    ana.put(1, 0, 3);
    expect(ask(ana, 1)).toEqual(stored(1, 1, 3));
    expect(ask(ben, 1)).toEqual(stored(1, 0, 0));
    expect(ask(ana, 2)).toEqual(stored(2, 0, 0));
  });

  it("[BLOB2] every piece but the last is of the largest size, and no index is beyond the last", () => {
    const { ana } = two();
    expect(ana.put(1, 0, 2, { body: body(1, 16_384) })).toEqual([{ type: "refused", re: 21, n: 0, code: "malformed", after: 0 }]);
    expect(names(ana.put(1, 3, 3))).toEqual(["malformed"]);
    expect(ask(ana, 1)).toEqual(stored(1, 0, 0));
    expect(names(ana.put(1, 0, 2))).toEqual(["stored"]);
    expect(names(ana.put(1, 1, 2, { body: body(1, large) }))).toEqual(["stored"]);
  });

  it("[BLOB2] an id is one blob: another check, length or side is forbidden", () => {
    const { ana, ben } = two();
    ana.put(1, 0, 3);
    expect(names(ana.put(1, 1, 3, { check: new Uint8Array(32) }))).toEqual(["forbidden"]);
    expect(names(ana.put(1, 1, 4))).toEqual(["forbidden"]);
    expect(ben.put(1, 0, 3)).toEqual([{ type: "refused", re: 21, n: 0, code: "forbidden", after: 0 }]);
    expect(ana.put(1, 1, 3)).toEqual(stored(1, 2, 3));
  });

  it("[BLOB3] whoever of the line has the capability gets the pieces", () => {
    const { world, ana, ben } = two();
    ana.store(1, 3);
    for (const peer of [ana, ben]) {
      expect(peer.get(1, 0)).toEqual([{ type: "chunk", id: blobOf(1), index: 0, total: 3, body: body(1, large) }]);
      expect(peer.get(1, 2)).toEqual([{ type: "chunk", id: blobOf(1), index: 2, total: 3, body: body(3, 1024) }]);
    }
    world.crash();
    expect(names(world.opened("ben", 1).get(1, 1))).toEqual(["chunk"]);
  });

  it("[BLOB3] no capability, no such piece, no such blob, and one that is not whole all look the same", () => {
    const { world, ana, ben } = two();
    ana.store(1, 2);
    ana.put(2, 0, 2);
    const unknown = (index: number) => [{ type: "refused", re: 22, n: index, code: "unknown", after: 0 }];
    expect(ben.get(1, 0, { capability: capabilityOf(9) })).toEqual(unknown(0));
    expect(ben.get(1, 2)).toEqual(unknown(2));
    expect(ben.get(9, 0)).toEqual(unknown(0));
    expect(ana.get(2, 0)).toEqual(unknown(0));
    const outside = world.connect();
    outside.take();
    expect(names(outside.get(1, 0))).toEqual(["forbidden"]);
  });

  it("[BLOB3] a blob of another line is not there", () => {
    const { world, ana } = two();
    ana.store(1);
    world.connect().create("cleo", { line: lineOf("other") });
    const cleo = world.connect();
    cleo.open("cleo", 0, { line: lineOf("other") });
    expect(names(cleo.get(1))).toEqual(["unknown"]);
    expect(names(cleo.put(1, 0, 1))).toEqual(["stored"]);
  });

  it("[BLOB3] [WIRE7] a socket that asks for many pieces and takes none is held back, whatever waits for the disk", () => {
    const { world, ana, ben } = two();
    ana.store(1, 3);
    ben.take();
    ben.stalled = true;
    ben.push({ type: "append", n: 1, epoch: 1, body: body(1) });
    for (let i = 0; i < 500; i++) ben.push({ type: "get", id: blobOf(1), capability: capabilityOf(1), index: i % 2 });
    world.settle();
    expect(ben.unsent).toBeLessThan((256 + 65) * 1024);
    expect(ben.read).toBe(false);
    let pieces = 0;
    for (let i = 0; i < 500; i++) {
      pieces += ben.take().filter(({ type }) => type === "chunk").length;
      ben.unsent = 0;
      world.core.drained(ben.id);
      expect(ben.unsent).toBeLessThan((256 + 65) * 1024);
    }
    expect(pieces).toBe(500);
  });

  it("[BLOB4] a side's room is by what its blobs can become, refused at the first piece and never later", () => {
    const { ana, ben } = two({ blobRoom: 4 * large });
    expect(names(ana.put(1, 0, 5))).toEqual(["full"]);
    ana.put(1, 0, 3);
    expect(ana.put(2, 0, 2)).toEqual([{ type: "refused", re: 21, n: 0, code: "full", after: 0 }]);
    expect(names(ana.put(3, 0, 1))).toEqual(["stored"]);
    expect(names(ben.put(4, 0, 4))).toEqual(["stored"]);
    ana.put(1, 1, 3);
    // Its last piece was small: there is room again.
    expect(names(ana.put(2, 0, 2))).toEqual(["full"]);
    ana.put(1, 2, 3);
    drop(ana, 3);
    expect(names(ana.put(5, 0, 1, { body: body(1, large) }))).toEqual(["stored"]);
    expect(names(ana.put(2, 0, 1, { body: body(1, 16_384) }))).toEqual(["stored"]);
  });

  it("[BLOB4] a side has so many at a time, also of those that came in one moment", () => {
    const { world, ana, ben } = two({ blobs: 3 });
    for (const name of [1, 2, 3, 4]) ana.push(ana.putFrame(name, 0, 1));
    world.settle();
    expect(names(ana.take())).toEqual(["stored", "stored", "stored", "full"]);
    expect(names(ben.put(5, 0, 1))).toEqual(["stored"]);
    drop(ana, 1);
    expect(names(ana.put(4, 0, 1))).toEqual(["stored"]);
  });

  it("[BLOB5] a drop by capability deletes, and is done also when there is nothing to delete", () => {
    const { ana, ben } = two();
    ana.store(1, 2);
    ana.put(2, 0, 2);
    const done = [{ type: "done", re: 23, at: 0 }];
    expect(drop(ben, 1, capabilityOf(9))).toEqual(done);
    expect(drop(ben, 7)).toEqual(done);
    expect(names(ben.get(1))).toEqual(["chunk"]);
    expect(drop(ben, 1)).toEqual(done);
    expect(names(ana.get(1))).toEqual(["unknown"]);
    expect(drop(ana, 2)).toEqual(done);
    expect(ask(ana, 2)).toEqual(stored(2, 0, 0));
    expect(ana.put(2, 0, 2)).toEqual(stored(2, 1, 2));
  });

  it("[BLOB5] what a side keeps is dropped by that side alone", () => {
    const { ana, ben } = two();
    ana.store(1);
    ana.keep(note, 1);
    expect(names(drop(ben, 1))).toEqual(["done"]);
    expect(names(ben.get(1))).toEqual(["chunk"]);
    expect(names(drop(ana, 1))).toEqual(["done"]);
    expect(archive(ana)).toEqual([{ type: "archived", note, ids: [] }]);
  });

  it("[BLOB6] a whole blob goes 30 days after its last piece, one that is not whole after a day", () => {
    const { world, ana } = two();
    ana.store(1);
    ana.put(2, 0, 3);
    world.pass(day - 1);
    let back = world.opened("ana", 1);
    back.put(2, 1, 3);
    world.pass(day - 1);
    back = world.opened("ana", 1);
    expect(ask(back, 2)).toEqual(stored(2, 2, 3));
    world.pass(1);
    expect(ask(back, 2)).toEqual(stored(2, 0, 0));
    world.pass(28 * day);
    back = world.opened("ana", 1);
    expect(names(back.get(1))).toEqual(["chunk"]);
    world.pass(2);
    expect(names(back.get(1))).toEqual(["unknown"]);
    expect(world.core.stats.blobBytes).toBe(0);
  });

  it("[BLOB6] many go some at a time, and one that gets a piece in that moment stays", () => {
    const { world, ana } = two();
    for (let name = 1; name <= 10; name++) ana.put(name, 0, 2);
    world.now += day;
    ana.push(ana.putFrame(1, 1, 2));
    world.core.tick();
    world.settle();
    const line = lineIdOf(lineOf("line"));
    expect(world.log.blobUse(line, 0)).toMatchObject({ value: { blobs: 7 } });
    world.pass(0);
    expect(world.log.blobUse(line, 0)).toMatchObject({ value: { blobs: 1 } });
    expect(world.log.blob(line, blobIdOf(blobOf(1)))).toMatchObject({ value: { next: 2 } });
  });

  it("[BLOB7] what is kept is the side's archive, with its note, and has no end", () => {
    const { world, ana, ben } = two();
    expect(archive(ana)).toEqual([{ type: "archived", note: new Uint8Array(), ids: [] }]);
    for (const name of [1, 2, 3]) ana.store(name);
    ben.store(4);
    expect(ana.keep(note, 2, 1, 2)).toEqual([{ type: "done", re: 19, at: 0 }]);
    expect(archive(ana)).toEqual([{ type: "archived", note, ids: [blobOf(2), blobOf(1)] }]);
    expect(archive(ben)).toEqual([{ type: "archived", note: new Uint8Array(), ids: [] }]);
    world.pass(400 * day);
    world.crash();
    const back = world.opened("ana", 1);
    expect(archive(back)).toEqual([{ type: "archived", note, ids: [blobOf(2), blobOf(1)] }]);
    expect([1, 2, 3].map((name) => names(back.get(name))[0])).toEqual(["chunk", "chunk", "unknown"]);
  });

  it("[BLOB7] what was kept before and is not named goes in the same write, and a failed one changes nothing", () => {
    const { world, ana } = two();
    for (const name of [1, 2, 3]) ana.store(name);
    ana.keep(note, 1, 2);
    world.log.fault("full");
    expect(names(ana.keep(new Uint8Array(1), 2, 3))).toEqual(["unavailable"]);
    world.log.fault("none");
    expect(archive(ana)).toEqual([{ type: "archived", note, ids: [blobOf(1), blobOf(2)] }]);
    expect(names(ana.keep(new Uint8Array(1), 2, 3))).toEqual(["done"]);
    expect([1, 2, 3].map((name) => names(ana.get(name))[0])).toEqual(["unknown", "chunk", "chunk"]);
    expect(archive(ana)).toEqual([{ type: "archived", note: new Uint8Array(1), ids: [blobOf(2), blobOf(3)] }]);
  });

  it("[BLOB7] only whole blobs of one's own side can be kept", () => {
    const { ana, ben } = two();
    ana.store(1);
    ana.put(2, 0, 2);
    ben.store(3);
    for (const name of [2, 3, 9]) expect(ana.keep(note, 1, name)).toEqual([{ type: "refused", re: 19, n: 0, code: "unknown", after: 0 }]);
    expect(archive(ana)).toEqual([{ type: "archived", note: new Uint8Array(), ids: [] }]);
  });

  it("[BLOB7] what was put, kept and dropped in one moment is counted as it was said", () => {
    const { world, ana } = two({ blobs: 2 });
    const frames: DeviceFrame[] = [
      ana.putFrame(1, 0, 1),
      ana.putFrame(2, 0, 1),
      { type: "keep", note, ids: [blobOf(1)] },
      { type: "drop", id: blobOf(2), capability: capabilityOf(2) },
      ana.putFrame(3, 0, 1),
      { type: "keep", note, ids: [blobOf(3)] },
      ana.putFrame(4, 0, 1),
      { type: "archive" },
    ];
    for (const frame of frames) ana.push(frame);
    world.settle();
    expect(names(ana.take())).toEqual(["stored", "stored", "done", "done", "stored", "done", "stored", "archived"]);
    expect([1, 2, 3, 4].map((name) => names(ana.get(name))[0])).toEqual(["unknown", "unknown", "chunk", "chunk"]);
    expect(world.core.stats.blobBytes).toBe(2 * 1024);
  });

  it("[BLOB8] the end of a line deletes its blobs and archives", () => {
    const { world, ana, ben } = two();
    ana.store(1, 3);
    ben.store(2);
    ana.keep(note, 1);
    expect(world.core.stats.blobBytes).toBe(2 * large + 2 * 1024);
    ana.end();
    const line = lineIdOf(lineOf("line"));
    for (const side of [0, 1] as const) expect(world.log.blobUse(line, side)).toEqual({ ok: true, value: { blobs: 0, room: 0 } });
    expect(world.log.archive(line, 0)).toEqual({ ok: true, value: { note: new Uint8Array(), ids: [] } });
    expect(world.core.stats.blobBytes).toBe(0);
    world.crash();
    expect(world.core.stats.blobBytes).toBe(0);
  });
});
