import { describe, expect, it } from "vitest";
import { sha256 } from "../../protocol/keys.ts";
import type { RelayFrame } from "../../protocol/frames.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] =>
  frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type === "knocked" ? frame.state : frame.type));
const own = new Uint8Array(32).fill(21);
const other = new Uint8Array(32).fill(22);
const offer = (peer: Peer, ticket: Uint8Array | null = own): readonly RelayFrame[] => peer.send({ type: "offer", hash: ticket && sha256(ticket) });
const answer = (peer: Peer, knock: number, fill = 1): readonly RelayFrame[] => peer.send({ type: "answer", knock, body: new Uint8Array(90).fill(fill) });
const knock = (world: World, who: string, ticket = own): Peer => {
  const peer = world.connect();
  peer.take();
  const [answered] = peer.knock(who, { ticket });
  peer.inbox = answered ? [answered] : [];
  return peer;
};
const enrol = (who: string) => ({ n: 2, epoch: 1, enrol: [keyOf(who)], welcome: body(4) });
const tenMinutes = 600_000;

/** Ana and Ben, and Ana's door open. */
const open = (): { readonly world: World; readonly ana: Peer; readonly ben: Peer } => {
  const world = new World();
  const { ana, ben } = world.pair();
  offer(ana);
  for (const peer of [ana, ben]) peer.take();
  return { world, ana, ben };
};

describe("A side's own door", () => {
  it("[DOOR6] an offer opens it for ten minutes, and says until when", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    expect(offer(ana)).toEqual([{ type: "done", re: 11, at: world.now + tenMinutes }]);
    world.crash();
    world.now += tenMinutes - 1;
    expect(names(knock(world, "ana2").take())).toEqual(["waiting"]);
    world.now += 1;
    expect(names(knock(world, "ana3").take())).toEqual(["expired"]);
    const back = world.connect();
    expect(names(back.open("ana", 1))).not.toContain("knocks");
  });

  it("[DOOR6] the same offer again stays open longer, and those who wait go on waiting", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    waits.take();
    world.now += tenMinutes - 1;
    expect(offer(ana)).toEqual([{ type: "done", re: 11, at: world.now + tenMinutes }]);
    expect(waits.take()).toEqual([]);
    const again = world.connect();
    expect(again.one("knocks", again.open("ana", 1)).items.map(({ key }) => key)).toEqual([keyOf("ana2")]);
  });

  it("[DOOR6] another offer takes the place of the first, one for each side; those who waited are sent away", () => {
    const { world, ana, ben } = open();
    const waits = knock(world, "ana2");
    waits.take();
    offer(ben, other);
    expect(waits.take()).toEqual([]);
    const third = new Uint8Array(32).fill(23);
    offer(ana, third);
    expect(names(waits.take())).toEqual(["expired"]);
    expect(names(knock(world, "x").take())).toEqual(["unknown"]);
    expect(names(knock(world, "x", third).take())).toEqual(["waiting"]);
    expect(names(knock(world, "y", other).take())).toEqual(["waiting"]);
  });

  it("[DOOR6] an offer of nothing closes it", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    waits.take();
    expect(offer(ana, null)).toEqual([{ type: "done", re: 11, at: 0 }]);
    expect(names(waits.take())).toEqual(["expired"]);
    expect(names(knock(world, "ana3").take())).toEqual(["unknown"]);
    expect(offer(ana, null)).toEqual([{ type: "done", re: 11, at: 0 }]);
    expect(world.log.knocks(lineIdOf(lineOf("line")))).toEqual({ ok: true, value: new Map() });
  });

  it("[DOOR6] a day after its time a door and its ticket are forgotten, the knocks at once", () => {
    const { world } = open();
    knock(world, "ana2").drop();
    world.pass(tenMinutes);
    expect(world.log.knocks(lineIdOf(lineOf("line")))).toEqual({ ok: true, value: new Map() });
    expect(names(knock(world, "ana3").take())).toEqual(["expired"]);
    world.pass(86_400_000);
    expect(names(knock(world, "ana3").take())).toEqual(["unknown"]);
  });

  it("[DOOR7] a knock there is told to that side's open devices alone, at once and at every open, over restarts", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    offer(ana);
    ana.take();
    knock(world, "ana3");
    const told = ana.one("knocks");
    expect(told.items).toEqual([{ id: 2, key: keyOf("ana3"), at: world.now, body: new Uint8Array(8192).fill(5) }]);
    expect(ana2.one("knocks")).toEqual(told);
    expect(ben.take()).toEqual([]);
    world.crash();
    const [back, his] = [world.connect(), world.connect()];
    expect(back.one("knocks", back.open("ana2", 2))).toEqual(told);
    expect(names(his.open("ben", 2))).not.toContain("knocks");
  });

  it("[DOOR7] the invited side has a door of its own", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    offer(ben);
    for (const peer of [ana, ben]) peer.take();
    const waits = knock(world, "ben2");
    expect(ben.one("knocks").items.map(({ key }) => key)).toEqual([keyOf("ben2")]);
    expect(ana.take()).toEqual([]);
    expect(names(ben.change({ ...enrol("ben2"), n: 1 }))).toEqual(["acked"]);
    expect(names(waits.take())).toEqual(["waiting", "accepted"]);
  });

  it("[DOOR7] four wait there whoever waits at the other doors, and a repeated knock takes no place", () => {
    const world = new World();
    world.connect().create("ana");
    const ana = world.opened("ana");
    for (const who of ["a", "b", "c", "d"]) world.connect().knock(who);
    offer(ana);
    for (const who of ["e", "f", "g", "h"]) expect(names(knock(world, who).take())).toEqual(["waiting"]);
    expect(names(knock(world, "i").take())).toEqual(["crowded"]);
    expect(names(knock(world, "h").take())).toEqual(["waiting"]);
    const last = ana.take().findLast((frame) => frame.type === "knocks");
    expect(last?.type === "knocks" && last.items.map(({ key }) => key)).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"].map(keyOf));
    // The person who was invited is let in by `accept`, and nobody else.
    expect(names(ana.accept(5, "e"))).toEqual(["unknown"]);
    expect(names(ana.accept(2, "b"))).toEqual(["acked"]);
  });

  it("[DOOR7] a wrong ticket is unknown", () => {
    const { world, ana } = open();
    expect(names(knock(world, "ana2", other).take())).toEqual(["unknown"]);
    expect(ana.take()).toEqual([]);
  });

  it("[DOOR8] an answer goes to the one that waits, and is not kept", () => {
    const { world, ana } = open();
    const [first, second] = [knock(world, "ana2"), knock(world, "ana3")];
    for (const peer of [first, second, ana]) peer.take();
    expect(answer(ana, 2, 7)).toEqual([{ type: "done", re: 12, at: 0 }]);
    expect(first.take()).toEqual([{ type: "answered", body: new Uint8Array(90).fill(7) }]);
    expect(second.take()).toEqual([]);
    first.drop();
    expect(answer(ana, 2)).toEqual([{ type: "done", re: 12, at: 0 }]);
    const again = knock(world, "ana2");
    expect(names(again.take())).toEqual(["waiting"]);
  });

  it("[DOOR8] a knock that is not there, of the other side or at the inviter's door is unknown", () => {
    const { world, ana, ben } = open();
    const waits = knock(world, "ana2");
    for (const peer of [ana, ben, waits]) peer.take();
    expect(answer(ana, 9)).toEqual([{ type: "refused", re: 12, n: 0, code: "unknown", after: 0 }]);
    expect(names(answer(ben, 2))).toEqual(["unknown"]);
    expect(waits.take()).toEqual([]);
    const alone = new World();
    alone.connect().create("ana");
    const inviter = alone.opened("ana");
    alone.connect().knock("ben");
    inviter.take();
    expect(names(answer(inviter, 1))).toEqual(["unknown"]);
  });

  it("[DOOR8] one that takes nothing is told nothing more", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    waits.stalled = true;
    for (let i = 0; i < 400; i++) ana.push({ type: "answer", knock: 2, body: new Uint8Array(2048) });
    world.settle();
    expect(waits.unsent).toBeLessThan(259 * 1024);
  });

  it("[DOOR9] a change that enrols a key that waits there lets it in, and sends the others away", () => {
    const { world, ana, ben } = open();
    offer(ben, other);
    const [first, second, his] = [knock(world, "ana2"), knock(world, "ana3"), knock(world, "ben2", other)];
    ana.take();
    expect(names(ana.change(enrol("ana2")))).toEqual(["acked"]);
    expect(names(first.take())).toEqual(["waiting", "accepted"]);
    expect(names(second.take())).toEqual(["waiting", "taken"]);
    expect(names(his.take())).toEqual(["waiting"]);
    expect(names(knock(world, "ana4").take())).toEqual(["taken"]);
    expect(offer(ana)).toMatchObject([{ code: "taken" }]);
    expect(first.one("opened", first.open("ana2")).welcome).toEqual(body(4));
    const ids = world.log.knocks(lineIdOf(lineOf("line")));
    expect(ids.ok && [...ids.value.keys()]).toEqual([4]);
  });

  it("[DOOR9] one that was away hears that it is let in, by whatever ticket, also when the door is another by then", () => {
    const { world, ana } = open();
    knock(world, "ana2").drop();
    ana.change(enrol("ana2"));
    offer(ana, other);
    world.crash();
    expect(names(knock(world, "ana2").take())).toEqual(["accepted"]);
    expect(names(knock(world, "ana2", other).take())).toEqual(["accepted"]);
  });

  it("[DOOR9] a change that enrols another key leaves the door as it is", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    ana.change(enrol("ana9"));
    expect(names(waits.take())).toEqual(["waiting"]);
    expect(names(knock(world, "ana3").take())).toEqual(["waiting"]);
  });

  it("[DOOR9] nothing of it happens when the write fails", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    world.log.fault("full");
    expect(names(ana.change(enrol("ana2")))).toContain("unavailable");
    world.log.fault("none");
    expect(names(waits.take())).toEqual(["waiting"]);
    expect(names(ana.change(enrol("ana2")))).toEqual(["acked"]);
  });

  it("[CLOSE1] those who wait at a side's door of a line that ends learn no more than strangers", () => {
    const { world, ana } = open();
    const waits = knock(world, "ana2");
    waits.take();
    ana.end();
    expect(names(waits.take())).toEqual(["unknown"]);
  });
});
