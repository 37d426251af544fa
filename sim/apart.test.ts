/** A pause that nobody was told of (BOUND4), as the wire and the other's screen have it, beside a device that is off. */
import { describe, expect, it } from "vitest";
import {
  act,
  beside,
  bondOf,
  crash,
  liveOf,
  hour,
  listen,
  minute,
  restart,
  say,
  second,
  stateOf,
  together,
  addDeviceOf,
  look,
  type Story,
  keptOf,
  paired,
  textsOf,
} from "./stories-kit.ts";
import { settle, type Person } from "./world.ts";

const quietly = { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] } as const;
/** What the relay passes on to others of what a device sends. */
const toOthers = ["append", "live", "change", "refound"];

const heardOf = async (story: Story, before: (story: Story) => Promise<unknown>): Promise<readonly unknown[]> => {
  const { world, ada, ben } = story;
  const ear = listen(world);
  await before(story);
  await settle(world, 5 * second);
  const said = ear.sealed.filter(({ by }) => by === ada.name).map(({ entry }) => [entry.kind, entry.body]);
  ear.clear();
  // Ben's app asks who is there, says things, touches; hours go by.
  await restart(world, ben);
  look(ben, true);
  await say(world, ben, "are you there?");
  await act(world, ben, { do: "touch", intent: { hold: true } });
  await settle(world, 3 * second);
  await act(world, ben, { do: "touch", intent: { hold: false } });
  await act(world, ben, { do: "feeling", intent: { hue: 9, strength: 50 } });
  await settle(world, 2 * hour);
  const after = ear.left.filter(({ device, frame }) => device === ada.name && toOthers.includes(frame.type)).map(({ frame }) => frame.type);
  return [said, after, stateOf(ben)];
};

const off = async ({ world, ada }: Story): Promise<void> => {
  look(ada, false);
  await settle(world, 2 * second);
  await crash(world, ada);
};

describe("A pause that nobody was told of", () => {
  it("[BOUND4] sends to the other exactly what a device that is put away and switched off does, and shows the same there", async () => {
    const paused = await heardOf(await beside(), ({ world, ada }) => act(world, ada, quietly));
    expect(paused).toEqual(await heardOf(await beside(), off));
    expect(paused[1]).toEqual([]);
  });

  it("[BOUND4] that an announced one follows looks like a device that was off and comes to say that, also where its owner has two", async () => {
    const announced = { ...quietly, announced: true } as const;
    const seen = async (isOff: boolean): Promise<unknown> => {
      const story = await beside();
      const { world, ada, ben } = story;
      const tablet = await addDeviceOf(story, ada, "ada's tablet");
      await settle(world, minute);
      if (isOff) await off(story);
      else await act(world, ada, quietly);
      await settle(world, minute);
      await say(world, ben, "are you there?");
      await settle(world, 2 * hour);
      if (isOff) await world.startPerson(ada);
      await settle(world, 5 * second);
      const ear = listen(world);
      await act(world, ada, announced);
      await settle(world, hour);
      const left = ear.left.filter(({ device, frame }) => device !== ben.name && toOthers.includes(frame.type));
      if (!isOff) expect(textsOf(ada)).toEqual([]);
      return [
        left.map(({ device, frame }) => [device, frame.type]),
        ear.sealed.filter(({ by }) => by !== ben.name).map(({ by, entry }) => [by, entry.kind]),
        { ...stateOf(ben), since: 0 },
        together(tablet).apart.me?.announced,
      ];
    };
    const [quiet, wasOff] = [await seen(false), await seen(true)];
    expect(quiet).toEqual(wasOff);
    expect(quiet).toMatchObject([[["ada", "append"]], [["ada", "apart"]], { is: "away", why: "apart" }, true]);
  });

  it("[BOUND4] holds over a restart of its device, a lost connection and what its page does, and sends nothing meanwhile", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ada, quietly);
    await settle(world, 5 * second);
    const ear = listen(world);
    look(ada, false);
    await settle(world, minute);
    look(ada, true);
    await restart(world, ada);
    world.crashRelay();
    await settle(world, minute);
    world.startRelay();
    await settle(world, hour);
    expect(ear.left.filter(({ device, frame }) => device === ada.name && toOthers.includes(frame.type)).map(({ frame }) => frame.type)).toEqual([]);
    expect(together(ada).apart.me).toMatchObject({ announced: false });
    await act(world, ada, { do: "back" });
    await settle(world, 10 * second);
    expect(stateOf(ben).is).toBe("beside");
  });

  it("[BOUND4] of two devices: each says that it left, the others of mine are told under our own key, and then there is nothing", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    look(tablet, true);
    await settle(world, minute);
    const ear = listen(world);
    await act(world, ada, quietly);
    await settle(world, 10 * second);
    const sent = (who: Person) => ear.left.filter(({ device, frame }) => device === who.name && toOthers.includes(frame.type)).map(({ frame }) => frame.type);
    expect([sent(ada).filter((type) => type === "append").length, sent(tablet).filter((type) => type === "append").length]).toEqual([2, 1]);
    ear.clear();
    for (const who of [tablet, ada]) await restart(world, who);
    await restart(world, ben);
    await settle(world, 2 * hour);
    expect([sent(ada), sent(tablet)]).toEqual([[], []]);
    expect([together(ada).apart.me, together(tablet).apart.me]).toMatchObject([{ announced: false }, { announced: false }]);
    // Either comes back for both.
    await act(world, tablet, { do: "back" });
    await settle(world, 10 * second);
    expect([together(ada).apart.me, stateOf(ben).is]).toEqual([null, "beside"]);
  });

  it("[BOUND4] ends by its time also on a device that was off then, and on my others", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    const tablet: Person = await addDeviceOf(story, ada, "ada's tablet");
    look(tablet, true);
    await settle(world, 10 * second);
    await act(world, ada, { ...quietly, until: world.schedule.now() + hour });
    await settle(world, 10 * second);
    expect(together(tablet).apart.me).toMatchObject({ announced: false });
    await crash(world, tablet);
    await settle(world, 2 * hour);
    expect([stateOf(ben).is, together(ada).apart.me]).toEqual(["beside", null]);
    await world.startPerson(tablet);
    await settle(world, 10 * second);
    expect(together(tablet).apart.me).toBeNull();
  });
});

describe("A device that takes the line up again", () => {
  it("[BOUND1] [PRES2] gives nothing that flows by itself before it knows what another of mine took back meanwhile", async () => {
    const story = await beside();
    const { world, ada } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    look(tablet, true);
    await settle(world, minute);
    const key = `bond/${bondOf(tablet).id}/mls`;
    await crash(world, tablet);
    await tablet.disk.write({ put: [[key, new Uint8Array([1, 2, 3])]] });
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "off" } });
    await settle(world, minute);
    const ear = listen(world);
    await world.startPerson(tablet);
    await settle(world, 2 * minute);
    expect(together(tablet).mending).toBeNull();
    expect(together(tablet).grants.find(({ sense }) => sense === "presence")?.mine).toBe("off");
    expect(ear.sealed.filter(({ by, entry }) => by === tablet.name && entry.kind === "presence")).toEqual([]);
    expect(await liveOf(tablet, { ...ear, left: ear.left.slice(-50) }).catch(() => [])).toEqual([]);
  });

  it("[BOUND1] [BOUND4] stays apart where another of mine went apart without a word meanwhile", async () => {
    const story = await beside();
    const { world, ada } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    look(tablet, true);
    await settle(world, minute);
    const key = `bond/${bondOf(tablet).id}/mls`;
    await crash(world, tablet);
    await tablet.disk.write({ put: [[key, new Uint8Array([1, 2, 3])]] });
    await act(world, ada, quietly);
    await settle(world, minute);
    const ear = listen(world);
    await world.startPerson(tablet);
    await settle(world, 2 * minute);
    expect(together(tablet).apart.me).toMatchObject({ announced: false });
    // What it had ready for the moment of its going, before it was off, takes its count: that it left then.
    expect(ear.sealed.filter(({ by, entry }) => by === tablet.name && entry.kind === "presence").map(({ entry }) => entry.body)).toMatchObject([
      { what: "left" },
    ]);
  });
});

describe("The history", () => {
  const linesOf = async (who: Person) => (await bondOf(who).history()).map((line) => ("name" in line ? { ...line, name: "" } : line));

  it("[BOUND6] is the same on each of my devices, over one that was away while the group was made anew", async () => {
    const story = await beside();
    const { world, ada } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    await act(world, tablet, { do: "boundary", intent: { sense: "hour", give: "coarse" } });
    await settle(world, minute);
    for (const lost of [true, false]) {
      const key = `bond/${bondOf(tablet).id}/mls`;
      await crash(world, tablet);
      if (lost) await tablet.disk.write({ put: [[key, new Uint8Array([1, 2, 3])]] });
      for (const give of ["off", "full"] as const) await act(world, ada, { do: "boundary", intent: { sense: "goodbye", give } });
      await act(world, ada, { do: "apart", announced: true, dark: false, until: null, when: null, passes: [] });
      await act(world, ada, { do: "back" });
      await settle(world, minute);
      await world.startPerson(tablet);
      await settle(world, 2 * minute);
    }
    await act(world, tablet, { do: "boundary", intent: { sense: "goodbye", give: "off" } });
    await settle(world, minute);
    const whole = await linesOf(ada);
    expect(whole.map(({ is }) => is)).toEqual(["gave", "device", "gave", "gave", "gave", "apart", "back", "device", "gave", "gave", "apart", "back", "gave"]);
    expect(await linesOf(tablet)).toEqual(whole);
  });
});

describe("What one of my devices set aside", () => {
  it("[KEEP1] [SAY4] is kept and marked on each, and on a device that came later, and shows on none", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    await act(world, ada, { do: "let", sense: "thought", letIn: "off" });
    await settle(world, 5 * second);
    await say(world, ben, "set aside");
    await settle(world, minute);
    const third = await addDeviceOf(story, ada, "ada's laptop");
    await settle(world, minute);
    await restart(world, third);
    for (const who of [ada, tablet, third]) {
      const kept = (await keptOf(who)).filter(({ kind }) => kind === "thought");
      expect([who.name, kept.map(({ body, aside }) => [(body as { text: string }).text, aside]), textsOf(who)]).toEqual([who.name, [["set aside", true]], []]);
    }
    await act(world, third, { do: "let", sense: "thought", letIn: "on" });
    await say(world, ben, "let in");
    await settle(world, 5 * second);
    for (const who of [ada, tablet, third]) expect(textsOf(who)).toEqual(["let in"]);
  });
});

describe("An end for later", () => {
  const endOf = (who: Person): unknown => who.bond?.view().stage;

  it("[END2] that was called off on one device is not carried out by another that was off meanwhile", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    await act(world, ada, { do: "end", at: world.schedule.now() + hour });
    await settle(world, 10 * second);
    await crash(world, tablet);
    await act(world, ada, { do: "end-not" });
    await settle(world, 2 * hour);
    await world.startPerson(tablet);
    await settle(world, minute);
    expect([ada, ben, tablet].map(endOf)).toEqual(["together", "together", "together"]);
  });

  it("[END2] that nobody called off comes on every device at its time, the device that is off then included", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await act(world, ada, { do: "end", at: world.schedule.now() + hour });
    await crash(world, ada);
    await settle(world, 2 * hour);
    expect(endOf(ben)).toBe("together");
    await world.startPerson(ada);
    await settle(world, minute);
    expect([ada, ben].map(endOf)).toEqual(["ended", "ended"]);
  });
});
