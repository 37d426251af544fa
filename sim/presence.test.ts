import { describe, expect, it } from "vitest";
import { roundDown } from "../src/senses/presence/presence.ts";
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
  stateOf,
  textsOf,
  together,
  type Story,
} from "./stories-kit.ts";

/** The states Ada sees of Ben, one after the other, with when each began. */
const watching = ({ world, ada }: Story): { readonly states: { readonly is: string; readonly at: number }[]; go(time: number): Promise<void> } => {
  const states: { is: string; at: number }[] = [];
  const note = (): void => {
    const { is } = stateOf(ada);
    if (states.at(-1)?.is !== is) states.push({ is, at: world.schedule.now() });
  };
  return { states, go: (time) => world.runUntil(world.schedule.now() + time, note) };
};

/** Until a moment that is 2 min past a whole five. */
const toTwoPast = async ({ world }: Story): Promise<number> => {
  const now = world.schedule.now();
  await settle(world, roundDown(now) + 7 * minute - now);
  return roundDown(world.schedule.now());
};

describe("Being there", () => {
  it("[PRES1] both on screen, both giving it: each is beside the other", async () => {
    const { ada, ben } = await beside();
    expect([stateOf(ada), stateOf(ben)]).toEqual([{ is: "beside" }, { is: "beside" }]);
  });

  it("[PRES1] beside lasts for as long as both stay, and not a moment of an hour is anything else", async () => {
    const story = await beside();
    const watch = watching(story);
    await watch.go(hour);
    expect(watch.states.map(({ is }) => is)).toEqual(["beside"]);
  });

  it("[PRES1] who looks away is near, and sees only that the other is near", async () => {
    const { world, ada, ben } = await beside();
    look(ada, false);
    await settle(world, 2 * second);
    expect([stateOf(ada).is, stateOf(ben).is]).toEqual(["near", "near"]);
    look(ada, true);
    await until(world, () => (stateOf(ada).is === "beside" && stateOf(ben).is === "beside" ? true : undefined));
  });

  it("[PRES1] after Ben left, closeness fades with its age: near, around, far, and then unheard since he left", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    const at = await toTwoPast(story);
    bondOf(ben).onScreen(false);
    await crash(world, ben);
    const watch = watching(story);
    await watch.go(25 * hour);
    expect(stateOf(ada)).toEqual({ is: "unheard", since: at });
    expect(watch.states.map(({ is }) => is)).toEqual(["near", "around", "far", "unheard"]);
    // Each in its time, told by itself, within a second of it.
    for (const [i, age] of [10 * minute, 3 * hour, 24 * hour].entries()) expect(Math.abs((watch.states[i + 1]?.at ?? 0) - at - age)).toBeLessThan(second);
  });

  it("[PRES2] while it is off, nothing of presence is sealed and nothing of it is on the wire, live frames included", async () => {
    const { world, ada, ben } = await paired();
    const ear = listen(world);
    look(ada, true);
    look(ben, true);
    await act(world, ada, { do: "touch", intent: { hold: true } });
    await say(world, ada, "I am here, and say so myself");
    await settle(world, 30 * minute);
    await act(world, ada, { do: "touch", intent: { hold: false } });
    bondOf(ada).onScreen(false);
    await settle(world, minute);
    look(ada, true);
    await restart(world, ada);
    expect(ear.sealed.filter(({ by }) => by === "ada").map(({ entry }) => entry.kind)).toEqual(["thought"]);
    const live = await liveOf(ada, ear);
    expect(live.length).toBeGreaterThan(1000);
    expect(new Set(live.map(({ sense }) => sense))).toEqual(new Set(["touch"]));
    expect(ear.left.filter(({ device, frame }) => device === "ada" && frame.type === "append").length).toBe(1);
    expect(stateOf(ben)).toEqual({ is: "closed", since: null });
  });

  const days = 24 * hour;
  it.each([
    ["was never given", undefined],
    ["is taken back", { do: "boundary", intent: { sense: "presence", give: "off" } }],
    ["is paused, with a word", { do: "apart", announced: true, dark: false, until: null, when: null, passes: [] }],
    ["is dark", { do: "apart", announced: true, dark: true, until: 1, when: null, passes: [] }],
    ["is paused, without a word", { do: "apart", announced: false, dark: false, until: null, when: null, passes: ["touch"] }],
  ] as const)("[PRES2] while it %s, what a device is used for shows nowhere: whoever asks gets no answer", async (_, how) => {
    const { world, ada, ben } = await (how === undefined ? paired() : beside());
    look(ben, true);
    await act(world, ben, { do: "boundary", intent: { sense: "presence", give: "full" } });
    if (how !== undefined) await act(world, ada, "until" in how && how.until !== null ? { ...how, until: world.schedule.now() + days } : how);
    await settle(world, minute);
    const ear = listen(world);
    // Hers comes and goes, on screen and off, over connections that break; his asks who is there, each time anew.
    for (let i = 0; i < 4; i++) {
      look(ada, i % 2 === 0);
      await restart(world, ada);
      await restart(world, ben);
      await settle(world, 20 * minute);
      world.network.cut("ada");
      await settle(world, minute);
      world.network.mend("ada");
      await settle(world, minute);
    }
    const toOthers = ["append", "live", "change", "refound"];
    expect(ear.left.filter(({ device, frame }) => device === "ada" && toOthers.includes(frame.type))).toEqual([]);
    expect(ear.left.filter(({ device, frame }) => device === "ben" && frame.type === "live").length).toBeGreaterThan(100);
  });

  it("[PRES2] what was ready for the moment of going, before it ran out, does not go at the next start, and takes its place behind what is said next", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "full", until: world.schedule.now() + hour } });
    await settle(world, minute);
    await crash(world, ada);
    await settle(world, 2 * hour);
    const ear = listen(world);
    look(ada, true);
    await restart(world, ada);
    await settle(world, 10 * minute);
    const appended = (): number => ear.left.filter(({ device, frame }) => device === "ada" && frame.type === "append").length;
    expect([appended(), together(ada).connection.waiting]).toEqual([0, 0]);
    expect(await happens(world, bondOf(ada).settled(second))).toBe(true);
    await say(world, ada, "now I am");
    await settle(world, 2 * second);
    expect([textsOf(ben), together(ada).connection.trouble]).toEqual([["now I am"], null]);
  });

  it("[BOUND4] in a pause that nobody was told of a line that is lost is not taken up again before it is over", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ada, { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] });
    await settle(world, minute);
    const key = `bond/${bondOf(ada).id}/mls`;
    await crash(world, ada);
    await ada.disk.write({ put: [[key, new Uint8Array([1, 2, 3])]] });
    const ear = listen(world);
    await world.startPerson(ada);
    await settle(world, hour);
    const toOthers = ["append", "live", "change", "refound"];
    expect(ear.left.filter(({ device, frame }) => device === "ada" && toOthers.includes(frame.type))).toEqual([]);
    await act(world, ada, { do: "back" });
    await settle(world, minute);
    await say(world, ben, "there you are");
    await settle(world, 5 * second);
    expect([together(ada).mending, textsOf(ada), stateOf(ben).is]).toEqual([null, ["there you are"], "beside"]);
  });

  it("[PRES2] [HELLO3] who does not give it sees the other who does, beside while both look, and is seen by nobody", async () => {
    const { world, ada, ben } = await paired();
    await act(world, ben, { do: "boundary", intent: { sense: "presence", give: "full" } });
    look(ada, true);
    look(ben, true);
    await until(world, () => (stateOf(ada).is === "beside" ? true : undefined));
    expect(stateOf(ben)).toEqual({ is: "closed", since: null });
    look(ben, false);
    await settle(world, 2 * second);
    expect(stateOf(ada).is).toBe("near");
  });

  it("[TOUCH1] [HELLO3] two who both show nothing of themselves still meet", async () => {
    const { world, ada, ben } = await paired();
    await act(world, ada, { do: "touch", intent: { hold: true } });
    await until(world, () => (together(ben).touch.offered ? true : undefined));
    await act(world, ben, { do: "touch", intent: { hold: true } });
    await until(world, () => (together(ada).touch.met && together(ben).touch.met ? true : undefined));
    await act(world, ben, { do: "touch", intent: { hold: false } });
    await settle(world, 500);
    expect([together(ada).touch, together(ben).touch]).toMatchObject([
      { holding: true, offered: false },
      { holding: false, offered: true },
    ]);
  });

  it("[PRES2] turning it off is at once: not a word of presence is sealed or leaves after that, and Ben sees it closed, not unheard", async () => {
    const { world, ada, ben } = await beside();
    const ear = listen(world);
    await settle(world, minute);
    expect((await liveOf(ada, ear)).length).toBeGreaterThan(10);
    ear.clear();
    const at = world.schedule.now();
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "off" } });
    await settle(world, hour);
    bondOf(ada).onScreen(false);
    await settle(world, minute);
    expect(await liveOf(ada, ear)).toEqual([]);
    expect(ear.sealed.filter(({ by }) => by === "ada").map(({ entry }) => entry.kind)).toEqual(["boundary"]);
    const seen = stateOf(ben);
    expect(seen.is === "closed" && Math.abs((seen.since ?? 0) - at) < second).toBe(true);
    expect(together(ada).grants.find(({ sense }) => sense === "presence")).toMatchObject({ mine: "off", myUntil: null });
  });

  it("[PRES2] turning it off holds even while the relay is away, and what was off stays off when it is back", async () => {
    const { world, ada, ben } = await beside();
    world.network.cut("ada");
    await settle(world, minute);
    const ear = listen(world);
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "off" } });
    await settle(world, 10 * minute);
    world.network.mend("ada");
    await settle(world, 2 * minute);
    expect(await liveOf(ada, ear)).toEqual([]);
    expect(ear.sealed.filter(({ by }) => by === "ada").map(({ entry }) => entry.kind)).toEqual(["boundary"]);
    expect(stateOf(ben).is).toBe("closed");
  });

  it("[PRES2] its owner always sees that it is given, and both see the same list", async () => {
    const { ada, ben } = await beside();
    const of = (who: typeof ada) => together(who).grants.map(({ sense, mine, theirs, myUntil, theirUntil }) => ({ sense, mine, theirs, myUntil, theirUntil }));
    expect(of(ben)).toEqual(
      of(ada).map(({ sense, mine, theirs, myUntil, theirUntil }) => ({ sense, mine: theirs, theirs: mine, myUntil: theirUntil, theirUntil: myUntil })),
    );
    expect(of(ada).find(({ sense }) => sense === "presence")?.mine).toBe("full");
    expect(together(ada).presenceAsked).toBe(true);
  });

  it("[PRES2] given coarsely: around while here, for hours, and nothing live leaves", async () => {
    const { world, ada, ben } = await beside();
    await act(world, ben, { do: "boundary", intent: { sense: "presence", give: "coarse" } });
    const ear = listen(world);
    for (let i = 0; i < 8; i++) {
      await settle(world, 10 * minute);
      expect(stateOf(ada).is, `after ${i + 1} times 10 min`).toBe("around");
    }
    expect((await liveOf(ben, ear)).filter(({ sense }) => sense === "presence")).toEqual([]);
    // What leaves does not say more either, to an app that shows more than it should.
    const hours = ear.sealed.filter(({ by }) => by === "ben").map(({ entry }) => entry.body as { readonly what: string; readonly at: number });
    expect([hours.length >= 1 && hours.length <= 3, hours.every(({ what, at }) => what === "left" && at % hour === 0)]).toEqual([true, true]);
    ear.clear();
    look(ben, false);
    await restart(world, ben);
    await settle(world, minute);
    expect(ear.sealed.filter(({ by }) => by === "ben")).toEqual([]);
  });

  it("[PRES2] when the grant ran out with the page open, going away says nothing, and the bond goes on", async () => {
    const { world, ada, ben } = await beside();
    await settle(world, 7 * second);
    const ear = listen(world);
    ada.skew += 31 * 24 * hour;
    let left = false;
    await world.runUntil(world.schedule.now() + 8 * second, () => {
      if (left || together(ada).grants.find(({ sense }) => sense === "presence")?.mine !== "off") return;
      left = true;
      bondOf(ada).onScreen(false);
      expect(ear.left.filter(({ device, frame }) => device === "ada" && frame.type === "append")).toEqual([]);
    });
    expect(left).toBe(true);
    await settle(world, 10 * second);
    await say(world, ben, "are you there?");
    await say(world, ada, "yes");
    await settle(world, 5 * second);
    expect([textsOf(ada), textsOf(ben), together(ada).connection.trouble]).toEqual([["are you there?", "yes"], ["are you there?", "yes"], null]);
  });

  it("[PRES3] closing the app politely: near, since the five minutes in which Ben left", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    const at = await toTwoPast(story);
    bondOf(ben).onScreen(false);
    await crash(world, ben);
    await settle(world, 3 * minute);
    expect(stateOf(ada)).toEqual({ is: "near", since: at });
  });

  it("[PRES3] a page that dies right after it was hidden has said *left* exactly once", async () => {
    for (let events = 0; events < 6; events++) {
      const story = await beside(events + 1);
      const { world, ada, ben } = story;
      const at = await toTwoPast(story);
      const seqs = (await diskOf(ada)).seq;
      bondOf(ben).onScreen(false);
      let seen = 0;
      if (events === 0) world.crashPerson(ben);
      await world.runUntil(world.schedule.now() + 5 * second, () => {
        if (++seen === events) world.crashPerson(ben);
      });
      expect(stateOf(ada), `dead after ${events} events`).toEqual({ is: "near", since: at });
      expect(ada.happened.filter(({ kind, what }) => kind === "presence" && what === "left").length).toBe(1);
      ben.onScreen = false;
      await world.startPerson(ben);
      await settle(world, 5 * second);
      expect(ada.happened.filter(({ kind, what }) => kind === "presence" && what === "left").length).toBe(1);
      expect((await diskOf(ada)).seq).toBe(seqs + 1);
      await say(world, ben, "back");
      await settle(world, 2 * second);
      expect(textsOf(ada)).toEqual(["back"]);
    }
  });

  it("[PRES3] a page that leaves and stays alive has said it once too, and comes back as beside", async () => {
    const story = await beside();
    const { world, ada, ben } = story;
    for (let i = 1; i <= 3; i++) {
      bondOf(ben).onScreen(false);
      ben.onScreen = false;
      await settle(world, 10 * second);
      expect(ada.happened.filter(({ what }) => what === "left").length).toBe(i);
      expect(stateOf(ada).is).toBe("near");
      look(ben, true);
      await until(world, () => (stateOf(ada).is === "beside" ? true : undefined));
    }
  });

  it("[PRES3] Ben's network is lost: near for a minute, then unheard since his last live sign, and never closed", async () => {
    const story = await beside();
    const { world, ada } = story;
    const at = await toTwoPast(story);
    world.network.cut("ben");
    const watch = watching(story);
    await watch.go(90 * second);
    expect(watch.states.map(({ is }) => is)).toEqual(["beside", "near", "unheard"]);
    expect(stateOf(ada)).toEqual({ is: "unheard", since: at });
    const [, near, unheard] = watch.states.map((one) => one.at - (watch.states[0]?.at ?? 0));
    // Counted from the last live sign, which was up to five seconds before the cut.
    for (const [at, after] of [
      [near, 15],
      [unheard, 60],
    ] as const) {
      expect((at ?? 0) / second).toBeGreaterThan(after - 6);
      expect((at ?? 0) / second).toBeLessThanOrEqual(after + 1);
    }
    await watch.go(3 * hour);
    expect(stateOf(ada)).toEqual({ is: "unheard", since: at });
    expect(together(ada).connection.state).toBe("online");
    world.network.mend("ben");
    await until(world, () => (stateOf(ada).is === "beside" ? true : undefined));
  });

  it("[PRES3] Ben's app dies: looks as a lost network does, for nobody can know", async () => {
    const story = await beside();
    const at = await toTwoPast(story);
    await crash(story.world, story.ben);
    const watch = watching(story);
    await watch.go(90 * second);
    expect(stateOf(story.ada)).toEqual({ is: "unheard", since: at });
  });

  it("[PRES3] my own network is lost: I am told that, and nothing new of Ben until his last sign is 20 min old", async () => {
    const story = await beside();
    const { world, ada } = story;
    await settle(world, 16 * minute);
    const at = roundDown(world.schedule.now());
    world.network.cut("ada");
    const watch = watching(story);
    await watch.go(2 * minute);
    expect(stateOf(ada).is).toBe("near");
    expect(together(ada).connection.state).not.toBe("online");
    await watch.go(3 * minute);
    expect(together(ada).connection.state).toBe("offline");
    await watch.go(25 * minute);
    expect(watch.states.map(({ is }) => is)).toEqual(["beside", "near", "unheard"]);
    const unheard = stateOf(ada);
    expect(unheard.is === "unheard" && unheard.since).toBeLessThanOrEqual(at);
    world.network.mend("ada");
    await until(world, () => (stateOf(ada).is === "beside" ? true : undefined));
    expect(together(ada).connection.state).toBe("online");
  });

  it("[PRES3] closing presence, leaving and falling silent look different, and the bond is not ended by any", async () => {
    const faces: string[] = [];
    for (const how of ["closed", "left", "lost"] as const) {
      const { world, ada, ben } = await beside();
      if (how === "closed") await act(world, ben, { do: "boundary", intent: { sense: "presence", give: "off" } });
      if (how === "left") bondOf(ben).onScreen(false);
      if (how === "lost") world.network.cut("ben");
      await settle(world, 90 * second);
      faces.push(stateOf(ada).is);
      expect(view(ada)?.stage).toBe("together");
    }
    expect(faces).toEqual(["closed", "near", "unheard"]);
  });

  it("[PRES2] no time of presence that leaves a device tells the minute, and none is kept between the two", async () => {
    const { world, ada, ben } = await beside();
    const ear = listen(world);
    for (let i = 0; i < 6; i++) {
      await settle(world, 11 * minute + 13 * second);
      look(ben, i % 2 === 0);
    }
    const times = ear.sealed.filter(({ entry }) => entry.kind === "presence").map(({ entry }) => (entry.body as { readonly at: number }).at);
    expect(times.length).toBeGreaterThan(8);
    expect(times.filter((at) => at % (5 * minute) !== 0)).toEqual([]);
    expect((await keptOf(ada)).filter(({ kind }) => kind === "presence")).toEqual([]);
  });

  it.each([1, -1])("[PRES1] with clocks off by a day (%i) the two are beside each other all the same, and are told whose clock is wrong", async (sign) => {
    const story = await beside();
    const { world, ada, ben } = story;
    world.crashPerson(ben);
    ben.skew = sign * 24 * hour;
    ben.onScreen = true;
    await world.startPerson(ben);
    await until(world, () => (stateOf(ada).is === "beside" && stateOf(ben).is === "beside" ? true : undefined));
    expect([together(ada).connection.clockAhead, Math.round((together(ben).connection.clockAhead ?? 0) / hour)]).toEqual([null, sign * 24]);
    await say(world, ben, "what time is it?");
    await settle(world, 2 * second);
    expect(Math.abs((together(ada).thoughts[0]?.at ?? 0) - world.schedule.now())).toBeLessThan(5 * second);
  });

  it("[PRES1] a clock that ran a day ahead for a while does not keep its owner from connecting afterwards", async () => {
    const { world, ada } = await beside();
    world.network.cut("ada");
    await settle(world, minute);
    ada.skew += 24 * hour;
    await settle(world, 2 * minute);
    ada.skew -= 24 * hour;
    world.network.mend("ada");
    await settle(world, 2 * minute);
    expect(together(ada).connection.state).toBe("online");
  });
});
