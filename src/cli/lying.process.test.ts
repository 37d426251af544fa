/** A real relay process that lies to two people with real terminals: what they are told of it, and what stays theirs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { spawnLyingRelay } from "../testing/lying-relay.ts";
import { createKit, eventually, pair, type Ended, type Line, type Person } from "./testing/cli-kit.ts";
import { troubleWords } from "./words.ts";

const kit = createKit();
let relay: Awaited<ReturnType<typeof spawnLyingRelay>>;
beforeEach(async () => {
  relay = await spawnLyingRelay();
});
afterEach(() => relay.stop());
afterAll(kit.cleanUp);

const errorOf = ({ stderr }: Ended): Line => JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as Line;
const troubleOf = ({ json }: Ended): unknown => (json["connection"] as Line)["trouble"];

/** Said, and at the relay. */
const say = async (who: Person, text: string): Promise<void> => {
  const { code, stderr } = await who.tell(text, "say");
  if (code !== 0) throw new Error(stderr);
};

/** Said, and shown to the other as far as the relay lets it. */
const said = async (who: Person, text: string): Promise<void> => {
  await say(who, text);
  await relay.tell("mirror");
};

/** Each decides to go on; who was taken along by the other has nothing to decide. */
const areTakenUp = async (...people: readonly Person[]): Promise<void> => {
  for (const who of people) {
    const { code, stderr } = await who.run("take-up");
    expect([code, stderr]).toEqual([0, ""]);
  }
};

/** Both have all of it, once; both are told that the line was made anew, and each hears the other. */
const isWhole = async (ada: Person, ben: Person, texts: readonly string[]): Promise<void> => {
  for (const who of [ada, ben]) await say(who, `and on, ${who === ada ? "Ada" : "Ben"}`);
  const all = [...texts, "and on, Ada", "and on, Ben"].toSorted();
  for (const who of [ada, ben]) {
    const { code, json } = await who.run("status");
    expect([code, json]).toMatchObject([
      0,
      { connection: { trouble: null, waiting: 0 }, mending: null, notices: expect.arrayContaining([expect.objectContaining({ is: "again" })]) },
    ]);
    expect((await textsOf(who)).toSorted()).toEqual(all);
  }
};

const textsOf = async (who: Person): Promise<readonly string[]> => {
  const folder = join(kit.folder(), "out");
  await who.run("export", folder);
  const { entries } = JSON.parse(readFileSync(join(folder, "bond.json"), "utf8")) as {
    readonly entries: readonly { readonly body: { readonly text?: string } }[];
  };
  return entries.flatMap(({ body }) => body.text ?? []);
};

const isTold = async (who: Person, trouble: "forked" | "rewound"): Promise<void> => {
  const status = await who.run("status");
  expect([status.code, troubleOf(status), errorOf(status)]).toEqual([3, trouble, { error: trouble, message: troubleWords[trouble] }]);
};

/** Not only a program: in words, each time it is asked. */
const reads = async (who: Person, trouble: "forked" | "rewound"): Promise<void> => {
  const read = await who.plain("status");
  expect([read.code, read.stderr.trim()]).toEqual([3, troubleWords[trouble]]);
};

/** What is said from now on is kept here and goes to nobody. */
const hasStopped = async (who: Person, text: string): Promise<void> => {
  const before = await relay.tell("mirror");
  const said = await who.tell(text, "say");
  expect([said.code, errorOf(said)["error"], said.json["id"]]).toEqual([3, "forked", expect.stringMatching(/^\d+-\d+$/)]);
  expect((await who.run("status")).json).toMatchObject({ connection: { waiting: 1 } });
  expect(await relay.tell("mirror")).toBe(before);
};

describe("a relay that lies", () => {
  test("[CHAIN2] two orders of the same words: both are told at the next exchange, keep all they had, and say no more to the relay", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "before");
    await ben.run("status");
    await relay.tell("fork-order");
    await say(ada, "hers");
    await say(ben, "his");
    await relay.tell("mirror");
    // Each has a whole history so far, and no way to know of the other one.
    for (const who of [ada, ben]) expect(troubleOf(await who.run("status"))).toBeNull();
    await say(ada, "hers, knowing his");
    await say(ben, "his, knowing hers");
    await relay.tell("mirror");
    for (const who of [ada, ben]) await isTold(who, "forked");
    expect(await textsOf(ada)).toEqual(["before", "hers", "his", "hers, knowing his", "his, knowing hers"]);
    expect(await textsOf(ben)).toEqual(["before", "his", "hers", "his, knowing hers", "hers, knowing his"]);
    await hasStopped(ada, "to herself");
    await hasStopped(ben, "to himself");
    // It is not forgiven because the relay tells one story again.
    await relay.tell("honest");
    for (const who of [ada, ben]) await reads(who, "forked");
    expect(await textsOf(ben)).not.toContain("to herself");
  });

  test("[CHAIN2] one entry withheld: both are told at the next exchange, and nobody loses what was shown", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await relay.tell("withhold");
    await say(ada, "withheld");
    await relay.tell("mirror");
    await say(ben, "his");
    await relay.tell("mirror");
    for (const who of [ada, ben]) expect(troubleOf(await who.run("status"))).toBeNull();
    await say(ada, "shown");
    await say(ben, "his again");
    await relay.tell("mirror");
    for (const who of [ada, ben]) await isTold(who, "forked");
    expect([await textsOf(ada), await textsOf(ben)]).toEqual([
      ["withheld", "his", "shown", "his again"],
      ["his", "his again", "shown"],
    ]);
    await hasStopped(ben, "to himself");
  });

  test("[LOSE1] what was withheld is there once the line is taken up, and so is what was said while it stood still", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await relay.tell("withhold");
    await said(ada, "withheld");
    await said(ben, "his");
    for (const who of [ada, ben]) await who.run("status");
    await say(ada, "shown");
    await say(ben, "his again");
    await relay.tell("mirror");
    for (const who of [ada, ben]) await isTold(who, "forked");
    expect((await ben.tell("to himself", "say")).code).toBe(3);
    await relay.tell("honest");
    await areTakenUp(ada, ben);
    await isWhole(ada, ben, ["his", "his again", "shown", "to himself", "withheld"]);
  });

  test("[LOSE1] after two stories the line is taken up again: it goes on with one, and both have what either said", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "before");
    await ben.run("status");
    expect((await ada.run("take-up")).json).toMatchObject({ takenUp: false });
    await relay.tell("fork-order");
    await say(ada, "hers");
    await say(ben, "his");
    await relay.tell("mirror");
    for (const who of [ada, ben]) await who.run("status");
    await say(ada, "hers, knowing his");
    await say(ben, "his, knowing hers");
    await relay.tell("mirror");
    for (const who of [ada, ben]) await isTold(who, "forked");
    await hasStopped(ada, "while it stood still");
    await relay.tell("honest");
    expect((await ada.run("take-up")).json).toMatchObject({ takenUp: true });
    // The other one's device is taken along, or taken up by its own person.
    const bens = await ben.run("take-up");
    expect([bens.code, bens.stderr]).toEqual([0, ""]);
    for (const who of [ada, ben, ada]) expect([(await who.run("status")).code, troubleOf(await who.run("status"))]).toEqual([0, null]);
    await say(ben, "and on");
    await ada.run("status");
    const all = ["and on", "before", "hers", "hers, knowing his", "his", "his, knowing hers", "while it stood still"];
    for (const who of [ada, ben]) expect((await textsOf(who)).toSorted()).toEqual(all);
    expect((await ben.run("status")).json["notices"]).toMatchObject([{ is: "again" }]);
  });

  test("[CHAIN2] who watches is told at once, in the stream of what happens", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await relay.tell("fork-order");
    const watching = await ben.watch();
    await say(ada, "one");
    await say(ben, "two");
    await relay.tell("mirror");
    await say(ada, "three");
    await relay.tell("mirror");
    await watching.line((line) => line.kind === "connection" && line["trouble"] === "forked");
    await watching.line((line) => line.kind === "thought" && line["text"] === "three");
    watching.kill("SIGTERM");
    expect((await watching.ended).code).toBe(0);
  });

  test("[CHAIN1] an ack with another head is not believed: who hears it says so, keeps the words, and sends no more", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "before");
    const wrongly = (who: Person): string => `confirmed wrongly to ${who === ada ? "Ada" : "Ben"}`;
    await relay.tell("wrong-head");
    for (const who of [ada, ben]) {
      const said = await who.tell(wrongly(who), "say");
      expect([said.code, errorOf(said)]).toEqual([3, { error: "forked", message: troubleWords.forked }]);
      await isTold(who, "forked");
    }
    // The log has it, and gives it back: what waited is now kept, and kept once.
    const watching = await ada.watch();
    await eventually(
      () => ada.run("status"),
      ({ json }) => (json["connection"] as Line)["waiting"] === 0,
    );
    watching.kill("SIGTERM");
    await watching.ended;
    expect((await textsOf(ada)).filter((text) => text === "before" || text === wrongly(ada))).toEqual(["before", wrongly(ada)]);
    const heard = await relay.tell("honest");
    await ada.tell("to herself", "say");
    await ben.tell("to himself", "say");
    expect(await relay.tell("mirror")).toBe(heard);
  });

  test("[CHAIN1] an older copy of the log: both are told, nothing is sent to it, and with the whole log all goes on, once", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "one");
    await ben.run("status");
    await relay.tell("remember");
    await say(ada, "two");
    await say(ben, "three");
    await ada.run("status");
    await relay.tell("rewind");
    for (const who of [ada, ben]) await isTold(who, "rewound");
    await reads(ben, "rewound");
    const heard = await relay.tell("mirror");
    const said = await ada.tell("four", "say");
    expect([said.code, errorOf(said)["error"]]).toEqual([3, "rewound"]);
    expect(await relay.tell("mirror")).toBe(heard);
    expect(await textsOf(ben)).toEqual(["one", "two", "three"]);
    await relay.tell("honest");
    for (const who of [ada, ben, ada]) expect((await who.run("status")).code).toBe(0);
    expect((await ada.run("status")).json).toMatchObject({ connection: { trouble: null, waiting: 0 } });
    for (const who of [ada, ben]) expect(await textsOf(who)).toEqual(["one", "two", "three", "four"]);
  });

  test("[LOSE1] an older copy put back for good: taken up, it has again what the two of them had, each thing once", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await say(ada, "one");
    await ben.run("status");
    await relay.tell("remember");
    await say(ada, "two");
    await say(ben, "three");
    await ada.run("status");
    await relay.tell("rewind");
    await relay.tell("settle-rewound");
    for (const who of [ada, ben]) await isTold(who, "rewound");
    await areTakenUp(ada, ben);
    await ada.run("status");
    await isWhole(ada, ben, ["one", "two", "three"]);
  });

  test("[LOG1] nobody is told that anything was kept: it waits, and is told as waiting; the log has it, and nothing is said twice", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await relay.tell("no-acks");
    const unsure = await ada.tell("are you there?", "say", "--timeout", "3");
    expect([unsure.code, errorOf(unsure)["error"]]).toEqual([4, "slow"]);
    expect((await ben.run("status")).json).toMatchObject({ unseen: 1, connection: { trouble: null } });
    // Who comes again reads in the log that it is there.
    expect((await ada.run("status")).json).toMatchObject({ connection: { trouble: null, waiting: 0 } });
    await ben.tell("I am", "say", "--timeout", "3");
    await relay.tell("honest");
    for (const who of [ada, ben]) expect((await who.run("status")).json).toMatchObject({ connection: { trouble: null, waiting: 0 }, notices: [] });
    for (const who of [ada, ben]) expect(await textsOf(who)).toEqual(["are you there?", "I am"]);
  });

  test("[CHAIN1] an older copy in which the other went on is another history to who has the newer one", async () => {
    const { ada, ben } = await pair(kit, relay.url);
    await ben.run("status");
    await relay.tell("remember");
    await say(ada, "never shown");
    await relay.tell("rewind");
    await say(ben, "instead of it");
    await isTold(ada, "forked");
    expect([await textsOf(ada), await textsOf(ben)]).toEqual([["never shown"], ["instead of it"]]);
  });
});
