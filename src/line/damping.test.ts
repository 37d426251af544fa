import { describe, expect, it } from "vitest";
import type { Cbor } from "../protocol/cbor.ts";
import { context, now, state } from "./bond.testing.ts";
import { counted, keptADay, noDay, saidADay } from "./damping.ts";
import { applyHeld } from "./records.ts";
import { hearSense } from "./senses.ts";
import type { HeldEntry, State } from "./state.ts";
import { step } from "./step.ts";
import { viewOf } from "./view.ts";

const day = 24 * 60 * 60_000;
const small = { things: 3, bytes: 100 };

/** One thing by Ben's device, at the next place. */
const heard = (before: State, kind: string, body: Cbor, at = now): State => {
  const author = before.members[2]?.key ?? new Uint8Array();
  const entry: HeldEntry = { seq: before.seq + 1, device: 2, n: before.seq + 1, from: "other", author, said: { kind, body }, at };
  const [after] = applyHeld(before, entry, context);
  // As after a save.
  return { ...after, seq: before.seq + 1, unsaved: { ...after.unsaved, put: [] } };
};

describe("A day's share", () => {
  it("[BOUND3] ends with so many things, and with so many bytes, and begins anew with the relay's day", () => {
    let count: typeof noDay | undefined = noDay;
    for (let i = 0; i < 3; i++) count = counted(count ?? noDay, now, small, 10);
    expect(count).toMatchObject({ count: 3, bytes: 30 });
    expect(counted(count ?? noDay, now, small, 1)).toBeUndefined();
    expect(counted(count ?? noDay, now + day, small, 100)).toMatchObject({ count: 1, bytes: 100 });
    expect(counted(noDay, now, small, 101)).toBeUndefined();
  });

  it("[BOUND3] of the other's things, no more are kept than a day has room for, and what a sense shows stays as it was", () => {
    let bond = state({ keptToday: { day: Math.floor(now / day), count: keptADay.things - 1, bytes: 0 } });
    bond = heard(bond, "name", { name: "Ben", at: now });
    expect([bond.keptToday.count, bond.refused, bond.senses.name.other?.name]).toEqual([keptADay.things, 0, "Ben"]);
    const after = heard(bond, "name", { name: "flood", at: now + 1 });
    expect([after.keptToday, after.refused, after.senses.name.other?.name, after.lastKept]).toEqual([bond.keptToday, 1, "Ben", bond.lastKept]);
    expect(heard(after, "name", { name: "next day", at: now + 2 }, now + day).senses.name.other?.name).toBe("next day");
  });

  it("[BOUND3] of kinds that nobody knows, as large as they come, a day takes no more room than its share", () => {
    let bond = state();
    for (let i = 0; i < 600; i++) bond = heard(bond, "sight", { bytes: new Uint8Array(60_000) });
    expect(bond.keptToday.bytes).toBeLessThanOrEqual(keptADay.bytes);
    expect([bond.keptToday.count + bond.refused, bond.keptToday.count < 420]).toEqual([600, true]);
  });

  it("[BOUND3] what my other devices say counts in what I may say: it arrives in one share", () => {
    const entry: HeldEntry = {
      seq: 11,
      device: 1,
      n: 9,
      from: "me",
      author: new Uint8Array(32),
      said: { kind: "thought", body: { text: "x", at: now } },
      at: now,
    };
    const [after] = applyHeld(state(), entry, context);
    expect(after.saidToday).toMatchObject({ day: Math.floor(now / day), count: 1 });
  });

  it("[BOUND3] the sender's own app stops well before, in things and in bytes, and says so", () => {
    expect([saidADay.things < keptADay.things, saidADay.bytes * 1.25 < keptADay.bytes]).toEqual([true, true]);
    const intent = { what: "say", text: "ä".repeat(5000) } as const;
    const say = (count: number, bytes: number) =>
      step(state({ saidToday: { day: Math.floor(now / day), count, bytes } }), { is: "act", id: 1, act: { do: "thought", intent } }, context);
    expect(say(saidADay.things - 1, 0)[0].saidToday).toMatchObject({ count: saidADay.things });
    for (const [, effects] of [say(saidADay.things, 0), say(0, saidADay.bytes - 9000)])
      expect(effects).toContainEqual({ do: "answer", act: 1, result: { ok: false, why: "too-often" } });
  });
});

describe("Cues", () => {
  const said = (before: State, i: number): State => heard(before, "thought", { text: `again ${i}`, at: now });
  const loud = (of: State): number => of.happened.filter(({ kind, from, quiet }) => kind === "thought" && from === "other" && quiet !== true).length;
  const deeds = [
    { do: "thought", intent: { what: "say", text: "stop" } },
    { do: "feeling", intent: { hue: 10, strength: 50 } },
    { do: "boundary", intent: { sense: "hour", give: "off" } },
    { do: "name", intent: { name: "Ada" } },
    { do: "let", sense: "touch", letIn: "quiet" },
  ] as const;

  it("[LINK2] in a flood no deed of mine begins the count anew: six cues, and one more where I answered, in ten minutes", () => {
    let bond = state({ outbox: [] });
    for (let i = 0; i < 300; i++) {
      bond = said(bond, i);
      const what = deeds[i % deeds.length] as (typeof deeds)[number];
      if (i > 10) bond = { ...step(bond, { is: "act", id: i, act: what }, context)[0], outbox: [], happened: bond.happened };
    }
    expect(loud(bond)).toBe(7);
  });

  it("[LINK2] a flood that goes on for hours stays without a cue, and what comes ten minutes after it has one", () => {
    let bond = state();
    const at = (minutes: number) => ({ ...context, wall: now + minutes * 60_000, monotonic: minutes * 60_000 });
    const came = (of: State, minutes: number): State => {
      const author = of.members[2]?.key ?? new Uint8Array();
      const one: HeldEntry = { seq: of.seq + 1, device: 2, n: of.seq + 1, from: "other", author, said: { kind: "thought", body: { text: "x", at: now } } };
      return { ...applyHeld(of, one, at(minutes))[0], seq: of.seq + 1 };
    };
    for (let minutes = 0; minutes < 180; minutes++) bond = came(bond, minutes);
    expect(loud(bond)).toBe(6);
    expect(loud(came(bond, 190))).toBe(7);
  });

  it("[LINK2] what cannot be shut out rings no more often: names, grants, pauses and promises in a flood are without a cue", () => {
    const floods: readonly (readonly [string, (i: number) => Cbor])[] = [
      ["name", (i) => ({ name: `answer me ${i}`, at: now })],
      ["boundary", (i) => ({ sense: "touch", give: i % 2 === 0 ? "off" : "full", until: null, at: now })],
      ["apart", (i) => ({ what: "apart", dark: false, until: null, when: `answer me ${i}`, passes: [], at: now })],
      [
        "promise",
        (i) => ({ what: "made", id: `${i}`.padStart(32, "0"), words: "x", by: null, when: "y", grace: 0, release: 0, note: false, farewell: null, at: now }),
      ],
    ];
    for (const [kind, body] of floods) {
      let bond = state();
      for (let i = 0; i < 30; i++) bond = heard(bond, kind, body(i));
      const cues = bond.happened.filter((one) => one.kind === kind && one.from === "other");
      expect([kind, cues.length, cues.filter(({ quiet }) => quiet !== true).length]).toEqual([kind, 30, 6]);
    }
  });

  it("[LINK2] two who talk hear each other, however long they do", () => {
    let bond = state({ outbox: [] });
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 3; j++) bond = said(bond, i);
      bond = { ...step(bond, { is: "act", id: i, act: deeds[0] }, context)[0], outbox: [], happened: bond.happened };
    }
    expect(loud(bond)).toBe(120);
  });

  it("[TOUCH1] who holds feels that they are met, also after many offers that were not", () => {
    let bond = state();
    const hand = (hold: boolean): void => {
      const [next, effects] = hearSense(bond, "touch", { hold }, "d", false, context);
      bond = { ...next, happened: [...next.happened, ...effects.flatMap((effect) => (effect.do === "emit" ? [effect.happening] : []))] };
    };
    for (let i = 0; i < 4; i++) for (const hold of [true, false]) hand(hold);
    expect(bond.happened.filter(({ quiet }) => quiet !== true).length).toBe(6);
    bond = { ...bond, senses: { ...bond.senses, touch: { ...bond.senses.touch, holding: true } } };
    hand(true);
    expect(bond.happened.at(-1)).toEqual({ kind: "touch", from: "other", at: now, what: "met" });
  });
});

describe("Being asked for a promise", () => {
  const asked = (bond: State): number => bond.happened.filter(({ kind, what }) => kind === "promise" && what === "asked").length;
  const hour = 60 * 60_000;

  it("[PROM1] [LINK2] is counted by when it came: an app that says an earlier time of each is not heard more often", () => {
    let bond = state();
    for (let i = 1; i < 50; i++) bond = heard(bond, "promise", { what: "asked", words: `again ${i}`, at: i * hour });
    expect([asked(bond), bond.senses.promise.question?.words]).toEqual([1, "again 1"]);
    expect(asked(heard(bond, "promise", { what: "asked", words: "later", at: 60 * hour }, now - hour))).toBe(1);
  });

  it("[BOUND4] waits for the end of a pause like other words, whatever time it says; asked before, it stays", () => {
    const apart = { do: "apart", announced: true, dark: false, until: null, when: null, passes: ["thought"] } as const;
    const shown = (of: State) => {
      const view = viewOf(of, context);
      return view.stage === "together" ? view.question?.words : undefined;
    };
    const paused = step(state(), { is: "act", id: 1, act: apart }, context)[0];
    const ask = (of: State, at = now): State => heard(of, "promise", { what: "asked", words: "come back", at: now - hour }, at);
    const came = ask(paused);
    expect([asked(came), shown(came)]).toEqual([0, undefined]);
    expect(shown(step(came, { is: "act", id: 2, act: { do: "back" } }, context)[0])).toBe("come back");
    // Nor does who is apart ask: nothing flows either way.
    const mine = { do: "promise", intent: { what: "ask", words: null } } as const;
    const asking = step(paused, { is: "act", id: 2, act: mine }, context)[0];
    expect([asking.outbox.length, asking.answers.at(-1)?.result]).toEqual([paused.outbox.length, { ok: false, why: "apart" }]);
    expect(shown(step(ask(state(), now - 1), { is: "act", id: 1, act: apart }, context)[0])).toBe("come back");
  });
});
