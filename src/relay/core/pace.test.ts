import { describe, expect, it } from "vitest";
import type { RelayFrame } from "../../protocol/frames.ts";
import { defaultLimits } from "./limits.ts";
import { createPace } from "./pace.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const small = { append: { perSecond: 2, burst: 3 }, appendPiece: 4096, appendWait: 1000 };
const line = lineIdOf(lineOf("line"));

/** Ana's device is at n 1 and seq 1. */
const flood = (peer: Peer, from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => names(peer.append(from + i, 1))[0] ?? "");

describe("Pace", () => {
  it("[LOG11] so many appends of a side at once, then busy with the time from when on it goes on", () => {
    const world = new World(small);
    const { ana } = world.pair();
    expect(flood(ana, 2, 4)).toEqual(["acked", "acked", "acked"]);
    expect(ana.append(5, 1)).toEqual([{ type: "refused", re: 3, n: 5, code: "busy", after: world.now + 1000 }]);
    world.pass(1000);
    expect(flood(ana, 5, 7)).toEqual(["acked", "acked", "busy"]);
  });

  it("[LOG11] what is refused uses up nothing, and the same number comes through later, with nothing lost behind it", () => {
    const world = new World(small);
    const { ana, ben } = world.pair();
    ben.take();
    flood(ana, 2, 4);
    for (const n of [5, 6, 7]) ana.push({ type: "append", n, epoch: 1, body: body(n) });
    world.settle();
    expect(names(ana.take())).toEqual(["busy", "gap", "gap"]);
    world.pass(1000);
    expect(flood(ana, 5, 6)).toEqual(["acked", "acked"]);
    const came = ben.take().flatMap((frame) => (frame.type === "entries" ? frame.items.map(({ n }) => n) : []));
    expect(came).toEqual([2, 3, 4, 5, 6]);
  });

  it("[LOG11] a repeat, a stale one and a gap cost nothing of the share", () => {
    const world = new World(small);
    const { ana } = world.pair();
    ana.append(2, 1);
    for (let i = 0; i < 10; i++)
      expect([...names(ana.append(2, 1)), ...names(ana.append(3, 0)), ...names(ana.append(9, 1))]).toEqual(["acked", "stale", "gap"]);
    expect(flood(ana, 3, 4)).toEqual(["acked", "acked"]);
  });

  it("[LOG11] the share is the side's: not a device's, not a connection's, and nothing of the other's", () => {
    const world = new World({ ...small, append: { perSecond: 2, burst: 4 } });
    const { ana, ana2, ben } = world.three();
    ana2.one("acked", ana2.append(1, 2));
    for (const n of [3, 4, 5]) ana.one("acked", ana.append(n, 2));
    expect([names(ana.append(6, 2)), names(ana2.append(2, 2))]).toEqual([["busy"], ["busy"]]);
    ana.drop();
    ana2.drop();
    expect(names(world.opened("ana", 9).append(6, 2))).toEqual(["busy"]);
    for (const n of [1, 2, 3, 4]) expect(names(ben.append(n, 2))).toEqual(["acked"]);
  });

  it("[LOG11] also when nobody is on the line meanwhile, and until it is whole again", () => {
    const world = new World(small);
    const { ana, ben } = world.pair();
    flood(ana, 2, 4);
    ana.drop();
    ben.drop();
    expect(names(world.opened("ana", 4).append(5, 1))).toEqual(["busy"]);
  });

  it("[LOG11] a side that used its share up still lets a device in and out", () => {
    const world = new World(small);
    const { ana } = world.pair();
    flood(ana, 2, 5);
    expect(names(ana.change({ n: 5, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) }))).toEqual(["acked"]);
    expect(names(ana.change({ n: 6, epoch: 2, revoke: [2] }))).toEqual(["acked"]);
  });

  it("[LOG11] a large body counts as several, and the largest there is comes through in the end", () => {
    const world = new World(small);
    const { ana } = world.pair();
    expect(names(ana.append(2, 1, 2, 16_384))).toEqual(["acked"]);
    expect(names(ana.append(3, 1, 3, 256))).toEqual(["busy"]);
    world.pass(1500);
    expect(names(ana.append(3, 1, 3, 65_536))).toEqual(["acked"]);
  });

  it("[LOG11] a share that is whole again is forgotten", () => {
    const pace = createPace({ ...defaultLimits, ...small });
    pace.append(line, 0, 256, 0);
    pace.sweep(400);
    expect(pace.count()).toBe(1);
    pace.sweep(500);
    expect(pace.count()).toBe(0);
  });

  it("[LOG11] as it is, all that a side may say in a day flows within six minutes", () => {
    const pace = createPace(defaultLimits);
    let [at, said] = [0, 0];
    while (said < 4000) {
      const wait = pace.append(line, 1, 256, at);
      if (wait === 0) said++;
      at += wait;
    }
    expect(at).toBeLessThan(6 * 60_000);
  });
});
