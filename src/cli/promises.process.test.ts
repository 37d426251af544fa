/** Promises and signs of life over real processes: two people at terminals, a relay that is killed, and time that a test passes. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day, hour, minute, second } from "../../scenarios/kit/clock.ts";
import { askToBeLetIn, letIn } from "../../scenarios/kit/device.ts";
import { until } from "../../scenarios/kit/like.ts";
import type { Line } from "../../scenarios/kit/processes.ts";
import { countLike, type Terminal } from "../../scenarios/kit/terminal.ts";
import { bringTogether, createTimedWorld, type TimedWorld } from "./testing/world.testing.ts";

let world: TimedWorld;
beforeAll(async () => {
  world = await createTimedWorld();
});
afterAll(() => world.end());

const listOf = async (person: Terminal): Promise<readonly Line[]> => (await person.does("promises"))["promises"] as readonly Line[];
const only = async (person: Terminal): Promise<Line> => (await listOf(person))[0] ?? {};
const hhmm = (time: number): string => new Date(time).toISOString().slice(11, 16);

/** Ada promises with a note; the id. */
const promises = async (ada: Terminal, by: string, ...more: readonly string[]): Promise<string> => {
  const made = await ada.tells("home by nine\nlook in the blue box\nand in the red one\n", "promise", "--by", by, "--note", ...more);
  expect(made).toMatchObject({ words: "home by nine", state: "guarded", sealed: true, note: null });
  return String(made["id"]);
};

describe("A promise at a terminal", () => {
  test("[PROM1] [PROM2] is made and guarded for both: by which relay, until when, and when that was checked", async () => {
    const { ada, ben } = await bringTogether(world);
    const id = await promises(ada, "2h");
    for (const [person, from] of [
      [ada, "me"],
      [ben, "other"],
    ] as const) {
      const one = await only(person);
      expect(one).toMatchObject({ id, from, words: "home by nine", state: "guarded", why: null, guard: { relay: world.relay.url, due: one["by"] } });
      expect(Date.parse(String(one["by"]))).toBeGreaterThan(world.time.now() + hour);
      expect((await person.does("status"))["promises"]).toMatchObject([{ id, words: "home by nine", state: "guarded" }]);
    }
    expect(await ben.reads("status")).toMatch(/Ada promised “home by nine”, by .*\d:\d\d.* Guarded until .*checked just now/);
    // PROM6: neither the other nor the relay has what is sealed.
    expect(ben.holds("blue box")).toBe(false);
  });

  test("[PROM6] what the sealed note does not protect against is said when it is armed", async () => {
    const { ada } = await bringTogether(world);
    const { stdout, code } = await ada.says("home by nine\nlook in the box\n", "promise", "--by", "2h", "--note");
    expect(code).toBe(0);
    expect(stdout).toMatch(/The relay holds the note and cannot open it; Ben can open it and does not have it\. That does not help against/);
    expect((await ada.says("back soon\n", "promise", "--by", "2h")).stdout).not.toContain("cannot open it");
  });

  test("[PROM1] [PROM4] kept shortly before it is late, nothing opens; and it cannot be settled twice, nor by the other", async () => {
    const { ada, ben } = await bringTogether(world);
    const id = await promises(ada, "30m");
    await world.time.pass(39 * minute);
    expect(await ben.tries("", "keep", id)).toMatchObject({ code: 3, problem: { error: "no-such-promise" } });
    expect(await ada.does("keep", id.slice(0, 6))).toMatchObject({ state: "kept", unconfirmed: false });
    await world.time.pass(20 * minute);
    for (const person of [ada, ben]) expect(await only(person)).toMatchObject({ state: "kept", late: null, released: null, note: null });
    expect(await ada.tries("", "withdraw", id)).toMatchObject({ code: 3, problem: { error: "settled" } });
  });

  test("[PROM3] not kept it is late, then its note opens for the other: once, although the relay is killed at each step", async () => {
    const { ada, ben } = await bringTogether(world);
    const [hers, his] = [await ada.looks(), await ben.looks()];
    await promises(ada, "20m");
    await his.hears({ kind: "guard", state: "guarded" });
    await world.time.pass(6 * minute);
    await hers.hears({ kind: "promise", what: "remind" });
    await world.time.pass(23 * minute);
    expect(countLike(his.lines(), { kind: "promise", what: "late" })).toBe(0);
    await world.relay.kill();
    await world.relay.restart();
    await world.time.pass(90 * second);
    const late = await his.hears({ kind: "promise", what: "late" });
    expect(late).toMatchObject({ from: "other", words: "home by nine" });
    await world.relay.kill();
    await world.relay.restart();
    await world.time.pass(6 * minute);
    await his.hears({ kind: "promise", what: "released", note: "look in the blue box\nand in the red one" });
    await world.relay.kill();
    await world.relay.restart();
    await world.time.pass(10 * minute);
    expect(await only(ben)).toMatchObject({ state: "released", note: "look in the blue box\nand in the red one" });
    await ben.tells("I look.", "say");
    await hers.hears({ kind: "thought", text: "I look." });
    for (const watching of [hers, his])
      for (const what of ["late", "released"]) expect([what, countLike(watching.lines(), { kind: "promise", what })]).toEqual([what, 1]);
    expect(countLike(his.lines(), { kind: "promise", what: "remind" })).toBe(0);
    for (const watching of [hers, his]) await watching.leaves();
    expect(await ben.reads("between")).toContain("look in the blue box");
  });

  test("[PROM1] extended, it is guarded until its new time, and the first one means nothing", async () => {
    const { ada, ben } = await bringTogether(world);
    const id = await promises(ada, "10m");
    const longer = await ada.does("extend", id.slice(0, 8), "--by", "2h");
    expect(longer).toMatchObject({ id, state: "guarded", guard: { due: longer["by"] } });
    await world.time.pass(40 * minute);
    expect(await only(ben)).toMatchObject({ id, state: "guarded", late: null, by: longer["by"] });
  });

  test("[PROM1] withdrawn, it is over for both and nothing opens", async () => {
    const { ada, ben } = await bringTogether(world);
    const id = await promises(ada, "10m");
    expect(await ada.does("withdraw", id)).toMatchObject({ state: "withdrawn", unconfirmed: false });
    await world.time.pass(40 * minute);
    expect(await only(ben)).toMatchObject({ state: "withdrawn", late: null, released: null });
    expect((await ben.does("status"))["promises"]).toEqual([]);
  });

  test("[PROM5] with a condition it waits, however long, and nothing is said of it", async () => {
    const { ada, ben } = await bringTogether(world);
    const made = await ada.tells("I plant the tree\nthe ground is soft\n", "promise", "--when");
    expect(made).toMatchObject({ state: "open", by: null, when: "the ground is soft", guard: null });
    expect(await ada.tries("", "extend", String(made["id"]), "--by", "21:00")).toMatchObject({ code: 3, problem: { error: "no-deadline" } });
    await world.time.pass(20 * day);
    const his = await ben.looks();
    await ben.does("status");
    expect(countLike(his.lines(), { kind: "guard" })).toBe(0);
    await his.leaves();
    expect(await only(ben)).toMatchObject({ state: "open", when: "the ground is soft" });
    await ada.does("keep", String(made["id"]));
    expect(await only(ben)).toMatchObject({ state: "kept" });
  });

  test("[PROM3] a farewell wants a second decision; it opens after the note, and never with it", async () => {
    const { ada, ben } = await bringTogether(world);
    const text = "home by nine\nlook in the box\n---\nBe well.\n---\n";
    const flags = ["promise", "--by", "10m", "--note", "--farewell", "20m"];
    for (const typed of ["", "yes\n"]) expect(await ada.tries(`${text}${typed}`, ...flags)).toMatchObject({ code: 3, problem: { error: "not-confirmed" } });
    expect(await listOf(ada)).toEqual([]);
    expect(await ada.tells(`${text}farewell\n`, ...flags)).toMatchObject({ state: "guarded" });
    await world.time.pass(28 * minute);
    expect(await only(ben)).toMatchObject({ state: "released", note: "look in the box", farewell: null });
    await world.time.pass(20 * minute);
    expect(await only(ben)).toMatchObject({ note: "look in the box", farewell: "Be well." });
  });

  test("[PROM3] who is back after the note opened is told of the farewell, and stops it", async () => {
    const { ada, ben } = await bringTogether(world);
    const flags = ["promise", "--by", "10m", "--note", "--farewell", "20m", "--yes"];
    const { id } = await ada.tells("home by nine\nlook in the box\n---\nBe well.\n---\n", ...flags);
    await world.time.pass(28 * minute);
    const told = await ada.reads("promises");
    expect(told).toContain("Its farewell opens at");
    const [, , short] = /`(beside withdraw) (\w+)` stops it/.exec(told) ?? [];
    expect(String(id).startsWith(short ?? "-")).toBe(true);
    expect(await ada.does("withdraw", short ?? "")).toMatchObject({ state: "released", unconfirmed: false });
    expect(await ada.reads("promises")).toContain("Its farewell is stopped.");
    await world.time.pass(40 * minute);
    expect(await only(ben)).toMatchObject({ state: "released", note: "look in the box", farewell: null });
  });

  test("[PROM2] promised while the relay is gone, it says that nobody watches yet; the next command has it guarded", async () => {
    const { ada, ben } = await bringTogether(world);
    await world.relay.kill();
    const said = await ada.tries("home by nine\n", "promise", "--by", "2h", "--timeout", "1");
    expect(said).toMatchObject({ code: 4, said: { state: "arming", guard: null }, problem: { error: "unreachable" } });
    await world.relay.restart();
    expect((await ada.does("status"))["promises"]).toMatchObject([{ state: "guarded" }]);
    expect(await only(ben)).toMatchObject({ state: "guarded" });
    await world.relay.kill();
    const kept = await ada.tries("", "keep", String(said.said["id"]), "--timeout", "1");
    expect(kept).toMatchObject({ code: 4, said: { state: "kept", unconfirmed: true } });
    await world.relay.restart();
    await until(async () => (await ada.does("status"))["promises"], []);
    expect(await only(ben)).toMatchObject({ state: "kept" });
  });

  test("[PROM7] while the relay is gone, the other's own device says that the deadline went by", async () => {
    const { ada, ben } = await bringTogether(world);
    const his = await ben.looks();
    await promises(ada, "10m");
    await his.hears({ kind: "guard", state: "guarded" });
    await world.relay.kill();
    await world.time.pass(25 * minute);
    expect(await his.hears({ kind: "guard", unanswered: true })).toMatchObject({ from: "other", words: "home by nine", state: "unguarded" });
    const asked = await ben.tries("", "status", "--timeout", "0.5");
    expect(asked).toMatchObject({ code: 4, said: { promises: [{ unanswered: true, why: "not-checked" }] } });
    await world.relay.restart();
    await his.leaves();
  });

  test("[PROM1] the other can ask for one, and asking again within the hour is damped", async () => {
    const { ada, ben } = await bringTogether(world);
    const hers = await ada.looks();
    expect(await ben.tells("When will you be home?\n", "ask")).toMatchObject({ asked: true, words: "When will you be home?" });
    await hers.hears({ kind: "promise", what: "asked", words: "When will you be home?" });
    expect(await ben.tries("", "ask")).toMatchObject({ code: 3, problem: { error: "too-often" } });
    await hers.leaves();
    await world.time.pass(61 * minute);
    expect(await ben.does("ask")).toMatchObject({ asked: true, words: null });
  });

  test("[PROM1] another device of its owner extends and keeps it", async () => {
    const { ada, ben } = await bringTogether(world);
    const arrival = await askToBeLetIn(ada, world.terminal("Ada's laptop"), "laptop");
    const { device, index } = await letIn(arrival);
    const id = await promises(ada, "1h");
    expect(await device.tries("", "keep", id)).toMatchObject({ code: 3, problem: { error: "too-new" } });
    await ada.does("device", "vouch", String(index));
    expect(await device.does("extend", id, "--by", "2h")).toMatchObject({ id, state: "guarded" });
    await world.time.pass(100 * minute);
    expect(await only(ben)).toMatchObject({ state: "guarded", late: null });
    expect(await device.does("keep", id)).toMatchObject({ state: "kept", unconfirmed: false });
    for (const person of [ada, ben]) expect(await only(person)).toMatchObject({ state: "kept" });
  });

  test("[END2] what is promised is shown before an end, and is lifted by it", async () => {
    const { ada, ben } = await bringTogether(world);
    const id = await promises(ada, "1h");
    const ending = await ada.says("no\n", "end");
    expect(ending.stdout).toMatch(/These promises are lifted[^]*You promised “home by nine”/);
    expect((await ada.begins("end", "--yes").finish()).lines[0]).toMatchObject({ ended: true, lifted: [id] });
    await world.time.pass(80 * minute);
    expect(await ben.does("status")).toMatchObject({ other: { state: "ended" } });
    expect((await ben.begins("between").finish()).stdout).not.toContain("blue box");
  });
});

describe("A sign of life at a terminal", () => {
  /** A window that opens in ten minutes, for half an hour. */
  const lives = async (ada: Terminal): Promise<void> => {
    const from = Math.ceil(world.time.now() / minute) * minute + 10 * minute;
    const begun = await ada.tells(
      "all is well\nthe key is next door\n",
      "life",
      "--from",
      hhmm(from),
      "--to",
      hhmm(from + 30 * minute),
      "--grace",
      "0m",
      "--note",
    );
    expect(begun).toMatchObject({ life: { me: { words: "all is well", ahead: 14, few: false, open: false } } });
  };
  const lifeOf = async (person: Terminal, whose: "me" | "other"): Promise<Line> =>
    ((await person.does("promises"))["life"] as Record<string, Line>)[whose] ?? {};

  test("[LIFE1] one press in its window, and none outside of it", async () => {
    const { ada, ben } = await bringTogether(world);
    await lives(ada);
    expect(await lifeOf(ben, "other")).toMatchObject({ words: "all is well", ahead: 14 });
    expect(await ada.tries("", "sign")).toMatchObject({ code: 3, problem: { error: "no-window" } });
    await world.time.pass(15 * minute);
    expect(await ada.does("sign")).toMatchObject({ signed: true, confirmed: true });
    // Whoever is not sure presses again.
    expect(await ada.does("sign")).toMatchObject({ signed: true, confirmed: true });
    await world.time.pass(hour);
    expect(await listOf(ben)).toEqual([]);
    // A day off is the next window, taken back.
    const { window } = (await lifeOf(ada, "me")) as { window: { id: string } };
    expect(await ada.does("withdraw", window.id.slice(0, 8))).toMatchObject({ state: "withdrawn", unconfirmed: false });
    expect(await lifeOf(ada, "me")).toMatchObject({ window: { id: expect.not.stringMatching(window.id) } });
    expect(await ada.does("life", "off")).toMatchObject({ life: { me: null } });
    expect(await lifeOf(ben, "other")).toEqual({});
  });

  test("[LIFE1] a button that has the key presses over plain http, and can do nothing else; its file is its owner's alone", async () => {
    const { ada, ben } = await bringTogether(world);
    await lives(ada);
    const file = join(world.folder(), "header");
    const { url } = await ada.does("sign-key", file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ada.tries("", "sign-key", file)).toMatchObject({ code: 3, problem: { error: "file" } });
    const press = async (header: string): Promise<number> => {
      const [, name = "", value = ""] = /^(Authorization): (Bearer [\w-]{43})\n$/.exec(readFileSync(header, "utf8")) ?? [];
      return (await fetch(String(url), { method: "POST", headers: { [name]: value } })).status;
    };
    expect(await press(file)).toBe(409);
    // Made anew, for a button that was lost.
    const next = join(world.folder(), "header");
    expect(await ada.tries("", "sign-key", file, "--new")).toMatchObject({ code: 3, problem: { error: "file" } });
    await ada.does("sign-key", next, "--new");
    expect([await press(file), await press(next)]).toEqual([404, 409]);
    await world.time.pass(15 * minute);
    expect([await press(file), await press(next)]).toEqual([404, 200]);
    await world.time.pass(hour);
    expect(await listOf(ben)).toEqual([]);
    // Both show when they are here, so the next window is said by itself.
    await until(() => lifeOf(ada, "me"), { ahead: 14, few: false });
  });

  test("[LIFE1] with its owner's devices off it runs out, and who watches is told before it has", async () => {
    const { ada, ben } = await bringTogether(world);
    await lives(ada);
    const his = await ben.looks();
    await world.time.pass(11 * day);
    const told = await his.hears({ kind: "few", from: "other" });
    expect([1, 2, 3]).toContain(told["ahead"]);
    await his.leaves();
  });

  test("[LIFE1] without a press it is late and then its note opens, once", async () => {
    const { ada, ben } = await bringTogether(world);
    await lives(ada);
    await world.time.pass(50 * minute);
    expect(await only(ben)).toMatchObject({ life: true, state: "released", note: "the key is next door" });
  });
});
