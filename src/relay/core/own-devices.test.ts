import { describe, expect, it } from "vitest";
import type { FrameOf, RelayFrame } from "../../protocol/frames.ts";
import { World, body, keyOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const day = 86_400_000;
const leaves = (peer: Peer, fill: number): readonly RelayFrame[] => peer.send({ type: "package", body: new Uint8Array(100).fill(fill) });
const packages = (peer: Peer): unknown => peer.one("packagesOf", peer.send({ type: "packages" }));
const vouch = (peer: Peer, device: number): readonly RelayFrame[] => peer.send({ type: "vouch", device });

describe("Key packages", () => {
  it("[PKG1] each device leaves one, a later one in its place, and is told of all but its own", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    expect(leaves(ana, 1)).toEqual([{ type: "done", re: 13, at: 0 }]);
    leaves(ana2, 2);
    leaves(ana, 3);
    const item = (device: number, fill: number) => ({ device, body: new Uint8Array(100).fill(fill) });
    expect(packages(ana)).toEqual({ type: "packagesOf", generation: 0, epoch: 2, items: [item(2, 2)] });
    expect(packages(ben)).toEqual({ type: "packagesOf", generation: 0, epoch: 2, items: [item(0, 3), item(2, 2)] });
    world.crash();
    expect(packages(world.opened("ben", 2))).toEqual({ type: "packagesOf", generation: 0, epoch: 2, items: [item(0, 3), item(2, 2)] });
  });

  it("[PKG1] that of a revoked device is gone", () => {
    const world = new World();
    const { ana, ana2 } = world.three();
    leaves(ana2, 2);
    ana.send({ type: "ping" });
    world.now += day;
    ana.one("acked", ana.change({ n: 3, epoch: 2, revoke: [2] }));
    expect(packages(ana)).toEqual({ type: "packagesOf", generation: 0, epoch: 3, items: [] });
  });

  it("[PKG1] what waits for the disk is not told before, and asked a thousand times meanwhile it is answered once", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    leaves(ben, 1);
    ana.take();
    ana.push({ type: "package", body: new Uint8Array(9) });
    for (let i = 0; i < 1000; i++) ana.push({ type: "packages" });
    expect(ana.take()).toEqual([]);
    world.settle();
    expect(names(ana.take())).toEqual(["done", "packagesOf"]);
    expect(names(ana.send({ type: "packages" }))).toEqual(["packagesOf"]);
    world.log.fault("full");
    ana.push({ type: "package", body: new Uint8Array(9) });
    expect(names(ana.send({ type: "packages" }))).toEqual(["unavailable", "unavailable"]);
    world.log.fault("none");
    expect(names(ana.send({ type: "packages" }))).toEqual(["packagesOf"]);
  });

  it("[PKG1] [WIRE7] a socket that takes nothing is not told for ever", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.send({ type: "package", body: new Uint8Array(4096) });
    ana.stalled = true;
    for (let i = 0; i < 1000; i++) ana.push({ type: "packages" });
    world.settle();
    expect(ana.unsent).toBeLessThan(262 * 1024);
  });

  it("is for who has opened a line", () => {
    const world = new World();
    world.pair();
    const peer = world.connect();
    peer.take();
    expect(names(leaves(peer, 1))).toEqual(["forbidden"]);
    expect(names(peer.send({ type: "packages" }))).toEqual(["forbidden"]);
    expect(names(vouch(peer, 0))).toEqual(["forbidden"]);
  });
});

describe("A device that another let in", () => {
  it("[AGE1] revokes nobody for 24 hours, and is told from when on it may", () => {
    const world = new World();
    const let_in = world.now;
    const { ana2 } = world.three();
    expect(ana2.change({ n: 1, epoch: 2, revoke: [0] })).toEqual([{ type: "refused", re: 4, n: 1, code: "forbidden", after: let_in + day }]);
    expect(names(ana2.change({ n: 1, epoch: 2, enrol: [keyOf("ana3")], revoke: [0], welcome: body(1) }))).toEqual(["forbidden"]);
    world.crash();
    world.now = let_in + day - 1;
    const back = world.opened("ana2", 2);
    expect(names(back.change({ n: 1, epoch: 2, revoke: [0] }))).toEqual(["forbidden"]);
    world.now = let_in + day;
    expect(names(back.change({ n: 1, epoch: 2, revoke: [0] }))).toEqual(["acked"]);
  });

  it("[AGE1] may do all else at once: append, enrol, make the group anew", () => {
    const world = new World();
    const { ana2 } = world.three();
    expect(names(ana2.append(1, 2))).toEqual(["acked"]);
    expect(names(ana2.change({ n: 2, epoch: 2, enrol: [keyOf("ana3")], welcome: body(1) }))).toEqual(["acked"]);
    expect(names(ana2.refound({ epoch: 3 }))).toEqual(["acked"]);
  });

  it("[AGE1] one that made the line, was accepted, or came back by the words is no stranger", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.one("acked", ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(1) }));
    ana.one("acked", ana.change({ n: 3, epoch: 2, revoke: [2] }));
    ben.one("acked", ben.change({ n: 1, epoch: 3, enrol: [keyOf("ben2")], welcome: body(1) }));
    ben.one("acked", ben.change({ n: 2, epoch: 4, revoke: [3] }));
  });

  it("[AGE2] arms what it promises itself, and neither renews, refreshes nor lifts a vigil; it is told from when on it may", () => {
    const world = new World();
    const let_in = world.now;
    const { ana, ana2 } = world.three();
    world.live(1000);
    const due = world.now + 2 * day;
    const vigil = new Uint8Array(16).fill(1);
    const rungs: FrameOf<"arm">["rungs"] = [{ kind: "envelope", due, body: body(1) }];
    const turn = { opens: null, keeper: null, rungs };
    ana.one("receipt", ana.send({ type: "arm", ask: 1, vigil, due, ...turn }));
    const acts: readonly (FrameOf<"lift"> | FrameOf<"renew"> | FrameOf<"refresh">)[] = [
      { type: "lift", ask: 2, vigil, turn: 1, due },
      { type: "renew", ask: 3, vigil, turn: 1, due, next: due + 1, ...turn, rungs: [{ kind: "envelope", due: due + 1, body: body(2) }] },
      { type: "renew", ask: 4, vigil, turn: 1, due, next: due - 1, ...turn },
      { type: "refresh", ask: 5, vigil, turn: 1, due, rung: 0, body: body(3) },
    ];
    for (const act of acts) expect(ana2.send(act)).toMatchObject([{ type: "refused", n: act.ask, code: "forbidden", after: let_in + day }]);
    expect(names(ana2.send({ type: "arm", ask: 6, vigil: new Uint8Array(16).fill(2), due, ...turn }))).toEqual(["receipt"]);
    expect(names(ana2.send({ type: "check" }))).toEqual(["receipts"]);
    world.crash();
    world.now = let_in + day - 1;
    const back = world.opened("ana2", 2);
    const [lift] = acts as [FrameOf<"lift">];
    expect(names(back.send(lift))).toEqual(["forbidden"]);
    world.now = let_in + day;
    world.live(1000);
    expect(back.one("receipt", back.send(lift)).done).toBe(true);
  });

  it("[AGE2] vouched for by a settled device of its own side, it lifts at once", () => {
    const world = new World();
    const { ana, ana2 } = world.three();
    world.live(1000);
    const due = world.now + 2 * day;
    const vigil = new Uint8Array(16).fill(1);
    ana.one("receipt", ana.send({ type: "arm", ask: 1, vigil, due, opens: null, keeper: null, rungs: [{ kind: "late", due, body: body(1) }] }));
    ana2.take();
    vouch(ana, 2);
    expect(ana2.one("receipt", ana2.send({ type: "lift", ask: 2, vigil, turn: 1, due })).done).toBe(true);
  });

  it("[AGE1] a settled device of its own side vouches for it, and it may at once", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    expect(vouch(ana2, 2)).toMatchObject([{ code: "forbidden", after: world.now + day }]);
    expect(names(vouch(ben, 2))).toEqual(["forbidden"]);
    expect(names(vouch(ana, 9))).toEqual(["forbidden"]);
    expect(vouch(ana, 2)).toEqual([{ type: "done", re: 25, at: 0 }]);
    expect(vouch(ana, 2)).toEqual([{ type: "done", re: 25, at: 0 }]);
    world.crash();
    const back = world.opened("ana2", 2);
    expect(names(back.change({ n: 1, epoch: 2, revoke: [0] }))).toEqual(["acked"]);
    expect(names(vouch(back, 0))).toEqual(["forbidden"]);
  });
});
