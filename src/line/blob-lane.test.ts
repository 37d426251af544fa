import { describe, expect, it } from "vitest";
import { asSealed } from "../base/brand.ts";
import { Secret } from "../base/secret.ts";
import { frameTypes, type DeviceFrame, type FrameOf, type RefusalCode, type RelayFrame } from "../protocol/frames.ts";
import { sealBlob, type BlobSeal } from "./blob.ts";
import { createBlobLane } from "./blob-lane.ts";

const key = new Secret(new Uint8Array(32).fill(1));
const id = new Uint8Array(16).fill(2);
const pieces = 20;
const content = Uint8Array.from({ length: pieces * 65_520 - 9 }, (_, i) => i % 251);
const seal = sealBlob(key, id, content);
/** Everything that promises have to do at the moment is done. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const refused = (frame: DeviceFrame, code: RefusalCode): RelayFrame => ({
  type: "refused",
  re: frameTypes[frame.type],
  n: "index" in frame ? frame.index : 0,
  code,
  after: 0,
});

/** A lane, what it sent and nobody answered yet, and a relay that keeps one blob. */
const begin = (kept: readonly Uint8Array[] = []) => {
  let sent: DeviceFrame[] = [];
  const stored = [...kept];
  const count = { puts: 0, gets: 0, most: 0 };
  const pauses: (() => void)[] = [];
  const lane = createBlobLane(
    (frame) => sent.push(frame),
    (_delay, call) => pauses.push(call),
  );
  const answer = (frame: DeviceFrame): RelayFrame => {
    switch (frame.type) {
      case "ask":
        return { type: "stored", id, next: stored.length, total: stored.length === 0 ? 0 : pieces };
      case "put":
        count.puts++;
        if (frame.index === stored.length) stored.push(frame.body);
        return { type: "stored", id, next: stored.length, total: pieces };
      case "get": {
        count.gets++;
        const body = stored[frame.index];
        return body ? { type: "chunk", id, index: frame.index, total: stored.length, body: asSealed(body) } : refused(frame, "unknown");
      }
      case "archive":
        return { type: "archived", note: new Uint8Array(3), ids: [id] };
      default:
        return { type: "done", re: frameTypes[frame.type], at: 0 };
    }
  };
  const take = (): DeviceFrame[] => {
    const all = sent;
    sent = [];
    count.most = Math.max(count.most, all.length);
    return all;
  };
  return {
    lane,
    stored,
    count,
    take,
    pause: () => pauses.splice(0).forEach((call) => call()),
    pauses,
    /** So many rounds of answers, or until there is nothing more to answer. */
    serve: async (rounds = Infinity, order: (answers: RelayFrame[]) => RelayFrame[] = (answers) => answers) => {
      for (let round = 0; round < rounds; round++) {
        await turn();
        const frames = take();
        if (frames.length === 0) return;
        for (const frame of order(frames.map(answer))) expect(lane.hear(frame)).toBe(true);
      }
    },
    refuse: async (code: RefusalCode) => {
      await turn();
      for (const frame of take()) lane.hear(refused(frame, code));
      await turn();
    },
  };
};
type Rig = ReturnType<typeof begin>;
const all = (of: BlobSeal = seal): readonly Uint8Array[] => Array.from({ length: of.total }, (_, i) => of.piece(i));
const upAndPut = (rig: Rig) => {
  rig.lane.up();
  return rig.lane.put(id, key, seal);
};

describe("The lane of blobs", () => {
  it("[PIECE2] a blob goes up whole and comes back, at most eight pieces under way", async () => {
    const rig = begin();
    const seen: number[] = [];
    rig.lane.up();
    const putting = rig.lane.put(id, key, seal, (done, total) => seen.push(done, total));
    await rig.serve();
    expect(await putting).toEqual({ ok: true, value: undefined });
    expect(seen.slice(-2)).toEqual([pieces, pieces]);
    const getting = rig.lane.get(id, key);
    await rig.serve();
    expect(await getting).toEqual({ ok: true, value: content });
    expect(rig.count).toEqual({ puts: pieces, gets: pieces, most: 8 });
  });

  it("[PIECE2] answers may come in any order", async () => {
    const rig = begin(all());
    rig.lane.up();
    const getting = rig.lane.get(id, key);
    await rig.serve(Infinity, (answers) => answers.toReversed());
    expect(await getting).toEqual({ ok: true, value: content });
    const fresh = begin();
    const putting = upAndPut(fresh);
    await fresh.serve(Infinity, (answers) => answers.toReversed());
    expect(await putting).toMatchObject({ ok: true });
    expect(fresh.stored).toEqual(all());
  });

  it("[PIECE2] before there is a connection, and after one was lost, it waits and says nothing", async () => {
    const rig = begin();
    const putting = rig.lane.put(id, key, seal);
    await turn();
    expect(rig.take()).toEqual([]);
    rig.lane.up();
    await rig.serve();
    expect(await putting).toMatchObject({ ok: true });
  });

  it.each([1, 2, 3, 4])("[PIECE2] going up, it goes on from the piece that is missing, wherever the connection was lost (%i)", async (rounds) => {
    const rig = begin();
    const putting = upAndPut(rig);
    await rig.serve(rounds);
    await turn();
    // What is on its way is lost with the connection.
    rig.take();
    rig.lane.down();
    await turn();
    expect(rig.take()).toEqual([]);
    const [had, puts] = [rig.stored.length, rig.count.puts];
    rig.lane.up();
    await rig.serve();
    expect(await putting).toMatchObject({ ok: true });
    expect(rig.stored).toEqual(all());
    expect(rig.count.puts - puts).toBe(pieces - had);
  });

  it.each([1, 2, 3])("[PIECE2] coming down, it goes on from the piece that is missing, wherever the connection was lost (%i)", async (rounds) => {
    const rig = begin(all());
    rig.lane.up();
    const getting = rig.lane.get(id, key);
    await rig.serve(rounds);
    rig.lane.down();
    await turn();
    rig.take();
    rig.lane.up();
    await rig.serve();
    expect(await getting).toEqual({ ok: true, value: content });
    expect(rig.count.gets).toBe(pieces);
  });

  it("[PIECE2] what the relay lost since goes up again", async () => {
    const rig = begin();
    const putting = upAndPut(rig);
    await rig.serve(3);
    rig.stored.length = 3;
    await rig.serve();
    expect(await putting).toMatchObject({ ok: true });
    expect(rig.stored).toEqual(all());
  });

  it.each([
    ["full", "full"],
    ["unknown", "gone"],
    ["forbidden", "gone"],
    ["malformed", "gone"],
  ] as const)("[PIECE2] `%s` ends it: %s", async (code, why) => {
    const rig = begin();
    const putting = upAndPut(rig);
    await rig.serve(1);
    await rig.refuse(code);
    expect(await putting).toEqual({ ok: false, error: why });
    const getting = rig.lane.get(id, key);
    await rig.refuse(code);
    expect(await getting).toEqual({ ok: false, error: why });
    expect(rig.take()).toEqual([]);
  });

  it.each(["busy", "unavailable"] as const)("[PIECE2] `%s` makes it wait, and then go on", async (code) => {
    const rig = begin();
    const putting = upAndPut(rig);
    for (const rounds of [1, 0]) {
      await rig.serve(rounds);
      await rig.refuse(code);
      expect(rig.take()).toEqual([]);
      rig.pause();
    }
    await rig.serve();
    expect(await putting).toMatchObject({ ok: true });
    const getting = rig.lane.get(id, key);
    await rig.refuse(code);
    rig.pause();
    await rig.serve();
    expect(await getting).toEqual({ ok: true, value: content });
  });

  it("[PIECE2] what does not open, or is not what its pieces say, is damaged", async () => {
    const foreign = all(sealBlob(new Secret(new Uint8Array(32)), id, content));
    const [first, ...rest] = all() as [Uint8Array, ...Uint8Array[]];
    for (const kept of [foreign, [first, ...rest.toReversed()], [first], [first, ...rest.slice(0, -1)]]) {
      const rig = begin(kept);
      rig.lane.up();
      const getting = rig.lane.get(id, key);
      await rig.serve();
      expect(await getting).toEqual({ ok: false, error: "damaged" });
    }
  });

  it.each([
    ["an answer", (rig: Rig) => rig.serve(1)],
    ["many answers", (rig: Rig) => rig.serve(2)],
    ["a connection", (rig: Rig) => rig.serve(1).then(() => rig.lane.down())],
    ["a better moment", (rig: Rig) => rig.refuse("busy")],
  ] as const)("[PIECE2] a stop leaves nothing that waits for %s", async (_what, until) => {
    for (const what of ["put", "get"] as const) {
      const rig = begin(what === "get" ? all() : []);
      rig.lane.up();
      const doing = what === "put" ? rig.lane.put(id, key, seal) : rig.lane.get(id, key);
      await until(rig);
      rig.take();
      rig.lane.stop();
      rig.pause();
      expect(await doing).toEqual({ ok: false, error: "stopped" });
      expect(rig.take()).toEqual([]);
      expect(await rig.lane.get(id, key)).toEqual({ ok: false, error: "stopped" });
      expect(rig.lane.hear({ type: "stored", id, next: pieces, total: pieces })).toBe(false);
    }
  });

  it("[PIECE2] what is no answer to it is left for others", async () => {
    const rig = begin();
    const putting = upAndPut(rig);
    await turn();
    const others: RelayFrame[] = [
      { type: "pong", now: 1 },
      { type: "stored", id: new Uint8Array(16), next: 1, total: 1 },
      { type: "refused", re: frameTypes.append, n: 0, code: "full", after: 0 },
      { type: "done", re: frameTypes.drop, at: 0 },
    ];
    for (const frame of others) expect(rig.lane.hear(frame)).toBe(false);
    await rig.serve();
    expect(await putting).toMatchObject({ ok: true });
    expect(rig.lane.hear({ type: "stored", id, next: 1, total: 1 } satisfies FrameOf<"stored">)).toBe(false);
  });
});
