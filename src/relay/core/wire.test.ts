import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCbor } from "../../protocol/cbor.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { frameCap } from "../../protocol/sizes.ts";
import { World, body, keyOf, lineOf, seedOf, ticket } from "./test-kit.ts";
import { sign } from "../../protocol/keys.ts";
import { openTranscript } from "../../protocol/transcripts.ts";

const codes = (frames: readonly { readonly type: string }[]): string[] => frames.map((frame) => ("code" in frame ? String(frame.code) : frame.type));

describe("Wire", () => {
  it("[WIRE1] a frame in another encoding is refused and changes nothing", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    ana.raw(new Uint8Array([0x9f, 1, 10, 0xff]));
    ana.raw(new Uint8Array([...encodeFrame({ type: "ping" }), 0]));
    ana.raw(new Uint8Array());
    world.settle();
    expect(codes(ana.take())).toEqual(["malformed", "malformed", "malformed"]);
    expect(codes(ana.append(2, 1))).toEqual(["acked"]);
  });

  it("[WIRE1] a frame that only the relay may send is refused", () => {
    const world = new World();
    const peer = world.connect();
    peer.take();
    peer.raw(encodeFrame({ type: "pong", now: 1 }));
    expect(codes(peer.take())).toEqual(["malformed"]);
  });

  it("[WIRE2] a message over the cap closes the socket, whatever is in it", () => {
    const world = new World();
    const peer = world.connect();
    peer.raw(new Uint8Array(frameCap + 1));
    expect(peer.closed).toBe("oversized");
  });

  it("[WIRE3] another version is answered version, an unknown type malformed", () => {
    const world = new World();
    const peer = world.connect();
    peer.take();
    peer.raw(encodeCbor([2, 10]));
    peer.raw(encodeCbor([1, 31]));
    expect(codes(peer.take())).toEqual(["version", "malformed"]);
    expect(peer.closed).toBeUndefined();
  });

  it("[WIRE3] nine malformed frames and a good one, and the session goes on; ten in a row end it", () => {
    const world = new World();
    const { ana } = world.pair();
    for (let i = 0; i < 9; i++) ana.raw(new Uint8Array([i]));
    ana.push({ type: "ping" });
    for (let i = 0; i < 9; i++) ana.raw(new Uint8Array([i]));
    expect(ana.closed).toBeUndefined();
    ana.raw(new Uint8Array([9]));
    expect(ana.closed).toBe("malformed");
  });

  it("[WIRE4] the challenge comes first, and is another on every socket", () => {
    const world = new World();
    const first = world.connect().one("challenge");
    const second = world.connect().one("challenge");
    expect(first.relay).toEqual(world.relayKey);
    expect(first.now).toBe(world.now);
    expect(first.nonce).not.toEqual(second.nonce);
  });

  it("[WIRE4] a signature over another socket's challenge, or another relay's, is worth nothing", () => {
    const world = new World();
    world.pair();
    const first = world.connect();
    const second = world.connect();
    const replayed = first.openFrame("ana");
    expect(codes(second.send(replayed))).toContain("unknown");
    const frame = { line: lineOf("line"), key: keyOf("ana"), nonce: new Uint8Array(32), cursor: 0 };
    const elsewhere = sign(seedOf("ana"), "beside/open/1", openTranscript({ nonce: first.challenge.nonce, relay: keyOf("other relay") }, frame));
    expect(codes(first.send({ type: "open", ...frame, signature: elsewhere }))).toContain("unknown");
    first.one("opened", first.send(replayed));
  });

  it("[WIRE5] ping is answered at once, before anything was proved and without a commit", () => {
    const world = new World();
    const peer = world.connect();
    peer.take();
    peer.push({ type: "ping" });
    expect(peer.take()).toEqual([{ type: "pong", now: world.now }]);
  });

  it("[WIRE5] a socket that was silent for 75 s is closed, one that pings is not", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    world.pass(75_000);
    expect(ana.closed).toBeUndefined();
    ben.push({ type: "ping" });
    world.pass(1);
    expect(ana.closed).toBe("silent");
    expect(ben.closed).toBeUndefined();
  });

  it("[WIRE7] a socket that takes nothing is not read above 256 KiB unsent, and everything is answered in order once it does", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.take();
    ana.stalled = true;
    for (let i = 0; i < 40_000; i++) ana.push({ type: "ping" });
    world.settle();
    expect(ana.unsent).toBeGreaterThan(256 * 1024);
    expect(ana.unsent).toBeLessThan(257 * 1024);
    expect(ana.read).toBe(false);
    const before = ana.take().length;
    for (const n of [2, 3]) ana.push({ type: "append", n, epoch: 1, body: body(n) });
    expect(world.core.pending()).toBe(false);
    ana.drain();
    const after = codes(ana.take());
    expect(before + after.length).toBe(40_002);
    expect(after.slice(-3)).toEqual(["pong", "acked", "acked"]);
    expect(ana.read).toBe(true);
    expect(codes(ana.append(4, 1))).toEqual(["acked"]);
  });

  it("[WIRE7] one that takes a little is read a little, and still not above 256 KiB", () => {
    const world = new World();
    const peer = world.connect();
    peer.stalled = true;
    for (let i = 0; i < 100_000; i++) peer.push({ type: "ping" });
    const first = peer.take().length;
    peer.unsent = 0;
    world.core.drained(peer.id);
    expect(peer.unsent).toBeLessThan(257 * 1024);
    expect(peer.read).toBe(false);
    expect(peer.take().length).toBeGreaterThan(first - 10);
  });

  it("[WIRE7] refusals and answers to strangers obey as well as pongs", () => {
    const world = new World({ faultsInARow: 1_000_000, strangers: 1_000_000, unsent: 4096 });
    world.pair();
    const peer = world.connect();
    const knock = { type: "knock", line: lineOf("line"), key: keyOf("x"), ticket, body: new Uint8Array(8192), signature: new Uint8Array(64) } as const;
    peer.stalled = true;
    for (let i = 0; i < 300; i++) {
      peer.raw(new Uint8Array());
      peer.push({ type: "append", n: 1, epoch: 1, body: body() });
      peer.push(knock);
    }
    expect(peer.read).toBe(false);
    expect(peer.unsent).toBeLessThan(4096 + 256);
  });

  it("[WIRE7] one that takes nothing for 75 s is closed as silent, and what it sent is forgotten", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.stalled = true;
    ana.unsent = 300_000;
    ana.push({ type: "append", n: 2, epoch: 1, body: body(2) });
    ben.take();
    world.pass(40_000);
    ben.push({ type: "ping" });
    world.pass(35_001);
    expect(ana.closed).toBe("silent");
    ana.drain();
    expect(codes(ben.take())).toEqual(["pong"]);
  });

  it("a socket that keeps proving nothing is closed", () => {
    const world = new World();
    const peer = world.connect();
    for (let i = 0; i < 10; i++) peer.open("stranger");
    expect(peer.closed).toBe("malformed");
  });

  it("any bytes at all leave the relay standing and the log as it was", () => {
    const world = new World({ faultsInARow: 1_000_000 });
    const { ana, ben } = world.pair();
    const good = encodeFrame({ type: "append", n: 2, epoch: 1, body: new Uint8Array(256) as never });
    const mutated = fc
      .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, by]) => good.map((byte, i) => (i === at && i < 4 ? byte ^ by : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutated), (bytes) => {
        ana.raw(bytes);
        world.settle();
      }),
      { numRuns: 300 },
    );
    expect(codes(ben.append(1, 1))).toContain("acked");
  });
});
