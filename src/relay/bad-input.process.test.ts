/** A real relay process and everything that is no use to it: each gets its answer, nobody else notices, it never ends. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { encodeFrame, type FrameOf } from "../protocol/frames.ts";
import { nextHead } from "../protocol/chain.ts";
import { frameCap } from "../protocol/sizes.ts";
import { Device, entry, pairUp, RelayProcess, startProcess, stopAll, withFilesBelow } from "./process-test-kit.ts";

let folder = "";
let relay: RelayProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beside-bad-"));
  relay = await startProcess(join(folder, "data"));
});
/** Whatever a test did to it: the process is the one that was started, and found no defect in itself. */
afterEach(async () => {
  expect(relay.child.exitCode).toBeNull();
  const health = await fetch(`${relay.url}/healthz`);
  expect(health.status).toBe(200);
});
afterAll(async () => {
  const { stderr } = await relay.kill("SIGTERM");
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
  expect(stderr).not.toContain("defect");
});

const { invalid } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "vectors", "frames.v1.json"), "utf8")) as {
  readonly invalid: readonly { readonly name: string; readonly hex: string }[];
};

/** The pair goes on: the next words of one come to the other. */
const goOn = async (ana: Device, n: number, ben: Device): Promise<void> => {
  ana.send(entry(n));
  await ana.next("acked");
  const { items } = await ben.next("entries");
  expect(items.map((item) => item.n)).toEqual([n]);
};

describe("a relay that is sent what it cannot use", () => {
  it("[WIRE1] every invalid vector and every beginning of a frame is answered with what is wrong, and the session goes on", async () => {
    const { ana, ben } = await pairUp(relay.url, "nonsense");
    const whole = encodeFrame(entry(2));
    const beginnings = Array.from({ length: 32 }, (_, i) => whole.subarray(0, Math.floor((whole.length * i) / 32)));
    const bad = [...invalid.map(({ hex }) => fromHex(hex) ?? new Uint8Array()), ...beginnings].filter((message) => message.length <= frameCap);
    expect(bad.length).toBeGreaterThan(50);
    for (const message of bad) {
      ana.ws.send(message);
      expect((await ana.next("refused")).code).toMatch(/^(malformed|version)$/);
      // One good frame in between: ten bad ones in a row would end it.
      ana.send({ type: "ping" });
      await ana.next("pong");
    }
    await goOn(ana, 2, ben);
  });

  it("[LOG2] entries that are repeated, out of turn or left out: each is there once, in order, under the heads that were told", async () => {
    const { ana, ben } = await pairUp(relay.url, "turns");
    const answers: (FrameOf<"acked"> | FrameOf<"refused">)[] = [];
    for (const n of [4, 2, 2, 5, 3, 2, 3, 4]) {
      ana.send(entry(n));
      answers.push(await ana.next("acked", "refused"));
    }
    expect(answers.map((answer) => (answer.type === "acked" ? answer.seq : answer.code))).toEqual(["gap", 2, 2, "gap", 3, 2, 3, 4]);
    const items = [...(await ben.next("entries")).items, ...(await ben.next("entries")).items, ...(await ben.next("entries")).items];
    expect(items.map(({ seq, n }) => [seq, n])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    const acked = answers.filter((answer) => answer.type === "acked");
    for (const [at, item] of items.slice(1).entries())
      expect(acked.find(({ seq }) => seq === item.seq)?.head).toEqual(
        nextHead(acked.find(({ seq }) => seq === items[at]?.seq)?.head ?? new Uint8Array(), item),
      );
  });

  it("[WIRE4] a whole opening recorded on one socket and played again on another opens nothing", async () => {
    const { ana, ben } = await pairUp(relay.url, "recorded");
    const other = new Device(relay.url, "recorded", "recorded ana");
    await other.challenge();
    other.send(await ana.openFrame());
    expect((await other.next("refused")).code).toBe("unknown");
    other.send(entry(2));
    expect((await other.next("refused")).code).toBe("forbidden");
    await goOn(ana, 2, ben);
  });

  it.each<readonly [string, Uint8Array, number]>([
    ["a message that was not masked", new Uint8Array([0x82, 0x01, 0x00]), 1002],
    ["a reserved bit, as for a compression that was not agreed", new Uint8Array([0xc2, 0x81, 1, 2, 3, 4, 5]), 1002],
    ["a kind of message that there is none of", new Uint8Array([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ["a continuation of nothing", new Uint8Array([0x80, 0x80, 0, 0, 0, 0]), 1002],
    ["a ping of more than a ping may hold", new Uint8Array([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]), 1002],
    ["a text that is no text", new Uint8Array([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
    ["a length that nothing could hold", new Uint8Array([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), 1009],
    [
      "a length just over the cap, with nothing behind it",
      new Uint8Array([0x82, 0xff, 0, 0, 0, 0, 0, Math.floor(frameCap / 65_536), Math.floor(frameCap / 256) % 256, (frameCap % 256) + 1, 0, 0, 0, 0]),
      1009,
    ],
  ])("[WIRE2] %s closes that socket, and no other", async (what, bytes, code) => {
    const { ana, ben } = await pairUp(relay.url, what);
    // Below the library: what it would never write.
    (ana.ws as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(bytes);
    expect((await ana.closed).code).toBe(code);
    ben.send(entry(1));
    await ben.next("acked");
  });

  it.each([
    ["noise", "\u0000\u0001\u0002 noise\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.0\r\n"],
    ["an upgrade without a key", "GET /line HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["an upgrade to something else", "GET /line HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: smoke\r\n\r\n"],
    ["an address that is none", "GET http://[ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["headers without an end", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(100_000)}`],
  ])("%s on the relay's port is refused, and its socket is closed", async (_what, text) => {
    const { hostname, port } = new URL(relay.url);
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.on("error", () => undefined).on("data", (chunk) => (answer += String(chunk)));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.write(text);
    await closed;
    // What came too fast to be read may take the answer with it.
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

  it("paths that lead out of its folder, and methods it does not know, find nothing", async () => {
    for (const path of ["/../relay.key", "/%2e%2e/relay.key", "/..%5crelay.key", "//etc/passwd", "/line", "/%00", `/${"a".repeat(5000)}`]) {
      const { status } = await fetch(`${relay.url}${path}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect((await fetch(relay.url, { method })).status).toBe(404);
  });
});

describe("a relay on a disk that is full when it starts", () => {
  it("says so in one line that names the folder, and exits", async () => {
    const data = join(folder, "full at start");
    const { code, stderr } = await new RelayProcess(["--port", "0", "--json", "--data", data], { by: withFilesBelow(1) }).ended;
    expect(code).toBe(3);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(data);
    expect(stderr).toContain("--data");
  });
});
