/** A clock that can be moved exists in the test root only: the shipped one has no way to it, and does not listen. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKit, eventually, pair } from "./testing/cli-kit.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof kit.relay>>;
beforeAll(async () => {
  relay = await kit.relay();
});
afterAll(kit.cleanUp);

const here = fileURLToPath(new URL(".", import.meta.url));

/** Every file that a root can come to load, also dynamically. */
const reach = (file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from] of readFileSync(file, "utf8").matchAll(/(?:from|import\(|import) ?"(\.[^"]+)"/g)) reach(resolve(dirname(file), from as string), seen);
  return seen;
};

/** The test's end of the clock: says the time on connecting, and tells how many listen. */
const controlClock = async () => {
  let offset = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const held: number[] = [];
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      for (const line of chunk.trim().split("\n")) held.push((JSON.parse(line) as { offset: number }).offset);
    });
    socket.write(`${JSON.stringify({ offset })}\n`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    move: async (to: number): Promise<void> => {
      offset = to;
      for (const socket of sockets) socket.write(`${JSON.stringify({ offset })}\n`);
      await eventually(
        () => new Promise<readonly number[]>((done) => setImmediate(() => done(held))),
        (all) => all.includes(to),
      );
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
};

describe("composition roots", () => {
  test("nothing that the shipped root can load moves a clock or knows of one", () => {
    const files = [...reach(join(here, "main.ts"))];
    expect(files.some((file) => file.endsWith("/relay/main.ts"))).toBe(true);
    expect(files.length).toBeGreaterThan(80);
    for (const file of files) {
      expect(existsSync(file)).toBe(true);
      expect(file).not.toContain("/testing/");
      expect(readFileSync(file, "utf8")).not.toContain("BESIDE_TEST_CLOCK");
    }
  });

  test("only the relay command loads the relay, and only when it runs", () => {
    const direct = readdirSync(here, { recursive: true, encoding: "utf8" }).filter(
      (name) => /\.[jt]s$/.test(name) && !name.includes("test") && readFileSync(join(here, name), "utf8").includes("/relay/"),
    );
    expect(direct.toSorted()).toEqual(["main.ts", "root.ts"]);
    for (const root of direct) expect(readFileSync(join(here, root), "utf8")).toContain('await import("../relay/main.ts")');
  });

  test("the shipped root does not listen to a test's clock; the test root does", async () => {
    const { ada } = await pair(kit, relay.url);
    const clock = await controlClock();
    const environment = { ...ada.environment, BESIDE_TEST_CLOCK: clock.address };
    const shipped = await kit.start(["status"], environment).finish();
    expect(shipped).toMatchObject({ code: 0, stderr: "" });
    expect(shipped.stdout).not.toContain("clock");
    expect(clock.connections()).toBe(0);

    const watching = kit.startTest(["watch", "--json"], environment);
    await watching.line((line) => line.kind === "connection" && line["state"] === "online");
    expect(clock.connections()).toBe(1);
    // A day passes on this device alone: the line's time does not go back, and the person is told of the clock.
    await clock.move(86_400_000);
    const status = await eventually(
      () => kit.startTest(["status"], environment).finish(),
      ({ stdout }) => stdout.includes("clock"),
    );
    expect(status.stdout).toContain("24 hours ahead");
    watching.kill("SIGTERM");
    expect((await watching.ended).code).toBe(0);
    await clock.close();
  });
});
