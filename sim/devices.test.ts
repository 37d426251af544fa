/** Several devices a side, and lines taken up again: the real line and relay, a calm network. */
import { describe, expect, it } from "vitest";
import { invariant } from "../src/base/exhaustive.ts";
import { toHex } from "../src/base/bytes.ts";
import type { Kept } from "../src/line/home.ts";
import type { BondView } from "../src/line/view.ts";
import {
  addDeviceOf,
  act,
  bondOf,
  day,
  diskOf,
  happens,
  homeOf,
  hour,
  keptOf,
  minute,
  origin,
  paired,
  say,
  second,
  textsOf,
  together,
  wordsOf,
} from "./stories-kit.ts";
import { settle, until, view, type Person } from "./world.ts";

/** What two devices keep alike, whoever of the two they are of. */
const linesOf = (kept: readonly Kept[], who: Person): readonly string[] =>
  kept.map((one) => `${one.id} ${(one.from === "me") === (who.of === "ada") ? "ada" : "ben"} ${one.kind} ${JSON.stringify(one.body)}`);

const sameForAll = async (...devices: readonly Person[]): Promise<readonly string[]> => {
  const [first, ...rest] = await Promise.all(devices.map(async (who) => linesOf(await keptOf(who), who)));
  for (const other of rest) expect(other).toEqual(first);
  return first ?? [];
};

const stageOf = (who: Person): BondView["stage"] | undefined => view(who)?.stage;

describe("A second device", () => {
  it("[DEV1] is let in from the first one's screen, has the whole history, and both sides are shown it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "from my phone");
    await say(world, ben, "to your phone");
    const tablet = await addDeviceOf(story, ada, "tablet");
    expect(textsOf(tablet)).toEqual(["from my phone", "to your phone"]);
    expect(together(tablet).words).toEqual(together(ada).words);
    expect(together(ada).devices.mine.map(({ name, here }) => [name, here])).toEqual([
      ["", true],
      ["tablet", false],
    ]);
    expect(together(tablet).devices.mine.map(({ name, here }) => [name, here])).toEqual([
      ["", false],
      ["tablet", true],
    ]);
    expect(together(ben).devices.theirs.length).toBe(2);
    expect(together(ben).deviceNotices).toMatchObject([{ is: "added", who: "other", name: "" }]);
    expect(together(ada).deviceNotices).toMatchObject([{ is: "added", who: "me", name: "tablet" }]);
    await say(world, tablet, "from my tablet");
    await say(world, ben, "to both");
    await settle(world, 5 * second);
    for (const who of [ada, tablet, ben]) expect(textsOf(who)).toEqual(["from my phone", "to your phone", "from my tablet", "to both"]);
    await sameForAll(ada, tablet, ben);
  });

  it("[PAIR4] one that asks is not recognised: it gets nothing until an older device vouches for it, and then everything", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await act(world, ada, { do: "add-device" });
    const link = await until(world, () => together(ada).adding?.link ?? undefined);
    const tablet = world.newDevice("ada", "tablet");
    await world.startPerson(tablet);
    const arriving = await happens(world, homeOf(tablet).arrive({ link, device: "tablet" }));
    invariant(arriving.ok, "it asks");
    world.adopt(tablet, arriving.value);
    const asking = await until(world, () => together(ada).adding?.asking[0]);
    const shown = view(tablet);
    expect(shown?.stage === "arriving" && shown.step === "asking" && shown.code).toEqual(asking.code);
    await say(world, ben, "while it waits");
    await settle(world, hour / 12);
    expect([stageOf(tablet), await keptOf(tablet), together(ben).devices.theirs.length]).toEqual(["arriving", [], 1]);
    await act(world, ada, { do: "let-in", asking: asking.id });
    await until(world, () => (stageOf(tablet) === "together" ? true : undefined));
    expect(textsOf(tablet)).toEqual(["while it waits"]);
  });

  it("[DEV1] with the words confirmed the person key is gone, and a device certifies the next one", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await wordsOf(world, ada);
    expect(homeOf(ada).words()).toBe("kept");
    expect((await diskOf(ada)).self.person).toBeNull();
    const tablet = await addDeviceOf(story, ada, "tablet");
    const laptop = await addDeviceOf(story, tablet, "laptop");
    await say(world, laptop, "from the third");
    await settle(world, 5 * second);
    for (const who of [ada, tablet, laptop, ben]) expect(textsOf(who)).toEqual(["from the third"]);
  });

  it("[DEV2] removed, it learns nothing after, keeps what it had, and the others go on under new keys", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await say(world, ben, "before");
    await settle(world, 5 * second);
    const before = await diskOf(ada);
    expect(await act(world, ada, { do: "remove-device", device: 2 })).toMatchObject({ ok: true });
    await settle(world, 5 * second);
    await say(world, ben, "after");
    await settle(world, 30 * second);
    expect([textsOf(ada), textsOf(ben), textsOf(tablet)]).toEqual([["before", "after"], ["before", "after"], ["before"]]);
    expect(together(tablet).connection.trouble).toEqual({ is: "revoked" });
    const after = await diskOf(ada);
    expect(after.own && before.own && toHex(after.own.key.expose()) === toHex(before.own.key.expose())).toBe(false);
    expect(after.own?.archive.gen).toBe(after.own?.gen);
    expect([together(ada).devices.mine.length, together(ben).devices.theirs.length]).toEqual([1, 1]);
    expect(together(ben).deviceNotices.at(-1)).toMatchObject({ is: "removed", who: "other" });
  });

  it("[DEV2] a new device may not remove others for a day, unless an older one vouches for it", async () => {
    const story = await paired();
    const { world, ada } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    expect(await act(world, tablet, { do: "remove-device", device: 0 })).toEqual({ ok: false, why: "too-new" });
    expect(await act(world, ada, { do: "vouch", device: 2 })).toEqual({ ok: true });
    await settle(world, 5 * second);
    expect(await act(world, tablet, { do: "remove-device", device: 0 })).toMatchObject({ ok: true });
    await settle(world, 10 * second);
    expect(together(ada).connection.trouble).toEqual({ is: "revoked" });
  });

  it("[DEV2] four and four change at once: one outcome, and every honest change lands", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const adas = [ada];
    const bens = [ben];
    for (const i of [2, 3]) {
      adas.push(await addDeviceOf(story, ada, `ada ${i}`));
      bens.push(await addDeviceOf(story, ben, `ben ${i}`));
    }
    await settle(world, 25 * hour);
    // Everyone removes the next one of theirs, and both sides let in another, all in the same moment.
    const [fourthAda, fourthBen] = [addDeviceOf(story, adas[1] as Person, "ada 4"), addDeviceOf(story, bens[1] as Person, "ben 4")];
    await Promise.all([fourthAda, fourthBen]);
    const all = [...world.devices];
    for (const [by, gone] of [
      [ada, 4],
      [ben, 5],
    ] as const)
      void bondOf(by).act({ do: "remove-device", device: gone });
    void bondOf(adas[1] as Person).act({ do: "remove-device", device: 4 });
    await settle(world, minute);
    const left = all.filter((who) => together(who).connection.trouble?.is !== "revoked");
    expect(left.length).toBe(6);
    for (const who of left) await say(world, who, `still here, ${who.name}`);
    await settle(world, 10 * second);
    for (const who of left) expect(textsOf(who).toSorted()).toEqual(left.map(({ name }) => `still here, ${name}`).toSorted());
    const members = await Promise.all(left.map(async (who) => (await diskOf(who)).members.map(({ index, key, revoked }) => [index, toHex(key), revoked])));
    for (const one of members) expect(one).toEqual(members[0]);
  });
});

describe("What is lost comes back", () => {
  it("[LOSE1] from twelve words, on a new device alone: everything is there, the old one is shut out, both are shown it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "mine");
    await say(world, ben, "yours");
    const words = await wordsOf(world, ada);
    await settle(world, minute);
    const phone = world.newDevice("ada", "new phone");
    await world.startPerson(phone);
    const restored = await happens(world, homeOf(phone).restore({ words: words.join(" "), relay: origin, device: "new phone" }));
    expect(restored).toMatchObject({ ok: true });
    world.adopt(phone, homeOf(phone).bonds()[0] ?? null);
    await settle(world, 10 * second);
    expect(textsOf(phone)).toEqual(["mine", "yours"]);
    expect(together(ada).connection.trouble).toEqual({ is: "revoked" });
    await say(world, phone, "I am back");
    await say(world, ben, "you are back");
    await settle(world, 10 * second);
    for (const who of [phone, ben]) expect(textsOf(who)).toEqual(["mine", "yours", "I am back", "you are back"]);
    expect(together(ben).deviceNotices.at(-1)).toMatchObject({ is: "restored", who: "other" });
    expect(together(phone).words).toEqual(together(ben).words);
    await sameForAll(phone, ben);
    expect(homeOf(phone).words()).toBe("kept");
  });

  it("[LOSE1] wrong words, words of nobody and another relay bring nothing, and say so", async () => {
    const { world } = await paired();
    const phone = world.newDevice("ada", "new phone");
    await world.startPerson(phone);
    const wish = (words: string, relay = origin) => happens(world, homeOf(phone).restore({ words, relay, device: "new phone" }));
    expect(await wish("one two three")).toEqual({ ok: false, error: "not-words" });
    expect(await wish(`${"abandon ".repeat(11)}about`)).toEqual({ ok: false, error: "nothing-found" });
    expect(await wish(`${"abandon ".repeat(11)}about`, "nowhere")).toEqual({ ok: false, error: "bad-relay" });
    expect(homeOf(phone).bonds()).toEqual([]);
  });

  it("[DEV3] away for more than thirty days: the line is taken up anew, and what the other said meanwhile is said again", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "I am off");
    await settle(world, minute);
    world.crashPerson(ada);
    for (let i = 0; i < 3; i++) {
      await say(world, ben, `week ${i}`);
      await settle(world, 7 * day);
    }
    await settle(world, 35 * day);
    await say(world, ben, "and now");
    await world.startPerson(ada);
    await settle(world, minute);
    expect(together(ada).mending).toBeNull();
    expect(textsOf(ada).toSorted()).toEqual(["I am off", "and now", "week 0", "week 1", "week 2"]);
    await say(world, ada, "back");
    await settle(world, 5 * second);
    expect(textsOf(ben).at(-1)).toBe("back");
    expect(together(ada).deviceNotices.at(-1)).toMatchObject({ is: "again", who: "me" });
  });

  it("[SEAL10] an older copy put back uses no key twice: it takes the line up anew, and nothing is lost or there twice", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "one");
    await settle(world, 10 * second);
    const image = await ada.disk.list("");
    await say(world, ada, "two");
    await say(world, ben, "three");
    await settle(world, minute);
    world.putBack(ada, image);
    world.network.cut("ada");
    await world.startPerson(ada);
    await say(world, ada, "said by the older copy");
    world.network.mend("ada");
    await settle(world, 2 * minute);
    expect(together(ada).mending).toBeNull();
    await say(world, ada, "four");
    await say(world, ben, "five");
    await settle(world, 10 * second);
    expect(textsOf(ben)).toEqual(["one", "two", "three", "said by the older copy", "four", "five"]);
    expect((await keptOf(ada)).filter(({ kind }) => kind === "thought").length).toBe(6);
    await sameForAll(ada, ben).then((lines) => expect(new Set(lines).size).toBe(lines.length));
  });

  it("[LOSE1] a seal that is lost is made anew", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    world.crashPerson(ada);
    await ada.disk.write({ put: [[`bond/${bondOf(ben).id}/mls`, new Uint8Array([1, 2, 3])]] });
    await world.startPerson(ada);
    await settle(world, minute);
    await say(world, ada, "here again");
    await say(world, ben, "so you are");
    await settle(world, 5 * second);
    for (const who of [ada, ben]) expect(textsOf(who)).toEqual(["here again", "so you are"]);
  });
});
