import { describe, expect, it } from "vitest";
import type { RelayFrame } from "../../protocol/frames.ts";
import { World, body, keyOf } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));

describe("Live", () => {
  it("[LIVE1] a live frame goes to the other open devices at once, stamped with its sender, and is not stored", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(1) });
    const second = world.opened("ana2", 2);
    for (const peer of [ana, ben, second]) peer.take();
    ana.push({ type: "live", body: body(7, 200) });
    // No commit in between.
    expect(ben.take()).toEqual([{ type: "liveFrom", device: 0, body: body(7, 200) }]);
    expect(second.take()).toEqual([{ type: "liveFrom", device: 0, body: body(7, 200) }]);
    expect(ana.take()).toEqual([]);
    expect(world.core.pending()).toBe(false);
    const later = world.connect();
    expect(names(later.open("ben", 1))).not.toContain("liveFrom");
  });

  it("[LIVE1] a live frame of another length is malformed", () => {
    const world = new World();
    const { ana } = world.pair();
    for (const length of [0, 199, 201, 256]) expect(names(ana.send({ type: "live", body: body(1, length) }))).toEqual(["malformed"]);
  });

  it("[LIVE2] a receiver with over 256 KiB unsent gets no live frames, and its records wait in the log", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.take();
    ben.unsent = 256 * 1024 + 1;
    ana.push({ type: "live", body: body(7, 200) });
    for (let n = 2; n <= 40; n++) ana.append(n, 1);
    expect(ben.take()).toEqual([]);
    expect(world.core.pending()).toBe(false);
    ben.unsent = 0;
    world.core.drained(ben.id);
    world.settle();
    const frames = ben.take();
    expect(frames.flatMap((frame): readonly (number | string)[] => (frame.type === "entries" ? frame.items.map(({ seq }) => seq) : [frame.type]))).toEqual(
      Array.from({ length: 39 }, (_, i) => i + 2),
    );
    ana.append(41, 1);
    expect(names(ben.take())).toEqual(["entries"]);
    ana.push({ type: "live", body: body(8, 200) });
    expect(names(ben.take())).toEqual(["liveFrom"]);
  });

  it("[LIVE2] catching up goes page by page, and stops while the socket is slow", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.drop();
    for (let n = 2; n <= 20; n++) ana.append(n, 1, n, 16_384);
    const back = world.connect();
    back.push(back.openFrame("ben", 1));
    back.unsent = 300_000;
    world.settle();
    expect(names(back.take())).toEqual(["challenge", "opened"]);
    back.unsent = 0;
    world.core.drained(back.id);
    world.core.commit();
    expect(back.take().flatMap((frame) => (frame.type === "entries" ? frame.items.map(({ seq }) => seq) : []))).toEqual([2, 3, 4, 5]);
    world.settle();
    expect(names(back.take()).at(-1)).toBe("current");
  });

  it("[LIVE3] each device may send 40 a second, 80 in a burst; more are dropped without a word", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    const send = (count: number): number => {
      ana.take();
      ben.take();
      for (let i = 0; i < count; i++) ana.push({ type: "live", body: body(i, 200) });
      expect(ana.take()).toEqual([]);
      return ben.take().length;
    };
    expect(send(100)).toBe(80);
    world.now += 500;
    expect(send(100)).toBe(20);
    world.now += 60_000;
    expect(send(100)).toBe(80);
    ana.take();
    ben.push({ type: "live", body: body(1, 200) });
    expect(names(ana.take())).toEqual(["liveFrom"]);
  });
});
