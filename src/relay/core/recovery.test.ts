import { describe, expect, it } from "vitest";
import { nextHead, refoundNumber, type LogRecord } from "../../protocol/chain.ts";
import { certifyEnd } from "../../protocol/certificate.ts";
import { sha256, sign } from "../../protocol/keys.ts";
import type { DeviceFrame, RelayFrame } from "../../protocol/frames.ts";
import { recoverTranscript } from "../../protocol/transcripts.ts";
import { World, blobOf, body, capabilityOf, keyOf, lineOf, seedOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] =>
  frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type === "knocked" ? frame.state : frame.type));
const recordsOf = (frames: readonly RelayFrame[]): readonly LogRecord[] => frames.flatMap((frame) => (frame.type === "entries" ? [...frame.items] : []));
const socket = (world: World): Peer => {
  const peer = world.connect();
  peer.take();
  return peer;
};
const recovered = (world: World, who = "recovery"): Peer => {
  const peer = socket(world);
  peer.one("recovered", peer.recover(who));
  return peer;
};
const done = (re: number) => [{ type: "done", re, at: 0 }];
const hour = 3_600_000;

describe("The twelve words at the relay", () => {
  it("[REC1] the side that made the line has words from the beginning, the other from when it says them", () => {
    const world = new World();
    const { ben } = world.pair();
    expect(names(socket(world).recover("ben's words"))).toEqual(["unknown"]);
    ben.take();
    expect(ben.verifier("ben's words")).toEqual(done(18));
    world.crash();
    expect(recovered(world).id).toBeGreaterThan(0);
    const his = socket(world);
    expect(his.one("recovered", his.recover("ben's words")).side).toBe(1);
  });

  it("[REC1] other words take their place by proof of those that are there, and the same again are done", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    const early = recovered(world);
    expect(names(ana.verifier("new"))).toEqual(["forbidden"]);
    expect(names(ana.verifier("new", "new"))).toEqual(["forbidden"]);
    expect(ana.verifier("recovery")).toEqual(done(18));
    expect(ana.verifier("new", "recovery")).toEqual(done(18));
    expect(ana.verifier("new")).toEqual(done(18));
    expect(names(socket(world).recover("recovery"))).toEqual(["unknown"]);
    // What the old words proved is worth nothing from then on.
    expect(names(early.reclaim("thief"))).toEqual(["forbidden"]);
    expect(names(early.send({ type: "archive" }))).toEqual(["forbidden"]);
    world.crash();
    recovered(world, "new");
  });

  it("[REC1] a proof is good on its own socket alone", () => {
    const world = new World();
    const { ana } = world.pair();
    const { key } = { key: keyOf("new") };
    const elsewhere = sign(seedOf("recovery"), "beside/recover/1", recoverTranscript(ana.challenge, { key }));
    expect(names(ana.send({ type: "verifier", key, proof: elsewhere }))).toContain("forbidden");
  });

  it("[REC1] a verifier belongs to one side of one line, also of two that come in the same moment", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    expect(names(ben.verifier("recovery"))).toContain("forbidden");
    const other = lineOf("other");
    expect(names(socket(world).create("cleo", { line: other, recovery: keyOf("recovery") }))).toEqual(["forbidden"]);
    const [one, two] = [socket(world), socket(world)];
    one.create("cleo", { line: other });
    const cleo = socket(world);
    cleo.one("opened", cleo.open("cleo", 0, { line: other }));
    for (const peer of [ben, cleo]) {
      peer.take();
      peer.push({ type: "verifier", key: keyOf("shared"), proof: null });
    }
    world.settle();
    // Cleo has words already; Ben had none.
    expect([names(ben.take()), names(cleo.take())]).toEqual([["done"], ["forbidden"]]);
    expect(names(two.create("dora", { line: lineOf("third"), recovery: keyOf("shared") }))).toEqual(["forbidden"]);
    expect(names(ana.verifier("shared", "recovery"))).toContain("forbidden");
  });

  it("[REC1] words that were never written are not there", () => {
    const world = new World();
    const { ben } = world.pair();
    world.log.fault("full");
    expect(names(ben.verifier("ben's words"))).toContain("unavailable");
    world.log.fault("none");
    expect(names(socket(world).recover("ben's words"))).toEqual(["unknown"]);
    expect(ben.verifier("ben's words")).toEqual(done(18));
  });

  it("[REC2] words that no line has, and a signature that proves nothing, look the same after the same work", () => {
    const world = new World();
    world.pair();
    const work = (who: string, signature?: Uint8Array): readonly [readonly RelayFrame[], number] => {
      const [peer, before] = [socket(world), world.checked];
      return [peer.recover(who, signature), world.checked - before];
    };
    const unknown = [[{ type: "refused", re: 16, n: 0, code: "unknown", after: 0 }], 1];
    expect(work("nobody")).toEqual(unknown);
    expect(work("recovery", new Uint8Array(64))).toEqual(unknown);
    expect(work("nobody", new Uint8Array(64))).toEqual(unknown);
    const replayed = socket(world);
    const signature = sign(seedOf("recovery"), "beside/recover/1", recoverTranscript(socket(world).challenge, { key: keyOf("recovery") }));
    expect(names(replayed.recover("recovery", signature))).toEqual(["unknown"]);
  });

  it("[REC2] who guesses is a stranger, and is closed after ten", () => {
    const world = new World();
    world.pair();
    const peer = socket(world);
    for (let i = 0; i < 10; i++) peer.recover(`guess ${i}`);
    expect(peer.closed).toBe("malformed");
  });

  it("[REC3] whoever proves them hears which line and side, where the log stands, its devices, and what the side keeps", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    for (const name of [1, 2, 3]) ana.store(name);
    ana.one("done", ana.keep(new Uint8Array(33).fill(6), 3, 1));
    ben.take();
    const ack = ana.one("acked", ana.append(2, 1));
    world.crash();
    const peer = socket(world);
    expect(peer.recover()).toEqual([
      {
        type: "recovered",
        line: lineOf("line"),
        side: 0,
        generation: 0,
        epoch: 1,
        seq: 2,
        head: ack.head,
        members: [
          { index: 0, side: 0, key: keyOf("ana"), revoked: false },
          { index: 1, side: 1, key: keyOf("ben"), revoked: false },
        ],
        note: new Uint8Array(33).fill(6),
        ids: [blobOf(3), blobOf(1)],
        now: world.now,
      },
    ]);
    expect(names(peer.get(3))).toEqual(["chunk"]);
  });

  it("[REC3] on a line that was ended they get the certificate, and strangers still unknown", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.verifier("ben's words");
    const { certificate } = ana.one("ended", ana.end());
    world.crash();
    for (const who of ["recovery", "ben's words"]) {
      const peer = socket(world);
      expect(peer.recover(who)).toEqual([{ type: "ended", certificate }]);
      expect(peer.closed).toBe("ended");
    }
    expect(names(socket(world).recover("nobody"))).toEqual(["unknown"]);
    world.pass(401 * 86_400_000);
    expect(names(socket(world).recover())).toEqual(["unknown"]);
  });

  it("[REC3] what was decided and is not written is not told", () => {
    const world = new World();
    const { ana } = world.pair();
    const peer = socket(world);
    world.log.fault("full");
    ana.push({ type: "append", n: 2, epoch: 1, body: body(1) });
    expect(names(peer.recover())).toEqual(["unavailable"]);
    world.log.fault("none");
    expect(peer.one("recovered", peer.recover()).seq).toBe(1);
  });

  it("[REC4] a recovered session gets, asks for packages and archive, reclaims and pings, and nothing else", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.store(1);
    const peer = recovered(world);
    expect(names(peer.send({ type: "ping" }))).toEqual(["pong"]);
    expect(names(peer.send({ type: "archive" }))).toEqual(["archived"]);
    expect(names(peer.send({ type: "packages" }))).toEqual(["packagesOf"]);
    expect(names(peer.get(1))).toEqual(["chunk"]);
    const not: DeviceFrame[] = [
      { type: "append", n: 1, epoch: 1, body: body() },
      { type: "live", body: body(1, 200) },
      { type: "cursor", seq: 1 },
      { type: "end", certificate: certifyEnd(lineOf("line"), seedOf("person")) },
      { type: "offer", hash: new Uint8Array(32) },
      { type: "answer", knock: 1, body: new Uint8Array(1) },
      { type: "package", body: new Uint8Array(1) },
      { type: "refound", n: refoundNumber(1), generation: 0, epoch: 1, welcome: body() },
      { type: "verifier", key: keyOf("mine"), proof: null },
      { type: "keep", note: new Uint8Array(), ids: [] },
      { type: "put", id: blobOf(2), check: new Uint8Array(32), total: 1, index: 0, body: body() },
      { type: "drop", id: blobOf(1), capability: capabilityOf(1) },
      { type: "ask", id: blobOf(1) },
      { type: "vouch", device: 0 },
    ];
    for (const frame of not) expect([frame.type, ...names(peer.send(frame))]).toEqual([frame.type, "forbidden"]);
    expect(names(peer.open("ana"))).toEqual(["forbidden"]);
    expect(names(peer.knock("ana9"))).toEqual(["forbidden"]);
    expect(names(peer.create("ana", { line: lineOf("another") }))).toEqual(["forbidden"]);
    expect(names(peer.recover())).toEqual(["forbidden"]);
    expect(names(ana.recover())).toEqual(["forbidden"]);
    expect(names(ana.reclaim("ana9"))).toEqual(["forbidden"]);
    expect(names(socket(world).reclaim("ana9"))).toEqual(["forbidden"]);
    expect(names(ana.append(2, 1))).toEqual(["acked"]);
  });

  it("[REC4] the packages it is told of are the other side's", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    for (const [fill, peer] of [ana, ana2, ben].entries()) peer.send({ type: "package", body: new Uint8Array(9).fill(fill) });
    const peer = recovered(world);
    expect(peer.send({ type: "packages" })).toEqual([{ type: "packagesOf", generation: 0, epoch: 2, items: [{ device: 1, body: new Uint8Array(9).fill(2) }] }]);
  });

  it("[REC5] a reclaim shuts all devices of the side out and makes the group anew with the one device", () => {
    const world = new World();
    const { ana, ana2, ben } = world.three();
    for (const peer of [ana, ana2, ben]) peer.send({ type: "package", body: new Uint8Array(9) });
    ana.send({ type: "offer", hash: sha256(new Uint8Array(32)) });
    const waits = socket(world);
    waits.knock("ana3", { ticket: new Uint8Array(32) });
    waits.take();
    const peer = recovered(world);
    for (const each of [ana, ana2, ben]) each.take();
    const [ack, ...more] = peer.reclaim("ana new", { epoch: 2, welcome: body(7, 4096) });
    expect(more).toEqual([]);
    const [record] = recordsOf(ben.take());
    expect(record).toEqual({ seq: 3, at: world.now, device: 3, n: 1, epoch: 2, kind: "refound", body: body(7, 4096) });
    expect([ana.closed, ana2.closed, ben.closed]).toEqual(["revoked", "revoked", undefined]);
    // As with a change, the last that they are told is the record that shuts them out.
    expect([names(ana.take()), names(ana2.take()), names(waits.take())]).toEqual([["entries", "revoked"], ["entries", "revoked"], ["expired"]]);
    expect(names(socket(world).open("ana"))).toEqual(["revoked"]);
    expect(names(socket(world).knock("ana4", { ticket: new Uint8Array(32) }))).toEqual(["unknown"]);

    world.crash();
    const mine = socket(world);
    const opened = mine.one("opened", mine.open("ana new"));
    expect(ack).toEqual({ type: "acked", n: 1, seq: 3, at: record?.at, head: opened.head });
    expect(opened).toMatchObject({ device: 3, n: 1, seq: 3, baseSeq: 3, baseHead: opened.head, generation: 1, epoch: 3, welcome: null });
    expect(opened.members.map(({ side, revoked }) => [side, revoked])).toEqual([
      [0, true],
      [1, false],
      [0, true],
      [0, false],
    ]);
    const his = world.opened("ben", 3);
    expect(his.one("packagesOf", his.send({ type: "packages" })).items).toEqual([]);
    // His count may skip after it (REF2); the new device is settled (AGE1) and may let others in and out.
    expect(names(his.append(9, 3))).toContain("acked");
    expect(names(mine.change({ n: 2, generation: 1, epoch: 3, enrol: [keyOf("ana5")], welcome: body(1) }))).toContain("acked");
    expect(names(mine.change({ n: 3, generation: 1, epoch: 4, revoke: [4] }))).toEqual(["acked"]);
  });

  it("[REC5] the head that it is told follows from the record as the other sees it", () => {
    const world = new World();
    const { ben } = world.pair();
    const before = socket(world);
    const { head } = before.one("recovered", before.recover());
    ben.take();
    const ack = before.one("acked", before.reclaim("ana new"));
    expect(ack.head).toEqual(nextHead(head, recordsOf(ben.take())[0] as LogRecord));
  });

  it("[REC5] it needs the new device's signature, a key that is new to the line, and the generation and epoch that are current", () => {
    const world = new World();
    const { ana } = world.pair();
    const peer = recovered(world);
    expect(names(peer.reclaim("ana new", { signature: new Uint8Array(64) }))).toEqual(["forbidden"]);
    expect(names(peer.reclaim("ana new", { epoch: 0 }))).toEqual(["stale"]);
    expect(names(peer.reclaim("ana new", { generation: 1 }))).toEqual(["stale"]);
    for (const who of ["ana", "ben"]) expect(names(peer.reclaim(who))).toEqual(["forbidden"]);
    expect(names(ana.append(2, 1))).toEqual(["acked"]);
    expect(names(peer.reclaim("ana new"))).toEqual(["acked"]);
  });

  it("[REC5] a side enrols no more keys in all than it may, and its room counts", () => {
    const world = new World({ keysEver: 2, room: 256, reservedRoom: 1024 });
    world.pair();
    const peer = recovered(world);
    expect(names(peer.reclaim("one", { welcome: body(1, 4096) }))).toEqual(["full"]);
    expect(names(peer.reclaim("one"))).toEqual(["acked"]);
    expect(names(recovered(world).reclaim("two", { generation: 1, epoch: 2 }))).toEqual(["full"]);
  });

  it("[REC5] what was never written shut nobody out", () => {
    const world = new World();
    const { ana } = world.pair();
    const peer = recovered(world);
    world.log.fault("full");
    expect(names(peer.reclaim("ana new"))).toEqual(["unavailable"]);
    world.log.fault("none");
    expect(ana.closed).toBeUndefined();
    expect(names(ana.append(2, 1))).toContain("acked");
    expect(names(peer.reclaim("ana new"))).toEqual(["acked"]);
  });

  it("[REC6] afterwards the socket is like any that has not opened", () => {
    const world = new World();
    world.pair();
    const peer = recovered(world);
    peer.reclaim("ana new");
    expect(names(peer.reclaim("another", { generation: 1, epoch: 2 }))).toEqual(["forbidden"]);
    expect(names(peer.send({ type: "archive" }))).toEqual(["forbidden"]);
    expect(peer.one("opened", peer.open("ana new")).device).toBe(2);
    expect(world.core.stats.reclaims).toBe(1);
  });

  it("[REC6] a side is taken back five times an hour, and that counts apart from its refounds", () => {
    const world = new World();
    world.pair();
    const first = world.now;
    for (let i = 0; i < 5; i++) expect(names(recovered(world).reclaim(`new ${i}`, { generation: i, epoch: 1 + i }))).toEqual(["acked"]);
    const sixth = { generation: 5, epoch: 6 };
    expect(recovered(world).reclaim("new 5", sixth)).toEqual([{ type: "refused", re: 17, n: 0, code: "busy", after: first + hour }]);
    const device = world.opened("new 4", 6);
    expect(names(device.refound(sixth))).toEqual(["acked"]);
    world.crash();
    world.now = first + hour;
    expect(names(recovered(world).reclaim("new 5", { generation: 6, epoch: 7 }))).toEqual(["acked"]);
  });

  it("[REC6] a recovered socket gets the end like all of the line, and counts for nothing once it is gone", () => {
    const world = new World();
    const { ana } = world.pair();
    const [peer, gone] = [recovered(world), recovered(world)];
    gone.drop();
    ana.end();
    expect(names(peer.take())).toEqual(["ended"]);
    expect(peer.closed).toBe("ended");
  });
});
