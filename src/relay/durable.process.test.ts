/** A relay process that is killed, restarted, and runs out of disk: nothing acknowledged is lost or doubled (LOG10). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { nextHead, type LogRecord } from "../protocol/chain.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { Device, entry, pairUp, startProcess, stopAll, withFilesBelow } from "./process-test-kit.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-durable-"))));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Author {
  readonly line: string;
  readonly who: string;
  readonly acks: Map<number, FrameOf<"acked">>;
}

const streaming = 8;

/** Appends with eight outstanding, from the first n that was not acknowledged, until the socket is gone. */
const stream = async (url: string, { line, who, acks }: Author, acked: () => void): Promise<void> => {
  const device = new Device(url, line, who);
  let next = acks.size + 1;
  // Ana reads everything each time, so that nothing expires before the end; to Ben the head of the log is enough.
  await device.open(who.endsWith("ana") ? 0 : 0xffff_ffff);
  device.listener = (frame) => {
    if (frame.type === "refused") throw new Error(`refused ${frame.code}`);
    if (frame.type !== "acked") return false;
    const before = acks.get(frame.n);
    if (before) expect(frame).toEqual(before);
    acks.set(frame.n, frame);
    acked();
    device.send(entry(next++));
    return true;
  };
  for (let i = 0; i < streaming; i++) device.send(entry(next++));
  await device.closed;
};

/** Everything of a line, read by its first device from the beginning; the chain is followed on the way. */
const readAll = async (url: string, line: string): Promise<{ readonly records: readonly LogRecord[]; readonly heads: ReadonlyMap<number, Uint8Array> }> => {
  const device = new Device(url, line, `${line} ana`);
  const records: LogRecord[] = [];
  device.listener = (frame) => {
    if (frame.type !== "entries") return false;
    records.push(...frame.items);
    return true;
  };
  const opened = await device.open();
  await device.next("current");
  const heads = new Map<number, Uint8Array>();
  let head = opened.baseHead;
  for (const record of records) {
    head = nextHead(head, record);
    heads.set(record.seq, head);
  }
  expect(head).toEqual(opened.head);
  device.ws.close();
  return { records, heads };
};

const expectKept = async (url: string, authors: readonly Author[]): Promise<void> => {
  for (const { line, acks, who } of authors) {
    const { records, heads } = await readAll(url, line);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1));
    const mine = records.filter(({ device }) => device === (who.endsWith("ana") ? 0 : 1));
    expect(mine.map(({ n }) => n)).toEqual(mine.map((_, i) => i + 1));
    for (const [n, ack] of acks) {
      expect(mine[n - 1]).toMatchObject({ n, seq: ack.seq, at: ack.at });
      expect(heads.get(ack.seq)).toEqual(ack.head);
    }
  }
};

describe("a relay that dies", () => {
  it("[LOG10] kill -9 under load, twenty times: nothing acknowledged is lost or doubled", async () => {
    const data = join(folder, "killed");
    const first = await startProcess(data);
    const authors: Author[] = [];
    for (const line of ["one", "two"]) {
      const { ana } = await pairUp(first.url, line);
      const acks = new Map<number, FrameOf<"acked">>();
      authors.push({ line, who: `${line} ana`, acks }, { line, who: `${line} ben`, acks: new Map() });
      // The accept was Ana's first.
      ana.send(entry(1));
      acks.set(1, await ana.next("acked"));
    }
    await first.kill("SIGKILL");

    let total = 0;
    for (let round = 0; round < 20; round++) {
      const relay = await startProcess(data);
      let acked = 0;
      const enough = 40 + round * 37;
      const streams = authors.map((author) => stream(relay.url, author, () => ++acked === enough && relay.child.kill("SIGKILL")));
      expect((await relay.ended).signal).toBe("SIGKILL");
      await Promise.all(streams);
      total += acked;
    }
    const last = await startProcess(data);
    await expectKept(last.url, authors);
    expect(total).toBeGreaterThanOrEqual(20 * 40);
  });

  it("a graceful stop says goodbye with 1001, exits 0, and keeps what was acknowledged", async () => {
    const data = join(folder, "stopped");
    const relay = await startProcess(data);
    const { ana, ben } = await pairUp(relay.url, "line");
    for (let n = 2; n <= 50; n++) ana.send(entry(n));
    const acks = new Map<number, FrameOf<"acked">>();
    for (let n = 2; n <= 50; n++) acks.set(n, await ana.next("acked"));
    const ended = await relay.kill("SIGTERM");
    expect([(await ana.closed).code, (await ben.closed).code]).toEqual([1001, 1001]);
    expect([ended.code, ended.signal]).toEqual([0, null]);
    const again = await startProcess(data);
    await expectKept(again.url, [{ line: "line", who: "line ana", acks }]);
    // The relay is known by its key: the same after a restart.
    const before = await ana.challenge();
    expect((await new Device(again.url, "line", "line ana").challenge()).relay).toEqual(before.relay);
  });

  it("a full disk refuses with unavailable, ends nothing, and loses nothing acknowledged", async () => {
    const data = join(folder, "full");
    // No file above 1 MiB: what the kernel says then (EFBIG) stands for a full disk.
    const relay = await startProcess(data, [], { by: withFilesBelow(1024) });
    const { ana, ben } = await pairUp(relay.url, "line");
    const acks = new Map<number, FrameOf<"acked">>();
    let refusal: FrameOf<"refused"> | undefined;
    for (let n = 2; refusal === undefined; n++) {
      ana.send(entry(n, 16_384));
      const answer = await ana.next("acked", "refused");
      if (answer.type === "acked") acks.set(n, answer);
      else refusal = answer;
    }
    expect(refusal).toMatchObject({ re: 3, n: acks.size + 2, code: "unavailable" });
    expect(acks.size).toBeGreaterThan(10);
    ben.send({ type: "ping" });
    await ben.next("pong");
    expect((await fetch(`${relay.url}/healthz`)).status).toBe(503);
    ana.send({ type: "live", body: entry(1).body.subarray(0, 200) as never });
    await ben.next("liveFrom");

    await relay.kill("SIGKILL");
    const roomy = await startProcess(data);
    expect((await fetch(`${roomy.url}/healthz`)).status).toBe(200);
    await expectKept(roomy.url, [{ line: "line", who: "line ana", acks }]);
    const back = new Device(roomy.url, "line", "line ana");
    const { n } = await back.open(0xffff_ffff);
    expect(n).toBe(acks.size + 1);
    back.send(entry(n + 1));
    await back.next("acked");
  });
});
