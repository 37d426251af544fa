/** A relay process and what comes over real sockets: origins, oversized and foreign messages, stale challenges. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { encodeCbor } from "../protocol/cbor.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { frameCap } from "../protocol/sizes.ts";
import { Device, entry, pairUp, startProcess, stopAll, type RelayProcess } from "./process-test-kit.ts";

let folder = "";
let relay: RelayProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beside-ws-"));
  relay = await startProcess(join(folder, "data"), ["--allow-origin", "https://beside.example.org"]);
});
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const upgrade = async (url: string, origin: string | undefined): Promise<number> => {
  const ws = new WebSocket(`${url.replace("http", "ws")}/line`, origin === undefined ? {} : { origin });
  const status = await new Promise<number>((resolve) => {
    ws.once("open", () => resolve(101));
    ws.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
  });
  ws.on("error", () => undefined);
  ws.terminate();
  return status;
};

/** Two bytes of WebSocket header, and `[1, pong, now]`. */
const pongLength = 2 + 13;

const metrics = async (): Promise<{ readonly received: number; readonly memory: number }> => {
  const text = await (await fetch(`${relay.url}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return { received: value("beside_relay_received_total"), memory: value("beside_relay_memory_bytes") };
};

/** A socket that proved nothing and does not read, and 64 KiB of pings for it. */
const flooder = async () => {
  const { hostname, port } = new URL(relay.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(
    "GET /line HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await once(socket, "data");
  socket.pause();
  const ping = encodeFrame({ type: "ping" });
  const message = Buffer.concat([Buffer.from([0x82, 0x80 | ping.length, 0, 0, 0, 0]), ping]);
  const pings = Math.floor(65_536 / message.length);
  return { socket, pings, chunk: Buffer.concat(Array.from({ length: pings }, () => message)) };
};

describe("sockets of a real relay", () => {
  it("[WIRE6] a page of another origin is refused 403; its own, an allowed one and programs may connect", async () => {
    const local = relay.url.replace("127.0.0.1", "localhost");
    expect(await upgrade(relay.url, undefined)).toBe(101);
    expect(await upgrade(relay.url, relay.url)).toBe(101);
    expect(await upgrade(local, local)).toBe(101);
    expect(await upgrade(relay.url, "https://beside.example.org")).toBe(101);
    for (const origin of ["https://evil.example", "null", local, relay.url.replace("http", "https"), relay.url.replace(/\d+$/, "1")])
      expect(await upgrade(relay.url, origin)).toBe(403);
  });

  it("a socket on any other path is refused 404", async () => {
    const ws = new WebSocket(`${relay.url.replace("http", "ws")}/other`);
    ws.on("error", () => undefined);
    const [, response] = (await once(ws, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
    ws.terminate();
  });

  it("[WIRE2] a message over the cap closes its socket with 1009 and no other", async () => {
    const { ana, ben } = await pairUp(relay.url, "oversized");
    ana.ws.send(new Uint8Array(frameCap + 1));
    expect((await ana.closed).code).toBe(1009);
    ben.send(entry(1));
    await ben.next("acked");
  });

  it("[WIRE3] foreign versions, unknown types, texts and noise are named, and the session goes on", async () => {
    const { ana } = await pairUp(relay.url, "foreign");
    const codes: string[] = [];
    for (const message of [encodeCbor([2, 10]), encodeCbor([1, 99]), "hello", new Uint8Array([0xff])]) {
      ana.ws.send(message);
      codes.push((await ana.next("refused")).code);
    }
    expect(codes).toEqual(["version", "malformed", "malformed", "malformed"]);
    ana.send(entry(2));
    await ana.next("acked");
  });

  it("[WIRE4] an open that was signed for another socket gets what an unknown line gets", async () => {
    await pairUp(relay.url, "replayed");
    const first = new Device(relay.url, "replayed", "replayed ana");
    const second = new Device(relay.url, "replayed", "replayed ana");
    const nowhere = new Device(relay.url, "nowhere", "replayed ana");
    const frame = await first.openFrame();
    await second.challenge();
    second.send(frame);
    nowhere.send(await nowhere.openFrame());
    expect(await second.next("refused")).toEqual(await nowhere.next("refused"));
  });

  it("[WIRE7] a stranger that asks and never reads is not read any more, fills no memory, and keeps nobody waiting", async () => {
    const { ana, ben } = await pairUp(relay.url, "flooded");
    const before = await metrics();
    const { socket, chunk, pings } = await flooder();
    let given = 0;
    let n = 2;
    // Stuck: the two had fifty words served, and the relay took nothing of the flood meanwhile.
    for (let still = 0, taken = -1; still < 50; n++) {
      while (socket.writableLength < 2_000_000) {
        socket.write(chunk);
        given++;
      }
      ana.send(entry(n));
      await ana.next("acked");
      await ben.next("entries");
      const now = socket.bytesWritten - socket.writableLength;
      still = now === taken ? still + 1 : 0;
      taken = now;
      expect(taken).toBeLessThan(80_000_000);
    }
    const after = await metrics();
    expect(after.received - before.received).toBeLessThan(given * pings);
    expect(after.memory - before.memory).toBeLessThan(120_000_000);

    // It reads at last: the rest is read and answered as if nothing had been.
    let bytes = 0;
    const more = new Promise<void>((resolve) => {
      socket.on("data", (data: Buffer) => {
        bytes += data.length;
        if (bytes / pongLength > after.received - before.received + 10_000) resolve();
      });
    });
    socket.resume();
    await more;
    socket.destroy();
    ana.send(entry(n));
    await ana.next("acked");
  });

  it("a device that reads slowly gets everything in the end, in order", async () => {
    const { ana, ben } = await pairUp(relay.url, "slow");
    const seqs: number[] = [];
    const all = new Promise<void>((resolve) => {
      ben.listener = (frame) => {
        if (frame.type === "entries") seqs.push(...frame.items.map(({ seq }) => seq));
        if (seqs.length === 60) resolve();
        return true;
      };
    });
    ben.ws.pause();
    for (let n = 2; n <= 61; n++) ana.send(entry(n, 65_536));
    for (let n = 2; n <= 61; n++) await ana.next("acked");
    ben.ws.resume();
    await all;
    expect(seqs).toEqual(Array.from({ length: 60 }, (_, i) => i + 2));
  });
});
