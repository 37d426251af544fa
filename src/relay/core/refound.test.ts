import { describe, expect, it } from "vitest";
import { nextHead, refoundNumber, type LogRecord } from "../../protocol/chain.ts";
import type { RelayFrame } from "../../protocol/frames.ts";
import { World, body, keyOf } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const recordsOf = (frames: readonly RelayFrame[]): readonly LogRecord[] => frames.flatMap((frame) => (frame.type === "entries" ? [...frame.items] : []));
const hour = 3_600_000;

describe("The group made anew", () => {
  it("[REF1] a refound is in the log with its welcome, and moves generation and epoch by one and no member", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.take();
    const before = world.connect();
    const { members, head } = before.one("opened", before.open("ana", 1));
    const ack = before.one("acked", before.refound({ welcome: body(9, 4096) }));
    const [record] = recordsOf(ben.take());
    expect(record).toEqual({ seq: 2, at: world.now, device: 0, n: refoundNumber(1), epoch: 1, kind: "refound", body: body(9, 4096) });
    expect(ack).toEqual({ type: "acked", n: refoundNumber(1), seq: 2, at: world.now, head: nextHead(head, record as LogRecord) });
    world.crash();
    const after = world.connect();
    expect(after.one("opened", after.open("ben", 2))).toMatchObject({ generation: 1, epoch: 2, members, head: ack.head });
    expect(ana.closed).toBe("replaced");
  });

  it("[REF1] of two at the same place one wins, and the other, or one of another generation or epoch, is stale", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    ana.push({ type: "refound", n: refoundNumber(1), generation: 0, epoch: 1, welcome: body(1) });
    ben.push({ type: "refound", n: refoundNumber(1), generation: 0, epoch: 1, welcome: body(2) });
    world.settle();
    expect(names(ana.take())).toEqual(["acked"]);
    expect(names(ben.take())).toEqual(["entries", "stale"]);
    expect(names(ben.refound({ generation: 0, epoch: 2 }))).toEqual(["stale"]);
    expect(names(ben.refound({ generation: 1, epoch: 1 }))).toEqual(["stale"]);
    expect(names(ben.refound({ n: refoundNumber(2), generation: 0, epoch: 2 }))).toEqual(["stale"]);
    expect(names(ana.append(2, 1))).toEqual(["stale"]);
    expect(names(ana.change({ n: 2, epoch: 2 }))).toEqual(["stale"]);
    expect(names(ana.change({ n: 2, epoch: 2, generation: 1 }))).toEqual(["acked"]);
    expect(names(ben.append(1, 3))).toContain("acked");
  });

  it("[REF1] a repeated one gets the same ack, whatever is current by then", () => {
    const world = new World();
    const { ana } = world.pair();
    const first = ana.one("acked", ana.refound());
    ana.append(2, 2);
    expect(ana.refound()).toEqual([first]);
    world.crash();
    const back = world.opened("ana", 2);
    expect(back.refound({ n: refoundNumber(1), generation: 9 })).toEqual([first]);
    back.one("acked", back.refound({ generation: 1, epoch: 2 }));
    expect(back.refound()).toEqual([first]);
  });

  it("[REF1] a number of a generation that another device began is stale, and so is one of before", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.refound();
    ben.take();
    expect(names(ben.refound())).toEqual(["stale"]);
    expect(names(ben.refound({ n: refoundNumber(0) }))).toEqual(["stale"]);
    world.crash();
    expect(names(world.opened("ben", 2).refound())).toEqual(["stale"]);
  });

  it("[REF1] a full side can still make the group anew, and what was never written did not happen", () => {
    const world = new World({ room: 512, reservedRoom: 4096 });
    const { ana } = world.pair();
    ana.append(2, 1);
    expect(names(ana.append(3, 1))).toEqual(["full"]);
    world.log.fault("full");
    expect(names(ana.refound())).toEqual(["unavailable"]);
    world.log.fault("none");
    expect(names(ana.refound({ welcome: body(1, 65_536) }))).toEqual(["full"]);
    expect(names(ana.refound())).toEqual(["acked"]);
  });

  it("[REF2] a refound's number is of the generation that it begins, and another is malformed", () => {
    const world = new World();
    const { ana } = world.pair();
    for (const n of [2, refoundNumber(0) - 1, refoundNumber(2), 0xffff_ffff]) expect(names(ana.refound({ n }))).toEqual(["malformed"]);
    expect(ana.one("acked", ana.refound()).n).toBe(0x8000_0001);
    expect(ana.one("acked", ana.refound({ generation: 1, epoch: 2 })).n).toBe(0x8000_0002);
  });

  it("[REF2] it is none of its author's count, also for a load that counts from the log", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.refound();
    expect(names(ana.append(2, 2))).toEqual(["acked"]);
    world.crash();
    const back = world.connect();
    expect(back.one("opened", back.open("ana", 3)).n).toBe(2);
    expect(names(back.append(4, 2))).toContain("gap");
    expect(names(back.append(3, 2))).toEqual(["acked"]);
  });

  it("[LOG2] no device's own count reaches the numbers of refounds", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.refound();
    const n = refoundNumber(0);
    expect(names(ana.append(n, 2))).toEqual(["malformed"]);
    expect(names(ana.change({ n, generation: 1, epoch: 2 }))).toEqual(["malformed"]);
    expect(names(ana.accept(1, "eve", { n, generation: 1, epoch: 2 }))).toEqual(["malformed"]);
    expect(names(ana.append(n - 1, 2))).toEqual(["acked"]);
  });

  it("[REF2] [LOG2] after one, each device's next record may leave out numbers, once", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    ana.refound({ epoch: 2 });
    for (const peer of [ana, ana2, ben]) peer.take();
    expect(names(ben.append(7, 3))).toEqual(["acked"]);
    expect(names(ben.append(9, 3))).toEqual(["gap"]);
    expect(names(ben.append(8, 3))).toEqual(["acked"]);
    // What a load counts from the log, and not only from the saved state.
    world.crash();
    const [a, a2, b] = [world.opened("ana", 5), world.opened("ana2", 5), world.opened("ben", 5)];
    expect(names(b.append(10, 3))).toEqual(["gap"]);
    expect(names(a2.change({ n: 5, generation: 1, epoch: 3 }))).toContain("acked");
    expect(names(a2.append(7, 4))).toEqual(["gap"]);
    expect(names(a.append(50, 4))).toContain("acked");
    expect(names(a.append(52, 4))).toEqual(["gap"]);
    // Those left out are gaps for ever.
    expect(names(a.append(49, 4))).toEqual(["gap"]);
  });

  it("[REF2] a device that comes later begins at one", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.refound();
    ana.one("acked", ana.change({ n: 2, generation: 1, epoch: 2, enrol: [keyOf("ana2")], welcome: body(1) }));
    const second = world.opened("ana2", 3);
    expect(names(second.append(2, 3))).toEqual(["gap"]);
    expect(names(second.append(1, 3))).toEqual(["acked"]);
  });

  it("[REF3] a side makes it anew three times an hour, the other side as well, and is told from when on it may again", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    const first = world.now;
    for (let i = 0; i < 3; i++) {
      world.now = first + i * 1000;
      expect(names(ana.refound({ generation: i, epoch: 1 + i }))).toEqual(["acked"]);
    }
    const before = { generation: 3, epoch: 4 };
    expect(ana.refound(before)).toEqual([{ type: "refused", re: 15, n: refoundNumber(4), code: "busy", after: first + hour }]);
    ben.take();
    expect(names(ben.refound(before))).toEqual(["acked"]);
    world.crash();
    const back = world.opened("ana", 5);
    world.now = first + hour - 1;
    expect(names(back.refound({ generation: 4, epoch: 5 }))).toEqual(["busy"]);
    world.now = first + hour;
    expect(names(back.refound({ generation: 4, epoch: 5 }))).toEqual(["acked"]);
    expect(back.refound({ generation: 5, epoch: 6 })).toMatchObject([{ code: "busy", after: first + hour + 1000 }]);
    expect(names(back.append(2, 6))).toEqual(["acked"]);
    expect(world.core.stats.refounds).toBe(1);
  });
});
