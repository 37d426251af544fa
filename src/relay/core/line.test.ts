import { describe, expect, it } from "vitest";
import { sha256, verify } from "../../protocol/keys.ts";
import { genesisHead } from "../../protocol/chain.ts";
import type { RelayFrame } from "../../protocol/frames.ts";
import { openedTranscript } from "../../protocol/transcripts.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, type Peer } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const seqsOf = (frames: readonly RelayFrame[]): number[] => frames.flatMap((frame) => (frame.type === "entries" ? frame.items.map(({ seq }) => seq) : []));
const open = (world: World, who: string, cursor = 0): { readonly peer: Peer; readonly frames: readonly RelayFrame[] } => {
  const peer = world.connect();
  return { peer, frames: peer.open(who, cursor) };
};

describe("Line", () => {
  it("[LINE1] create makes a line whose first device can open it at epoch 0, generation 0", () => {
    const world = new World();
    const { expires } = world.connect().one("created", world.connect().create("ana"));
    expect(expires).toBe(world.now + 86_400_000);
    const { peer, frames } = open(world, "ana");
    expect(peer.one("opened", frames)).toMatchObject({
      device: 0,
      epoch: 0,
      generation: 0,
      n: 0,
      seq: 0,
      baseSeq: 0,
      head: genesisHead(lineOf("line")),
      members: [{ index: 0, side: 0, key: keyOf("ana"), revoked: false }],
    });
  });

  it("[LINE1] the same create by the same key is answered again; another's is taken", () => {
    const world = new World();
    const first = world.connect().create("ana");
    world.now += 5000;
    expect(world.connect().create("ana")).toEqual(first.filter(({ type }) => type === "created"));
    expect(names(world.connect().create("mallory"))).toEqual(["taken"]);
    expect(names(world.connect().create("ana", { ticketHash: sha256(new Uint8Array(1)) }))).toEqual(["taken"]);
  });

  it("[LINE1] a create whose signature does not prove its key makes nothing", () => {
    const world = new World();
    expect(names(world.connect().create("ana", { signature: new Uint8Array(64) }))).toEqual(["forbidden"]);
    expect(names(world.connect().open("ana"))).toEqual(["unknown"]);
  });

  it("[LINE1] a relay may ask for a token, or make no lines at all", () => {
    const hash = sha256(Uint8Array.from("secret", (letter) => letter.charCodeAt(0)));
    const asking = new World({}, { kind: "token", hash });
    expect(names(asking.connect().create("ana"))).toEqual(["closed"]);
    expect(names(asking.connect().create("ana", { token: "secret" }))).toEqual(["created"]);
    expect(names(new World({}, { kind: "closed" }).connect().create("ana", { token: "secret" }))).toEqual(["closed"]);
  });

  it("[LINE1] new lines come at a bounded rate, and the refusal says when to try again", () => {
    const world = new World({ create: { perSecond: 1, burst: 1 } });
    world.connect().create("ana", { line: lineOf("one") });
    const peer = world.connect();
    expect(peer.one("refused", peer.create("ana", { line: lineOf("two") }))).toMatchObject({ code: "busy", after: world.now + 1000 });
    world.now += 1000;
    expect(names(peer.create("ana", { line: lineOf("two") }))).toEqual(["created"]);
  });

  it("[LINE2] an unknown line, a key that was never enrolled and a wrong signature look the same", () => {
    const world = new World();
    world.pair();
    const stranger = world.connect().open("stranger");
    const nowhere = world.connect().open("ana", 0, { line: lineOf("nowhere") });
    const forged = world.connect().open("ana", 0, { signature: new Uint8Array(64) });
    expect(nowhere.filter(({ type }) => type === "refused")).toEqual([{ type: "refused", re: 2, n: 0, code: "unknown", after: 0 }]);
    for (const frames of [stranger, forged])
      expect(frames.filter(({ type }) => type !== "challenge")).toEqual(nowhere.filter(({ type }) => type !== "challenge"));
  });

  it("[LINE2] an unknown line costs the same one signature check as a known one", () => {
    const world = new World();
    world.pair();
    const work = (who: string, line: string, over = {}): number => {
      const peer = world.connect();
      const before = world.checked;
      expect(names(peer.open(who, 0, { line: lineOf(line), ...over }))).toContain("unknown");
      return world.checked - before;
    };
    expect([work("stranger", "line"), work("ana", "nowhere"), work("ana", "line", { signature: new Uint8Array(64) })]).toEqual([1, 1, 1]);
  });

  it("[LINE2] a revoked key is told so", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) });
    ana.one("acked", ana.change({ n: 3, epoch: 2, revoke: [2] }));
    expect(names(open(world, "ana2").frames)).toEqual(["revoked"]);
  });

  it("[LINE2] on an ended line a key once enrolled gets the certificate, also a revoked one; everyone else unknown", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.change({ n: 2, epoch: 1, enrol: [keyOf("ana2")], welcome: body(4) });
    ana.change({ n: 3, epoch: 2, revoke: [2] });
    ana.end();
    for (const who of ["ana", "ben", "ana2"]) expect(names(open(world, who).frames)).toEqual(["ended"]);
    expect(names(open(world, "stranger").frames)).toEqual(["unknown"]);
    expect(names(world.connect().knock("stranger"))).toEqual(["unknown"]);
  });

  it("[LINE3] a later open ends the earlier socket, whose frames are no longer looked at", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    const again = world.opened("ana", 1);
    expect(ana.closed).toBe("replaced");
    ana.append(2, 1);
    ben.take();
    expect(names(again.append(2, 1))).toEqual(["acked"]);
    expect(seqsOf(ben.take())).toEqual([2]);
  });

  it("[LINE4] opened is signed by the relay over the device's nonce and the head it shows", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.append(2, 1);
    const peer = world.connect();
    const opened = peer.one("opened", peer.open("ben", 1));
    const ask = { line: lineOf("line"), key: keyOf("ben"), nonce: new Uint8Array(32).fill(3) };
    expect(verify(world.relayKey, "beside/opened/1", openedTranscript(peer.challenge, ask, opened), opened.signature)).toBe(true);
    expect(verify(world.relayKey, "beside/opened/1", openedTranscript(peer.challenge, { ...ask, nonce: new Uint8Array(32) }, opened), opened.signature)).toBe(
      false,
    );
    expect(opened).toMatchObject({ device: 1, n: 0, seq: 2, epoch: 1, baseSeq: 1 });
  });

  it("[LINE4] records after the cursor come in order, then current, then live: nothing twice, nothing missed", () => {
    const world = new World({ pageBytes: 1024 });
    const { ana, ben } = world.pair();
    ben.drop();
    for (let n = 2; n <= 20; n++) ana.append(n, 1);
    const back = world.connect();
    back.push(back.openFrame("ben", 5));
    // While it catches up, more is said.
    for (let n = 21; n <= 25; n++) {
      ana.push({ type: "append", n, epoch: 1, body: body(n) });
      world.core.commit();
    }
    world.settle();
    const frames = back.take().filter(({ type }) => type !== "challenge");
    expect(frames[0]?.type).toBe("opened");
    expect(seqsOf(frames)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
    expect(frames.filter(({ type }) => type === "current").length).toBe(1);
    expect(names(frames).lastIndexOf("current")).toBeGreaterThan(names(frames).indexOf("entries"));
  });

  it("[LINE4] live frames come only after current", () => {
    const world = new World({ pageBytes: 256 });
    const { ana, ben } = world.pair();
    ben.drop();
    for (let n = 2; n <= 9; n++) ana.append(n, 1);
    const back = world.connect();
    back.push(back.openFrame("ben", 1));
    ana.push({ type: "live", body: body(1, 200) });
    world.core.commit();
    ana.push({ type: "live", body: body(2, 200) });
    expect(names(back.take())).not.toContain("liveFrom");
    world.settle();
    ana.push({ type: "live", body: body(3, 200) });
    expect(names(back.take()).slice(-2)).toEqual(["current", "liveFrom"]);
  });

  it("[LINE5] a device below the first kept record gets the base at which the log now begins", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    for (let n = 2; n <= 6; n++) ana.append(n, 1);
    ana.drop();
    ben.drop();
    world.pass(31 * 86_400_000);
    const back = world.connect();
    const opened = back.one("opened", back.open("ben", 3));
    expect(opened).toMatchObject({ baseSeq: 6, seq: 6, baseHead: opened.head });
  });

  it("[LINE5] [PRES2] what a device passed it is not given again, so that what is deleted tells it nothing of when the others were there", () => {
    const openings = [false, true].map((hasPassed) => {
      const world = new World();
      const { ana, ben } = world.pair();
      for (let n = 1; n <= 6; n++) ben.append(n, 1);
      ben.send({ type: "cursor", seq: 7 });
      if (hasPassed) ana.send({ type: "cursor", seq: 7 });
      world.pass(1000);
      expect(world.core.stats.expired).toBe(hasPassed ? 7 : 0);
      const back = world.connect();
      const frames = back.open("ben", 0);
      const { baseSeq, baseHead, seq } = back.one("opened", frames);
      return [baseSeq, baseHead, seq, seqsOf(frames)];
    });
    expect(openings[0]).toEqual(openings[1]);
    expect(openings[0]?.[0]).toBe(7);
  });

  it("[LINE6] a new device's log begins after its change, with the welcome until its cursor passed it", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.append(2, 1);
    ana.one("acked", ana.change({ n: 3, epoch: 1, enrol: [keyOf("ana2")], welcome: body(42, 1024) }));
    ana.append(4, 2);
    for (const cursor of [0, 0, 2]) {
      const { peer, frames } = open(world, "ana2", cursor);
      expect(peer.one("opened", frames)).toMatchObject({ device: 2, baseSeq: 3, welcome: body(42, 1024) });
      expect(seqsOf(frames)).toEqual([4]);
    }
    const { peer, frames } = open(world, "ana2", 3);
    expect(peer.one("opened", frames).welcome).toBeNull();
    world.settle();
    expect(world.log.welcome(lineIdOf(lineOf("line")), 2)).toEqual({ ok: true, value: undefined });
  });

  it("an open while open, or a session's frame before one, is forbidden", () => {
    const world = new World();
    const { ana } = world.pair();
    expect(names(ana.open("ana"))).toEqual(["forbidden"]);
    const outside = world.connect();
    outside.take();
    expect(names(outside.append(1, 0))).toEqual(["forbidden"]);
    expect(names(outside.send({ type: "cursor", seq: 1 }))).toEqual(["forbidden"]);
    expect(names(outside.send({ type: "live", body: body(1, 200) }))).toEqual(["forbidden"]);
    expect(names(outside.send({ type: "end", certificate: new Uint8Array(9) }))).toEqual(["forbidden"]);
  });
});
