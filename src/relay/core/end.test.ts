import { describe, expect, it } from "vitest";
import { certifyEnd, readEnd } from "../../protocol/certificate.ts";
import type { RelayFrame } from "../../protocol/frames.ts";
import { lineIdOf } from "./state.ts";
import { World, body, keyOf, lineOf, seedOf } from "./test-kit.ts";

const names = (frames: readonly RelayFrame[]): string[] => frames.map((frame) => (frame.type === "refused" ? frame.code : frame.type));
const id = lineIdOf(lineOf("line"));
const year = 365 * 86_400_000;

describe("End", () => {
  it("[CLOSE1] end gives all sockets the certificate and closes them, and the certificate is the signed one", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ben.take();
    const { certificate } = ana.one("ended", ana.end());
    expect(readEnd(lineOf("line"), certificate)).toEqual(keyOf("person"));
    expect(ben.one("ended").certificate).toEqual(certificate);
    expect([ana.closed, ben.closed]).toEqual(["ended", "ended"]);
  });

  it("[CLOSE1] everything else of the line is deleted with it, in one write", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.append(2, 1);
    const batches: string[][] = [];
    const write = world.log.write.bind(world.log);
    world.log.write = (batch) => {
      batches.push(batch.map(({ kind }) => kind));
      return write(batch);
    };
    ana.end();
    expect(batches).toEqual([["wipe", "line"]]);
    expect(world.log.read(id, 0, { items: 10, bytes: 1e6 })).toEqual({ ok: true, value: [] });
    expect(world.log.welcome(id, 1)).toEqual({ ok: true, value: undefined });
    const loaded = world.log.load(id);
    const kept = loaded.ok ? loaded.value?.saved : undefined;
    expect(Buffer.from(kept ?? []).includes(Buffer.from(keyOf("ana")))).toBe(false);
    expect(kept?.length).toBeLessThan(300);
  });

  it("[CLOSE1] what was said in the same moment after the end is not kept", () => {
    const world = new World();
    const { ana, ben } = world.pair();
    ana.take();
    ben.take();
    const late = world.connect();
    ana.push({ type: "append", n: 2, epoch: 1, body: body(1) });
    ana.push({ type: "end", certificate: certifyEnd(lineOf("line"), seedOf("person")) });
    ben.push({ type: "append", n: 1, epoch: 1, body: body(1) });
    world.settle();
    expect(names(ben.take())).toContain("ended");
    expect(world.log.read(id, 0, { items: 10, bytes: 1e6 })).toEqual({ ok: true, value: [] });
    expect(names(late.open("ben"))).toContain("ended");
  });

  it("[CLOSE1] only a signed certificate of this very line ends it", () => {
    const world = new World();
    const { ana } = world.pair();
    expect(names(ana.send({ type: "end", certificate: new Uint8Array(100) }))).toEqual(["malformed"]);
    expect(names(ana.end(lineOf("another")))).toEqual(["malformed"]);
    expect(names(ana.append(2, 1))).toEqual(["acked"]);
  });

  it("[CLOSE1] those who wait at the door of a line that ends learn no more than strangers", () => {
    const world = new World();
    world.connect().create("ana");
    const ana = world.opened("ana");
    const ben = world.connect();
    ben.knock("ben");
    ben.take();
    ana.end();
    expect(names(ben.take())).toEqual(["unknown"]);
  });

  it("[CLOSE2] an ended line is remembered for 400 days, and its id is not made anew in that time", () => {
    const world = new World();
    const { ana } = world.pair();
    ana.end();
    world.crash();
    world.pass(399 * 86_400_000);
    expect(names(world.connect().open("ben"))).toEqual(["ended"]);
    expect(names(world.connect().create("mallory"))).toEqual(["taken"]);
    expect(names(world.connect().create("ana"))).toEqual(["taken"]);
    world.pass(2 * 86_400_000);
    expect(world.log.load(id)).toEqual({ ok: true, value: undefined });
    expect(names(world.connect().open("ben"))).toEqual(["unknown"]);
    expect(names(world.connect().create("mallory"))).toEqual(["created"]);
    world.pass(year);
    expect(names(world.connect().open("mallory"))).toContain("opened");
  });

  it("[CLOSE2] many lines are looked at some at a time", () => {
    const world = new World({ sweepLines: 3 });
    for (let i = 0; i < 10; i++) world.connect().create("ana", { line: lineOf(`line ${i}`) });
    world.pass(1000);
    const peer = world.connect();
    peer.open("ana", 0, { line: lineOf("line 9") });
    peer.end(lineOf("line 9"));
    world.pass(401 * 86_400_000);
    expect(world.log.load(lineIdOf(lineOf("line 9")))).toEqual({ ok: true, value: undefined });
    expect(world.log.load(lineIdOf(lineOf("line 8")))).toMatchObject({ ok: true, value: { tail: [] } });
  });
});
