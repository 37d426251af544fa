/** Promises when the relay's disk is put back to an older one, by the real relay core: the line stands still, and promises must not suffer by it. */
import { describe, expect, it } from "vitest";
import type { PromiseView } from "../src/line/view.ts";
import { act, addDeviceOf, hour, letIn, look, minute, paired, restart, say, second, textsOf, together, type Story } from "./stories-kit.ts";
import { settle, until, view, type Person } from "./world.ts";

const promiseOf = (who: Person, words: string): PromiseView | undefined => together(who).promises.find((one) => one.words === words);
const told = (who: Person, what: string, words: string): number =>
  who.happened.filter((one) => one.kind === "promise" && one["what"] === what && one["words"] === words).length;
const troubleOf = (who: Person): unknown => together(who).connection.trouble?.is ?? null;
/** As the relay counts it: what it put into the log, whoever reads it. */
const fired = ({ world }: Story): number => world.network.relay?.stats.fired ?? 0;

/** With a note; late after a minute, and open a minute later. */
const promise = async ({ world, ada }: Story, words: string, inTime: number): Promise<string> => {
  const by = world.schedule.now() + inTime;
  const terms = { when: null, grace: minute, release: minute, note: `look in the ${words} box`, farewell: null };
  const made = await act(world, ada, { do: "promise", intent: { what: "make", words, by, ...terms } });
  if (!made.ok || made.id === undefined) throw new Error("it is promised");
  return made.id;
};
const bothSay = ({ world, ada, ben }: Story, words: string, state: PromiseView["state"]): Promise<true> =>
  until(world, () => ([ada, ben].every((who) => promiseOf(who, words)?.state === state) ? true : undefined));

/** The relay is as it is now, later; those who are connected again found out. */
const remember = async (story: Story): Promise<(...found: readonly Person[]) => Promise<void>> => {
  const { world, ada, ben } = story;
  for (const who of [ada, ben]) look(who, true);
  await settle(world, minute);
  const then = world.log.copy();
  return async (...found) => {
    world.crashRelay();
    await settle(world, 2 * second);
    world.log = then;
    world.startRelay();
    await until(world, () => ((found.length > 0 ? found : [ada, ben]).every((who) => troubleOf(who) === "rewound") ? true : undefined));
  };
};

const takeUp = async ({ world, ada, ben }: Story): Promise<void> => {
  for (const who of [ada, ben]) {
    if (troubleOf(who) === "rewound") await act(world, who, { do: "take-up" });
    await settle(world, 30 * second);
  }
  await until(world, () => ([ada, ben].every((who) => together(who).mending === null && troubleOf(who) === null) ? true : undefined));
};

describe("A relay whose disk is an hour old", () => {
  it("[VIG10] fires nothing of what was kept, withdrawn or extended in that hour, though nobody has decided yet to go on with it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const ids = await Promise.all(["kept", "withdrawn", "extended"].map((words) => promise(story, words, 50 * minute)));
    const putBack = await remember(story);
    await act(world, ada, { do: "promise", intent: { what: "keep", id: ids[0] as string } });
    await act(world, ada, { do: "promise", intent: { what: "withdraw", id: ids[1] as string } });
    await act(world, ada, { do: "promise", intent: { what: "extend", id: ids[2] as string, by: world.schedule.now() + 5 * hour } });
    await settle(world, hour);
    await putBack();
    await settle(world, 20 * minute);
    expect([fired(story), troubleOf(ada), troubleOf(ben)]).toEqual([0, "rewound", "rewound"]);
    await takeUp(story);
    await bothSay(story, "extended", "guarded");
    for (const who of [ada, ben]) expect([promiseOf(who, "kept")?.state, promiseOf(who, "withdrawn")?.state]).toEqual(["kept", "withdrawn"]);
    await settle(world, hour);
    expect([told(ben, "late", "kept"), told(ben, "late", "withdrawn"), told(ben, "late", "extended")]).toEqual([0, 0, 0]);
  });

  it("[VIG10] [PROM3] loses a promise within its grace, which is watched over anew, and late in time", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const begun = world.schedule.now();
    const terms = { when: null, grace: hour, release: minute, note: "look in the box", farewell: null };
    const made = await act(world, ada, { do: "promise", intent: { what: "make", words: "home", by: begun + 20 * minute, ...terms } });
    if (!made.ok || made.id === undefined) throw new Error("it is promised");
    const putBack = await remember(story);
    await act(world, ada, { do: "promise", intent: { what: "extend", id: made.id, by: begun + 30 * minute } });
    await world.runUntil(begun + 40 * minute);
    await putBack();
    await takeUp(story);
    await bothSay(story, "home", "guarded");
    await world.runUntil(begun + 90 * minute - second);
    expect([promiseOf(ben, "home")?.state, told(ben, "late", "home")]).toEqual(["guarded", 0]);
    await world.runUntil(begun + 92 * minute);
    expect([promiseOf(ben, "home")?.note, told(ben, "late", "home"), told(ben, "released", "home")]).toEqual(["look in the box", 1, 1]);
  });

  it("[VIG10] [PROM3] loses one that is late already: what is still to open is watched over anew, and opens in time", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const begun = world.schedule.now();
    const putBack = await remember(story);
    const terms = { when: null, grace: minute, release: 3 * hour, note: "look in the box", farewell: { text: "farewell", after: hour } };
    await act(world, ada, { do: "promise", intent: { what: "make", words: "home", by: begun + 20 * minute, ...terms } });
    await world.runUntil(begun + 30 * minute);
    expect([promiseOf(ben, "home")?.state, promiseOf(ben, "home")?.why]).toEqual(["late", null]);
    await putBack();
    // The line stands still: nobody keeps watch over what is to open.
    expect(promiseOf(ben, "home")).toMatchObject({ state: "late", why: "stopped" });
    await takeUp(story);
    await until(world, () => ([ada, ben].every((who) => promiseOf(who, "home")?.why === null) ? true : undefined));
    for (const who of [ada, ben]) expect(promiseOf(who, "home")?.state).toBe("late");
    // Once more, when it is open and its farewell is not.
    const again = await remember(story);
    await world.runUntil(begun + 3 * hour + 25 * minute);
    expect(promiseOf(ben, "home")).toMatchObject({ state: "released", note: "look in the box" });
    await again();
    await takeUp(story);
    await world.runUntil(begun + 4 * hour + 30 * minute);
    expect([told(ben, "late", "home"), told(ben, "released", "home"), told(ben, "farewell", "home")]).toEqual([1, 1, 1]);
    for (const who of [ada, ben]) expect(promiseOf(who, "home")).toMatchObject({ state: "released", note: "look in the box", farewell: "farewell" });
  });

  it("[VIG10] is told by the other's device alone what its owner kept, while its owner's is off", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const id = await promise(story, "kept", 50 * minute);
    const putBack = await remember(story);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await settle(world, hour);
    world.network.cut("ada");
    await putBack(ben);
    await settle(world, 20 * minute);
    expect(fired(story)).toBe(0);
  });

  it("[PROM2] guards nothing while the line stands still: what it signed before is not green, on either side; taken up it is", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await promise(story, "stands", 5 * hour);
    const putBack = await remember(story);
    await say(world, ada, "in the hour");
    await promise(story, "made", 5 * hour);
    await bothSay(story, "made", "guarded");
    await putBack();
    for (const who of [ada, ben]) for (const words of ["stands", "made"]) expect(promiseOf(who, words)).toMatchObject({ state: "unguarded", why: "stopped" });
    await settle(world, 20 * minute);
    for (const who of [ada, ben]) expect(promiseOf(who, "stands")).toMatchObject({ state: "unguarded", why: "stopped" });
    await takeUp(story);
    for (const words of ["stands", "made"]) await bothSay(story, words, "guarded");
    expect(fired(story)).toBe(0);
  });

  it("[PROM3] what fired while the line stood still is heard once it is taken up: late, and its note opens, each once and for good", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await promise(story, "due", 80 * minute);
    const putBack = await remember(story);
    await say(world, ada, "in the hour");
    await settle(world, hour);
    await putBack();
    await settle(world, 40 * minute);
    expect([told(ben, "late", "due"), promiseOf(ben, "due")?.note]).toEqual([0, null]);
    await takeUp(story);
    await bothSay(story, "due", "released");
    expect(promiseOf(ben, "due")?.note).toBe("look in the due box");
    await settle(world, hour);
    await restart(world, ben);
    for (const who of [ada, ben]) expect([told(who, "late", "due"), told(who, "released", "due")]).toEqual([1, 1]);
  });

  it("[RESYNC1] a device that was to make a backup in some minutes shows what comes as soon as the line is taken up, and not then", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    look(tablet, true);
    const putBack = await remember(story);
    await say(world, ada, "not backed up yet");
    await settle(world, 5 * second);
    expect(together(tablet).backup.behind).toBe(true);
    await putBack(ada, ben, tablet);
    for (const who of [tablet, ada, ben]) if (troubleOf(who) === "rewound") await act(world, who, { do: "take-up" });
    await until(world, () => ([tablet, ada, ben].every((who) => together(who).mending === null && troubleOf(who) === null) ? true : undefined));
    await say(world, ben, "in the line taken up");
    await settle(world, 20 * second);
    expect(textsOf(tablet)).toContain("in the line taken up");
  });

  it("[PROM3] a device that waits for what it begins with hears what fires meanwhile", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    for (const who of [ada, ben]) look(who, true);
    await settle(world, minute);
    await promise(story, "due", 2 * minute);
    // Let in, and away before it heard of it. What it begins with was made before anything fired.
    const tablet = await letIn(story, ben, "ben's tablet");
    world.network.cut("ben's tablet");
    await settle(world, 30 * second);
    expect(fired(story)).toBe(0);
    world.network.cut("ben");
    await settle(world, 10 * minute);
    expect([fired(story), view(tablet)?.stage]).toEqual([2, "arriving"]);
    world.network.mend("ben's tablet");
    await until(world, () => (view(tablet)?.stage === "together" && promiseOf(tablet, "due")?.note === "look in the due box" ? true : undefined));
    await settle(world, minute);
    expect([told(tablet, "late", "due"), told(tablet, "released", "due")]).toEqual([1, 1]);
  });
});
