import { describe, expect, it } from "vitest";
import type { RelayFrame } from "../../protocol/frames.ts";
import type { Limits } from "./limits.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, ticket, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] =>
  frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type === "knocked" ? frame.state : frame.type));
const day = 86_400_000;

/** Ana made a line and waits. */
const waiting = (limits: Partial<Limits> = {}): { readonly world: World; readonly ana: Peer } => {
  const world = new World(limits);
  world.connect().create("ana");
  const ana = world.opened("ana");
  ana.take();
  return { world, ana };
};
const stranger = (world: World): Peer => {
  const peer = world.connect();
  peer.take();
  return peer;
};

describe("Door", () => {
  it("[DOOR1] a knock needs the ticket; a wrong one and an unknown line look the same", () => {
    const { world, ana } = waiting();
    const wrong = stranger(world).knock("ben", { ticket: new Uint8Array(32) });
    expect(wrong).toEqual(stranger(world).knock("ben", { line: lineOf("nowhere") }));
    expect(names(wrong)).toEqual(["unknown"]);
    expect(ana.take()).toEqual([]);
    expect(names(stranger(world).knock("ben"))).toEqual(["waiting"]);
  });

  it("[DOOR1] a knock needs a signature by the knocker's key", () => {
    const { world, ana } = waiting();
    expect(names(stranger(world).knock("ben", { signature: new Uint8Array(64) }))).toEqual(["unknown"]);
    expect(names(stranger(world).knock("ben", { key: keyOf("mallory") }))).toEqual(["unknown"]);
    expect(ana.take()).toEqual([]);
  });

  it("[DOOR2] four knocks wait, a fifth is crowded, and none uses up the ticket", () => {
    const { world, ana } = waiting();
    for (const who of ["a", "b", "c", "d"]) expect(names(stranger(world).knock(who))).toEqual(["waiting"]);
    expect(names(stranger(world).knock("e"))).toEqual(["crowded"]);
    const last = ana.take().findLast((frame) => frame.type === "knocks");
    expect(last?.type === "knocks" && last.items.map(({ key }) => key)).toEqual(["a", "b", "c", "d"].map(keyOf));
    expect(names(ana.accept(3, "c"))).toEqual(["acked"]);
  });

  it("[DOOR2] a repeated knock by the same key replaces its body and takes no place", () => {
    const { world, ana } = waiting();
    stranger(world).knock("ben");
    for (const who of ["b", "c", "d"]) stranger(world).knock(who);
    ana.take();
    expect(names(stranger(world).knock("ben", { body: new Uint8Array(8192).fill(77) }))).toEqual(["waiting"]);
    const { items } = ana.one("knocks");
    expect(items.length).toBe(4);
    expect(items[0]).toMatchObject({ id: 1, key: keyOf("ben"), body: new Uint8Array(8192).fill(77) });
  });

  it("[DOOR2] after 24 hours the answer is expired", () => {
    const { world, ana } = waiting();
    stranger(world).knock("ben");
    world.now += day - 1;
    expect(names(stranger(world).knock("carl"))).toEqual(["waiting"]);
    world.now += 1;
    expect(names(stranger(world).knock("dora"))).toEqual(["expired"]);
    expect(names(ana.accept(1, "ben"))).toEqual(["expired"]);
  });

  it("[DOOR2] knocks come at a bounded rate, and those without a ticket take nobody's turn", () => {
    const { world } = waiting({ knock: { perSecond: 1, burst: 2 } });
    for (let i = 0; i < 9; i++) stranger(world).knock("mallory", { ticket: new Uint8Array(32) });
    expect(names(stranger(world).knock("ben"))).toEqual(["waiting"]);
    expect(names(stranger(world).knock("carl"))).toEqual(["waiting"]);
    expect(stranger(world).knock("dora")).toMatchObject([{ code: "busy", after: world.now + 1000 }]);
    world.now += 1000;
    expect(names(stranger(world).knock("dora"))).toEqual(["waiting"]);
  });

  it("[DOOR3] the inviter hears of a knock at once and at every open, over restarts, until one is accepted", () => {
    const { world, ana } = waiting();
    stranger(world).knock("ben");
    const told = ana.one("knocks");
    expect(told.items).toEqual([{ id: 1, key: keyOf("ben"), at: world.now, body: new Uint8Array(8192).fill(5) }]);
    for (let i = 0; i < 2; i++) {
      const again = world.connect();
      expect(again.one("knocks", again.open("ana"))).toEqual(told);
      world.crash();
    }
    const last = world.opened("ana");
    last.accept(1, "ben");
    const after = world.connect();
    expect(names(after.open("ana", 1))).not.toContain("knocks");
    expect(names(world.connect().open("ben"))).not.toContain("knocks");
  });

  it("[DOOR3] an inviter that takes nothing has knocks wait instead of filling memory, and hears of all of them then", () => {
    const { world, ana } = waiting();
    ana.stalled = true;
    for (let i = 0; i < 40; i++) stranger(world).knock(`k${i % 4}`, { body: new Uint8Array(8192).fill(i) });
    expect(ana.unsent).toBeLessThan((256 + 40) * 1024);
    ana.take();
    ana.drain();
    expect(ana.one("knocks").items.map((item) => item.body[0])).toEqual([36, 37, 38, 39]);
    ana.drain();
    expect(ana.take()).toEqual([]);
  });

  it("[DOOR4] accept makes the named knocker side 1, with its welcome, and tells it; the others are told taken", () => {
    const { world, ana } = waiting();
    const ben = stranger(world);
    const carl = stranger(world);
    ben.knock("ben");
    carl.knock("carl");
    ana.take();
    const ack = ana.one("acked", ana.accept(1, "ben"));
    expect(ack).toMatchObject({ n: 1, seq: 1 });
    expect(names(ben.take())).toEqual(["accepted"]);
    expect(names(carl.take())).toEqual(["taken"]);
    expect(world.log.knocks(lineIdOf(lineOf("line")))).toEqual({ ok: true, value: new Map() });
    expect(ben.one("opened", ben.open("ben"))).toMatchObject({ device: 1, epoch: 1, welcome: body(8), baseSeq: 1, baseHead: ack.head });
    expect(ana.accept(1, "ben")).toEqual([ack]);
  });

  it("[DOOR4] the accepted knocker is told so also when it was away; others get taken", () => {
    const { world, ana } = waiting();
    for (const who of ["ben", "carl"]) {
      const peer = stranger(world);
      peer.knock(who);
      peer.drop();
    }
    ana.accept(1, "ben");
    expect(names(stranger(world).knock("ben"))).toEqual(["accepted"]);
    expect(names(stranger(world).knock("carl"))).toEqual(["taken"]);
  });

  it("[DOOR4] accept needs the ticket, the inviter's side, a knock that is there, and exactly its key", () => {
    const { world, ana } = waiting();
    const ben = stranger(world);
    ben.knock("ben");
    ana.take();
    expect(names(ana.accept(1, "ben", { ticket: new Uint8Array(32) }))).toEqual(["forbidden"]);
    expect(names(ana.accept(2, "ben"))).toEqual(["unknown"]);
    expect(names(ana.accept(1, "mallory"))).toEqual(["forbidden"]);
    expect(names(ana.accept(1, "ben", { enrol: [keyOf("ben"), keyOf("mallory")] }))).toEqual(["forbidden"]);
    expect(names(ana.accept(1, "ben", { revoke: [0] }))).toEqual(["forbidden"]);
    expect(names(ana.accept(1, "ben", { epoch: 1 }))).toEqual(["stale"]);
    expect(names(ana.accept(1, "ben", { n: 2 }))).toEqual(["gap"]);
    expect(names(ana.accept(1, "ben"))).toEqual(["acked"]);
    ben.open("ben");
    expect(
      names(ben.send({ type: "accept", ticket, knock: 1, n: 1, generation: 0, epoch: 1, commit: body(1), welcome: body(1), enrol: [keyOf("x")], revoke: [] })),
    ).toEqual(["forbidden"]);
  });

  it("[DOOR4] an ordinary change lets nobody in from the other side", () => {
    const { world, ana } = waiting();
    stranger(world).knock("ben");
    ana.take();
    ana.change({ n: 1, epoch: 0, enrol: [keyOf("ben")], welcome: body(1) });
    const peer = world.connect();
    expect(peer.one("opened", peer.open("ben")).members.map(({ side }) => side)).toEqual([0, 0]);
  });

  it("[DOOR5] a knock with a used ticket is told to the open devices, and to the others once at their next open", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.drop();
    ana.take();
    expect(names(stranger(world).knock("carl"))).toEqual(["taken"]);
    expect(ana.take()).toEqual([{ type: "latecomer", at: world.now }]);
    const back = world.connect();
    expect(back.one("latecomer", back.open("ben", 1))).toEqual({ type: "latecomer", at: world.now });
    world.crash();
    for (const who of ["ana", "ben"]) {
      const again = world.connect();
      expect(names(again.open(who, 1))).not.toContain("latecomer");
    }
  });

  it("[DOOR5] of several latecomers a device that was away hears of the last", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.drop();
    ben.drop();
    stranger(world).knock("carl");
    world.now += 600_000;
    stranger(world).knock("dora");
    const back = world.connect();
    expect(back.one("latecomer", back.open("ben", 1))).toEqual({ type: "latecomer", at: world.now });
  });

  it("[DOOR5] for 10 minutes after a latecomer others get taken, and nothing is written, told or counted for them", () => {
    const world = new World({ knock: { perSecond: 0.001, burst: 2 } });
    const { ana } = world.pair();
    stranger(world).knock("carl");
    ana.take();
    const { commits } = world.core.stats;
    const first = world.now;
    for (const later of [0, 1, 599_999]) {
      world.now = first + later;
      for (let i = 0; i < 20; i++) expect(names(stranger(world).knock(`late ${i}`))).toEqual(["taken"]);
    }
    expect(world.core.stats.commits).toBe(commits);
    expect(ana.take()).toEqual([]);
    world.now = first + 600_000;
    expect(names(stranger(world).knock("dora"))).toEqual(["taken"]);
    expect(ana.take()).toEqual([{ type: "latecomer", at: world.now }]);
  });

  it("[DOOR5] latecomers take no turn of those who knock with a good ticket", () => {
    const world = new World({ knock: { perSecond: 0.001, burst: 2 } });
    world.pair();
    for (let i = 0; i < 5; i++) {
      expect(names(stranger(world).knock(`late ${i}`))).toEqual(["taken"]);
      world.now += 600_000;
    }
    world.now -= 3_000_000;
    const other = lineOf("other");
    world.connect().create("cleo", { line: other });
    expect(names(stranger(world).knock("dora", { line: other }))).toEqual(["waiting"]);
  });

  it("[DOOR5] the two themselves are no latecomers", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    expect(names(stranger(world).knock("ben"))).toEqual(["accepted"]);
    expect(names(stranger(world).knock("ana"))).toEqual(["accepted"]);
    expect(ana.take()).toEqual([]);
  });
});
