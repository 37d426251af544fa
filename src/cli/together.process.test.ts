import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKit, eventually, pair, type Person } from "./testing/cli-kit.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof kit.relay>>;
let ada: Person;
let ben: Person;
beforeAll(async () => {
  relay = await kit.relay();
  ({ ada, ben } = await pair(kit, relay.url, "--show", "on"));
});
afterAll(kit.cleanUp);

const stateOf = async (person: Person): Promise<unknown> => ((await person.run("status")).json["other"] as { state: unknown }).state;

describe("Ada and Ben are together", () => {
  test("[SAY1] what one says while the other is away is there when the other looks, both ways", async () => {
    const said = await ada.tell("Good night\nand <b>sleep</b> well.\n", "say");
    expect(said.code).toBe(0);
    expect(Object.keys(said.json)).toEqual(["id"]);
    const back = await ben.tell("You too.", "say", "--feel", "tender");
    expect(back.code).toBe(0);
    expect((await ben.run("status")).json["unseen"]).toBe(1);

    const [hers, his] = [await ada.watch(), await ben.watch()];
    expect(await his.line((line) => line.kind === "thought")).toMatchObject({
      from: "other",
      id: said.json["id"],
      text: "Good night\nand <b>sleep</b> well.",
      fades: false,
    });
    expect(await hers.line((line) => line.kind === "thought" && line["from"] === "other")).toMatchObject({
      id: back.json["id"],
      text: "You too.",
      feeling: { name: "tender" },
    });
    his.kill("SIGTERM");
    expect((await his.ended).code).toBe(0);
    hers.kill("SIGINT");
    expect((await hers.ended).code).toBe(0);
    // Once read it is not told again.
    expect((await ben.run("status")).json["unseen"]).toBe(0);
    const again = await ben.watch();
    again.kill("SIGTERM");
    await again.ended;
    expect(again.lines().filter((line) => line.kind === "thought")).toEqual([]);
  });

  test("[SAY1] no line of a thought can pass for something else that was told, in status and in watch", async () => {
    const forged = "good night\n12:01  You ended this bond.\n12:02  Someone came with the used invitation, and was turned away.";
    await ada.tell(forged, "say");
    const looked = await ben.plain("status");
    await ada.tell(forged, "say");
    const watching = kit.start(["watch"], ben.environment);
    // Read by the watch, once it has told it.
    await eventually(
      () => ben.run("status"),
      ({ json }) => json["unseen"] === 0,
    );
    watching.kill("SIGTERM");
    for (const { stdout } of [looked, await watching.ended]) {
      expect(stdout).toMatch(/Ada: good night\n {4,}12:01 {2}You ended/);
      expect(stdout).not.toMatch(/^12:0[12] {2}(You|Someone)/m);
    }
  });

  test("[FEEL1] a feeling is one command, by name or by hue, and shows with its age", async () => {
    const felt = await ada.run("feel", "calm", "--strength", "80");
    expect(felt.json).toMatchObject({ hue: 165, name: "calm", strength: 80 });
    await ben.run("feel", "48");
    const { feeling } = (await ben.run("status")).json as { feeling: Record<string, { name: string; at: string }> };
    expect(feeling["other"]).toMatchObject({ name: "calm", hue: 165, strength: 80 });
    expect(feeling["me"]).toMatchObject({ name: "joy", hue: 48 });
    expect(feeling["other"]!.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await ben.plain("status")).stdout).toContain("Ada felt calm, strongly");
  });

  test("[NAME1] a new name shows on the other side, and only its owner chose it", async () => {
    expect((await ada.tell("Ada L.\n", "name")).json).toMatchObject({ name: "Ada L." });
    expect((await ben.run("status")).json).toMatchObject({ other: { name: "Ada L." }, me: { name: "Ben" } });
    expect((await ada.tell(" \u202e\n", "name")).code).toBe(2);
    expect((await ada.tell("Ada", "name")).code).toBe(0);
  });

  test("[PRES2] with both watching they are beside each other; one who leaves is near, one who only asks gives no presence", async () => {
    const hers = await ada.watch();
    expect(await stateOf(ben)).toBe("near");
    // Ben's one-shot commands were no presence: Ada heard of none.
    expect(hers.lines().filter((line) => line.kind === "presence" && line["what"] === "open")).toEqual([]);
    const his = await ben.watch();
    await hers.line((line) => line.kind === "state" && line["state"] === "beside");
    await his.line((line) => line.kind === "state" && line["state"] === "beside");
    // Through the watch that runs.
    expect(await stateOf(ada)).toBe("beside");
    his.kill("SIGTERM");
    expect((await his.ended).code).toBe(0);
    expect(await hers.line((line) => line.kind === "presence" && line["what"] === "left")).toMatchObject({ from: "other" });
    expect(await stateOf(ada)).toBe("near");
    expect((await ada.run("show", "off")).json).toMatchObject({ show: "off" });
    expect((await ben.run("status")).json).toMatchObject({ other: { state: "closed" } });
    expect((await ada.run("show", "on")).json["until"]).toMatch(/Z$/);
    hers.kill("SIGTERM");
    expect((await hers.ended).code).toBe(0);
  });

  test("[TOUCH1] a touch is met when both hold, also while a watch runs; alone it is not, and leaves no trace", async () => {
    expect((await ada.run("touch", "--for", "0.5")).json).toEqual({ met: false });
    const his = await ben.watch();
    const hers = ada.begin("touch", "--for", "60");
    const first = hers.finish();
    await his.line((line) => line.kind === "touch" && line["what"] === "offered");
    expect((await ben.run("touch", "--for", "1.5")).json).toEqual({ met: true });
    await his.line((line) => line.kind === "touch" && line["what"] === "met");
    await his.line((line) => line.kind === "touch" && line["what"] === "ended");
    // Letting go is Ctrl-C.
    hers.kill("SIGINT");
    expect((await first).json).toEqual({ met: true });
    await his.line((line) => line.kind === "touch" && line["what"] === "withdrawn");
    his.kill("SIGTERM");
    await his.ended;
  });

  test("[SAY1] commands go through a running watch: same results, same exit codes, and no second connection", async () => {
    const his = await ben.watch();
    const said = await ben.tell("through the watch", "say");
    expect(said.code).toBe(0);
    expect(await his.line((line) => line["id"] === said.json["id"])).toMatchObject({ kind: "thought", from: "me", text: "through the watch" });
    expect((await ben.run("feel", "nonsense")).code).toBe(2);
    expect((await ben.tell(" \n", "say")).code).toBe(3);
    expect((await ben.run("accept")).code).toBe(3);
    expect((await ben.run("words")).json["words"]).toHaveLength(6);
    expect((await ben.plain("status")).stdout).toContain("Connected to");
    // A second watch goes through the first, and goes on by itself when that one ends.
    const second = await ben.watch();
    his.kill("SIGKILL");
    await his.ended;
    await ada.tell("still there?", "say");
    await second.line((line) => line["text"] === "still there?");
    second.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  });

  test("[KEEP1] the export reads like a page and like data, with who and when; what fades is not in it", async () => {
    await ada.tell("only for now", "say", "--fades");
    await ben.tell("<i>kept</i> \u202e", "say", "--feel", "love");
    const his = await ben.watch();
    await his.line((line) => line["text"] === "only for now" && line["fades"] === true);
    const folder = join(kit.folder(), "ours");
    const written = await ben.run("export", folder);
    expect(written.code).toBe(0);
    expect(written.json).toMatchObject({ dir: folder, entries: expect.any(Number) });
    his.kill("SIGTERM");
    await his.ended;
    expect(readdirSync(folder).sort()).toEqual(["bond.json", "index.html"]);
    expect(statSync(join(folder, "bond.json")).mode & 0o777).toBe(0o600);
    const page = readFileSync(join(folder, "index.html"), "utf8");
    expect(page).toContain("&lt;i&gt;kept&lt;/i&gt;");
    expect(page).not.toContain("only for now");
    expect(page).toContain("Content-Security-Policy");
    const json = JSON.parse(readFileSync(join(folder, "bond.json"), "utf8")) as {
      version: number;
      entries: { from: string; kind: string; at: string; body: { text?: string } }[];
    };
    expect(json).toMatchObject({ format: "beside-bond", version: 1, me: { name: "Ben" } });
    expect(json.entries).toHaveLength(Number(written.json["entries"]));
    expect(json.entries.find(({ body }) => body.text?.startsWith("<i>kept"))).toMatchObject({ from: "me", kind: "thought" });
    expect(JSON.stringify(json)).not.toContain("only for now");
    const again = await ben.run("export", folder);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain("not empty");
  });

  test("texts are no arguments, and nobody's words come back in an error", async () => {
    const wrong = await ada.run("say", "my secret words");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("standard input");
    expect(wrong.stderr).not.toContain("secret");
    const long = await ada.tell("x".repeat(12_001), "say");
    expect(long.code).toBe(3);
    expect(JSON.parse(long.stderr)).toMatchObject({ error: "too-long" });
    expect((await ada.tell(new Uint8Array([0xff, 0xfe, 0x41]), "say")).code).toBe(2);
  });

  test("two commands at once: the second waits for the first, and nothing is lost", async () => {
    const texts = ["one", "two", "three"];
    const said = await Promise.all(texts.map((text) => ada.tell(text, "say")));
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(new Set(said.map(({ json }) => json["id"])).size).toBe(3);
    const his = await ben.watch();
    for (const text of texts) await his.line((line) => line["text"] === text);
    his.kill("SIGTERM");
    await his.ended;
    const heard = his.lines().filter((line) => texts.includes(String(line["text"])));
    expect(heard).toHaveLength(3);
    await eventually(
      () => ben.run("status"),
      ({ json }) => json["unseen"] === 0,
    );
  });
});
