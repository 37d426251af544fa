/** Blobs and the twelve words at a real relay process: over kills, over real sockets, with its own signatures. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FrameOf } from "../protocol/frames.ts";
import { sha256, sign } from "../protocol/keys.ts";
import { reclaimTranscript, recoverTranscript } from "../protocol/transcripts.ts";
import { blobOf, body, capabilityOf, keyOf, lineOf, seedOf } from "./core/test-kit.ts";
import { Device, entry, pairUp, startProcess, stopAll } from "./process-test-kit.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-blobs-"))));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const total = 64;
const piece = (index: number): FrameOf<"put">["body"] => body(index + 1, index === total - 1 ? 4096 : 65_536);
const put = (index: number): FrameOf<"put"> => ({ type: "put", id: blobOf(1), check: sha256(capabilityOf(1)), total, index, body: piece(index) });
const get = (index: number): FrameOf<"get"> => ({ type: "get", id: blobOf(1), capability: capabilityOf(1), index });
const ask: FrameOf<"ask"> = { type: "ask", id: blobOf(1) };

describe("a relay process with blobs", () => {
  it("[BLOB1] [LOG10] kill -9 while a blob goes up: what was stored is stored, and it goes on from there", async () => {
    const data = join(folder, "killed");
    const first = await startProcess(data);
    const { ana } = await pairUp(first.url, "line");
    for (let index = 0; index < total; index++) ana.send(put(index));
    let told = 0;
    while (told < 20) told = (await ana.next("stored")).next;
    await first.kill("SIGKILL");

    const second = await startProcess(data);
    const back = new Device(second.url, "line", "line ana");
    await back.open();
    back.send(ask);
    let { next } = await back.next("stored");
    expect(next).toBeGreaterThanOrEqual(told);
    while (next < total) {
      back.send(put(next));
      next = (await back.next("stored")).next;
    }

    const ben = new Device(second.url, "line", "line ben");
    await ben.open();
    await ben.next("current");
    // All at once: four megabytes, of which the relay may hold no more than a few hundred kilobytes (WIRE7).
    for (let index = 0; index < total; index++) ben.send(get(index));
    for (let index = 0; index < total; index++)
      expect(await ben.next("chunk", "refused")).toEqual({ type: "chunk", id: blobOf(1), index, total, body: piece(index) });
    expect(await (await fetch(`${second.url}/metrics`)).text()).toContain(`beside_relay_blob_bytes ${(total - 1) * 65_536 + 4096}\n`);
  });

  it("[REC2] [REC5] the words take a side back, and the new device opens on the same socket", async () => {
    const relay = await startProcess(join(folder, "words"));
    const { ana, ben } = await pairUp(relay.url, "line");
    const lost = new Device(relay.url, "line", "line new");
    const challenge = await lost.challenge();
    const words = seedOf("line recovery");
    const key = keyOf("line recovery");
    lost.send({ type: "recover", key, signature: sign(words, "beside/recover/1", recoverTranscript(challenge, { key })) });
    const { side, generation, epoch, line } = await lost.next("recovered");
    expect([side, line]).toEqual([0, lineOf("line")]);
    const frame = { key: keyOf("line new"), generation, epoch, welcome: body(9, 1024) };
    const signature = sign(seedOf("line new"), "beside/reclaim/1", reclaimTranscript(challenge, line, frame));
    lost.send({ type: "reclaim", ...frame, signature });
    const ack = await lost.next("acked");
    expect((await ana.closed).code).toBe(4002);
    expect((await ben.next("entries")).items).toMatchObject([{ seq: ack.seq, kind: "refound", device: 2, n: 1, body: body(9, 1024) }]);
    expect(await lost.open()).toMatchObject({ device: 2, n: 1, generation: 1, epoch: 2, baseSeq: ack.seq });
    lost.send({ ...entry(2), epoch: 2 });
    expect((await lost.next("acked")).seq).toBe(ack.seq + 1);
  });
});
