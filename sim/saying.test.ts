import { describe, expect, it } from "vitest";
import { decodeCbor } from "../src/protocol/cbor.ts";
import { toHex, utf8 } from "../src/base/bytes.ts";
import { settle, until, view } from "./world.ts";
import {
  act,
  beside,
  bondOf,
  crash,
  diskOf,
  happens,
  hour,
  keptOf,
  listen,
  liveOf,
  look,
  minute,
  paired,
  restart,
  say,
  second,
  textsOf,
  together,
  type Story,
} from "./stories-kit.ts";

const appends = (ear: ReturnType<typeof listen>, who: string): number =>
  ear.left.filter(({ device, frame }) => device === who && frame.type === "append").length;
const touchOf = (who: Story["ada"]) => together(who).touch;
const told = (who: Story["ada"]): unknown[] => who.happened.filter(({ kind }) => kind === "touch").map(({ from, what }) => `${from} ${what as string}`);
/** Whether any value on a disk holds these words. */
const holds = async (who: Story["ada"], words: string): Promise<boolean> => {
  const found = toHex(utf8(words));
  return (await who.disk.list("")).some(([, value]) => toHex(value).includes(found));
};

describe("Feeling", () => {
  it("[FEEL1] one gesture, one entry, and it is at the other's within a second", async () => {
    const { world, ada, ben } = await paired();
    const ear = listen(world);
    const at = world.schedule.now();
    world.act(ada, { do: "feeling", intent: { hue: 345, strength: 80 } });
    await until(world, () => together(ben).feeling.other ?? undefined);
    expect(world.schedule.now() - at).toBeLessThanOrEqual(second);
    expect(together(ben).feeling).toMatchObject({ me: null, other: { hue: 345, strength: 80 } });
    expect(Math.abs((together(ben).feeling.other?.at ?? 0) - at)).toBeLessThan(100);
    expect([ear.sealed.map(({ entry }) => entry.kind), appends(ear, "ada")]).toEqual([["feeling"], 1]);
  });

  it("[FEEL1] with the other on screen it shows before it is kept anywhere; while no entry proves it, for ten seconds only", async () => {
    const { world, ada, ben } = await beside();
    const ear = listen(world);
    ada.disk.fail("full");
    world.act(ada, { do: "feeling", intent: { hue: 345, strength: 80 } });
    await until(world, () => together(ben).feeling.other ?? undefined);
    expect([together(ben).feeling.other?.hue, appends(ear, "ada")]).toEqual([345, 0]);
    expect(ben.happened.some(({ kind }) => kind === "feeling")).toBe(false);
    await settle(world, 11 * second);
    expect(together(ben).feeling.other).toBeNull();
    ada.disk.fail(null);
    await settle(world, minute);
    expect([together(ben).feeling.other?.hue, appends(ear, "ada")]).toEqual([345, 1]);
    expect(ben.happened.filter(({ kind }) => kind === "feeling")).toHaveLength(1);
  });

  it("[FEEL1] [PRES2] not given, it does not leave live either", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ada, { do: "boundary", intent: { sense: "feeling", give: "off" } });
    await settle(world, second);
    const ear = listen(world);
    expect(await act(world, ada, { do: "feeling", intent: { hue: 1, strength: 1 } })).toEqual({ ok: false, why: "not-given" });
    expect(ear.left.filter(({ device, frame }) => device === "ada" && frame.type === "live")).toEqual([]);
    expect(together(ben).feeling.other).toBeNull();
  });

  it("[FEEL1] made without a network it waits, is shown as mine, and goes when there is one", async () => {
    const { world, ada, ben } = await paired();
    world.network.cut("ada");
    await settle(world, minute);
    const at = world.schedule.now();
    expect(await act(world, ada, { do: "feeling", intent: { hue: 120, strength: 30 } })).toMatchObject({ ok: true });
    expect(together(ada).connection.waiting).toBe(1);
    await settle(world, hour);
    world.network.mend("ada");
    await until(world, () => together(ben).feeling.other ?? undefined);
    // With the age it has, not the one it arrived with.
    expect(Math.abs((together(ben).feeling.other?.at ?? 0) - at)).toBeLessThan(second);
    expect(together(ada).connection.waiting).toBe(0);
  });

  it("[FEEL1] not given, it is refused here and nothing leaves", async () => {
    const { world, ada, ben } = await paired();
    await act(world, ada, { do: "boundary", intent: { sense: "feeling", give: "off" } });
    const ear = listen(world);
    expect(await act(world, ada, { do: "feeling", intent: { hue: 1, strength: 1 } })).toEqual({ ok: false, why: "not-given" });
    await settle(world, minute);
    expect([ear.sealed, appends(ear, "ada"), together(ben).feeling.other]).toEqual([[], 0, null]);
  });

  it("[FEEL2] words and the feeling that goes with them arrive as one, also when they do not match, and the later feeling shows", async () => {
    const { world, ada, ben } = await paired();
    const ear = listen(world);
    await say(world, ada, "everything is fine", { feeling: { hue: 220, strength: 90 } });
    await settle(world, 2 * second);
    expect(appends(ear, "ada")).toBe(1);
    expect(together(ben).thoughts[0]).toMatchObject({ text: "everything is fine", feeling: { hue: 220, strength: 90 } });
    expect(together(ben).feeling.other).toMatchObject({ hue: 220, strength: 90 });
    await act(world, ada, { do: "feeling", intent: { hue: 45, strength: 10 } });
    await settle(world, 2 * second);
    expect(together(ben).feeling.other).toMatchObject({ hue: 45, strength: 10 });
    expect(Object.keys(together(ben).thoughts[0] ?? {}).sort()).toEqual(["at", "feeling", "from", "id", "seen", "text", "waiting"]);
  });
});

describe("Touch", () => {
  it("[TOUCH1] Ada holds out a hand: Ben sees an offer; he meets it: both feel it; she takes it away: it ends for both", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ada, { do: "touch", intent: { hold: true } });
    await settle(world, second);
    expect([touchOf(ada), touchOf(ben)]).toEqual([
      { holding: true, offered: false, met: false },
      { holding: false, offered: true, met: false },
    ]);
    await act(world, ben, { do: "touch", intent: { hold: true } });
    await settle(world, second);
    expect([touchOf(ada).met, touchOf(ben).met]).toEqual([true, true]);
    await settle(world, minute);
    expect([touchOf(ada).met, touchOf(ben).met]).toEqual([true, true]);
    await act(world, ada, { do: "touch", intent: { hold: false } });
    expect(touchOf(ada).met).toBe(false);
    await settle(world, 100);
    expect(touchOf(ben)).toEqual({ holding: true, offered: false, met: false });
    expect([told(ada), told(ben)]).toEqual([
      ["other met", "me ended"],
      ["other offered", "me met", "other ended"],
    ]);
  });

  it("[TOUCH1] an offer that is not met leaves no trace: nothing is sealed, kept or saved, and Ada is told nothing", async () => {
    const { world, ada, ben } = await beside();
    await settle(world, 2 * minute);
    const before = [await keptOf(ada), await keptOf(ben), (await diskOf(ada)).senses.touch, (await diskOf(ben)).senses.touch];
    const ear = listen(world);
    await act(world, ada, { do: "touch", intent: { hold: true } });
    await settle(world, 20 * second);
    await act(world, ada, { do: "touch", intent: { hold: false } });
    await settle(world, 10 * second);
    expect(told(ada)).toEqual([]);
    expect(ear.sealed.filter(({ entry }) => entry.kind !== "presence")).toEqual([]);
    expect([await keptOf(ada), await keptOf(ben)]).toEqual(before.slice(0, 2));
    await restart(world, ada);
    await restart(world, ben);
    expect([touchOf(ada), touchOf(ben)]).toEqual([0, 1].map(() => ({ holding: false, offered: false, met: false })));
  });

  it.each(["network", "app"] as const)("[TOUCH1] when the %s of one dies in the middle of it, it is over for the other within three seconds", async (what) => {
    const { world, ada, ben } = await beside();
    for (const who of [ada, ben]) await act(world, who, { do: "touch", intent: { hold: true } });
    await until(world, () => (touchOf(ada).met && touchOf(ben).met ? true : undefined));
    if (what === "network") world.network.cut("ben");
    else world.crashPerson(ben);
    await settle(world, 3 * second);
    expect(touchOf(ada)).toEqual({ holding: true, offered: false, met: false });
    expect(told(ada).at(-1)).toBe("other ended");
  });

  it("[TOUCH1] touch never opens anything else: but for presence, only touch is on the live lane", async () => {
    const { world, ada, ben } = await beside();
    const ear = listen(world);
    for (const who of [ada, ben]) await act(world, who, { do: "touch", intent: { hold: true } });
    await settle(world, 10 * second);
    expect(new Set((await liveOf(ada, ear)).map(({ sense }) => sense))).toEqual(new Set(["presence", "touch"]));
    expect(view(ada)?.stage).toBe("together");
  });
});

describe("Thought", () => {
  it("[SAY1] what is said arrives once, in order, and is kept by both with its author", async () => {
    const { world, ada, ben } = await paired();
    const first = await say(world, ada, "good morning");
    await say(world, ben, "good evening");
    await settle(world, 3 * second);
    expect([textsOf(ada), textsOf(ben)]).toEqual([
      ["good morning", "good evening"],
      ["good morning", "good evening"],
    ]);
    const [adas, bens] = [await keptOf(ada), await keptOf(ben)];
    const thoughts = (all: typeof adas) => all.filter(({ kind }) => kind === "thought");
    expect(thoughts(adas).map(({ from }) => from)).toEqual(["me", "other"]);
    expect(thoughts(bens).map(({ id, seq, body }) => ({ id, seq, body }))).toEqual(thoughts(adas).map(({ id, seq, body }) => ({ id, seq, body })));
    expect(first.ok && first.id).toBe(thoughts(adas)[0]?.id);
  });

  it("[SAY1] nothing ever leaves because a thought was looked at: no frame, no entry, not then and not later", async () => {
    const { world, ada, ben } = await paired();
    for (const fades of [false, true]) await say(world, ada, `do you see this? ${fades}`, { fades });
    await settle(world, minute);
    const ear = listen(world);
    const pings = (): unknown[] => ear.left.filter(({ device, frame }) => device === "ben" && frame.type !== "ping");
    await act(world, ben, { do: "thought", intent: { what: "seen", ids: together(ben).thoughts.map(({ id }) => id) } });
    await settle(world, 5 * minute);
    expect([pings(), ear.sealed]).toEqual([[], []]);
    expect(together(ben).thoughts.map(({ text }) => text)).toEqual(["do you see this? false"]);
    expect(together(ada).thoughts.length).toBe(2);
  });

  it("[SAY1] what faded after it was seen does not come back, and is not left on the disk", async () => {
    const { world, ada, ben } = await paired();
    await say(world, ada, "written in sand", { fades: true });
    await settle(world, 2 * second);
    expect(await holds(ben, "written in sand")).toBe(true);
    await act(world, ben, { do: "thought", intent: { what: "seen", ids: together(ben).thoughts.map(({ id }) => id) } });
    // The app dies before the minute is over, and after.
    await restart(world, ben);
    await settle(world, 2 * minute);
    expect(textsOf(ben)).toEqual([]);
    expect(await holds(ben, "written in sand")).toBe(false);
    await restart(world, ben);
    expect(textsOf(ben)).toEqual([]);
    expect((await keptOf(ben)).filter(({ kind }) => kind === "thought")).toEqual([]);
  });

  it("[SAY1] one that fades and that nobody saw is gone after a day, on both sides, disks included", async () => {
    const { world, ada, ben } = await paired();
    await say(world, ada, "only for today", { fades: true });
    await settle(world, 23 * hour);
    expect([textsOf(ada), textsOf(ben)]).toEqual([["only for today"], ["only for today"]]);
    await settle(world, hour + minute);
    expect([textsOf(ada), textsOf(ben)]).toEqual([[], []]);
    expect([await holds(ada, "only for today"), await holds(ben, "only for today")]).toEqual([false, false]);
  });

  it("[SAY1] said without a network it is safe at once, and shown as waiting until the relay has it", async () => {
    const { world, ada, ben } = await paired();
    world.network.cut("ada");
    await settle(world, minute);
    for (const text of ["one", "two", "three"]) expect(await say(world, ada, text)).toMatchObject({ ok: true });
    expect(together(ada).thoughts.map(({ text, waiting }) => [text, waiting])).toEqual([
      ["one", true],
      ["two", true],
      ["three", true],
    ]);
    await restart(world, ada);
    expect(textsOf(ada)).toEqual(["one", "two", "three"]);
    world.network.mend("ada");
    await until(world, () => (textsOf(ben).length === 3 ? true : undefined));
    await settle(world, 2 * second);
    expect(together(ada).thoughts.map(({ text, waiting }) => [text, waiting])).toEqual([
      ["one", false],
      ["two", false],
      ["three", false],
    ]);
    expect(textsOf(ben)).toEqual(["one", "two", "three"]);
  });

  it.each(["", "   ", "\u202e", "\u0000\u0007"])("[SAY4] %j says nothing, and nothing leaves", async (text) => {
    const { world, ada } = await paired();
    const ear = listen(world);
    expect(await say(world, ada, text)).toEqual({ ok: false, why: "empty" });
    await settle(world, 5 * second);
    expect([ear.sealed, appends(ear, "ada")]).toEqual([[], 0]);
  });

  it.each([12_001, 20_000, 70_000, 1_000_000])("[SAY1] %i bytes are refused, not promised and then lost", async (length) => {
    const { world, ada, ben } = await paired();
    expect(await say(world, ada, "x".repeat(length))).toEqual({ ok: false, why: "too-long" });
    await say(world, ada, "x".repeat(12_000));
    await settle(world, 2 * second);
    expect(together(ben).thoughts.map(({ text }) => text.length)).toEqual([12_000]);
  });

  it("[SAY4] drafts never leave: only an act says something, and time, looking, leaving and coming back say nothing", async () => {
    const { world, ada, ben } = await paired();
    const ear = listen(world);
    for (const on of [true, false, true]) {
      bondOf(ada).onScreen(on);
      await settle(world, 10 * minute);
    }
    bondOf(ada).onScreen(false);
    await restart(world, ada);
    await crash(world, ben);
    await settle(world, hour);
    expect(ear.sealed).toEqual([]);
    expect(ear.left.filter(({ frame }) => frame.type === "append")).toEqual([]);
    expect(await liveOf(ada, ear)).toEqual([]);
  });

  it("[SAY4] what is said leaves sealed: not a word of it is readable on the wire's frames but inside the seal", async () => {
    const { world, ada } = await paired();
    const ear = listen(world);
    await say(world, ada, "between us");
    await settle(world, 2 * second);
    const bodies = ear.left.flatMap(({ device, frame }) => (device === "ada" && frame.type === "append" ? [frame.body.length] : []));
    expect(bodies).toEqual([256]);
    expect(ear.sealed.map(({ entry }) => entry.body)).toMatchObject([{ text: "between us" }]);
  });

  it("[SAY1] storage full, then mended: nothing is promised meanwhile, nothing leaves, and nothing is lost", async () => {
    const { world, ada, ben } = await paired();
    const ear = listen(world);
    ada.disk.fail("full");
    let answer: unknown;
    void bondOf(ada)
      .act({ do: "thought", intent: { what: "say", text: "is there room?" } })
      .then((result) => (answer = result));
    await say(world, ben, "I am here");
    await settle(world, minute);
    expect([answer, appends(ear, "ada"), together(ada).connection.trouble]).toEqual([undefined, 0, { is: "storage-full" }]);
    ada.disk.fail(null);
    await settle(world, 10 * second);
    expect([answer, together(ada).connection.trouble]).toEqual([expect.objectContaining({ ok: true }), null]);
    await settle(world, 5 * second);
    for (const who of [ada, ben]) expect([...textsOf(who)].sort()).toEqual(["I am here", "is there room?"]);
    await restart(world, ada);
    expect([...textsOf(ada)].sort()).toEqual(["I am here", "is there room?"]);
  });

  it("[SAY1] storage taken away, and the app dies: what was acknowledged is there, what was not was never promised", async () => {
    const { world, ada, ben } = await paired();
    await say(world, ada, "safe");
    ada.disk.fail("gone");
    let answer: unknown;
    void bondOf(ada)
      .act({ do: "thought", intent: { what: "say", text: "not safe" } })
      .then((result) => (answer = result));
    await settle(world, minute);
    expect(together(ada).connection.trouble).toEqual({ is: "storage-gone" });
    await crash(world, ada);
    ada.disk.fail(null);
    await world.startPerson(ada);
    await settle(world, minute);
    expect([answer, textsOf(ada), textsOf(ben)]).toEqual([undefined, ["safe"], ["safe"]]);
    await say(world, ada, "safe again");
    await settle(world, 2 * second);
    expect(textsOf(ben)).toEqual(["safe", "safe again"]);
  });

  it("[KEEP2] storage taken away before what was heard is backed up: reading breaks nothing, and the backup is made once it is there again", async () => {
    const { world, ada, ben } = await paired();
    look(ada, true);
    await settle(world, minute);
    await say(world, ben, "keep this");
    ada.disk.fail("gone");
    await settle(world, minute);
    expect([textsOf(ada), together(ada).backup.behind]).toEqual([["keep this"], true]);
    ada.disk.fail(null);
    await settle(world, 20 * minute);
    expect([together(ada).connection.trouble, textsOf(ada), together(ada).backup.behind]).toEqual([null, ["keep this"], false]);
  });

  it("[SAY1] the relay's disk full, then mended: what waits goes, and the trouble is over when it is over", async () => {
    const { world, ada, ben } = await paired();
    world.log.fault("full");
    await say(world, ada, "patience");
    await settle(world, 5 * second);
    expect([together(ada).connection.trouble, together(ada).connection.waiting]).toEqual([{ is: "refused", code: "unavailable" }, 1]);
    world.log.fault("none");
    await settle(world, 90 * second);
    expect([together(ada).connection.trouble, together(ada).connection.waiting, textsOf(ben)]).toEqual([null, 0, ["patience"]]);
  });

  it("[KEEP1] what is kept can be read page by page, newest first, without a gap or a repeat", async () => {
    const { world, ada } = await paired();
    for (let i = 0; i < 25; i++) world.act(ada, { do: "thought", intent: { what: "say", text: `${i}` } });
    await settle(world, 5 * second);
    const all = (await keptOf(ada)).map(({ seq }) => seq);
    const paged: number[] = [];
    for (let before: number | undefined; ; before = paged.at(-1)) {
      const page = await bondOf(ada).kept({ limit: 7, ...(before === undefined ? {} : { before }) });
      if (page.length === 0) break;
      paged.push(...page.map(({ seq }) => seq));
    }
    expect(paged.toReversed()).toEqual(all);
    expect(all.length).toBe(27);
  });

  it("[KEEP1] what is kept between the two holds no secret of a device", async () => {
    const { world, ada } = await paired();
    await say(world, ada, "hello");
    await settle(world, 2 * second);
    const { self } = await diskOf(ada);
    for (const [key, value] of await ada.disk.list(`bond/${bondOf(ada).id}/kept/`)) {
      expect(toHex(value).includes(toHex(self.device.expose())), key).toBe(false);
      expect(decodeCbor(value).ok).toBe(true);
    }
    expect(await happens(world, bondOf(ada).settled(1000))).toBe(true);
  });
});
