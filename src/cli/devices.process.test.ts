/** Several devices of one person, a lost one, and a memory: real terminals, a real relay, real keys. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKit, eventually, pair, type Ended, type Line, type Person, type Running } from "./testing/cli-kit.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof kit.relay>>;
beforeAll(async () => {
  relay = await kit.relay();
});
afterAll(kit.cleanUp);

const errorOf = ({ stderr }: Ended): Line => JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as Line;

const say = async (who: Person, text: string): Promise<void> => {
  const { code, stderr } = await who.tell(text, "say");
  if (code !== 0) throw new Error(stderr);
};

interface Entry {
  readonly id: string;
  readonly from: string;
  readonly kind: string;
  readonly body: { readonly text?: string };
}
const keptBy = async (who: Person): Promise<readonly Entry[]> => {
  const reading = who.begin("between", "--last", "1000");
  const { code } = await reading.finish();
  expect([0, 3]).toContain(code);
  return reading.lines() as unknown as Entry[];
};
const textsOf = async (who: Person): Promise<readonly string[]> => (await keptBy(who)).flatMap(({ body }) => body.text ?? []);

interface Devices {
  readonly mine: readonly { readonly index: number; readonly name: string | null; readonly here: boolean; readonly newUntil: string | null }[];
  readonly theirs: Devices["mine"];
}
const devicesOf = async (who: Person): Promise<Devices> => (await who.run("device", "list")).json as unknown as Devices;

/** The link is shown, and the other device asks with it; nobody has answered yet. */
const ask = async (
  who: Person,
  name: string,
): Promise<{ readonly adding: Running; readonly arriving: Running; readonly device: Person; readonly code: string }> => {
  const device = kit.person();
  const adding = who.begin("device", "add");
  const { link } = await adding.line((line) => typeof line["link"] === "string");
  const arriving = device.begin("device", "join", "--name", name, "--wait", "60");
  arriving.write(`${String(link)}\n`, true);
  const asking = await arriving.line((line) => line["step"] === "asking");
  return { adding, arriving, device, code: (asking["code"] as string[]).join(" ") };
};

/** A second device of the same person, let in and with everything. */
const addDevice = async (who: Person, name: string): Promise<Person> => {
  const { adding, arriving, device, code } = await ask(who, name);
  adding.write(`${code}\n`);
  const [added, arrived] = await Promise.all([adding.ended, arriving.ended]);
  expect([added.code, added.stderr, arrived.code, arrived.stderr]).toEqual([0, "", 0, ""]);
  return device;
};

const shownBy = async (who: Person): Promise<readonly string[]> => {
  const showing = who.begin("words", "backup");
  await showing.finish();
  return showing.lines().find((line) => Array.isArray(line["words"]))?.["words"] as string[];
};

describe("a second device", () => {
  test("[DEV1] it has the whole history, both sides are shown that it was added, and it speaks as the same person", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    for (const text of ["one", "two"]) await say(ada, text);
    await say(ben, "three");
    const laptop = await addDevice(ada, "laptop");
    expect(await textsOf(laptop)).toEqual(["one", "two", "three"]);
    expect(await keptBy(laptop)).toEqual(await keptBy(ada));
    expect((await laptop.run("status")).json).toMatchObject({ me: { name: "Ada" }, other: { name: "Ben" }, words: "elsewhere" });

    const { mine, theirs } = await devicesOf(ada);
    expect(mine).toMatchObject([
      { index: 0, here: true, newUntil: null },
      { index: 2, name: "laptop", here: false, newUntil: expect.stringMatching(/Z$/) },
    ]);
    expect(theirs).toMatchObject([{ index: 1 }]);
    expect((await devicesOf(laptop)).mine).toMatchObject([
      { index: 0, here: false },
      { index: 2, name: "laptop", here: true },
    ]);
    expect((await devicesOf(ben)).theirs).toMatchObject([{ index: 0 }, { index: 2, name: null }]);
    expect((await ben.run("status")).json["notices"]).toMatchObject([{ is: "added", from: "other" }]);
    expect((await ben.plain("status")).stdout).toContain("Ada added a device.");
    expect((await ben.run("status")).json["notices"]).toEqual([]);
    expect((await ada.run("status")).json["notices"]).toMatchObject([{ is: "added", from: "me", name: "laptop" }]);

    await say(laptop, "from the laptop");
    await say(ben, "to both");
    for (const who of [ada, laptop, ben]) expect(await textsOf(who)).toEqual(["one", "two", "three", "from the laptop", "to both"]);
    expect((await keptBy(ada)).filter(({ body }) => body.text === "from the laptop")).toMatchObject([{ from: "me" }]);
    expect(new Set((await keptBy(ben)).map(({ kind }) => kind))).toEqual(new Set(["name", "thought"]));
  });

  test("[PAIR4] a device that asks is shown as not recognised, gets nothing until it is let in, and then everything", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ben, "for Ada's eyes");
    const watching = await ada.watch();
    const { adding, arriving, device, code } = await ask(ada, "new phone");
    const asks = await watching.line((line) => line.kind === "device-asks");
    expect(asks).toMatchObject({ from: "me", name: "new phone", code: code.split(" ") });
    // Neither trusted nor accused: it is no device of anybody, and knows nothing.
    expect((await devicesOf(ada)).mine).toHaveLength(1);
    expect((await devicesOf(ben)).theirs).toHaveLength(1);
    await say(ben, "while it waits");
    expect((await device.run("status")).json).toMatchObject({
      me: { name: "" },
      other: { name: null, state: "arriving" },
      arriving: { step: "asking" },
    });
    expect((await device.run("between", "--timeout", "1")).code).toBe(3);
    expect(adding.lines().at(-1)).toMatchObject({ asks: { name: "new phone", code: code.split(" ") } });
    adding.write(`${code}\n`);
    expect((await adding.ended).json).toMatchObject({ added: { index: 2, name: "new phone" } });
    expect((await arriving.ended).json).toMatchObject({ step: "together", other: "Ben" });
    expect(await textsOf(device)).toEqual(["for Ada's eyes", "while it waits"]);
    expect(await watching.line((line) => line.kind === "device")).toMatchObject({ from: "me", is: "added", name: "new phone" });
    watching.kill("SIGTERM");
    await watching.ended;
  });

  test("[PAIR4] with other words than on its screen nobody is let in, and the asking device learns nothing", async () => {
    const { ada } = await pair(kit, relay.url);
    const { adding, arriving, device } = await ask(ada, "stranger");
    adding.write("three other words\n");
    expect(await adding.problem()).toMatchObject({ error: "not-let-in" });
    adding.kill("SIGINT");
    expect((await adding.ended).code).toBe(3);
    expect((await devicesOf(ada)).mine).toHaveLength(1);
    arriving.kill("SIGINT");
    await arriving.ended;
    expect((await device.run("between", "--timeout", "1")).code).toBe(3);
  });

  test("[DEV2] a removed device keeps what it had, is told that it was taken out, and learns nothing after it", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const laptop = await addDevice(ada, "laptop");
    await say(ben, "before");
    const watching = await laptop.watch();
    await watching.line((line) => line["text"] === "before");
    // A new device removes no others: only an older one can.
    const tooNew = await laptop.run("device", "remove", "0", "--yes");
    expect([tooNew.code, errorOf(tooNew)["error"]]).toEqual([3, "too-new"]);
    expect((await ada.run("device", "remove", "2")).code).toBe(2);
    expect((await ada.run("device", "remove", "0", "--yes")).code).toBe(3);
    expect((await ada.run("device", "remove", "2", "--yes")).json).toMatchObject({ removed: { index: 2, name: "laptop" } });
    await watching.line((line) => line.kind === "connection" && line["trouble"] === "revoked");
    watching.kill("SIGTERM");
    await watching.ended;
    await say(ben, "after");
    await say(ada, "after, too");
    const status = await laptop.run("status");
    expect([status.code, errorOf(status)["error"]]).toEqual([3, "revoked"]);
    expect((await laptop.plain("status")).stderr).toContain("taken out of the line");
    expect(await textsOf(laptop)).toEqual(["before"]);
    const said = await laptop.tell("still me?", "say");
    expect([said.code, errorOf(said)["error"]]).toEqual([3, "revoked"]);
    for (const who of [ada, ben]) expect(await textsOf(who)).toEqual(["before", "after", "after, too"]);
    expect((await devicesOf(ada)).mine).toMatchObject([{ index: 0 }]);
    expect((await ben.run("status")).json["notices"]).toMatchObject([{ is: "added" }, { is: "removed", from: "other" }]);
    expect((await ben.plain("status")).stdout).toContain("Ada took a device out of the line.");
  });

  test("[END1] a removed device ends what it has, says that it was there alone, and the two go on", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const laptop = await addDevice(ada, "laptop");
    await ada.run("device", "remove", "2", "--yes");
    expect((await laptop.run("status")).code).toBe(3);
    const asked = await laptop.plain("end");
    expect([asked.code, asked.stdout]).toEqual([3, expect.stringContaining("cannot end the bond for the two of you")]);
    expect(asked.stdout).not.toContain("is told that you ended it");
    const ended = await laptop.run("end", "--yes");
    expect([ended.code, ended.json]).toMatchObject([0, { ended: true, told: false, cannot: "removed" }]);
    const status = await laptop.plain("status");
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining("Ended on this device alone")]);
    expect(status.stdout).not.toContain("does not know yet");
    await say(ben, "still here");
    expect(await textsOf(ada)).toEqual(["still here"]);
  });

  test("[DEV1] an older device vouches for a new one, which may then remove others", async () => {
    const { ada } = await pair(kit, relay.url);
    const laptop = await addDevice(ada, "laptop");
    expect((await ada.run("device", "vouch", "2")).json).toMatchObject({ vouched: { index: 2 } });
    expect((await devicesOf(ada)).mine).toMatchObject([{}, { index: 2, newUntil: null }]);
    await eventually(
      () => devicesOf(laptop),
      ({ mine }) => mine[1]?.newUntil === null,
    );
    expect((await laptop.run("device", "remove", "0", "--yes")).json).toMatchObject({ removed: { index: 0 } });
    const status = await ada.run("status");
    expect([status.code, errorOf(status)["error"]]).toEqual([3, "revoked"]);
  });

  test("a link that is none, or cut off, or of an invitation, is refused, and the home can still begin a bond", async () => {
    const person = kit.person();
    for (const [link, error] of [
      ["https://example.org/", "not-an-invitation"],
      [`${relay.url}/#device=abcdefgh`, "incomplete"],
    ] as const) {
      const joined = await person.tell(link, "device", "join");
      expect([joined.code, errorOf(joined)["error"]]).toEqual([3, error]);
    }
    const { ada } = await pair(kit, relay.url);
    const adding = ada.begin("device", "add");
    const { link } = await adding.line((line) => typeof line["link"] === "string");
    adding.kill("SIGINT");
    await adding.ended;
    const late = await person.tell(String(link), "device", "join", "--wait", "20");
    expect([late.code, errorOf(late)["error"]]).toEqual([3, "unknown"]);
    expect(errorOf(late)["message"]).toContain("device add");
    expect((await person.run("bonds")).json).toEqual({ bonds: [] });
    expect((await person.run("invite", "--name", "Carol", "--relay", relay.url)).code).toBe(0);
  });
});

describe("the twelve words", () => {
  test("[DEV1] they are shown, three are asked back, and then this device has forgotten them", async () => {
    const { ada } = await pair(kit, relay.url);
    expect((await ada.run("status")).json["words"]).toBe("to-keep");
    expect((await ada.plain("status")).stdout).toContain("beside words backup");
    const hidden = await ada.plain("words", "backup");
    expect([hidden.code, hidden.stdout]).toEqual([2, ""]);
    const answer = async (change: (word: string) => string): Promise<Ended> => {
      const backing = ada.begin("words", "backup");
      const shown = (await backing.line((line) => Array.isArray(line["words"]))) as unknown as { words: string[]; ask: number[] };
      expect([shown.words.length, shown.ask.length]).toEqual([12, 3]);
      return backing.finish(shown.ask.map((place) => `${change(shown.words[place - 1] ?? "")}\n`).join(""));
    };
    const wrong = await answer((word) => `${word}s`);
    expect([wrong.code, errorOf(wrong)["error"]]).toEqual([3, "wrong"]);
    expect((await ada.run("status")).json["words"]).toBe("to-keep");
    expect((await answer((word) => word)).json).toEqual({ kept: true });
    expect((await ada.run("status")).json["words"]).toBe("kept");
    const again = await ada.run("words", "backup");
    expect([again.code, errorOf(again)["error"]]).toEqual([3, "kept"]);
    // Devices are certified by this one from now on.
    const laptop = await addDevice(ada, "laptop");
    await say(laptop, "certified by a device");
  });

  test("[LOSE1] restore from twelve words: everything is back, the lost device is shut out, and both sides are shown that", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    const words = (await shownBy(ada)).join(" ");
    await say(ada, "mine");
    await say(ben, "yours");
    // What a device begins with is what the words bring back: it is backed up at once.
    const laptop = await addDevice(ada, "laptop");
    await say(ben, "after the backup");
    await say(ada, "said just before it was lost");

    const found = kit.person();
    const wrong = await found.tell(words.split(" ").toReversed().join(" "), "restore", "--relay", relay.url);
    expect([2, 3]).toContain(wrong.code);
    expect(`${wrong.stdout}${wrong.stderr}`).not.toContain(words.split(" ")[0]);
    const restored = await found.tell(`${words}\n`, "restore", "--relay", relay.url, "--name", "new phone");
    expect([restored.code, restored.stderr]).toEqual([0, ""]);
    expect(restored.json).toMatchObject({ bonds: [{ other: { name: "Ben" } }] });
    expect(`${restored.stdout}${restored.stderr}`).not.toContain(words.split(" ").slice(0, 3).join(" "));
    expect(await textsOf(found)).toEqual(expect.arrayContaining(["mine", "yours"]));

    for (const shutOut of [ada, laptop]) {
      const lost = await shutOut.run("status");
      expect([lost.code, errorOf(lost)["error"]]).toEqual([3, "revoked"]);
    }
    expect(await textsOf(ada)).toContain("said just before it was lost");
    expect((await found.run("status")).json["notices"]).toMatchObject([{ is: "restored", from: "me" }]);
    await ben.run("status");
    expect((await ben.run("status")).json["notices"]).toMatchObject([{ is: "added" }, { is: "restored", from: "other" }]);
    expect((await devicesOf(ben)).theirs).toHaveLength(1);
    // What the backup did not have comes back as the other's devices say it again.
    await eventually(
      () => ben.run("status").then(() => textsOf(found)),
      (texts) => texts.includes("after the backup"),
    );
    await say(found, "back again");
    await say(ben, "good");
    expect((await textsOf(ben)).filter((text) => text !== "said just before it was lost")).toEqual(["mine", "yours", "after the backup", "back again", "good"]);
    expect(await textsOf(found)).toEqual(expect.arrayContaining(["mine", "yours", "after the backup", "back again", "good"]));
  });

  test("[LOSE1] what cannot be restored says why, each in its own words", async () => {
    const person = kit.person();
    const tell = async (words: string, url: string): Promise<unknown[]> => {
      const ended = await person.tell(words, "restore", "--relay", url);
      return [ended.code, errorOf(ended)["error"]];
    };
    const unused = `${"abandon ".repeat(11)}about`;
    expect(await tell("one two three", relay.url)).toEqual([2, "not-words"]);
    expect(await tell(unused, relay.url)).toEqual([3, "nothing-found"]);
    expect(await tell(unused, "http://127.0.0.1:9")).toEqual([4, "unreachable"]);
    const { ada } = await pair(kit, relay.url);
    const mine = await ada.tell((await shownBy(ada)).join(" "), "restore", "--relay", relay.url);
    expect([mine.code, errorOf(mine)["error"]]).toEqual([3, "used-here"]);
  });
});

describe("a memory", () => {
  test("[KEEP1] import: an export is taken in elsewhere, read like what two people kept, and nobody can be spoken to in it", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "kept by both");
    await say(ben, "and this");
    await ada.run("feel", "calm");
    const folder = join(kit.folder(), "ours");
    expect((await ada.run("export", folder)).code).toBe(0);
    const original = await keptBy(ada);

    const elsewhere = kit.person();
    const taken = await elsewhere.run("import", folder);
    expect(taken.json).toMatchObject({ me: { name: "Ada" }, other: { name: "Ben" }, count: original.length });
    const id = String(taken.json["memory"]);
    expect((await elsewhere.run("import", folder)).json["memory"]).toBe(id);
    expect((await elsewhere.run("memories")).json).toMatchObject({ memories: [{ memory: id, count: original.length }] });
    const reading = elsewhere.begin("between", "--memory", id.slice(0, 8), "--last", "1000");
    expect((await reading.finish()).code).toBe(0);
    expect(reading.lines()).toEqual(original);
    const read = await elsewhere.plain("between", "--memory", id.slice(0, 8));
    expect(read.stdout).toMatch(/You: kept by both[^]*Ben: and this[^]*You feel calm/);
    const found = async (...flags: string[]): Promise<string> => (await elsewhere.plain("between", "--memory", id.slice(0, 8), ...flags)).stdout;
    expect(await found("--search", "KÈPT bo")).toMatch(/^[^\n]*You: kept by both\n$/);
    expect(await found("--search", "calm")).toContain("You feel calm");
    const bens = await found("--by", "other");
    expect(bens).toContain("Ben: and this");
    expect(bens).not.toContain("You");
    expect(await found("--feel", "calm", "--by", "me")).toContain("You feel calm");
    expect(await found("--search", "You")).toContain("Nothing found.");
    const asked = await elsewhere.tell("and thi", "between", "--memory", id.slice(0, 8), "--search", "-");
    expect(asked.json).toMatchObject({ kind: "thought", from: "other", body: { text: "and this" } });
    expect((await elsewhere.run("bonds")).json).toEqual({ bonds: [] });
    expect((await elsewhere.tell("hello?", "say")).code).toBe(3);
    expect((await elsewhere.run("forget", "--memory", id.slice(0, 8))).code).toBe(0);
    expect((await elsewhere.run("memories")).json).toEqual({ memories: [] });
    expect((await elsewhere.run("between", "--memory", id)).code).toBe(2);
  });

  test("[KEEP1] what a newer Beside wrote stays in a memory as it came, and is read as such", async () => {
    const person = kit.person();
    const folder = kit.folder();
    const newer = { id: "1-9", seq: 4, from: "other", kind: "hologram", at: "2026-06-15T12:00:00.000Z", body: { light: { base64url: "_wA" } } };
    const head = { format: "beside-bond", version: 1, bond: "0".repeat(32), me: { name: "Ada" }, other: { name: "Ben" } };
    writeFileSync(join(folder, "bond.json"), JSON.stringify({ ...head, entries: [newer] }));
    const id = String((await person.run("import", folder)).json["memory"]);
    expect((await person.run("between", "--memory", id)).json).toEqual(newer);
    expect((await person.plain("between", "--memory", id)).stdout).toContain("Ben: something that a newer Beside can read.");
  });

  test("[KEEP1] what is no export is refused, and says so", async () => {
    const person = kit.person();
    const folder = kit.folder();
    const tell = async (): Promise<unknown> => errorOf(await person.run("import", folder))["error"];
    expect(await tell()).toBe("no-export");
    const file = join(folder, "bond.json");
    for (const [text, error] of [
      ["hello", "not-an-export"],
      ["{}", "not-an-export"],
      [JSON.stringify({ format: "beside-bond", version: 2 }), "newer"],
    ] as const) {
      writeFileSync(file, text);
      expect(await tell()).toBe(error);
    }
    writeFileSync(file, new Uint8Array([0xff, 0xfe]));
    expect(await tell()).toBe("not-an-export");
    mkdirSync(join(folder, "deep", "bond.json"), { recursive: true });
    expect(errorOf(await person.run("import", join(folder, "deep")))["error"]).toBe("no-export");
    expect(readFileSync(file)).toHaveLength(2);
  });
});
