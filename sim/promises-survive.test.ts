/** What a promise survives: lost and restored devices, an older relay, devices of a day, clocks that are set, and its owner's silence. */
import { describe, expect, it } from "vitest";
import { toHex } from "../src/base/bytes.ts";
import type { Cbor } from "../src/protocol/cbor.ts";
import { withoutSecret } from "../src/line/own-entries.ts";
import type { PromiseView } from "../src/line/view.ts";
import { publicKey } from "../src/protocol/keys.ts";
import { lineIdOf } from "../src/relay/core/state.ts";
import { vigilIdOf } from "../src/relay/core/vigil.ts";
import { bothSay, guarded, live, living, make, only, promisesOf, seen, told } from "./promises-kit.ts";
import {
  act,
  addDeviceOf,
  bondOf,
  crash,
  day,
  diskOf,
  happens,
  homeOf,
  hostileAs,
  hour,
  keptOf,
  listen,
  minute,
  origin,
  paired,
  restart,
  say,
  second,
  together,
  wordsOf,
  type Story,
} from "./stories-kit.ts";
import { settle, until, view, type Person, type World } from "./world.ts";

/** A device whose disk is copied, which says something more and dies. The answer starts it again on that copy. */
const olderCopy = async (world: World, who: Person): Promise<() => Promise<void>> => {
  await settle(world, minute);
  const image = await who.disk.list("");
  await say(world, who, "after that copy");
  await settle(world, minute);
  world.crashPerson(who);
  return async () => {
    world.putBack(who, image);
    who.onScreen = true;
    await world.startPerson(who);
  };
};
const vigilOf = async (world: World, who: Person, id: string) => {
  const found = world.log.vigil(lineIdOf((await diskOf(who)).line), vigilIdOf(Uint8Array.from(Buffer.from(id, "hex"))));
  return found.ok ? found.value : undefined;
};
const deviceOf = (who: Person, called: string): number => together(who).devices.mine.find(({ name }) => name === called)?.index as number;
const vouched = async (world: World, by: Person, tablet: Person): Promise<void> => {
  await act(world, by, { do: "vouch", device: deviceOf(by, "tablet") });
  await until(world, () => (isNew(tablet) ? undefined : true));
};
/** Every device of that side is gone, and its person has the words. */
const comesBack = async (world: World, side: Person["of"], words: readonly string[]): Promise<Person> => {
  const found = world.newDevice(side, `${side}'s new`);
  await world.startPerson(found);
  const restored = await happens(world, homeOf(found).restore({ words: words.join(" "), relay: origin, device: "new" }));
  if (!restored.ok) throw new Error(restored.error);
  found.onScreen = true;
  world.adopt(found, restored.value[0] ?? null);
  return found;
};
/** A device with changed code: whatever it says of promises, well sealed. */
const thiefWith = async (world: World, tablet: Person): Promise<(kind: string, body: Cbor) => void> => {
  const disk = await diskOf(tablet);
  await crash(world, tablet);
  const thief = await hostileAs(world, tablet, disk);
  return (kind, body) => thief.sayAs(2, publicKey(disk.self.device), kind, body);
};
/** A button in the house. */
const press = (world: World, secret: Uint8Array): unknown => {
  const answers: unknown[] = [];
  world.network.relay?.keep(secret, (is) => answers.push(is));
  world.network.relay?.commit();
  return answers[0];
};
const isNew = (who: Person): boolean => together(who).devices.mine.some(({ here, newUntil }) => here && newUntil !== null);
const firstOf = (who: Person): PromiseView => promisesOf(who).find(({ life }) => life !== null) as PromiseView;

describe("A promise that is settled", () => {
  it("[PROM4] the relay hears of it before the log does", async () => {
    const { world, ada, id } = await guarded();
    const ear = listen(world);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await settle(world, second);
    expect(ear.left.filter(({ device, frame }) => device === "ada" && ["lift", "append"].includes(frame.type)).map(({ frame }) => frame.type)).toEqual([
      "lift",
      "append",
    ]);
  });

  it("[PROM4] what the relay let go stays released, also when the word that it was kept comes after", async () => {
    const story = await guarded();
    const { world, ada, ben, id, by } = story;
    world.network.cut("ada");
    await world.runUntil(by);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await world.runUntil(by + 20 * minute);
    world.network.mend("ada");
    await until(world, () => (only(ben).settledAt !== null && only(ada).releasedAt !== null ? true : undefined));
    for (const who of [ada, ben]) expect([only(who).state, only(who).unconfirmed, only(who).note]).toEqual(["released", false, "look in the blue box"]);
  });

  it("[PROM1] extended after it was late, and nothing else waits of it, it is guarded anew, and late again", async () => {
    const story = await guarded(hour, { note: null });
    const { world, ada, ben, id } = story;
    await bothSay(story, "late");
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: world.schedule.now() + hour } });
    await bothSay(story, "guarded");
    await bothSay(story, "late");
    await settle(world, minute);
    expect([told(ada, "late"), told(ben, "late")]).toEqual([2, 2]);
  });
});

describe("A device in its first day", () => {
  const idOf = (number: number): string => number.toString(16).padStart(32, "e");
  const windowsOf = (opens: number, long: number) => [{ id: idOf(1), opens: opens - second, due: opens + long, key: new Uint8Array(32) }];
  const lived = { words: "all is well", zone: "Europe/Vienna", from: 0, to: 60, grace: 0, release: 0, note: true, farewell: null };
  const withTablet = async (): Promise<Story & { readonly tablet: Person; readonly id: string; readonly by: number }> => {
    const story = await guarded(3 * hour);
    const tablet = await addDeviceOf(story, story.ada, "tablet");
    await settle(story.world, 2 * minute);
    return { ...story, tablet };
  };

  it("[PROM1] [DEV1] promises, and neither extends, keeps nor withdraws; what it promised is guarded", async () => {
    const { world, ben, tablet, id } = await withTablet();
    expect(isNew(tablet)).toBe(true);
    for (const intent of [
      { what: "keep", id },
      { what: "withdraw", id },
      { what: "extend", id, by: world.schedule.now() + hour },
    ] as const)
      expect(await act(world, tablet, { do: "promise", intent })).toEqual({ ok: false, why: "too-new" });
    await make(world, tablet, 2 * hour);
    await until(world, () => (promisesOf(ben).filter(({ state }) => state === "guarded").length === 2 ? true : undefined));
  });

  it("[PROM4] with changed code it says that a promise is kept: no device of its owner settles that at the relay, which speaks in time", async () => {
    const { world, ada, ben, tablet, id, by } = await withTablet();
    const says = await thiefWith(world, tablet);
    says("promise", { what: "kept", id, turn: 1, at: world.schedule.now() });
    await settle(world, 3 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).unconfirmed]).toEqual(["kept", true]);
    expect((await vigilOf(world, ada, id))?.state).toBe("armed");
    await world.runUntil(by + 20 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).note]).toEqual(["released", "look in the blue box"]);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([1, 1]);
  });

  it.each([
    ["other windows", (life: string, now: number) => ({ what: "windows", life, items: windowsOf(now, 4 * hour), at: now - hour })],
    ["windows without an end", (life: string, now: number) => ({ what: "windows", life, items: windowsOf(now, 300 * day), at: now - hour })],
    ["windows far ahead", (life: string, now: number) => ({ what: "windows", life, items: windowsOf(now + 300 * day, hour), at: now })],
    ["another sign of life", (_: string, now: number) => ({ what: "life", id: "ab".repeat(16), ...lived, at: now })],
    ["that it is ended", (life: string, now: number) => ({ what: "life-off", id: life, at: now })],
  ])("[PROM1] [LIFE1] with changed code it says %s: what runs is watched over, and its silence is told", async (what, forged) => {
    const story = await living();
    const { world, ada, ben } = story;
    const { opens, by } = firstOf(ada);
    await world.runUntil((opens ?? 0) + minute);
    const tablet = await addDeviceOf(story, ada, "tablet");
    const says = await thiefWith(world, tablet);
    // No device vouches for itself.
    says("vouched", { device: 2 });
    says("promise", forged(together(ada).life.me?.id ?? "", world.schedule.now()));
    await settle(world, minute);
    const said = (await diskOf(ada)).seq;
    await settle(world, 30 * minute);
    expect((await diskOf(ada)).seq - said).toBeLessThan(5);
    for (const one of [...promisesOf(ada), ...promisesOf(ben)]) expect(one.opens).toBeLessThan(world.schedule.now() + 20 * day);
    await world.runUntil((by ?? 0) + 31 * minute);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([1, 1]);
    for (const who of [ada, ben]) expect(promisesOf(who).find(({ releasedAt }) => releasedAt !== null)?.note).toBe("the key is with the neighbour");
    if (what === "that it is ended") return;
    // A press counts, and tomorrow's is watched over.
    const tomorrow = firstOf(ada);
    await world.runUntil((tomorrow.opens ?? 0) + minute);
    expect(await act(world, ada, { do: "promise", intent: { what: "sign" } })).toMatchObject({ ok: true });
    await until(world, () => (promisesOf(ben).some(({ id, state, unconfirmed }) => id === tomorrow.id && state === "kept" && !unconfirmed) ? true : undefined));
    expect(together(ben).life.other?.ahead).toBeGreaterThan(12);
  });

  it("[PROM1] with changed code it extends a promise: that is passed over, and it is late at its time", async () => {
    const { world, ada, ben, tablet, id, by } = await withTablet();
    const says = await thiefWith(world, tablet);
    says("promise", { what: "extended", id, turn: 2, by: by + 300 * day, at: world.schedule.now() });
    await settle(world, 3 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).by]).toEqual(["guarded", by]);
    await world.runUntil(by + 20 * minute);
    for (const who of [ada, ben]) expect([only(who).state, only(who).note, only(who).spoke]).toEqual(["released", "look in the blue box", null]);
    expect([told(ben, "late"), told(ben, "extended"), told(ben, "superseded")]).toEqual([1, 0, 0]);
  });

  it("[PROM1] its clock a day ahead it extends a promise: passed over by the other too, who came back by the words meanwhile", async () => {
    const story = await guarded(6 * hour);
    const { world, ben, id, by } = story;
    const words = await wordsOf(world, ben);
    const tablet = await addDeviceOf(story, story.ada, "tablet");
    await settle(world, 2 * minute);
    world.crashPerson(ben);
    ben.gone = true;
    const found = await comesBack(world, "ben", words);
    await settle(world, 5 * minute);
    world.network.cut("tablet");
    await settle(world, second);
    tablet.skew += 25 * hour;
    await settle(world, second);
    await act(world, tablet, { do: "promise", intent: { what: "extend", id, by: by + 20 * day } });
    tablet.skew -= 25 * hour;
    world.network.mend("tablet");
    await settle(world, 3 * minute);
    await world.runUntil(by + 20 * minute);
    expect([told(found, "late"), told(found, "released"), told(found, "superseded")]).toEqual([1, 1, 0]);
  });

  it("[PROM1] vouched for while another device of its person was away, and takes its line up again, it is known to be settled there too", async () => {
    const story = await guarded(6 * hour);
    const { world, ada, id, by } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    const laptop = await addDeviceOf(story, ada, "laptop");
    await settle(world, 2 * minute);
    const back = await olderCopy(world, laptop);
    await vouched(world, ada, tablet);
    await back();
    await settle(world, 9 * minute);
    expect(await act(world, tablet, { do: "promise", intent: { what: "extend", id, by: by + hour } })).toMatchObject({ ok: true });
    // At once, and not with a later backup.
    await settle(world, 10 * second);
    expect([ada, laptop].map((who) => only(who).by)).toEqual([by + hour, by + hour]);
  });

  it("[PROM1] [DEV2] removed in that day it settles nothing later either: what it said was kept is late on the next", async () => {
    const story = await guarded(30 * hour);
    const { world, ada, ben, id, by } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await settle(world, 2 * minute);
    const says = await thiefWith(world, tablet);
    says("promise", { what: "kept", id, turn: 1, at: world.schedule.now() });
    await settle(world, minute);
    await act(world, ada, { do: "remove-device", device: deviceOf(ada, "tablet") });
    await world.runUntil(by + 20 * minute);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([1, 1]);
  });

  it("[PROM1] [LIFE1] begins no sign of life, and says no windows by itself", async () => {
    const story = await living();
    const { world, ada } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await settle(world, minute);
    expect(await live(world, tablet)).toEqual({ ok: false, why: "too-new" });
  });

  it("[PROM1] [DEV1] vouched for, it settles at once, and so do the others on its word", async () => {
    const { world, ada, ben, tablet, id } = await withTablet();
    await vouched(world, ada, tablet);
    expect((await act(world, tablet, { do: "promise", intent: { what: "keep", id } })).ok).toBe(true);
    await until(world, () => (only(ben).state === "kept" && !only(ben).unconfirmed ? true : undefined));
  });
});

describe("A line that is taken up again", () => {
  it("[PROM3] over a stretch in which rungs fired: they count, each once, and the note opens", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    await settle(world, minute);
    const image = await ben.disk.list("");
    await say(world, ada, "after that copy");
    await make(world, ada, hour);
    await bothSay(story, "guarded");
    world.network.cut("ben");
    await settle(world, 3 * hour);
    world.network.mend("ben");
    world.putBack(ben, image);
    ben.onScreen = true;
    await world.startPerson(ben);
    await until(world, () => (promisesOf(ben)[0]?.state === "released" ? true : undefined));
    for (const who of [ada, ben])
      expect([only(who).state, only(who).note, only(who).releasedAt]).toEqual(["released", "look in the blue box", only(ada).releasedAt]);
    const fired = async (who: Person): Promise<readonly string[]> => (await keptOf(who)).filter(({ id }) => id.startsWith("fired-")).map(({ id }) => id);
    expect((await fired(ben)).toSorted()).toEqual((await fired(ada)).toSorted());
    expect((await fired(ada)).length).toBe(2);
  });

  it("[PROM3] over a stretch in which rungs fired, with nobody there to say it again: what the relay left counts by itself", async () => {
    const { world, ada, ben, by } = await guarded();
    const image = await ben.disk.list("");
    await say(world, ben, "after that copy");
    await settle(world, minute);
    await crash(world, ada);
    world.network.cut("ben");
    await world.runUntil(by + 20 * minute);
    world.network.mend("ben");
    world.putBack(ben, image);
    ben.onScreen = true;
    await world.startPerson(ben);
    await until(world, () => (promisesOf(ben)[0]?.state === "released" ? true : undefined));
    expect([only(ben).note, told(ben, "released")]).toEqual(["look in the blue box", 1]);
  });

  it("[PROM6] its key is said again to who missed it, and the note opens; so are the windows of a sign of life", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    await settle(world, minute);
    const image = await ben.disk.list("");
    await make(world, ada, 20 * minute);
    await live(world, ada);
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
    world.putBack(ben, image);
    ben.onScreen = true;
    await world.startPerson(ben);
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
    expect(promisesOf(ben).length).toBe(15);
    await world.runUntil((promisesOf(ben).find(({ life }) => life === null)?.opensAt as number) + 10 * second);
    expect(promisesOf(ben).find(({ life }) => life === null)?.note).toBe("look in the blue box");
  });

  it("[LIFE1] today's window is said again too where it was said and kept meanwhile, and is kept for who missed both", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    const comesBack = await olderCopy(world, ben);
    await live(world, ada);
    await until(world, () => (together(ada).life.me?.ahead === 14 ? true : undefined));
    const { id, opens, by } = firstOf(ada);
    await world.runUntil((opens as number) + minute);
    await act(world, ada, { do: "promise", intent: { what: "sign" } });
    const todayOf = (who: Person): PromiseView | undefined => promisesOf(who).find((one) => one.id === id);
    await until(world, () => (todayOf(ada)?.settledAt ? true : undefined));
    await settle(world, minute);
    await comesBack();
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
    await settle(world, minute);
    expect([todayOf(ben)?.state, todayOf(ben)?.settledAt, todayOf(ben)?.unconfirmed]).toEqual(["kept", todayOf(ada)?.settledAt, false]);
    // Its time comes, and it says no more.
    await world.runUntil((by as number) + 2 * hour);
    expect([todayOf(ben)?.state, told(ben, "kept"), told(ben, "late"), told(ben, "released")]).toEqual(["kept", 1, 0, 0]);
  });

  it(
    "[LIFE1] today's window that is said again says itself that it was kept: also where more was said since than is said again",
    { timeout: 120_000 },
    async () => {
      const { world, ada, ben } = seen(await paired());
      const comesBack = await olderCopy(world, ben);
      await live(world, ada);
      await until(world, () => (together(ada).life.me?.ahead === 14 ? true : undefined));
      const windows = promisesOf(ada).filter(({ life }) => life !== null);
      const sign = async (at: number): Promise<void> => {
        await world.runUntil((windows[at]?.opens as number) + minute);
        await act(world, ada, { do: "promise", intent: { what: "sign" } });
        await settle(world, minute);
      };
      await sign(0);
      await sign(1);
      for (let at = 0; at < 210; at++) await say(world, ada, `t${at}`);
      await settle(world, 10 * minute);
      await comesBack();
      await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
      await settle(world, 10 * minute);
      const stateOf = (at: number): string | undefined => promisesOf(ben).find(({ id }) => id === windows[at]?.id)?.state;
      // Yesterday's is no news any more.
      expect([stateOf(0), stateOf(1), told(ben, "kept")]).toEqual([undefined, "kept", 1]);
      await world.runUntil((windows[1]?.by as number) + hour);
      expect([stateOf(1), promisesOf(ben).some(({ state }) => state === "unguarded")]).toEqual(["kept", false]);
    },
  );

  it("[PROM4] what was kept after it was extended is kept for who hears of that extension only later", async () => {
    const { world, ada, ben, id, by } = await guarded(2 * hour);
    const comesBack = await olderCopy(world, ben);
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + hour } });
    await until(world, () => (only(ada).by === by + hour && only(ada).state === "guarded" ? true : undefined));
    world.network.cut("ada");
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await comesBack();
    await settle(world, minute);
    expect([only(ben).by, only(ben).state]).toEqual([by, "unguarded"]);
    world.network.mend("ada");
    await until(world, () => (only(ben).state === "kept" ? true : undefined));
    await settle(world, 10 * minute);
    expect([ada, ben].map((who) => [only(who).state, only(who).by, only(who).unconfirmed])).toEqual(Array(2).fill(["kept", by + hour, false]));
    expect([told(ben, "kept"), told(ben, "late")]).toEqual([1, 0]);
  });

  it("[LIFE1] [PROM1] a sign of life that its owner ended without a connection stays ended, whoever took the line up meanwhile", async () => {
    const { world, ada, ben } = seen(await living());
    const comesBack = await olderCopy(world, ben);
    world.network.cut("ada");
    await act(world, ada, { do: "promise", intent: { what: "live-off", id: together(ada).life.me?.id as string } });
    await comesBack();
    await settle(world, minute);
    world.network.mend("ada");
    await until(world, () => (together(ben).life.other === null ? true : undefined));
    await settle(world, 10 * minute);
    expect([together(ada).life.me, together(ben).life.other]).toEqual([null, null]);
    for (const who of [ada, ben]) expect(new Set(promisesOf(who).map(({ state }) => state))).toEqual(new Set(["withdrawn"]));
  });

  it("[PROM1] what was extended and lost again on its owner's own device is nobody's word but the relay's: amber there, and as it stands for the other, until its owner says more", async () => {
    const { world, ada, ben, id, by } = await guarded(2 * hour);
    await settle(world, minute);
    const image = await ada.disk.list("");
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + hour } });
    await until(world, () => (only(ben).by === by + hour && only(ben).state === "guarded" ? true : undefined));
    world.putBack(ada, image);
    ada.onScreen = true;
    await world.startPerson(ada);
    await settle(world, 10 * minute);
    expect([only(ada).by, only(ada).state, only(ada).why]).toEqual([by, "unguarded", "older-turn"]);
    expect([only(ben).by, only(ben).state]).toEqual([by + hour, "guarded"]);
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + 2 * hour } });
    await until(world, () => ([ada, ben].every((who) => only(who).by === by + 2 * hour && only(who).state === "guarded") ? true : undefined));
  });

  it("[LOSE1] [PROM3] who lost every device and comes back by the words is told what was released meanwhile, and can open it", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    const words = await wordsOf(world, ben);
    await make(world, ada, hour);
    await bothSay(story, "guarded");
    await settle(world, minute);
    world.crashPerson(ben);
    ben.gone = true;
    await settle(world, 3 * hour);
    const found = await comesBack(world, "ben", words);
    await until(world, () => (promisesOf(found)[0]?.note === null ? undefined : true));
    expect([only(found).state, only(found).releasedAt, only(found).note]).toEqual(["released", only(ada).releasedAt, "look in the blue box"]);
  });

  it("[PROM2] who comes back by the words is green on what an earlier device of theirs armed", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    const words = await wordsOf(world, ada);
    await make(world, ada, 5 * hour);
    await bothSay(story, "guarded");
    await settle(world, minute);
    world.crashPerson(ada);
    ada.gone = true;
    const found = await comesBack(world, "ada", words);
    await settle(world, 3 * minute);
    expect([only(found).state, only(found).why, only(ben).state]).toEqual(["guarded", null, "guarded"]);
  });
});

describe("A relay that was put back to an hour ago", () => {
  it("[PROM4] is shown at once what it has forgotten: what was kept since is neither late nor opened, also for who had not heard of it", async () => {
    const story = await guarded(2 * hour);
    const { world, ada, ben, id, by } = story;
    const backup = world.log.copy();
    await settle(world, 30 * minute);
    // Ben's devices are off from here on; Ada keeps it.
    await crash(world, ben);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await settle(world, minute);
    expect((await vigilOf(world, ada, id))?.state).toBe("lifted");
    world.crashRelay();
    await world.runUntil(by + hour);
    world.log = backup;
    world.startRelay();
    await settle(world, 10 * minute);
    expect(together(ada).connection.trouble).toEqual({ is: "rewound" });
    expect((await vigilOf(world, ada, id))?.state).toBe("lifted");
    await world.startPerson(ben);
    await settle(world, minute);
    expect([only(ben).state, only(ben).note, told(ben, "late"), told(ben, "released")]).toEqual(["unguarded", null, 0, 0]);
  });
});

describe("A clock that is set", () => {
  it("[PROM7] back by an hour on the other's device, while it runs or is off: the relay is not accused, and the note opens in time", async () => {
    for (const off of [false, true]) {
      const story = await guarded();
      const { world, ben } = story;
      if (off) await crash(world, ben);
      ben.skew -= hour;
      if (off) await world.startPerson(ben);
      await settle(world, minute);
      expect(only(ben).state).toBe("guarded");
      await bothSay(story, "released");
      expect([only(ben).spoke, only(ben).note]).toEqual([null, "look in the blue box"]);
    }
  });

  it("[PROM2] back while its device was off as long: what was green is not by that, and then it says that the two clocks do not agree", async () => {
    const { world, ada } = await guarded(5 * hour);
    world.network.cut("ada");
    await crash(world, ada);
    await settle(world, hour);
    ada.skew -= hour;
    ada.onScreen = true;
    await world.startPerson(ada);
    await settle(world, 5 * second);
    expect([only(ada).state, only(ada).why]).toEqual(["unguarded", "not-checked"]);
    world.network.mend("ada");
    await until(world, () => (only(ada).why === "clock" ? true : undefined));
    // What is promised from then on is by the clocks as they are.
    await make(world, ada, 2 * hour, { words: "home by ten" });
    await until(world, () => (promisesOf(ada).find(({ words }) => words === "home by ten")?.state === "guarded" ? true : undefined));
  });
});

describe("A sign of life that goes on", () => {
  it("[LIFE1] one press keeps today's window, and what was missed before it", async () => {
    const story = await paired();
    const { world, ada, ben } = story;
    await live(world, ada, { note: null });
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
    const windows = promisesOf(ada).filter(({ life }) => life !== null);
    await world.runUntil((windows[2]?.opens as number) + minute);
    expect(told(ben, "late")).toBe(2);
    await act(world, ada, { do: "promise", intent: { what: "sign" } });
    await world.runUntil((windows[2]?.by as number) + hour);
    expect(told(ben, "late")).toBe(2);
    for (const { id } of windows.slice(0, 3)) expect(promisesOf(ben).find((one) => one.id === id)?.state).toBe("kept");
  });

  it("[LIFE1] [PROM1] with as much promised as one can have open, no window is said that has no room, and nothing is promised that would be passed over", async () => {
    const { world, ada, ben } = await living();
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "full" } });
    world.network.cut(ada.name);
    const made = [];
    for (let i = 0; i < 28; i++) made.push(await make(world, ada, 600 * hour, { note: null }));
    expect([made.filter(({ ok }) => ok).length, made.at(-1)]).toEqual([26, { ok: false, why: "too-often" }]);
    world.network.mend(ada.name);
    await settle(world, minute);
    expect(promisesOf(ben).filter(({ life }) => life === null).length).toBe(26);
    const ear = listen(world);
    await world.runUntil((firstOf(ada).opens as number) + minute);
    expect(ear.sealed.filter(({ entry }) => entry.kind === "promise").length).toBe(0);
    await act(world, ada, { do: "promise", intent: { what: "sign" } });
    await settle(world, minute);
    expect(together(ben).life.other?.ahead).toBe(14);
  });

  it("[LIFE1] another device of its owner says the next windows when the first one is off, each once", async () => {
    const story = await living();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await crash(world, ada);
    // Presence is not given: they are said once a week (PRES2).
    const ahead = (): readonly unknown[] => [together(ben).life.other?.ahead, together(tablet).life.me?.ahead];
    await settle(world, 6 * day);
    expect(ahead()).toEqual([8, 8]);
    await settle(world, day);
    expect(ahead()).toEqual([14, 14]);
    const opens = promisesOf(ben).flatMap((one) => (one.life !== null && one.state !== "withdrawn" ? [one.opens] : []));
    expect(new Set(opens).size).toBe(opens.length);
  });

  it("[BOUND4] [LIFE1] in a pause that nobody is told of no window is said, until its person gives a sign: then as by that press", async () => {
    const { world, ada, ben } = await living();
    await act(world, ada, { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] });
    await settle(world, minute);
    const first = firstOf(ada);
    const ear = listen(world);
    await world.runUntil((first.opens as number) + minute);
    expect(ear.sealed.filter(({ by }) => by === "ada")).toEqual([]);
    expect(ear.left.filter(({ device, frame }) => device === "ada" && ["append", "arm", "renew", "lift", "live"].includes(frame.type))).toEqual([]);
    await act(world, ada, { do: "promise", intent: { what: "sign" } });
    const at = world.schedule.now();
    await settle(world, 10 * second);
    expect(ear.sealed.filter(({ by }) => by === "ada").map(({ entry }) => (entry.body as { readonly what: string }).what)).toEqual(["kept", "windows"]);
    expect(Math.max(...ear.sealed.map((one) => one.at)) - at).toBeLessThan(5 * second);
    ear.clear();
    await settle(world, 3 * hour);
    expect([ear.sealed.filter(({ by }) => by === "ada"), told(ben, "late"), together(ben).life.other?.ahead]).toEqual([[], 0, 14]);
    await act(world, ada, { do: "back" });
    await settle(world, minute);
    expect(together(ada).apart.me).toBeNull();
  });

  it("[BOUND4] [LIFE1] a button that is pressed in such a pause keeps the window for both, and no device says a word", async () => {
    const { world, ada, ben } = await living();
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    await act(world, ada, { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] });
    await settle(world, minute);
    const first = firstOf(ben);
    const ear = listen(world);
    await world.runUntil((first.opens as number) + minute);
    press(world, secret);
    await until(world, () => (promisesOf(ben).find(({ id }) => id === first.id)?.state === "kept" ? true : undefined));
    await settle(world, 4 * hour);
    expect([ear.sealed.filter(({ by }) => by === "ada"), told(ben, "late"), promisesOf(ada).find(({ id }) => id === first.id)?.state]).toEqual([[], 0, "kept"]);
  });
});

describe("The secret of a button", () => {
  const secretOf = (who: Person): Uint8Array | undefined => homeOf(who).signKey(bondOf(who).id)?.expose();
  const withTablet = async (): Promise<Story & { readonly tablet: Person; readonly secret: Uint8Array }> => {
    const story = await living();
    const tablet = await addDeviceOf(story, story.ada, "tablet");
    await settle(story.world, 2 * minute);
    return { ...story, tablet, secret: secretOf(story.ada) as Uint8Array };
  };
  const bothGuarded = (world: World, ...all: readonly Person[]): Promise<true> =>
    until(world, () => (all.every((who) => (together(who).life.me ?? together(who).life.other)?.ahead === 14) ? true : undefined));

  it("[LIFE1] [PROM1] is on the device that made it alone: another knows enough to arm windows with it, and keeps none", async () => {
    const { world, ada, tablet, secret } = await withTablet();
    expect(secretOf(tablet)).toBeUndefined();
    for (const [, value] of await tablet.disk.list("")) expect(Buffer.from(value).includes(Buffer.from(secret))).toBe(false);
    expect(Object.values((await diskOf(tablet)).notes)).toEqual(Object.values((await diskOf(ada)).notes).map((note) => withoutSecret(note)));
    expect(await act(world, tablet, { do: "promise", intent: { what: "sign-key" } })).toEqual({ ok: false, why: "too-new" });
  });

  it("[DEV2] [LIFE1] goes with that device: whoever has it then keeps no window, and the sign of life goes on", async () => {
    const { world, ada, ben, tablet, secret } = await withTablet();
    await vouched(world, ada, tablet);
    await world.runUntil((firstOf(tablet).opens as number) + minute);
    const open = firstOf(tablet);
    await act(world, tablet, { do: "remove-device", device: together(tablet).devices.mine.find(({ name }) => name !== "tablet")?.index as number });
    await settle(world, 3 * minute);
    expect(press(world, secret)).not.toBe("kept");
    await until(world, () => (promisesOf(ben).some(({ id, state }) => id === open.id && state === "guarded") ? true : undefined));
    expect(await act(world, tablet, { do: "promise", intent: { what: "sign" } })).toMatchObject({ ok: true });
    await bothGuarded(world, tablet, ben);
    await world.runUntil((firstOf(tablet).opens as number) + minute);
    expect(press(world, secret)).not.toBe("kept");
    await world.runUntil((firstOf(tablet).by as number) + 31 * minute);
    expect([told(ben, "late"), told(ben, "released"), told(ben, "extended")]).toEqual([1, 1, 0]);
  });

  it("[LIFE1] is made anew on another: from then on that one keeps the windows, the one that is open too, and the earlier does not", async () => {
    const { world, ada, ben, tablet, secret } = await withTablet();
    await world.runUntil((firstOf(ada).opens as number) + 24 * hour + minute);
    expect(await act(world, tablet, { do: "promise", intent: { what: "sign-key" } })).toMatchObject({ ok: true });
    const other = secretOf(tablet) as Uint8Array;
    await settle(world, 2 * minute);
    expect([press(world, secret), press(world, other)]).toEqual([expect.not.stringContaining("kept"), "kept"]);
    await until(world, () => (promisesOf(ben).filter(({ state }) => state === "kept").length === 1 ? true : undefined));
    expect(secretOf(ada)).toBeUndefined();
    expect([together(ada).life.me?.ahead, together(ben).life.other?.ahead, told(ben, "extended")]).toEqual([12, 12, 0]);
  });
});

describe("A window whose secret is made anew", () => {
  const makeAnew = async (world: World, who: Person): Promise<void> => {
    expect(await act(world, who, { do: "promise", intent: { what: "sign-key" } })).toMatchObject({ ok: true });
    await settle(world, 2 * minute);
  };

  it("[LIFE1] a day off stays one, and the last window too is no longer that of the earlier secret", async () => {
    const { world, ada, ben } = await living();
    const all = promisesOf(ada).filter(({ life }) => life !== null);
    const [off, last] = [all[3] as PromiseView, all.at(-1) as PromiseView];
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    await act(world, ada, { do: "promise", intent: { what: "withdraw", id: off.id } });
    await settle(world, minute);
    await makeAnew(world, ada);
    expect(promisesOf(ben).some(({ opens, state }) => opens === off.opens && state !== "withdrawn")).toBe(false);
    await world.runUntil((last.opens as number) + minute);
    expect(press(world, secret)).not.toBe("kept");
  });

  it("[LIFE1] one that is late already, and whose note is still to open, is not kept by the earlier secret either", async () => {
    const { world, ada, ben } = await living();
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    await world.runUntil((firstOf(ada).by as number) + minute);
    expect(told(ben, "late")).toBe(1);
    await makeAnew(world, ada);
    expect(press(world, secret)).not.toBe("kept");
    await settle(world, 2 * hour);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([1, 1]);
  });

  it.each([
    ["while it is open", 0],
    ["once it is late", 3 * hour],
  ])("[LIFE1] [PROM3] is known to who comes back by the words %s with a backup from before the sign of life: late, and its note opens", async (_, later) => {
    const story = await paired();
    const { world, ada, ben } = story;
    const words = await wordsOf(world, ben);
    await settle(world, 5 * minute);
    world.crashPerson(ben);
    ben.gone = true;
    await live(world, ada);
    await settle(world, 2 * minute);
    const first = firstOf(ada);
    await world.runUntil((first.opens as number) + minute);
    await makeAnew(world, ada);
    await settle(world, later);
    const found = await comesBack(world, "ben", words);
    await world.runUntil((first.by as number) + 40 * minute);
    expect([told(found, "late"), told(found, "released")]).toEqual([1, 1]);
    expect(promisesOf(found).find(({ id }) => id === first.id)?.note).toBe("the key is with the neighbour");
  });
});

describe("The end of a bond", () => {
  it("[END1] leaves no key, no envelope and no note of a promise on either device", async () => {
    const { world, ada, ben } = await guarded();
    await act(world, ben, { do: "end", at: null });
    await until(world, () => (view(ada)?.stage === "ended" && view(ben)?.stage === "ended" ? true : undefined));
    await settle(world, second);
    for (const who of [ada, ben]) {
      const { senses, notes, guards, firings, arms } = await diskOf(who);
      expect([senses.promise.list, notes, guards, firings, arms]).toEqual([[], {}, {}, [], []]);
      for (const [, value] of await who.disk.list("")) expect(Buffer.from(value).includes("look in the blue box")).toBe(false);
    }
  });

  it("[PROM1] what is settled keeps neither key nor note once the relay has confirmed it, also over a restart", async () => {
    const { world, ada, ben, id } = await guarded();
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await until(world, () => (only(ben).state === "kept" && !only(ben).unconfirmed ? true : undefined));
    await restart(world, ben);
    await settle(world, minute);
    for (const who of [ada, ben]) expect([(await diskOf(who)).senses.promise.list[0]?.key, (await diskOf(who)).notes]).toEqual([null, {}]);
    expect(toHex((await diskOf(ada)).line)).toBe(bondOf(ben).id);
  });
});
