/** Promises through a real relay core: kept watch over, late, opened once, kept at the last second, and what is in the way. */
import { describe, expect, it } from "vitest";
import type { PromiseView } from "../src/line/view.ts";
import type { ActResult } from "../src/line/state.ts";
import {
  act,
  addDeviceOf,
  bondOf,
  crash,
  day,
  diskOf,
  happens,
  homeOf,
  hour,
  keptOf,
  lieTo,
  listen,
  look,
  minute,
  paired,
  restart,
  say,
  second,
  together,
} from "./stories-kit.ts";
import { bothSay, guarded, living, make, only, promisesOf, seen, told } from "./promises-kit.ts";
import { settle, until, view, type Person } from "./world.ts";

describe("A promise", () => {
  it("[PROM2] is guarded for both once the relay signed for it, by its due, and not before", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    world.crashRelay();
    await make(world, ada);
    const first = only(ada);
    expect([first.state, first.guard]).toEqual(["arming", null]);
    world.startRelay();
    await bothSay(story, "guarded");
    for (const who of [ada, ben])
      expect(only(who)).toMatchObject({ words: "home by nine", owner: who === ada ? "me" : "other", guard: { relay: "http://relay.test", due: only(ada).by } });
  });

  it("[PROM2] is amber on both when the relay is not heard for five minutes, and green again once it is", async () => {
    const { world, ada, ben } = await guarded(5 * hour);
    world.crashRelay();
    await settle(world, 6 * minute);
    expect([only(ada).why, only(ben).why]).toEqual(["not-checked", "not-checked"]);
    world.startRelay();
    await until(world, () => (only(ada).state === "guarded" && only(ben).state === "guarded" ? true : undefined));
  });

  it("[PROM2] tried now, the relay is asked anew at once, and not with the next minute's check", async () => {
    const { world, ada } = await guarded(5 * hour);
    await settle(world, 10 * minute);
    const before = only(ada).guard?.checked ?? 0;
    await until(world, () => ((only(ada).guard?.checked ?? 0) > before ? true : undefined));
    const asked = world.schedule.now();
    await act(world, ada, { do: "try-now" });
    await settle(world, second);
    expect(only(ada).guard?.checked).toBeGreaterThanOrEqual(asked);
  });

  it("[PROM3] not kept climbs its ladder, each rung once and none before its time, and the note opens for the other", async () => {
    const story = await guarded();
    const { world, ada, ben, by } = story;
    await world.runUntil(by + 10 * minute - second);
    expect([only(ben).state, told(ada, "remind"), told(ben, "remind")]).toEqual(["guarded", 1, 0]);
    await bothSay(story, "late");
    expect(world.schedule.now()).toBeGreaterThanOrEqual(by + 10 * minute);
    await world.runUntil(by + 15 * minute - second);
    expect(only(ben).note).toBeNull();
    await bothSay(story, "released");
    expect([only(ben).note, only(ada).note]).toEqual(["look in the blue box", "look in the blue box"]);
    await settle(world, hour);
    for (const who of [ada, ben]) expect([told(who, "late"), told(who, "released")]).toEqual([1, 1]);
    const fired = (await keptOf(ben)).filter(({ body }) => (body as { what?: string }).what === "fired");
    expect(fired.map(({ body }) => (body as { rung: string; note: string | null }).rung)).toEqual(["late", "envelope"]);
  });

  it("[PROM4] kept in the last second is kept for both, and nothing fires", async () => {
    const story = await guarded();
    const { world, ada, ben, id, by } = story;
    await world.runUntil(by + 10 * minute - 600);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await bothSay(story, "kept");
    await settle(world, 2 * hour);
    for (const who of [ada, ben]) expect([only(who).state, only(who).note, told(who, "late"), told(who, "released")]).toEqual(["kept", null, 0, 0]);
  });

  it("[PROM2] kept when it is late and nothing of it waits, both know at once that the relay has nothing to hear of it", async () => {
    const story = await guarded(hour, { note: null });
    const { world, ada, ben, id, by } = story;
    await bothSay(story, "late");
    expect(world.schedule.now()).toBeLessThan(by + 11 * minute);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await settle(world, 2 * second);
    for (const who of [ada, ben]) expect([only(who).state, only(who).unconfirmed]).toEqual(["kept", false]);
  });

  it("[PROM2] tried now, also where nobody looks", async () => {
    const { world, ada } = await guarded(5 * hour);
    look(ada, false);
    await settle(world, 10 * minute);
    const asked = world.schedule.now();
    await act(world, ada, { do: "try-now" });
    await settle(world, 10 * second);
    expect(only(ada).guard?.checked).toBeGreaterThanOrEqual(asked);
  });

  it.each([
    ["before it is late", 30 * minute, 20 * minute, 21 * minute],
    ["after it was late, and before its note opens", 0, 2 * minute, 3 * minute],
  ])("[PROM3] extended without a connection, and back after the new time, %s: what is ahead of it still comes", async (_, grace, more, back) => {
    const { world, ada, ben, id, by } = await guarded(hour, { grace });
    world.network.cut(ada.name);
    await world.runUntil(by - 10 * minute);
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + more } });
    await world.runUntil(by + back);
    world.network.mend(ada.name);
    await settle(world, minute);
    world.network.cut(ada.name);
    await world.runUntil(by + 3 * hour);
    expect([only(ben).state, only(ben).note, told(ben, "released")]).toEqual(["released", "look in the blue box", 1]);
  });

  it("[PROM3] made while the relay is away, which comes back after its time and before it is late: it is watched over still", async () => {
    const { world, ada, ben } = seen(await paired());
    world.crashRelay();
    await make(world, ada, 10 * minute, { grace: 30 * minute });
    await settle(world, 11 * minute);
    world.startRelay();
    await until(world, () => (promisesOf(ben)[0]?.state === "guarded" ? true : undefined));
    await world.runUntil(world.schedule.now() + 2 * hour);
    expect([only(ben).state, told(ben, "late")]).toEqual(["released", 1]);
  });

  it("[PROM3] a promise that reached the relay after its note was to open, and before its farewell, opens both then, the note first", async () => {
    const { world, ada, ben } = seen(await paired());
    world.network.cut("ada");
    const by = world.schedule.now() + 20 * minute;
    await make(world, ada, 20 * minute, { farewell: { text: "I am on the other side", after: 2 * hour } });
    await world.runUntil(by + hour);
    world.network.mend("ada");
    await until(world, () => (promisesOf(ben).length > 0 ? true : undefined));
    await settle(world, minute);
    const farewellAt = by + 15 * minute + 2 * hour;
    for (const who of [ada, ben]) expect([only(who).state, only(who).opensAt]).toEqual(["unguarded", farewellAt - 1]);
    await world.runUntil(farewellAt - second);
    expect([ada, ben].map((who) => [only(who).note, only(who).farewell])).toEqual([
      [null, null],
      [null, null],
    ]);
    await settle(world, 10 * second);
    for (const who of [ada, ben])
      expect([only(who).state, only(who).note, only(who).farewell]).toEqual(["released", "look in the blue box", "I am on the other side"]);
    expect(
      (await keptOf(ben)).flatMap(({ kind, body }) =>
        kind === "promise" && (body as { readonly what: string }).what === "fired" ? [(body as { readonly rung: string }).rung] : [],
      ),
    ).toEqual(["envelope", "farewell"]);
  });

  it("[PROM3] who is back after the note opened can stop the farewell, once, and both say the same", async () => {
    const { world, ada, ben, id, by } = await guarded(hour, { farewell: { text: "I am on the other side", after: 2 * hour } });
    world.network.cut(ada.name);
    await world.runUntil(by + 20 * minute);
    world.network.mend(ada.name);
    await settle(world, 2 * minute);
    expect([only(ada).state, only(ada).farewellAt]).toEqual(["released", by + 15 * minute + 2 * hour]);
    expect(await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + 5 * hour } })).toMatchObject({ ok: false, why: "settled" });
    expect(await act(world, ada, { do: "promise", intent: { what: "withdraw", id } })).toMatchObject({ ok: true });
    await settle(world, 10 * second);
    for (const who of [ada, ben])
      expect([only(who).state, only(who).note, only(who).farewellAt, only(who).unconfirmed, only(who).farewellStopped]).toEqual([
        "released",
        "look in the blue box",
        null,
        false,
        true,
      ]);
    expect(await act(world, ada, { do: "promise", intent: { what: "withdraw", id } })).toMatchObject({ ok: false, why: "settled" });
    await world.runUntil(by + 5 * hour);
    for (const who of [ada, ben]) expect(only(who).farewell).toBeNull();
  });

  it("[PROM1] [VIG10] late, and extended a month later, when the relay has forgotten it: it is guarded anew", async () => {
    const { world, ada, ben, id, by } = await guarded(hour, { note: null });
    await world.runUntil(by + 20 * minute);
    for (const who of [ada, ben]) {
      look(who, false);
      world.network.cut(who.name);
    }
    await world.runUntil(by + 32 * day);
    for (const who of [ada, ben]) {
      world.network.mend(who.name);
      look(who, true);
    }
    await settle(world, 2 * minute);
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: world.schedule.now() + 10 * minute } });
    await settle(world, 2 * minute);
    for (const who of [ada, ben]) expect(only(who).state).toBe("guarded");
    await settle(world, 20 * minute);
    for (const who of [ada, ben]) expect(only(who).state).toBe("late");
  });

  it("[PROM2] two devices of one person extend at once, and the answer to the second is lost: both are green with what is there", async () => {
    const story = await guarded(30 * hour);
    const { world, ada, ben, id, by } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    look(tablet, true);
    await world.runUntil(world.schedule.now() + 25 * hour);
    let isLost = false;
    lieTo(world, 2, (frame) => (isLost && (frame.type === "receipt" || frame.type === "receipts") ? undefined : frame));
    world.network.drop(tablet.name);
    await settle(world, 20 * second);
    isLost = true;
    await Promise.all([ada, tablet].map((who) => act(world, who, { do: "promise", intent: { what: "extend", id, by: by + hour } })));
    await settle(world, 10 * second);
    isLost = false;
    world.network.drop(tablet.name);
    await settle(world, 2 * minute);
    expect([only(ada).state, only(tablet).state, only(ben).state]).toEqual(["guarded", "guarded", "guarded"]);
  });

  it("[PROM2] kept without a connection says that the relay does not know yet; what the relay did meanwhile decides, alike on both", async () => {
    const story = await guarded();
    const { world, ada, ben, id, by } = story;
    world.network.cut(ada.name);
    await world.runUntil(by);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    expect([only(ada).state, only(ada).unconfirmed]).toEqual(["kept", true]);
    await world.runUntil(by + 16 * minute);
    expect(only(ben).state).toBe("released");
    world.network.mend(ada.name);
    await until(world, () => (only(ada).releasedAt !== null ? true : undefined));
    await settle(world, minute);
    expect([only(ada).releasedAt, only(ada).unconfirmed, only(ben).settledAt !== null]).toEqual([only(ben).releasedAt, false, true]);
  });

  it("[PROM1] extended, it is guarded until its new time, and the earlier one means nothing any more", async () => {
    const story = await guarded();
    const { world, ada, ben, id, by } = story;
    await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + hour } });
    await until(world, () => (only(ben).by === by + hour && only(ben).state === "guarded" && only(ada).state === "guarded" ? true : undefined));
    await world.runUntil(by + 40 * minute);
    expect([only(ben).state, told(ben, "late")]).toEqual(["guarded", 0]);
    await bothSay(story, "released");
    expect(only(ben).note).toBe("look in the blue box");
  });

  it("[PROM1] extended twice without a connection, the later word holds; what is kept there already is not extended", async () => {
    const story = await guarded();
    const { world, ada, ben, id, by } = story;
    world.network.cut(ada.name);
    for (const more of [hour, 3 * hour])
      expect(await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + more } })).toMatchObject({ ok: true });
    world.network.mend(ada.name);
    await until(world, () => (only(ben).by === by + 3 * hour && only(ben).state === "guarded" && only(ada).state === "guarded" ? true : undefined));
    await world.runUntil(by + 2 * hour);
    expect(told(ben, "late")).toBe(0);
    world.network.cut(ada.name);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    expect(await act(world, ada, { do: "promise", intent: { what: "extend", id, by: by + 5 * hour } })).toEqual({ ok: false, why: "settled" });
  });

  it("[PROM1] withdrawn, it is over for both, its key and its note are gone, and nothing fires", async () => {
    const story = await guarded();
    const { world, ada, ben, id } = story;
    await act(world, ada, { do: "promise", intent: { what: "withdraw", id } });
    await bothSay(story, "withdrawn");
    await settle(world, 3 * hour);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([0, 0]);
    for (const who of [ada, ben]) {
      const { senses, notes } = await diskOf(who);
      expect([senses.promise.list[0]?.key, notes]).toEqual([null, {}]);
    }
  });

  it("[PROM1] is its owner's alone: the other can neither make it another's, nor extend, keep or withdraw it", async () => {
    const { world, ben, ada, id } = await guarded();
    for (const intent of [
      { what: "keep", id },
      { what: "withdraw", id },
      { what: "extend", id, by: world.schedule.now() + 5 * hour },
    ] as const)
      expect(await act(world, ben, { do: "promise", intent })).toEqual({ ok: false, why: "no-such-promise" });
    expect(only(ada).state).toBe("guarded");
  });

  it("[PROM1] asking twice in an hour is damped, on the one who asks and where it arrives", async () => {
    const { world, ada, ben } = seen(await paired());
    const ask = (): Promise<ActResult> => act(world, ben, { do: "promise", intent: { what: "ask", words: "when will you be home?" } });
    expect((await ask()).ok).toBe(true);
    expect(await ask()).toEqual({ ok: false, why: "too-often" });
    await settle(world, hour + minute);
    expect((await ask()).ok).toBe(true);
    await settle(world, minute);
    expect(told(ada, "asked")).toBe(2);
  });

  it("[PROM1] what the other asked for stands until it is laid aside or something is promised, and nobody is told which", async () => {
    const { world, ada, ben } = seen(await paired());
    const ask = async (): Promise<void> => {
      await act(world, ben, { do: "promise", intent: { what: "ask", words: "when will you be home?" } });
      await until(world, () => (together(ada).question?.words === "when will you be home?" ? true : undefined));
    };
    await ask();
    expect(together(ben).question).toBeNull();
    await act(world, ada, { do: "promise", intent: { what: "lay-aside", id: null } });
    expect(together(ada).question).toBeNull();
    await settle(world, hour + minute);
    await ask();
    await make(world, ada);
    await until(world, () => (together(ada).question === null ? true : undefined));
  });

  it("[KEEP2] what was released is laid aside on one device, and stays as it was on the other side", async () => {
    const story = await guarded();
    const { world, ada, ben, id } = story;
    await bothSay(story, "released");
    await act(world, ben, { do: "promise", intent: { what: "lay-aside", id } });
    expect([only(ben).aside, only(ben).note, only(ada).aside]).toEqual([true, "look in the blue box", false]);
  });

  it("[PROM5] with a condition and no date is open until its owner settles it, and never says a word by itself", async () => {
    const { world, ada, ben } = await paired();
    const made = await make(world, ada, hour, { by: null, when: "once the letter is here", note: null });
    await settle(world, 3 * day);
    expect([only(ada).state, only(ben).state, told(ben, "late")]).toEqual(["open", "open", 0]);
    await act(world, ada, { do: "promise", intent: { what: "keep", id: (made as { id: string }).id } });
    await settle(world, minute);
    expect(only(ben).state).toBe("kept");
  });

  it("[PROM6] what it holds is on no disk of the relay in the clear, nor its key; and on none of the other's devices before it opens", async () => {
    const { world, ben, ada } = await guarded();
    const { senses } = await diskOf(ada);
    const key = Buffer.from(senses.promise.list[0]?.key as Uint8Array);
    const relays = Buffer.from(
      JSON.stringify(world.log, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value instanceof Map ? [...value] : value,
      ),
    );
    expect([relays.includes("look in the blue box"), relays.includes(key.toString("latin1"))]).toEqual([false, false]);
    for (const [, value] of await ben.disk.list("")) expect(Buffer.from(value).includes("look in the blue box")).toBe(false);
  });

  it("[PROM3] a relay that crashes at every rung still says each once, and not before its time", async () => {
    const story = await guarded();
    const { world, ben, by } = story;
    for (const at of [by + 10 * minute, by + 15 * minute]) {
      await world.runUntil(at - 200);
      world.crashRelay();
      await world.runUntil(at + 30 * second);
      world.startRelay();
      await world.runUntil(at + 10 * second);
      world.crashRelay();
      world.startRelay();
    }
    await bothSay(story, "released");
    await settle(world, hour);
    expect([told(ben, "late"), told(ben, "released"), only(ben).note]).toEqual([1, 1, "look in the blue box"]);
  });

  it("[PROM7] the other's own device says that the deadline went by and the relay does not answer", async () => {
    const { world, ben, by } = await guarded();
    world.crashRelay();
    await world.runUntil(by + 14 * minute);
    expect([only(ben).unanswered, only(ben).state]).toEqual([by + 10 * minute, "unguarded"]);
  });

  it("[PROM7] late already, it says that the note should be open by now; and the same of a farewell", async () => {
    const story = await guarded(hour, { farewell: { text: "farewell", after: hour } });
    const { world, ben, by } = story;
    await bothSay(story, "late");
    world.crashRelay();
    await world.runUntil(by + 19 * minute);
    expect([only(ben).state, only(ben).unanswered, only(ben).why]).toEqual(["late", by + 15 * minute, "not-checked"]);
    world.startRelay();
    await until(world, () => (only(ben).state === "released" ? true : undefined));
    expect([only(ben).unanswered, only(ben).why]).toEqual([null, null]);
    world.crashRelay();
    await world.runUntil(by + 80 * minute);
    expect([only(ben).state, only(ben).unanswered]).toEqual(["released", by + 75 * minute]);
  });

  it("[PROM2] [LIFE1] windows ahead are not called guarded while the relay is not heard", async () => {
    const story = seen(await living());
    const { world, ada, ben } = story;
    await settle(world, 2 * minute);
    expect([together(ada).life.me, together(ben).life.other]).toMatchObject([
      { ahead: 14, why: null },
      { ahead: 14, why: null },
    ]);
    world.crashRelay();
    await settle(world, 7 * minute);
    expect([together(ada).life.me, together(ben).life.other]).toMatchObject([
      { ahead: 14, why: "not-checked" },
      { ahead: 14, why: "not-checked" },
    ]);
  });

  it("[LIFE2] an outage that took the window moves it, and both see until when it is open and when it is late", async () => {
    const story = seen(await living());
    const { world, ada, ben } = story;
    const first = promisesOf(ben).find(({ life }) => life !== null) as PromiseView;
    const [opens, due] = [first.opens as number, first.by as number];
    await world.runUntil(opens - 10 * minute);
    world.crashRelay();
    await world.runUntil(due + 30 * minute);
    world.startRelay();
    const here = (who: Person): PromiseView | undefined => promisesOf(who).find(({ id }) => id === first.id);
    await until(world, () => ([ada, ben].every((who) => here(who)?.state === "guarded") ? true : undefined));
    for (const who of [ada, ben]) {
      expect(here(who)?.guard?.due).toBeGreaterThan(world.schedule.now() + 2 * hour);
      expect((here(who)?.lateAt ?? 0) - (here(who)?.guard?.due ?? 0)).toBe(0);
    }
    expect(together(ada).life.me).toMatchObject({ isOpen: true, window: first.id });
    expect(await act(world, ada, { do: "promise", intent: { what: "sign" } })).toMatchObject({ ok: true });
  });

  it("[PROM3] devices that come and go, and many epochs, do not matter: it opens on what is left", async () => {
    const story = await guarded(10 * hour);
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    const bens = await addDeviceOf(story, ben, "ben's second");
    await settle(world, minute);
    const index = together(ada).devices.mine.find(({ name }) => name === "tablet")?.index as number;
    await act(world, ada, { do: "remove-device", device: index });
    await settle(world, minute);
    expect(view(tablet)?.stage).toBe("together");
    look(bens, true);
    await bothSay(story, "released");
    await until(world, () => (only(bens).note !== null ? true : undefined));
    expect([only(ben).note, only(bens).note]).toEqual(["look in the blue box", "look in the blue box"]);
  });

  it("[PROM2] said without a relay, its device arms it as soon as there is one, also when it was started anew meanwhile", async () => {
    const story = await paired();
    const { world, ada } = story;
    world.crashRelay();
    await make(world, ada, 10 * hour);
    await restart(world, ada);
    world.startRelay();
    await settle(world, 20 * second);
    expect(only(ada).state).toBe("guarded");
  });

  it("[PROM3] a device of its owner that dies after the word and before the vigil leaves it arming, and another of theirs arms it", async () => {
    const story = seen(await paired());
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "tablet");
    await settle(world, 2 * minute);
    // The relay takes entries and forgets to answer about vigils.
    const { outlet } = world.network;
    const send = outlet.send.bind(outlet);
    await make(world, tablet, 10 * hour);
    await crash(world, tablet);
    outlet.send = send;
    await until(world, () => (only(ben).state === "guarded" ? true : undefined));
    expect(only(ada).state).toBe("guarded");
  });

  it("[BOUND4] goes on during a pause of its owner", async () => {
    const story = await guarded();
    const { world, ada, ben } = story;
    await act(world, ada, { do: "apart", announced: true, dark: false, until: null, when: null, passes: [] });
    await bothSay(story, "released");
    expect([only(ben).note, together(ben).other.state.is]).toEqual(["look in the blue box", "away"]);
    expect(world.broken).toBeNull();
  });

  it("[END1] is lifted by an end, and the other is not told anything by it", async () => {
    const { world, ada, ben, by } = await guarded();
    await act(world, ada, { do: "end", at: null });
    await until(world, () => (view(ben)?.stage === "ended" ? true : undefined));
    await world.runUntil(by + hour);
    expect([told(ben, "late"), told(ben, "released")]).toEqual([0, 0]);
    expect(homeOf(ada).bonds().length).toBe(1);
  });

  it("[PROM3] goes on over a restart of both", async () => {
    const story = await guarded();
    const { world, ada, ben } = story;
    await restart(world, ada);
    await restart(world, ben);
    await bothSay(story, "released");
    expect(only(ben).note).toBe("look in the blue box");
  });
});

describe("A sign of life", () => {
  it("[LIFE1] is watched for fourteen windows ahead, each from eight to eleven where its owner is", async () => {
    const { ada, ben } = await living();
    const windows = promisesOf(ben).filter(({ life }) => life !== null);
    expect(windows.length).toBe(14);
    for (const { opens, by } of windows) {
      const at = (time: number | null): string => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Vienna", timeStyle: "short" }).format(time ?? 0);
      expect([at(opens), at(by)]).toEqual(["08:00", "11:00"]);
    }
    expect(together(ada).life.me?.few).toBe(false);
  });

  it("[LIFE1] one press in the window is enough, no press outside of it, and there is a new window at the end", async () => {
    const { world, ada, ben } = await living();
    const sign = (): Promise<ActResult> => act(world, ada, { do: "promise", intent: { what: "sign" } });
    const first = promisesOf(ada).find(({ life }) => life !== null) as PromiseView;
    expect(await sign()).toEqual({ ok: false, why: "no-window" });
    await world.runUntil((first.opens as number) + minute);
    expect((await sign()).ok).toBe(true);
    await world.runUntil((first.by as number) + 2 * hour);
    expect([told(ben, "late"), together(ben).life.other?.ahead]).toEqual([0, 14]);
  });

  it("[LIFE1] one press of a button that has the key alone keeps it for the other too, while no device of its owner is there", async () => {
    const { world, ada, ben } = await living();
    const first = promisesOf(ada).find(({ life }) => life !== null) as PromiseView;
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    await crash(world, ada);
    await world.runUntil((first.opens as number) + minute);
    const answered: string[] = [];
    world.network.relay?.keep(secret, (is) => answered.push(is));
    world.network.relay?.commit();
    const here = (): PromiseView | undefined => promisesOf(ben).find(({ id }) => id === first.id);
    await until(world, () => (here()?.state === "kept" ? true : undefined));
    expect([answered, here()?.unconfirmed, here()?.why]).toEqual([["kept"], false, null]);
    await world.runUntil((first.by as number) + 10 * minute);
    expect([here()?.unanswered, told(ben, "late")]).toEqual([null, 0]);
    // Back, and shown to nobody (PRES2), its owner's device says so along with what its owner says next.
    await world.startPerson(ada);
    await settle(world, hour);
    expect([promisesOf(ada).find(({ id }) => id === first.id)?.state, here()?.settledAt]).toEqual(["kept", null]);
    expect(together(ada).life.me).toMatchObject({ isOpen: false });
    await say(world, ada, "back");
    await until(world, () => (here()?.settledAt != null ? true : undefined));
  });

  const toOthers = ["append", "live", "change", "refound"];
  it.each([
    ["presence is not given", undefined],
    ["its owner is apart without a word", { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] }],
  ] as const)("[PRES2] [LIFE1] while %s, its next windows are said once a week, or along with a press, and at least seven are ahead", async (_, pause) => {
    const story = await living();
    const { world, ada, ben } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    if (pause) await act(world, ada, pause);
    await settle(world, minute);
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    const ear = listen(world);
    const saidOn: number[] = [];
    const opensNext = (): number =>
      Math.min(...promisesOf(ben).flatMap(({ life, opens }) => (life !== null && opens !== null && opens > world.schedule.now() ? [opens] : [])));
    // Each day a button in the house keeps the window, and she looks at what there is, on each of hers.
    for (let on = 1; on <= 8; on++) {
      for (const who of [ada, tablet]) await crash(world, who);
      await world.runUntil(opensNext() + minute);
      world.network.relay?.keep(secret, () => undefined);
      world.network.relay?.commit();
      for (const who of [ada, tablet]) {
        await world.startPerson(who);
        look(who, true);
      }
      await settle(world, minute);
      if (ear.left.some(({ device, frame }) => device !== "ben" && toOthers.includes(frame.type))) saidOn.push(on);
      ear.clear();
      expect(together(ben).life.other?.ahead ?? 0).toBeGreaterThanOrEqual(7);
    }
    expect([saidOn, told(ben, "late")]).toEqual([[7], 0]);
    for (const who of [ada, tablet]) look(who, false);
    await world.runUntil(opensNext() + minute);
    await act(world, ada, { do: "promise", intent: { what: "sign" } });
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
  });

  it("[PRES2] what is over is put away on each device without a word about that", async () => {
    const story = await guarded();
    const { world, ada, id } = story;
    const tablet = await addDeviceOf(story, ada, "ada's tablet");
    await settle(world, minute);
    const ear = listen(world);
    await act(world, ada, { do: "promise", intent: { what: "keep", id } });
    await settle(world, 5 * minute);
    expect(ear.sealed.filter(({ by }) => by !== "ben").map(({ by, entry }) => [by, entry.kind])).toEqual([["ada", "promise"]]);
    expect([(await diskOf(ada)).notes, (await diskOf(tablet)).notes]).toEqual([{}, {}]);
  });

  it("[LIFE1] without a press it is late and then the note opens, once", async () => {
    const { world, ada, ben } = await living();
    const first = promisesOf(ada).find(({ life }) => life !== null) as PromiseView;
    await world.runUntil((first.by as number) + 2 * hour);
    const then = promisesOf(ben).find(({ id }) => id === first.id);
    expect([told(ben, "late"), told(ben, "released"), then?.note]).toEqual([1, 1, "the key is with the neighbour"]);
  });

  it("[LIFE1] with its owner's devices off for eleven days, three windows are left, and that is said to both", async () => {
    const { world, ada, ben } = await living();
    await crash(world, ada);
    await settle(world, 11.5 * day);
    expect([together(ben).life.other?.few, (together(ben).life.other?.ahead ?? 99) <= 3]).toEqual([true, true]);
    await world.startPerson(ada);
    await until(world, () => (together(ben).life.other?.ahead === 14 ? true : undefined));
  });

  it.each([
    ["given by a button alone", true],
    ["given by nobody", false],
  ])("[LIFE1] %s until no window is left, it has run out, and the other sees so whenever they look", async (_, isGiven) => {
    const { world, ada, ben } = await living();
    const secret = homeOf(ada).signKey(bondOf(ada).id)?.expose() as Uint8Array;
    const windows = promisesOf(ben).flatMap(({ life, opens }) => (life === null || opens === null ? [] : [opens]));
    await crash(world, ada);
    for (const opens of windows) {
      await world.runUntil(opens + minute);
      if (!isGiven) continue;
      world.network.relay?.keep(secret, () => undefined);
      world.network.relay?.commit();
    }
    await settle(world, 3 * day);
    await crash(world, ben);
    await world.startPerson(ben);
    await settle(world, minute);
    expect([together(ben).life.other, told(ben, "late")]).toMatchObject([{ ahead: 0, few: true }, isGiven ? 0 : windows.length]);
  });

  it("[LIFE1] ended by its owner, none of its windows says anything any more", async () => {
    const { world, ada, ben } = await living();
    await act(world, ada, { do: "promise", intent: { what: "live-off", id: together(ada).life.me?.id as string } });
    await settle(world, 3 * day);
    expect([told(ben, "late"), together(ben).life.other, (await diskOf(ada)).notes]).toEqual([0, null, {}]);
    expect(bondOf(ada).id).toBe(bondOf(ben).id);
    expect(await happens(world, Promise.resolve(true))).toBe(true);
  });
});
