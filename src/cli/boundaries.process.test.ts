import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day, hour, minute } from "../../scenarios/kit/clock.ts";
import { until } from "../../scenarios/kit/like.ts";
import { countLike, type Terminal } from "../../scenarios/kit/terminal.ts";
import { bringTogether, createTimedWorld, type TimedWorld } from "./testing/world.testing.ts";

let world: TimedWorld;
let ada: Terminal;
let ben: Terminal;
beforeAll(async () => {
  world = await createTimedWorld();
  ({ ada, ben } = await bringTogether(world));
});
afterAll(() => world.end());

interface Listed {
  readonly sense: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  readonly letIn: string;
}
const grantsOf = async (person: Terminal): Promise<readonly Listed[]> => (await person.does("grants"))["grants"] as readonly Listed[];
const listOf = (grants: readonly Listed[], whose: "mine" | "theirs"): unknown => grants.map((one) => [one.sense, one[whose]]);
/** Of the two lists, as a person reads them: the lines under this heading. */
const linesUnder = (text: string, heading: string): readonly string[] => {
  const lines = text.split("\n");
  const from = lines.indexOf(heading) + 1;
  const to = lines.findIndex((line, at) => at >= from && !line.startsWith("  "));
  return lines.slice(from, to);
};

describe("What I give", () => {
  test("[BOUND1] both see the same list of it in the same words, to read and as data", async () => {
    await ada.does("give", "presence", "coarse", "--until", "3d");
    await ada.does("give", "touch", "off");
    await ben.does("give", "thought", "full", "--until", "2h");
    const [adas, bens] = [await grantsOf(ada), await grantsOf(ben)];
    expect(listOf(adas, "mine")).toEqual(listOf(bens, "theirs"));
    expect(listOf(adas, "theirs")).toEqual(listOf(bens, "mine"));
    expect(adas.find(({ sense }) => sense === "touch")?.mine).toEqual({ give: "off", until: null });
    const [hers, his] = [await ada.reads("grants"), await ben.reads("grants")];
    expect(linesUnder(hers, "You give:")).toEqual(linesUnder(his, "Ada gives:"));
    expect(linesUnder(hers, "Ben gives:")).toEqual(linesUnder(his, "You give:"));
    // Who is asked to show that list shows nothing of what is one's own alone.
    expect(hers).not.toContain("set aside");
    expect(await ada.does("let")).toMatchObject({ lets: [{ sense: "presence", letIn: "on" }, {}, {}, {}, {}, {}] });
    expect(await ada.reads("let")).toContain("You let in (yours alone");
    await ada.does("give", "touch", "full");
  });

  test("[BOUND1] what flows by itself ends after thirty days at most, whatever end was asked for", async () => {
    const { mine } = await ada.does("give", "presence", "full", "--until", "90d");
    const left = Date.parse(String((mine as { until: string }).until)) - world.time.now();
    expect(left).toBeGreaterThan(30 * day - minute);
    expect(left).toBeLessThanOrEqual(30 * day);
  });

  test("[BOUND1] what is off is not said, and nothing of it is on the wire", async () => {
    const his = await ben.looks();
    await ada.does("give", "feeling", "off");
    await ada.does("give", "presence", "off");
    const records = await world.relay.sum("records");
    expect(await ada.tries("", "feel", "calm")).toMatchObject({ code: 3, problem: { error: "not-given" } });
    const hers = await ada.looks();
    await ada.does("status");
    await hers.leaves();
    expect(await world.relay.sum("records")).toBe(records);
    expect(countLike(his.lines(), { kind: "presence", from: "other" })).toBe(0);
    await ada.does("give", "feeling", "full");
    await ada.does("give", "presence", "full");
    await his.leaves();
  });

  test("[PRES4] a battery that is nearly empty is told only where that is given, and gives the silence a reason", async () => {
    expect(await ben.tries("", "battery", "low")).toMatchObject({ code: 3, problem: { error: "not-given" } });
    await ben.does("give", "goodbye", "full");
    const hers = await ada.looks();
    const his = await ben.looks();
    await ben.does("battery", "low");
    await hers.hears({ kind: "goodbye", from: "other", going: true });
    await his.losesPower();
    await world.time.pass(25 * minute);
    expect(await ada.sees()).toMatchObject({ state: "away", why: "battery", until: null });
    expect(await ada.reads("status")).toContain("The battery of Ben's device was nearly empty");
    await ben.does("battery", "fine");
    // What was sealed in case the device goes: it went in that moment, and that is what is known now.
    expect(await until(ada.sees, { state: "around" })).toMatchObject({ since: expect.stringMatching(/:\d[05]:00\.000Z$/) });
    await hers.leaves();
  });
});

describe("What I let in", () => {
  test("[SAY4] thoughts that I do not let in are set aside, and the one who sends them sees no difference", async () => {
    const [records, before] = [await world.relay.sum("records"), await grantsOf(ben)];
    await ada.does("let", "thought", "off");
    expect(await world.relay.sum("records")).toBe(records);
    const hers = await ada.looks();
    const his = await ben.looks();
    await his.hears({ kind: "state", state: "beside" });
    const told = his.lines().length;
    await ben.tells("Do you hear me?", "say");
    await his.hears({ kind: "thought", from: "me" });
    await ben.does("feel", "calm");
    await hers.hears({ kind: "feeling", from: "other" });
    expect(countLike(hers.lines(), { kind: "thought", from: "other" })).toBe(0);
    expect(await ada.does("status")).toMatchObject({ unseen: 0 });
    expect(countLike(his.lines().slice(told), { from: "other" })).toBe(0);
    expect(listOf(await grantsOf(ben), "theirs")).toEqual(listOf(before, "theirs"));
    expect(await ada.reads("between")).not.toContain("Do you hear me?");
    expect(await ada.reads("between", "--aside")).toMatch(/Set aside\. Ben: Do you hear me\?/);
    const { entries, page } = await ada.exports();
    expect(entries.filter((entry) => "aside" in entry).map(({ body }) => body.text)).toEqual(["Do you hear me?"]);
    expect(page).toMatch(/class="aside"[^]*set aside[^]*Do you hear me\?/);
    await ada.does("let", "thought", "on");
    await ben.tells("And now?", "say");
    await hers.hears({ kind: "thought", text: "And now?" });
    for (const one of [hers, his]) await one.leaves();
  });

  test("[BOUND1] what is let in quietly prints nothing for a person, waits in status, and is marked for a program", async () => {
    await ada.does("let", "thought", "quiet");
    const watching = await ada.looks();
    await ben.tells("without a sound", "say");
    expect(await watching.hears({ kind: "thought", text: "without a sound" })).toMatchObject({ quiet: true });
    await watching.leaves();
    const person = await ada.looksPlainly();
    await ben.tells("still without a sound", "say");
    await until(() => ada.does("status"), { unseen: 1 });
    expect(await ada.reads("status")).toContain("still without a sound");
    expect(await person.leaves()).not.toContain("still without a sound");
    await ada.does("let", "thought", "on");
  });

  test("[LINK2] what comes again and again without an answer comes without a cue, until I do something myself", async () => {
    const hers = await ada.looks();
    for (let at = 1; at <= 8; at++) await ben.tells(`again ${at}`, "say");
    await hers.hears({ kind: "thought", text: "again 8" });
    const loud = (): number => hers.lines().filter((line) => line["kind"] === "thought" && line["from"] === "other" && line["quiet"] !== true).length;
    expect([loud(), countLike(hers.lines(), { kind: "thought", from: "other", quiet: true })]).toEqual([6, 2]);
    await ada.tells("I hear you.", "say");
    await ben.tells("at last", "say");
    expect(await hers.hears({ kind: "thought", text: "at last" })).not.toHaveProperty("quiet");
    await hers.leaves();
  });
});

describe("Apart", () => {
  test("[BOUND4] announced, with its words and what passes; nothing else flows; back without a new pairing", async () => {
    const words = (await ada.does("words"))["words"];
    const his = await ben.looks();
    const gone = await ada.tells("the harvest is in\n", "apart", "--when", "--pass", "feeling");
    expect(gone).toMatchObject({ apart: { announced: true, dark: false, until: null, when: "the harvest is in", passes: ["feeling"] } });
    await his.hears({ kind: "apart", from: "other", what: "apart", when: "the harvest is in" });
    expect(await ben.sees()).toMatchObject({ state: "away", why: "apart", until: null, when: "the harvest is in" });
    expect(await ben.reads("status")).toMatch(/Ada is apart since .*as announced: .*the harvest is in/);
    expect(await ada.tries("No.", "say")).toMatchObject({ code: 3, problem: { error: "apart" } });
    const hers = await ada.looks();
    await ada.does("feel", "tender");
    await his.hears({ kind: "feeling", from: "other", name: "tender" });
    await ben.tells("Take your time.", "say");
    expect([countLike(his.lines(), { kind: "presence", from: "other", what: "open" }), countLike(hers.lines(), { kind: "thought", from: "other" })]).toEqual([
      0, 0,
    ]);
    expect(await ada.reads("between", "--last", "3")).not.toContain("Take your time.");
    expect(await ada.reads("between", "--search", "time")).toContain("not shown until you come back");
    await ada.does("back");
    expect(await ada.reads("between", "--search", "time")).toContain("Take your time.");
    await his.hears({ kind: "apart", from: "other", what: "back" });
    expect(await ada.does("status")).toMatchObject({ apart: { me: null, other: null }, unseen: 1 });
    await his.hears({ kind: "state", state: "beside" });
    expect((await ada.does("words"))["words"]).toEqual(words);
    for (const one of [hers, his]) await one.leaves();
  });

  test("[BOUND4] dark says when I expect to be back, ends then by itself, and an overdue return is told as said", async () => {
    await ada.does("dark", "--until", "2h");
    const seen = await ben.sees();
    expect(seen).toMatchObject({ state: "away", why: "dark" });
    expect(Date.parse(String(seen["until"])) - world.time.now()).toBeLessThanOrEqual(2 * hour);
    expect(await ben.reads("status")).toMatch(/Ada is out of reach until .*, as announced/);
    expect((await ben.does("status"))["apart"]).toMatchObject({ other: { dark: true, announced: true } });
    await world.time.pass(25 * hour);
    expect(await ben.sees()).toMatchObject({ state: "unheard", expected: seen["until"] });
    expect(await ada.does("status")).toMatchObject({ apart: { me: null } });
  });

  test("[BOUND4] [PRES3] a pause that nobody is told of looks like any device that is off", async () => {
    const hers = await ada.looks();
    const his = await ben.looks();
    await his.hears({ kind: "state", state: "beside" });
    expect(await ada.does("apart", "--unannounced")).toMatchObject({ apart: { announced: false } });
    await his.hears({ kind: "presence", from: "other", what: "left" });
    expect(await ben.sees()).toMatchObject({ state: "near" });
    const [records, told] = [await world.relay.sum("records"), his.lines().length];
    // Ada's own watch goes on all the while.
    await ada.does("status");
    expect(await world.relay.sum("records")).toBe(records);
    expect(countLike(his.lines().slice(told), { from: "other" })).toBe(0);
    expect(await ben.does("status")).toMatchObject({ apart: { other: null } });
    expect(await ada.reads("status")).toContain("Nobody is told");
    await world.time.pass(25 * hour);
    expect(await ben.sees()).toMatchObject({ state: "unheard" });
    await ada.does("back");
    await until(ben.sees, { state: "beside" });
    for (const one of [hers, his]) await one.leaves();
  });

  test("[BOUND4] back says so when there is no pause, and a condition is for an announced one", async () => {
    expect(await ada.tries("", "back")).toMatchObject({ code: 3, problem: { error: "not-apart" } });
    expect(await ada.tries("", "apart", "--when", "--unannounced")).toMatchObject({ code: 2 });
    expect(await ada.tries("", "apart", "--when")).toMatchObject({ code: 3, problem: { error: "empty" } });
    expect(await ada.tries("", "dark")).toMatchObject({ code: 2 });
    expect(await ada.tries("", "apart", "--pass", "presence")).toMatchObject({ code: 2 });
  });
});

describe("The history of what I gave", () => {
  test("[BOUND6] each change is there with its time and device, oldest first, it only grows, and the export holds it", async () => {
    const past = async (person: Terminal): Promise<readonly Record<string, unknown>[]> => [...(await person.begins("history").finish()).lines];
    const before = await past(ada);
    expect(before).toContainEqual(expect.objectContaining({ is: "gave", sense: "presence", give: "full", by: 0, at: expect.stringMatching(/Z$/) }));
    await ada.does("give", "touch", "off");
    await ada.does("give", "touch", "full");
    const after = await past(ada);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { is: "gave", sense: "touch", give: "off" },
      { is: "gave", sense: "touch", give: "full" },
    ]);
    expect((await past(ben)).filter(({ is, sense }) => is === "gave" && sense === "touch")).toEqual([]);
    const into = join(world.folder(), "out");
    await ada.does("export", into);
    const { history } = JSON.parse(readFileSync(join(into, "bond.json"), "utf8")) as { readonly history: unknown };
    expect(history).toEqual(after);
    expect(readFileSync(join(into, "index.html"), "utf8")).toMatch(/What you gave, and your devices[^]*You give touch: off/);
  });
});
