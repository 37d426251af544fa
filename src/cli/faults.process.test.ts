import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../base/secret.ts";
import { writeInvitation } from "../protocol/invitation.ts";
import { systemClock } from "./adapters/clock.ts";
import { createKit, eventually, pair, type Line, type Person } from "./testing/cli-kit.ts";
import { troubleWords } from "./words.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof kit.relay>>;
beforeAll(async () => {
  relay = await kit.relay();
});
afterAll(kit.cleanUp);

interface Exported {
  readonly entries: readonly { readonly id: string; readonly kind: string; readonly from: string; readonly body: { readonly text?: string } }[];
}
const exported = async (person: Person): Promise<Exported> => {
  const folder = join(kit.folder(), "out");
  const { code, stderr } = await person.run("export", folder);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(readFileSync(join(folder, "bond.json"), "utf8")) as Exported;
};
const textsOf = ({ entries }: Exported): string[] => entries.flatMap(({ body }) => body.text ?? []);
const copyOf = ({ home }: Person): string => {
  const copy = join(kit.folder(), "copy");
  cpSync(home, copy, { recursive: true, filter: (path) => !path.endsWith(".sock") });
  return copy;
};
const putBack = (copy: string, { home }: Person): void => {
  rmSync(home, { recursive: true });
  cpSync(copy, home, { recursive: true });
};
const errorOf = (ended: { readonly stderr: string }): Line => JSON.parse(ended.stderr.trim().split("\n").at(-1) as string) as Line;

describe("what can go wrong", () => {
  test("[SAY1] with the relay out of reach, what is said is kept, said so, and goes later, once", async () => {
    const other = await kit.relay();
    const { ada, ben } = await pair(kit, other.url);
    other.process.kill("SIGKILL");
    await other.process.ended;
    const said = await ada.tell("for later", "say", "--timeout", "1");
    expect(said.code).toBe(4);
    expect(said.json["id"]).toMatch(/^\d+-\d+$/);
    expect(errorOf(said)).toMatchObject({ error: "unreachable" });
    expect(errorOf(said)["message"]).toContain("kept here");
    const status = await ada.run("status", "--timeout", "1");
    expect(status.code).toBe(4);
    expect(status.json).toMatchObject({ other: { name: "Ben" }, connection: { waiting: 1 } });
    expect((await ada.run("touch", "--for", "1", "--timeout", "1")).code).toBe(4);
    const again = await kit.relay(other.data, other.port);
    expect((await ada.run("status")).json).toMatchObject({ connection: { state: "online", waiting: 0 } });
    expect((await ben.run("status")).json["unseen"]).toBe(1);
    expect(textsOf(await exported(ben))).toEqual(["for later"]);
    expect(textsOf(await exported(ada))).toEqual(["for later"]);
    again.process.kill("SIGTERM");
    expect((await again.process.ended).code).toBe(0);
  });

  test("[PAIR2] an invitation and a knock made while the relay is out of reach come to be later", async () => {
    const other = await kit.relay();
    const [ada, ben] = [kit.person(), kit.person()];
    const link = String((await ada.run("invite", "--name", "Ada", "--relay", other.url)).json["link"]);
    other.process.kill("SIGKILL");
    await other.process.ended;
    const knocked = await ben.tell(link, "join", "--name", "Ben", "--timeout", "1");
    expect(knocked.code).toBe(4);
    const carol = kit.person();
    const invited = await carol.run("invite", "--name", "Carol", "--relay", other.url, "--timeout", "1");
    expect(invited.code).toBe(4);
    expect(invited.json).toMatchObject({ link: null });
    const back = await kit.relay(other.data, other.port);
    expect((await ben.run("status")).code).toBe(0);
    expect((await ada.run("knocks")).json).toMatchObject({ knocks: [{ name: "Ben" }] });
    const link2 = (await carol.run("invite", "--name", "Carol", "--relay", back.url)).json;
    expect(link2).toMatchObject({ bond: invited.json["bond"], link: expect.stringContaining("#join=") });
    back.process.kill("SIGKILL");
  });

  test("[PAIR2] a link to an address that cannot be is refused, and the home goes on as before", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    for (const nowhere of ["http://127.0.0.1:99999", "http://1.2.3.4.5"]) {
      const link = writeInvitation({
        relay: nowhere,
        relayHash: new Uint8Array(32),
        line: new Uint8Array(16),
        inviterHash: new Uint8Array(32),
        secret: new Secret(new Uint8Array(16)),
      });
      const joined = await ben.tell(link, "join", "--name", "Ben", "--timeout", "1");
      expect([joined.code, errorOf(joined)["error"]]).toEqual([3, "not-an-invitation"]);
    }
    expect((await ben.run("bonds")).json["bonds"]).toHaveLength(1);
    expect((await ben.tell("still here", "say")).code).toBe(0);
    expect((await ada.run("status")).json["unseen"]).toBe(1);
  });

  test("[SAY1] kill -9 of a watch that others go through loses nothing and doubles nothing", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const kept: string[] = [];
    for (let round = 0; round < 3; round++) {
      const watching = await ada.watch();
      const first = await ada.tell(`before ${round}`, "say");
      expect(first.code).toBe(0);
      kept.push(`before ${round}`);
      const second = ada.begin("say").finish(`during ${round}`);
      watching.kill("SIGKILL");
      await watching.ended;
      // Done, kept for later, or honestly unclear: never a success that is lost.
      const { code } = await second;
      expect([0, 1, 4]).toContain(code);
      if (code !== 1) kept.push(`during ${round}`);
    }
    expect((await ada.run("status")).code).toBe(0);
    expect((await ben.run("status")).code).toBe(0);
    const texts = textsOf(await exported(ben));
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of kept) expect(texts).toContain(text);
    expect(textsOf(await exported(ada))).toEqual(texts);
  });

  test("[SAY1] kill -9 of one-shot commands at any moment loses nothing that was acknowledged, and doubles nothing", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const began = systemClock.monotonic();
    expect((await ada.tell("the first", "say")).code).toBe(0);
    const usual = systemClock.monotonic() - began;
    const acknowledged: string[] = ["the first"];
    const rounds = 10;
    for (let round = 0; round < rounds; round++) {
      const saying = ada.begin("say");
      const finished = saying.finish(`round ${round}`);
      // Somewhere between its start and its end, a little later each time.
      const killing = setTimeout(() => saying.kill("SIGKILL"), (usual * (round + 1)) / rounds);
      const { code, stdout } = await finished;
      clearTimeout(killing);
      if (code === 0 || stdout.includes('"id"')) acknowledged.push(`round ${round}`);
    }
    expect((await ada.tell("the last", "say")).code).toBe(0);
    acknowledged.push("the last");
    const [hers, his] = [textsOf(await exported(ada)), textsOf(await exported(ben))];
    expect(hers).toEqual(his);
    expect(new Set(his).size).toBe(his.length);
    for (const text of acknowledged) expect(his).toContain(text);
  });

  test("[PAIR2] kill -9 in the middle of pairing leaves a bond that still comes to be", async () => {
    const [ada, ben] = [kit.person(), kit.person()];
    const link = String((await ada.run("invite", "--name", "Ada", "--relay", relay.url)).json["link"]);
    expect((await ben.tell(link, "join", "--name", "Ben")).code).toBe(0);
    await ada.run("knocks");
    for (const after of [300, 500]) {
      const accepting = ada.begin("accept");
      const ended = accepting.finish();
      setTimeout(() => accepting.kill("SIGKILL"), after);
      await ended;
    }
    await eventually(
      async () => {
        const status = await ada.run("status");
        return (status.json["other"] as { name: string | null }).name ?? (await ada.run("accept")).code;
      },
      (answer) => answer === "Ben",
    );
    expect((await ben.run("status")).json).toMatchObject({ other: { name: "Ada" } });
    expect((await ada.tell("hello", "say")).code).toBe(0);
    expect((await ben.run("status")).json["unseen"]).toBe(1);
  });

  test("[LOSE1] an older copy of this device put back takes the line up again by itself: the other lacks nothing, and nothing is there twice", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    expect((await ada.tell("one", "say")).code).toBe(0);
    const copy = copyOf(ada);
    for (const text of ["two", "three"]) expect((await ada.tell(text, "say")).code).toBe(0);
    expect((await ben.tell("four", "say")).code).toBe(0);
    await ada.run("status");
    putBack(copy, ada);
    const status = await ada.run("status");
    expect([status.code, status.stderr]).toEqual([0, ""]);
    expect(status.json).toMatchObject({ mending: null, connection: { trouble: null } });
    expect((await ada.tell("five", "say")).code).toBe(0);
    expect((await ben.run("status")).code).toBe(0);
    expect((await ben.tell("six", "say")).code).toBe(0);
    await ada.run("status");
    expect(textsOf(await exported(ben))).toEqual(["one", "two", "three", "four", "five", "six"]);
    const hers = textsOf(await exported(ada));
    expect(new Set(hers).size).toBe(hers.length);
    for (const text of ["one", "four", "five", "six"]) expect(hers).toContain(text);
  });

  test("[LOSE1] two copies of one device in use at the same time: one of them says so and stops, until it is taken up", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    expect((await ada.tell("one", "say")).code).toBe(0);
    const copy = kit.person(copyOf(ada));
    for (const [who, text] of [
      [ada, "two"],
      [copy, "three"],
      [ada, "four"],
    ] as const)
      expect((await who.tell(text, "say")).code).toBe(0);
    const twin = await copy.tell("five", "say");
    expect([twin.code, errorOf(twin)]).toEqual([3, { error: "twin", message: troubleWords.twin }]);
    expect((await copy.plain("status")).stderr.trim()).toBe(troubleWords.twin);
    expect((await copy.run("take-up")).json).toMatchObject({ takenUp: true });
    const bens = await eventually(
      async () => {
        for (const who of [ben, copy, ben]) await who.run("status");
        return textsOf(await exported(ben));
      },
      (texts) => texts.includes("five"),
    );
    expect(new Set(bens).size).toBe(bens.length);
    expect(bens).toEqual(expect.arrayContaining(["one", "two", "three", "five"]));
  });

  test("a folder that cannot be written is said in one line", async () => {
    const file = join(kit.folder(), "a file");
    writeFileSync(file, "");
    const person = kit.person(join(file, "home"));
    const status = await person.plain("status");
    expect(status.code).toBe(3);
    expect(status.stderr.trim().split("\n")).toHaveLength(1);
    expect(status.stderr).toContain("BESIDE_HOME");
  });

  test("a database from a newer version is refused in one line and left alone", async () => {
    const person = kit.person();
    await person.run("status");
    const database = new DatabaseSync(join(person.home, "beside.sqlite"));
    database.exec("PRAGMA user_version = 9");
    database.close();
    const status = await person.plain("status");
    expect(status.code).toBe(3);
    expect(status.stderr.trim().split("\n")).toHaveLength(1);
    expect(status.stderr).toContain("newer Beside");
  });

  test("a home whose path is too long for a socket works like any other", async () => {
    const person = kit.person(join(kit.folder(), "deep".repeat(30)));
    const invited = await person.run("invite", "--name", "Ada", "--relay", relay.url);
    expect(invited.code).toBe(0);
    const watching = await person.watch();
    expect((await person.run("status", "--timeout", "5")).code).toBe(0);
    watching.kill("SIGTERM");
    expect((await watching.ended).code).toBe(0);
  });

  test("a reader that goes away ends a watch politely", async () => {
    const { ada } = await pair(kit, relay.url);
    const watching = spawn(process.execPath, [new URL("main.ts", import.meta.url).pathname, "watch", "--json"], {
      env: { ...process.env, ...ada.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    watching.stderr.on("data", (chunk) => (errors += String(chunk)));
    await new Promise((resolve) => watching.stdout.once("data", resolve));
    watching.stdout.destroy();
    const ended = new Promise((resolve) => watching.on("exit", resolve));
    // What it tells next finds nobody.
    let over = false;
    void ended.then(() => (over = true));
    await eventually(
      () => ada.run("feel", "calm"),
      () => over,
    );
    expect(await ended).toBe(0);
    expect(errors).toBe("");
  });

  test("a relay that makes no lines for strangers says so, and the token's file opens it", async () => {
    const data = kit.folder();
    const closed = kit.start(["relay", "--json", "--port", "0", "--data", data, "--lines", "token"], {});
    const url = String((await closed.line((line) => typeof line["listening"] === "string"))["listening"]);
    const ada = kit.person();
    const refused = await ada.run("invite", "--name", "Ada", "--relay", url);
    expect(refused.code).toBe(3);
    expect(errorOf(refused)["message"]).toContain("--token-file");
    expect((await ada.run("bonds")).json).toEqual({ bonds: [] });
    const invited = await ada.run("invite", "--name", "Ada", "--relay", url, "--token-file", join(data, "token"));
    expect(invited.json["link"]).toContain("#join=");
    closed.kill("SIGTERM");
  });
});
