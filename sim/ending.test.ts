/** Ends (END1, END2) through everything that can be in the way, and what is left afterwards. */
import { describe, expect, it } from "vitest";
import { createMemoryLog } from "../src/relay/log/memory.ts";
import { view } from "./world.ts";
import {
  acceptAs,
  act,
  addDeviceOf,
  beside,
  bondOf,
  crash,
  day,
  happens,
  homeOf,
  hour,
  hostileAs,
  inviting,
  origin,
  diskOf,
  keptOf,
  listen,
  minute,
  paired,
  restart,
  say,
  second,
  together,
  type Story,
  wordsOf,
} from "./stories-kit.ts";
import { settle, until, type Person } from "./world.ts";

const endedBy = (who: Person): unknown => {
  const now = view(who);
  return now?.stage === "ended" ? { by: now.by, told: now.told } : now?.stage;
};
const bothEnded = ({ world, ada, ben }: Story) => until(world, () => (view(ada)?.stage === "ended" && view(ben)?.stage === "ended" ? true : undefined));

describe("An end", () => {
  it("[END1] is there for both within a moment, and presence stops before anything else is said", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    const ear = listen(world);
    await act(world, ada, { do: "end", at: null });
    await bothEnded(story);
    await settle(world, minute);
    expect([endedBy(ada), endedBy(ben)]).toEqual([
      { by: "me", told: true },
      { by: "other", told: true },
    ]);
    expect(ear.left.filter(({ device }) => device === ada.name).map(({ frame }) => frame.type)).toEqual(["end"]);
  });

  it("[END1] decided without the relay holds here at once, and reaches it when it can, over a crash and hours later", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    expect([endedBy(ada), view(ben)?.stage]).toEqual([{ by: "me", told: false }, "together"]);
    await crash(world, ada);
    await settle(world, 60 * minute);
    await world.startPerson(ada);
    expect(endedBy(ada)).toEqual({ by: "me", told: false });
    world.startRelay();
    await bothEnded(story);
    await until(world, () => ((endedBy(ada) as { told: boolean }).told ? true : undefined));
  });

  it("[END1] by both at once is one end, and neither is told that the other was first", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    for (const who of [ada, ben]) world.act(who, { do: "end", at: null });
    await settle(world, minute);
    expect([endedBy(ada), endedBy(ben)]).toEqual([
      { by: "me", told: true },
      { by: "me", told: true },
    ]);
  });

  it("[END1] ends it on every device of both, also one that was off", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    await crash(world, tablet);
    await act(world, ada, { do: "end", at: null });
    await bothEnded(story);
    await world.startPerson(tablet);
    await until(world, () => (view(tablet)?.stage === "ended" ? true : undefined));
    expect([endedBy(tablet), endedBy(ben)]).toEqual([
      { by: "me", told: true },
      { by: "other", told: true },
    ]);
  });

  it("[KEEP1] leaves both what they kept, and a restart does not lose it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "the first");
    await say(world, ben, "the second");
    await settle(world, 5 * second);
    await act(world, ben, { do: "end", at: null });
    await bothEnded(story);
    await restart(world, ada);
    for (const who of [ada, ben])
      expect((await keptOf(who)).filter(({ kind }) => kind === "thought").map(({ body }) => (body as { text: string }).text)).toEqual([
        "the first",
        "the second",
      ]);
  });

  it("[END1] a modified device of the other cannot say anything after it, and no other device hears any of it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const disk = await diskOf(ben);
    await crash(world, ben);
    await act(world, ada, { do: "end", at: null });
    await until(world, () => ((endedBy(ada) as { told?: boolean }).told === true ? true : undefined));
    const before = JSON.stringify(await keptOf(ada));
    const tried = await Promise.race([
      hostileAs(world, ben, disk).then(
        () => "in",
        () => "shut out",
      ),
      settle(world, minute).then(() => "shut out"),
    ]);
    expect(tried).toBe("shut out");
    expect(JSON.stringify(await keptOf(ada))).toBe(before);
  });

  it("[END2] wiped here, a device keeps nothing but what the relay still has to be told with, and then nothing", async () => {
    const story = await paired();
    const { world, ada } = story;
    await say(world, ada, "not to be found");
    await settle(world, 5 * second);
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    const { id } = bondOf(ada);
    await happens(world, homeOf(ada).wipe(id));
    const left = await ada.disk.list(`bond/${id}/`);
    expect(left.map(([key]) => key)).toEqual([`bond/${id}/state`]);
    expect(Buffer.from(left[0]?.[1] ?? []).includes("not to be found")).toBe(false);
    world.startRelay();
    await until(world, () => (homeOf(ada).bonds().length === 0 ? true : undefined));
    expect(await ada.disk.list(`bond/${id}/`)).toEqual([]);
  });

  it("[END2] a device that cannot delete does not say that it was wiped", async () => {
    const story = await paired();
    const { world, ada } = story;
    await say(world, ada, "still here");
    await settle(world, 5 * second);
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    ada.disk.fail("gone");
    await happens(world, homeOf(ada).wipe(bondOf(ada).id));
    expect(view(ada)).toMatchObject({ stage: "ended", wiped: false });
    ada.disk.fail(null);
    await happens(world, homeOf(ada).wipe(bondOf(ada).id));
    expect([view(ada), await ada.disk.list(`bond/${bondOf(ada).id}/kept/`)]).toMatchObject([{ wiped: true }, []]);
  });

  it("[END2] a device that crashes between its wipe and the relay's answer wipes to the end when it is back", async () => {
    const story = await paired();
    const { world, ada } = story;
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    await happens(world, homeOf(ada).wipe(bondOf(ada).id));
    await crash(world, ada);
    world.startRelay();
    await world.startPerson(ada);
    await until(world, () => (homeOf(ada).bonds().length === 0 ? true : undefined));
  });

  it("[END2] wiped here, what is left goes too once a relay that was set up anew said twice, a day apart, that it does not know the line", async () => {
    const story = await paired();
    const { world, ada } = story;
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    await happens(world, homeOf(ada).wipe(bondOf(ada).id));
    world.log = createMemoryLog();
    world.startRelay();
    await settle(world, hour);
    expect(view(ada)).toMatchObject({ wiped: true, told: false, cannot: "unknown" });
    const ear = listen(world);
    await settle(world, 22 * hour);
    expect(ear.left.filter(({ device }) => device === ada.name)).toEqual([]);
    await settle(world, 2 * hour);
    expect([homeOf(ada).bonds(), (await ada.disk.list("bond/")).length]).toEqual([[], 0]);
    await settle(world, day);
    expect(ear.left.filter(({ device, frame }) => device === ada.name && frame.type === "open").length).toBe(1);
  });

  it("[END2] wiped here, what is left for the relay can be taken off untold, and not before it was wiped", async () => {
    const story = await paired();
    const { world, ada } = story;
    world.crashRelay();
    await act(world, ada, { do: "end", at: null });
    const { id } = bondOf(ada);
    await happens(world, homeOf(ada).forget(id));
    expect(homeOf(ada).bonds().length).toBe(1);
    await happens(world, homeOf(ada).wipe(id));
    await happens(world, homeOf(ada).forget(id));
    expect([homeOf(ada).bonds(), await ada.disk.list(`bond/${id}/`)]).toEqual([[], []]);
  });

  it("[END1] a device that was removed ends what it has, says that it was here alone, and the line goes on between the two", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    const index = together(ada).devices.mine.find(({ here }) => !here)?.index ?? -1;
    await crash(world, tablet);
    await act(world, ada, { do: "remove-device", device: index });
    await settle(world, minute);
    const disk = await tablet.disk.list("bond/");
    await world.startPerson(tablet);
    await settle(world, minute);
    expect(view(tablet)?.connection.trouble).toEqual({ is: "revoked" });
    await act(world, tablet, { do: "end", at: null });
    await settle(world, minute);
    expect([view(tablet), view(ada)?.stage, view(ben)?.stage]).toMatchObject([
      { stage: "ended", by: "me", told: false, cannot: "removed" },
      "together",
      "together",
    ]);
    await happens(world, homeOf(tablet).wipe(bondOf(tablet).id));
    expect([disk.length > 0, await tablet.disk.list("bond/"), homeOf(tablet).bonds()]).toEqual([true, [], []]);
  });

  it("[LOSE1] a device that was removed, and ended what it had, comes back with the twelve words, and can end the line for both then", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const words = await wordsOf(world, ada);
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    const index = together(ada).devices.mine.find(({ here }) => !here)?.index ?? -1;
    await act(world, ada, { do: "remove-device", device: index });
    await settle(world, minute);
    await act(world, tablet, { do: "end", at: null });
    const back = await happens(world, homeOf(tablet).restore({ words: words.join(" "), relay: origin, device: "ada's tablet" }));
    expect(back.ok && back.value.length).toBe(1);
    await settle(world, minute);
    world.adopt(tablet, homeOf(tablet).bonds()[0] ?? null);
    expect(view(tablet)?.stage).toBe("together");
    await act(world, tablet, { do: "end", at: null });
    await until(world, () => (view(ben)?.stage === "ended" ? true : undefined));
  });

  it("[END3] an ended line never opens again: a new pairing of the same two is a new line", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await act(world, ada, { do: "end", at: null });
    await bothEnded(story);
    const { id } = bondOf(ben);
    for (const what of [{ do: "take-up" }, { do: "back" }, { do: "end-not" }] as const) await happens(world, bondOf(ben).act(what));
    await restart(world, ben);
    expect([bondOf(ben).id, endedBy(ben)]).toEqual([id, { by: "other", told: true }]);
  });

  /** Ada and Ben, ended, and paired anew. */
  const anew = async (): Promise<Story & { readonly before: string }> => {
    const story = await paired();
    const { world, ada, ben } = story;
    await say(world, ada, "of the first line");
    await settle(world, 5 * second);
    await act(world, ada, { do: "end", at: null });
    await bothEnded(story);
    const before = bondOf(ada).id;
    const made = await happens(world, homeOf(ada).invite({ name: "Ada", relay: origin }));
    if (!made.ok) throw new Error("there is an invitation");
    world.adopt(ada, made.value);
    const link = await until(world, () => (view(ada)?.stage === "inviting" ? inviting(ada).link : undefined));
    const joined = await happens(world, homeOf(ben).join({ name: "Ben", link }));
    if (!joined.ok) throw new Error("there is a knock");
    world.adopt(ben, joined.value);
    await acceptAs(world, ada, "Ben");
    return { ...story, before };
  };

  it("[END3] after a new pairing, what both kept shows again once both said who they were, and not before", async () => {
    const { world, ada, ben, before } = await anew();
    const shownTo = async (who: Person): Promise<readonly string[]> =>
      (await homeOf(who).earlier(bondOf(who).id)).flatMap(({ bond, mine, theirs }) => (mine && theirs ? [bond] : []));
    const shown = async (): Promise<unknown> => [await shownTo(ada), await shownTo(ben)];
    expect(await shown()).toEqual([[], []]);
    expect(await happens(world, homeOf(ada).recall(bondOf(ada).id, before))).toMatchObject({ ok: true });
    expect(await homeOf(ada).earlier(bondOf(ada).id)).toEqual([{ bond: before, mine: true, theirs: false }]);
    await settle(world, 5 * second);
    expect(await shown()).toEqual([[], []]);
    expect(await homeOf(ben).earlier(bondOf(ben).id)).toEqual([{ bond: before, mine: false, theirs: true }]);
    await happens(world, homeOf(ben).recall(bondOf(ben).id, before));
    await settle(world, 5 * second);
    expect(await shown()).toEqual([[before], [before]]);
    await restart(world, ada);
    const kept = homeOf(ada)
      .bonds()
      .find(({ id }) => id === before);
    expect(kept?.view()).toMatchObject({ stage: "ended" });
    expect((await kept?.kept({ limit: 9 }))?.some(({ body }) => (body as { text?: string }).text === "of the first line")).toBe(true);
  });

  it("[RECALL1] [END3] nobody recalls a line that they were not of, or in another's name", async () => {
    const { world, ada, ben, before } = await anew();
    const { line, self } = await diskOf(ada);
    // A certificate of the new line says nothing of the earlier one; nor does a signature over another line.
    const earlier = Uint8Array.from(Buffer.from(before, "hex"));
    await act(world, ben, { do: "recall", earlier: { line: earlier, device: self.device, certificate: self.certificate } });
    await act(world, ben, { do: "recall", earlier: { line, device: self.device, certificate: self.certificate } });
    await happens(world, homeOf(ada).recall(bondOf(ada).id, before));
    await settle(world, 5 * second);
    expect(await homeOf(ada).earlier(bondOf(ada).id)).toEqual([{ bond: before, mine: true, theirs: false }]);
    expect(await happens(world, homeOf(ada).recall(bondOf(ada).id, bondOf(ada).id))).toEqual({ ok: false, error: "not-ended" });
  });
});
