import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hour } from "../../scenarios/kit/clock.ts";
import { until } from "../../scenarios/kit/like.ts";
import { countLike, textsOf } from "../../scenarios/kit/terminal.ts";
import { bringTogether, createTimedWorld, type TimedWorld } from "./testing/world.testing.ts";

let world: TimedWorld;
beforeAll(async () => {
  world = await createTimedWorld();
});
afterAll(() => world.end());

describe("An end by one", () => {
  test("[END1] while the other looks: told as ended, who by and not when; nothing can be said any more, by either", async () => {
    const { ada, ben } = await bringTogether(world);
    await ben.tells("Good night.", "say");
    const his = await ben.looks();
    const ended = await ada.begins("end", "--yes").finish();
    expect(ended.code).toBe(0);
    expect(ended.lines.at(-1)).toMatchObject({ ended: true, told: true, wiped: false });
    await his.hears({ kind: "ended", from: "other" });
    expect(await his.hears({ kind: "state", state: "ended" })).toMatchObject({ by: "other", since: null });
    await his.leaves();
    const records = await world.relay.sum("records");
    for (const person of [ada, ben]) {
      for (const args of [["say"], ["feel", "calm"], ["give", "touch", "off"], ["apart"]] as const)
        expect(await person.tries("x", ...args)).toMatchObject({ code: 3, problem: { error: "ended" } });
    }
    expect(await world.relay.sum("records")).toBe(records);
    expect(await ben.does("status")).toMatchObject({ other: { state: "ended" }, by: "other", told: true });
    expect(await ada.reads("status")).toMatch(/^You ended the bond with .*Ben/);
    expect(await ben.reads("status")).toMatch(/Ada.* ended the bond/);
  });

  test("[END1] while the other is away: it is the first thing that the other's next command says", async () => {
    const { ada, ben } = await bringTogether(world);
    await ada.does("end", "--yes");
    await world.time.pass(20 * 24 * hour);
    expect(await ben.does("status")).toMatchObject({ other: { state: "ended" }, by: "other" });
  });

  test("[END2] without --yes it says what happens and wants a word typed; anything else changes nothing", async () => {
    const { ada } = await bringTogether(world);
    expect(await ada.tries("yes\n", "end")).toMatchObject({ code: 3, problem: { error: "not-confirmed" } });
    expect(await ada.tries("", "end")).toMatchObject({ code: 3, problem: { error: "not-confirmed" } });
    expect(await ada.does("status")).toMatchObject({ other: { name: "Ben" }, show: { on: true } });
    expect(await ada.tells("end\n", "end")).toMatchObject({ ended: true, told: true });
  });

  test("[END1] with the relay down it is ended here and says that the relay does not know; killed at once it is told all the same", async () => {
    const { ada, ben } = await bringTogether(world);
    await world.relay.kill();
    const ending = ada.begins("end", "--yes", "--timeout", "60");
    expect(await ending.line({ ended: true })).toMatchObject({ told: false });
    await ending.end("SIGKILL");
    const asked = await ada.tries("", "status", "--timeout", "0.5");
    expect(asked).toMatchObject({ code: 4, said: { other: { state: "ended" }, by: "me", told: false } });
    expect(asked.problem).toMatchObject({ error: "unreachable", message: expect.stringContaining("Ended here; the relay does not know yet") });
    expect(await ada.tries("x", "say", "--timeout", "0.5")).toMatchObject({ code: 3, problem: { error: "ended" } });
    await world.relay.restart();
    // What had been told before it was down.
    expect(await ben.does("status")).toMatchObject({ other: { state: expect.not.stringMatching("ended") } });
    expect(await ada.does("status")).toMatchObject({ by: "me", told: true });
    expect(await ben.does("status")).toMatchObject({ other: { state: "ended" }, by: "other" });
  });

  test("[END2] later: at its time, also when nothing ran then; before it can be called off, and the other is told nothing", async () => {
    const { ada, ben } = await bringTogether(world);
    const { endAt } = await ada.does("end", "--later", "2h", "--yes");
    expect(Date.parse(String(endAt)) - world.time.now()).toBeLessThanOrEqual(2 * hour);
    expect(await ada.does("status")).toMatchObject({ endAt });
    expect(await ada.reads("status")).toContain("`beside end --later off` calls it off");
    expect(JSON.stringify(await ben.does("status"))).not.toContain(String(endAt));
    expect(await ada.does("end", "--later", "off")).toMatchObject({ endAt: null });
    await world.time.pass(3 * hour);
    expect(await ada.does("status")).toMatchObject({ endAt: null });
    await ada.does("end", "--later", "2h", "--yes");
    await world.time.pass(3 * hour);
    const his = await ben.looks();
    expect(await ada.does("status")).toMatchObject({ by: "me", told: true });
    await his.hears({ kind: "ended", from: "other" });
    await his.leaves();
    expect(await ada.tries("", "end", "--later", "soon")).toMatchObject({ code: 2 });
  });

  test("[END2] wiped: nothing of it is left on this disk, the relay is told all the same, and the other keeps what is kept", async () => {
    const { ada, ben } = await bringTogether(world);
    await ada.tells("written on water", "say");
    await ben.does("status");
    await world.relay.kill();
    expect(await ada.tries("", "end", "--yes", "--wipe", "--timeout", "0.5")).toMatchObject({ code: 4, said: { ended: true, wiped: true, told: false } });
    expect(ada.holds("written on water")).toBe(false);
    expect(ada.holds("Ben")).toBe(false);
    await world.relay.restart();
    await ada.begins("status").finish();
    expect((await ada.does("bonds"))["bonds"]).toEqual([]);
    expect(await ben.does("status")).toMatchObject({ other: { state: "ended" }, by: "other" });
    expect(textsOf((await ben.exports()).entries)).toEqual(["written on water"]);
    // Also afterwards, by the one who did not end it.
    expect(await ben.tries("", "end", "--wipe")).toMatchObject({ code: 3, problem: { error: "not-confirmed" } });
    expect(await ben.tells("end\n", "end", "--wipe")).toMatchObject({ wiped: true });
    expect(ben.holds("written on water")).toBe(false);
    expect((await ben.does("bonds"))["bonds"]).toEqual([]);
  });
});

describe("After the end", () => {
  test("[KEEP1] [KEEP2] both read and export what they kept; who chooses it has the last things marked, and nothing asked", async () => {
    const { ada, ben } = await bringTogether(world);
    await ben.does("feel", "tender");
    await ben.tells("Look at the moon.", "say");
    await ada.tells("I do.", "say");
    await ada.does("keeping", "on");
    expect(await ada.does("status")).toMatchObject({ keeping: true, last: [{ kind: "feeling" }, { kind: "thought", body: { text: "Look at the moon." } }] });
    expect(await ada.reads("status")).not.toMatch(/not compared|not written down/);
    expect(await ben.does("status")).toMatchObject({ keeping: false });
    await ben.does("end", "--yes");
    expect(await ada.does("status")).toMatchObject({ keeping: true, by: "other" });
    const read = [...(await ada.begins("between").finish()).lines];
    expect(read.filter((line) => line["last"] === true).map((line) => line["kind"])).toEqual(["feeling", "thought"]);
    expect(await ada.reads("between")).toMatch(/The last\. Ben.*Look at the moon\./);
    for (const person of [ada, ben]) {
      const { entries, page } = await person.exports();
      expect(textsOf(entries)).toEqual(["Look at the moon.", "I do."]);
      expect(countLike(entries, { kind: "feeling" })).toBe(1);
      expect(page).toContain("Look at the moon.");
    }
    const into = join(world.folder(), "out");
    await ben.does("export", into);
    expect((JSON.parse(readFileSync(join(into, "bond.json"), "utf8")) as { history: unknown[] }).history).toMatchObject([{ is: "gave", sense: "presence" }]);
    await ada.does("keeping", "off");
    await until(() => ada.does("status"), { keeping: false });
  });
});

describe("A bond with somebody else", () => {
  test("[END3] recall without a word names no bond that was not with somebody called like the other", async () => {
    const { ada } = await bringTogether(world);
    const earlier = String((await ada.does("status"))["bond"]);
    await ada.does("end", "--yes");
    const cyd = world.terminal("Cyd");
    const link = String((await ada.does("invite", "--name", "Ada", "--relay", world.relay.url))["link"]);
    await cyd.tells(link, "join", "--name", "Cyd", "--relay", world.relay.url);
    await ada.does("accept");
    const told = await ada.tries("", "recall");
    expect(told).toMatchObject({ code: 2, problem: { error: "name-it", message: expect.stringContaining("learns that you had it") } });
    expect(await ada.does("recall", earlier)).toMatchObject({ earlier, recalled: false });
  });
});
