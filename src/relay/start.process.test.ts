/** Why a relay process does not start: one line that says what to do, and an exit code. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pairUp, RelayProcess, startProcess, stopAll } from "./process-test-kit.ts";

let folder = "";
let count = 0;
const fresh = (): string => join(folder, `data-${++count}`);
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-start-"))));
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusedStart = async (flags: readonly string[]): Promise<{ readonly code: number | null; readonly line: string }> => {
  const { code, stderr, stdout } = await new RelayProcess(flags).ended;
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  return { code, line: lines[0] ?? "" };
};

describe("a relay that cannot start", () => {
  it("says that the port is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, line } = await refusedStart(["--port", String(port), "--data", fresh()]);
    expect([code, line]).toEqual([3, `Port ${port} is taken: stop what listens there, or choose another with --port (0 for any free one).`]);
    await new Promise((resolve) => taken.close(resolve));
  });

  it("says that the data folder cannot be written", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    for (const data of [file, join(file, "below"), "/proc/beside"]) {
      const { code, line } = await refusedStart(["--port", "0", "--data", data]);
      expect(code).toBe(3);
      expect(line).toMatch(/^The data folder .* cannot be written \(\w+\): check its path and permissions, or give another with --data\.$/);
    }
  });

  it("says that another relay uses the data, and starts once that one was killed", async () => {
    const data = fresh();
    const first = await startProcess(data);
    const { code, line } = await refusedStart(["--port", "0", "--data", data]);
    expect([code, line]).toEqual([3, `Another relay already uses the data folder ${data}: stop it, or give this one another folder with --data.`]);
    await first.kill("SIGKILL");
    await startProcess(data);
  });

  it("says that the data is of a newer version, and leaves it alone", async () => {
    const data = fresh();
    mkdirSync(data);
    const db = new DatabaseSync(join(data, "relay.sqlite"));
    db.exec("PRAGMA user_version = 9");
    db.close();
    const { code, line } = await refusedStart(["--port", "0", "--data", data]);
    expect(code).toBe(3);
    expect(line).toContain("was written by a newer Beside (its format 9): update Beside");
  });

  it("says that the data is no database", async () => {
    const data = fresh();
    mkdirSync(data);
    writeFileSync(join(data, "relay.sqlite"), "not a database, but long enough to be looked at".repeat(100));
    const { code, line } = await refusedStart(["--port", "0", "--data", data]);
    expect(code).toBe(3);
    expect(line).toContain("cannot be used");
  });

  it("says that the key is damaged instead of making another", async () => {
    const data = fresh();
    mkdirSync(data);
    writeFileSync(join(data, "relay.key"), "half a k");
    const { code, line } = await refusedStart(["--port", "0", "--data", data]);
    expect(code).toBe(3);
    expect(line).toContain("is damaged");
    expect(readFileSync(join(data, "relay.key"), "utf8")).toBe("half a k");
  });

  it("says of an empty key that it may be deleted while there are no lines, and then makes another", async () => {
    const data = fresh();
    mkdirSync(data);
    writeFileSync(join(data, "relay.key"), "");
    const { code, line } = await refusedStart(["--port", "0", "--data", data]);
    expect([code, line]).toEqual([
      3,
      `The relay's key file ${join(data, "relay.key")} is empty, and there are no lines yet: delete that file and start again. A new key is made.`,
    ]);
    rmSync(join(data, "relay.key"));
    const relay = await startProcess(data);
    await pairUp(relay.url, "kept");
    await relay.kill("SIGTERM");
    writeFileSync(join(data, "relay.key"), "");
    const later = await refusedStart(["--port", "0", "--data", data]);
    expect(later.line).toContain("is damaged: restore it from a backup");
  });

  it("says that the certificate cannot be used", async () => {
    const file = join(folder, "bad.pem");
    writeFileSync(file, "no certificate");
    for (const cert of [file, join(folder, "missing.pem")]) {
      const { code, line } = await refusedStart(["--port", "0", "--data", fresh(), "--tls-cert", cert, "--tls-key", cert]);
      expect(code).toBe(3);
      expect(line).toContain("check --tls-cert and --tls-key");
    }
  });

  it("says that the web app or the token file is missing", async () => {
    expect((await refusedStart(["--port", "0", "--data", fresh(), "--web", join(folder, "nowhere")])).line).toContain("check --web");
    expect((await refusedStart(["--port", "0", "--data", fresh(), "--lines", "token", "--token-file", join(folder, "nowhere")])).line).toContain(
      "check --token-file",
    );
  });

  it("exits 2 for flags it does not know, among them any that would move its clock", async () => {
    for (const flags of [["--clock", "0"], ["--now", "0"], ["--port", "x"], ["extra"], ["--tls-cert", "a"]]) expect((await refusedStart(flags)).code).toBe(2);
  });
});

describe("a relay that starts", () => {
  it("keeps its key and its log for its owner alone, and tells nothing of anybody in its log", async () => {
    const data = fresh();
    const relay = await startProcess(data);
    for (const file of ["relay.key", "relay.sqlite"]) expect(statSync(join(data, file)).mode & 0o777).toBe(0o600);
    const { stdout, stderr } = await relay.kill("SIGTERM");
    expect(stdout).toBe(`${JSON.stringify({ listening: relay.url })}\n`);
    for (const line of stderr.trimEnd().split("\n")) expect(Object.keys(JSON.parse(line) as object)).not.toContain("hostname");
    expect(stderr).not.toContain("127.0.0.1");
    expect(stderr).not.toContain(readFileSync(join(data, "relay.key"), "utf8").trim());
  });

  it("makes its key and its token whole or not at all: what a start that was cut short left does not matter", async () => {
    const data = fresh();
    mkdirSync(data);
    for (const file of ["relay.key", "token"]) writeFileSync(join(data, `${file}.new`), "half a k");
    const relay = await startProcess(data, ["--lines", "token"]);
    expect(readdirSync(data).toSorted()).toEqual(expect.arrayContaining(["relay.key", "relay.sqlite", "token"]));
    expect(readdirSync(data).filter((file) => file.endsWith(".new"))).toEqual([]);
    const key = readFileSync(join(data, "relay.key"), "utf8");
    expect(key).toMatch(/^[0-9a-f]{64}\n$/);
    for (const file of ["relay.key", "token"]) expect(statSync(join(data, file)).mode & 0o777).toBe(0o600);
    await relay.kill("SIGKILL");
    await startProcess(data);
    expect(readFileSync(join(data, "relay.key"), "utf8")).toBe(key);
  });

  it("prints two addresses, and where the token is when one is needed", async () => {
    const data = fresh();
    const relay = new RelayProcess(["--port", "0", "--data", data, "--lines", "token"]);
    const text = await new Promise<string>((resolve) => relay.child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())));
    expect(text).toMatch(/http:\/\/localhost:(\d+)\n.*http:\/\/127\.0\.0\.1:\1\n/s);
    expect(text).toContain(join(data, "token"));
    expect(statSync(join(data, "token")).mode & 0o777).toBe(0o600);
    await relay.kill("SIGTERM");
  });
});
