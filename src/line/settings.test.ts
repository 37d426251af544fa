import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Give } from "../senses/sense.ts";
import { senses, type SenseName } from "../senses/index.ts";
import type { Act } from "./view.ts";
import { viewOf } from "./view.ts";
import { bytes, context, head, now, openLink, state } from "./bond.testing.ts";
import { decodeDurable, durableOf, encodeDurable } from "./durable.ts";
import { applyEntry, initialSenses, myGrants, runSense } from "./senses.ts";
import { laterSettings, letInOf, myPause, noSettings, withSetting } from "./settings.ts";
import { giveOf } from "../senses/boundary/boundary.ts";
import type { Event } from "./event.ts";
import { step } from "./step.ts";
import type { OutboxItem, State } from "./state.ts";
import { hearOwn, unboxed } from "./own-entries.ts";
import { asSealed } from "../base/brand.ts";
import { encodeEntry } from "./entry.ts";
import { speakLive, startLive } from "./live.ts";
import { applyHeld } from "./records.ts";
import { sealOwn } from "./own.ts";
import { Secret } from "../base/secret.ts";
import type { Cbor } from "../protocol/cbor.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const hour = 60 * 60_000;
const at = (after: number) => ({ ...context, wall: now + after, monotonic: after });
const empty = (over: Partial<State> = {}): State => state({ outbox: [], ...over });
const act = (before: State, what: Act, after = 0): State => step(before, { is: "act", id: 1, act: what }, at(after))[0];
const said = ({ outbox }: State): readonly { readonly kind: string; readonly body: unknown }[] =>
  outbox.flatMap(({ content }: OutboxItem) => (content.is === "entry" ? [content.said] : []));
/** Answered at once where nothing has to be saved first. */
const answers = (before: State, what: Act): unknown => {
  const [after, effects] = step(before, { is: "act", id: 1, act: what }, at(0));
  const told = effects.find((effect) => effect.do === "answer");
  return after.answers.at(-1)?.result ?? (told?.do === "answer" ? told.result : undefined);
};
const apart = { do: "apart", announced: true, dark: false, until: null, when: null, passes: [] } as const;
const thought = { do: "thought", intent: { what: "say", text: "hello" } } as const;
const viewed = (of: State, after = 0) => {
  const view = viewOf(of, at(after));
  if (view.stage !== "together") throw new Error("they are together");
  return view;
};
const heard = (before: State, kind: string, body: Cbor, after = 0): State => {
  const applied = applyEntry(before, { kind, body }, "other", "d", "2-9", at(after));
  if (!applied) throw new Error("it is an entry");
  return applied[0];
};
const words = { text: "from ben", at: now };

describe("What I let in", () => {
  it("[BOUND1] is mine alone: it moves no grant, says nothing to the other, and travels only under my own key", () => {
    const own = { key: new Secret(bytes(32, 60)), gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const shut = act(empty({ own }), { do: "let", sense: "thought", letIn: "off" });
    expect(said(shut).map(({ kind }) => kind)).toEqual(["own"]);
    expect(myGrants(shut)).toEqual({});
    // With one device there is nobody to tell.
    const { members } = empty();
    expect(said(act(empty({ own, members: members.filter(({ index }) => index !== 1) }), { do: "let", sense: "thought", letIn: "off" }))).toEqual([]);
  });

  it("[DEV4] reaches my other devices, and the later choice counts wherever it was made", () => {
    const key = new Secret(bytes(32, 60));
    const own = { key, gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const hear = (before: State, letIn: "on" | "quiet" | "off", when: number): State =>
      hearOwn(
        before,
        sealOwn({ is: "let", sense: "thought", letIn, at: when }, key, 9, before.line, (length) => bytes(length, 5)) as unknown as Cbor,
        bytes(32, 2),
        99,
      );
    const twice = hear(hear(empty({ own }), "off", now + 2), "quiet", now + 1);
    expect(letInOf(twice, "thought", now + 3)).toBe("off");
    expect(letInOf(hear(twice, "on", now + 4), "thought", now + 5)).toBe("on");
  });

  it("[DEV4] is what I choose last, also after the line's clock ran ahead for a while and was put right", () => {
    const year = 365 * 24 * hour;
    const shut = act(empty(), { do: "let", sense: "thought", letIn: "off" }, year);
    expect(letInOf(act(shut, { do: "let", sense: "thought", letIn: "on" }), "thought", now)).toBe("on");
    const ending = act(empty(), { do: "end", at: now + 2 * year }, year);
    expect(act(ending, { do: "end-not" }).settings.endAt.is).toBeNull();
  });

  it("[DEV4] [OWN2] reaches a device of mine whose new key is still on its way, and one that had the new key first", () => {
    const [old, fresh] = [new Secret(bytes(32, 60)), new Secret(bytes(32, 61))];
    const own = { key: old, gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const off = (key: Secret, gen: number, at: number): Cbor =>
      sealOwn({ is: "let", sense: "thought", letIn: "off", at }, key, gen, bytes(16, 7), (length) => bytes(length, 5)) as unknown as Cbor;
    const early = hearOwn(empty({ own }), off(fresh, 20, now), bytes(32, 2), 30);
    expect(letInOf(early, "thought", now)).toBe("on");
    const read = decodeDurable(encodeDurable(durableOf(early)), undefined);
    const restarted = { ...early, ...(read.ok ? read.value : {}) };
    const met = unboxed(restarted, fresh, 20, context);
    expect([letInOf(met, "thought", now), met.ownLater]).toEqual(["off", []]);
    expect(letInOf(unboxed(hearOwn(empty(), off(fresh, 20, now), bytes(32, 2), 30), fresh, 20, context), "thought", now)).toBe("off");
    const rekeyed = unboxed(empty({ own }), fresh, 20, context);
    expect(letInOf(hearOwn(rekeyed, off(old, 9, now), bytes(32, 2), 30), "thought", now)).toBe("off");
  });

  it("[SAY4] thoughts that are off do not show, are not told, and are set aside; quiet ones come without a cue", () => {
    const off = heard(act(empty(), { do: "let", sense: "thought", letIn: "off" }), "thought", words);
    expect([off.senses.thought.recent, off.happened]).toEqual([[], []]);
    const quiet = heard(act(empty(), { do: "let", sense: "thought", letIn: "quiet" }), "thought", words);
    expect([quiet.senses.thought.recent.length, quiet.happened]).toMatchObject([1, [{ kind: "thought", quiet: true }]]);
    const on = heard(empty(), "thought", words);
    expect([on.senses.thought.recent.length, on.happened[0]?.["quiet"]]).toEqual([1, undefined]);
  });

  it("[BOUND1] presence that is not let in does not show, and is right at once when it is again", () => {
    const given = empty({ senses: { ...initialSenses, boundary: { me: {}, other: { presence: { give: "full", until: now + 9 * hour, at: now } } } } });
    const shut = heard(act(given, { do: "let", sense: "presence", letIn: "off" }), "presence", { what: "open", at: now });
    expect([viewed(shut).other.state, shut.happened]).toEqual([{ is: "not-let-in" }, []]);
    expect(viewed(act(shut, { do: "let", sense: "presence", letIn: "on" })).other.state).toMatchObject({ is: "near" });
  });

  it("[BOUND1] names, pauses and what is given cannot be shut out", () => {
    for (const sense of ["name", "boundary", "apart", "nothing-of-the-kind"])
      expect(answers(empty(), { do: "let", sense, letIn: "off" })).toEqual({ ok: false, why: "no-such-sense" });
  });

  it("[DEV5] what an older Beside saved has everything let in", () => {
    const { settings: _, history: _h, keptToday: _k, saidToday: _s, ...older } = durableOf(empty());
    const read = decodeDurable(encodeDurable(older as Parameters<typeof encodeDurable>[0]), undefined);
    expect(read.ok && read.value.settings).toEqual(noSettings);
  });
});

describe("What is looked at", () => {
  it("[BOUND5] leaves nothing: no receipt of what was seen, kept aside, let in or put away ever waits to be sent", () => {
    const { members } = empty();
    const alone = empty({ members: members.filter(({ index }) => index !== 1) });
    let bond = heard(alone, "thought", words);
    const [seen] = bond.senses.thought.recent;
    const looked: readonly Act[] = [
      { do: "thought", intent: { what: "seen", ids: [seen?.id ?? ""] } },
      { do: "let", sense: "thought", letIn: "off" },
      { do: "let", sense: "presence", letIn: "off" },
      { do: "keeping", keeping: true },
      { do: "devices-seen" },
    ];
    for (const what of looked) bond = act(bond, what);
    expect(bond.senses.thought.recent[0]?.seen).toBe(true);
    expect(said(bond)).toEqual([]);
  });

  it("[BOUND5] stopping to give is one word about that, and takes nothing else away", () => {
    const stopped = act(empty(), { do: "boundary", intent: { sense: "feeling", give: "off" } });
    expect(said(stopped)).toMatchObject([{ kind: "boundary", body: { sense: "feeling", give: "off" } }]);
    expect(
      viewed(stopped)
        .grants.filter(({ mine }) => mine === "off")
        .map(({ sense }) => sense)
        .toSorted(),
    ).toEqual(["feeling", "goodbye", "hour", "presence"]);
  });
});

describe("A pause", () => {
  it("[BOUND4] stops what I give at once, whatever it is, and what passes passes", () => {
    const paused = act(empty(), { ...apart, passes: ["feeling"] });
    expect(answers(paused, thought)).toEqual({ ok: false, why: "apart" });
    expect(answers(paused, { do: "feeling", intent: { hue: 1, strength: 50 } })).toMatchObject({ ok: true });
    expect(answers(paused, { do: "touch", intent: { hold: true } })).toEqual({ ok: false, why: "not-given" });
  });

  it("[BOUND4] that nobody was told of sends nothing at all that a device that is off would not", () => {
    const { members } = empty();
    const alone = empty({ members: members.filter(({ index }) => index !== 1) });
    const paused = act(alone, { ...apart, announced: false });
    expect([said(paused), myPause(paused, now)?.announced, viewed(paused).apart.me?.announced]).toEqual([[], false, false]);
    expect(answers(paused, thought)).toEqual({ ok: false, why: "apart" });
    const back = act(paused, { do: "back" });
    expect([said(back), myPause(back, now)]).toEqual([[], null]);
  });

  it("[BOUND4] what comes meanwhile waits without a word, and is there afterwards", () => {
    const came = heard(act(empty(), apart), "thought", words);
    expect([came.happened.filter(({ kind }) => kind === "thought"), came.senses.thought.recent.map(({ seen }) => seen)]).toEqual([[], [false]]);
    expect(viewed(act(came, { do: "back" })).thoughts.map(({ text }) => text)).toEqual(["from ben"]);
  });

  it("[BOUND4] is no window with one side: what the other gives is not looked at meanwhile, and what came is not shown", () => {
    const until = now + 9 * hour;
    const given = empty({
      senses: { ...initialSenses, boundary: { me: {}, other: { presence: { give: "full", until, at: now }, hour: { give: "coarse", until, at: now } } } },
    });
    const here = heard(heard(given, "presence", { what: "open", at: now }), "hour", { zone: "Asia/Tokyo", place: null, at: now });
    const paused = heard(heard(act(here, apart), "thought", words), "feeling", { hue: 1, strength: 50, at: now });
    const { other, hour: hours, thoughts, feeling } = viewed(paused);
    expect([other.state, hours.other, thoughts, feeling.other]).toEqual([{ is: "not-let-in" }, null, [], null]);
    const back = viewed(act(paused, { do: "back" }));
    expect([back.other.state.is, back.hour.other?.zone, back.thoughts.length, back.feeling.other?.hue]).toEqual(["near", "Asia/Tokyo", 1, 1]);
    const passing = viewed(heard(act(here, { ...apart, passes: ["thought"] }), "thought", words));
    expect(passing.thoughts.map(({ text }) => text)).toEqual(["from ben"]);
  });

  it("[BOUND4] holds back what came during it, whenever its author says that it was written, also the feeling in a thought", () => {
    const old = { text: "from before, it says", at: now - hour, feeling: { hue: 7, strength: 50 } };
    const paused = heard(heard(act(empty(), apart), "thought", old), "feeling", { hue: 1, strength: 50, at: now - hour });
    expect([viewed(paused).thoughts, viewed(paused).feeling.other]).toEqual([[], null]);
    const back = viewed(act(paused, { do: "back" }));
    expect([back.thoughts.map(({ text }) => text), back.feeling.other?.hue, Object.keys(back.thoughts[0] ?? {})]).toMatchObject([
      ["from before, it says"],
      7,
      {},
    ]);
    expect(back.thoughts[0]).not.toHaveProperty("cameAt");
    // What passes does not show what does not.
    const passing = heard(act(empty(), { ...apart, passes: ["feeling"] }), "thought", { ...old, at: now });
    expect(viewed(passing).feeling.other).toBeNull();
  });

  it("[BOUND4] [PRES2] of either kind says no hello and answers none, also where something passes live; coming back does", () => {
    const asks = (of: State): readonly string[] =>
      sends(step(of, { is: "frame", frame: { type: "liveFrom", device: 2, body: sealedHello(bytes(32, 3)) } }, at(0)));
    const here = shown();
    expect([asks(here), here.live?.speaks]).toEqual([["live"], true]);
    for (const announced of [true, false]) {
      for (const passes of [[], ["touch", "feeling"]] as const) {
        const [paused, effects] = step(here, { is: "act", id: 1, act: { ...apart, announced, passes: [...passes] } }, at(0));
        expect([asks(paused), effects.filter((effect) => effect.do === "send")]).toEqual([[], []]);
        expect(sends(step(paused, { is: "act", id: 2, act: { do: "back" } }, at(0)))).toContain("live");
      }
    }
  });

  it("[PRES2] while presence is off, given coarsely, run out or nobody looks, no hello is said or answered; holding is a word of its own", () => {
    const asks = (of: State): readonly string[] =>
      sends(step(of, { is: "frame", frame: { type: "liveFrom", device: 2, body: sealedHello(bytes(32, 3)) } }, at(0)));
    const hidden = { ...shown(), ahead: null };
    const given = (give: Give, until: number): State => {
      const boundary = { me: { presence: { give, until, at: now } }, other: {} };
      return step({ ...hidden, senses: { ...hidden.senses, boundary } }, { is: "tick" }, at(1))[0];
    };
    const not = [given("off", now), given("coarse", now + hour), given("full", now), step(hidden, { is: "screen", on: false }, at(1))[0]];
    expect(not.map((of) => [of.live?.speaks, asks(of)])).toEqual(not.map(() => [false, []]));
    expect(asks(given("full", now + hour))).toEqual(["live"]);
    const [holding, said] = step(given("off", now), { is: "act", id: 1, act: { do: "touch", intent: { hold: true } } }, at(2));
    expect([said.filter((effect) => effect.do === "send").length, holding.live?.speaks]).toEqual([2, true]);
    const [let_go] = step(holding, { is: "act", id: 2, act: { do: "touch", intent: { hold: false } } }, at(3));
    expect([let_go.live?.speaks, asks(let_go)]).toEqual([false, []]);
  });

  /** Calm, with something to read and say again. */
  const missing = (): State => {
    const bond = empty({ link: openLink(), sayAgain: 3, box: { seed: new Secret(bytes(32, 1)), key: bytes(1216, 4) } });
    const lastResort = { keyPackage: bytes(9, 1), pending: bytes(9, 1), told: true, madeAt: now };
    const ready = { ...bond, lastResort, live: startLive(new Secret(bytes(32, 3)), bytes(16, 4), bytes(32, 1)), liveEpoch: 3 };
    return { ...ready, stage: { ...ready.stage, words: [] } } as State;
  };
  const reads = (of: State, answer: Event = { is: "saved" }, time = at(0)): boolean => step(of, answer, time)[1].some((effect) => effect.do === "read-kept");

  it("[BOUND4] that nobody was told of says nothing again by itself until it is over", () => {
    const whole = missing();
    const announced = { ...whole, senses: { ...whole.senses, apart: { me: { dark: false, at: now, until: null, when: null, passes: [] }, other: null } } };
    expect([reads(whole), reads(act(whole, { ...apart, announced: false })), reads(announced)]).toEqual([true, false, true]);
  });

  it("[RESYNC3] what is to be said again and cannot be read waits for the storage: it is not read without end", () => {
    const gone = { is: "not-saved", why: "gone" } as const;
    const [after] = step(missing(), gone, at(0));
    expect([after.trouble, reads(missing(), gone), reads(after, { is: "tick" }, at(1)), reads(after)]).toEqual([{ is: "storage-gone" }, false, false, true]);
  });

  it("[BOUND4] that nobody was told of and began on another device has this one say its *left* at once, and not at its next start", () => {
    const grants = { me: { presence: { give: "full", until: now + 9 * hour, at: now } }, other: {} } as const;
    const presence = { ...initialSenses.presence, mine: { here: true, saidAt: now, liveAt: now } };
    const own = { key: new Secret(bytes(32, 60)), gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const left = { kind: "presence", body: { what: "left", at: now - (now % 300_000) } };
    const ahead = { said: left, body: asSealed(bytes(256, 5)), epoch: 3, n: 4 };
    const pause = { is: "pause" as const, pause: { dark: false, at: now, until: null, when: null, passes: [] }, at: now };
    const plain = encodeEntry({
      kind: "own",
      body: sealOwn(pause, own.key, 9, bytes(16, 7), (length) => bytes(length, 5)) as unknown as Cbor,
      seq: 10,
      head,
    });
    const item = { seq: 11, device: 1, n: 1, epoch: 3, at: now, kind: "entry" as const, body: asSealed(bytes(256, 6)), head: bytes(32, 51) };
    const here = empty({ own, ahead, senses: { ...initialSenses, boundary: grants, presence }, onScreen: true, link: openLink(), inbox: [item], inboxSeq: 11 });
    const from = { person: here.self.personKey, device: bytes(32, 2), by: null };
    const received = { is: "received", results: [{ kind: "entry", plain, from }], mls: bytes(1, 1) } as const;
    const [after] = step(here, received, at(1));
    expect([myPause(after, now)?.announced, said(after), after.outbox[0]?.sealed?.body]).toEqual([false, [left], ahead.body]);
    expect(said(step({ ...after, outbox: [] }, { is: "started" }, at(2))[0])).toEqual([]);
    // One that was asleep with the app open hears of it when it wakes, in the middle of the pause: a word then would show that it woke.
    const [woken] = step({ ...here, link: { ...openLink(), current: false } as State["link"] }, received, at(1));
    const [current, effects] = step({ ...woken, link: openLink(), unsaved: { ...woken.unsaved, dirty: false } }, { is: "tick" }, at(2));
    expect([myPause(current, now)?.announced, said(woken), said(current), sends([current, effects])]).toEqual([false, [], [], ["cursor"]]);
  });

  it("[BOUND4] begun without a connection, it still says *left* when there is one, and nothing in its place", () => {
    const grants = { me: { presence: { give: "full", until: now + 9 * hour, at: now } }, other: {} } as const;
    const presence = { ...initialSenses.presence, mine: { here: true, saidAt: now, liveAt: now } };
    const { members } = empty();
    const here = empty({ members: members.filter(({ index }) => index !== 1), senses: { ...initialSenses, boundary: grants, presence }, onScreen: true });
    const paused = act(here, { ...apart, announced: false }, 1);
    expect(said(step(paused, { is: "tick" }, at(2))[0])).toMatchObject([{ kind: "presence", body: { what: "left" } }]);
  });

  it("[BOUND4] needs nothing to come back from: what was given before is given again, in the state it had", () => {
    const given = empty({ senses: { ...initialSenses, boundary: { me: { presence: { give: "full", until: now + 9 * hour, at: now } }, other: {} } } });
    const paused = act(given, apart);
    expect(viewed(paused).grants.find(({ sense }) => sense === "presence")?.mine).toBe("full");
    expect(said(step({ ...paused, onScreen: true, link: openLink() }, { is: "tick" }, at(0))[0]).filter(({ kind }) => kind === "presence")).toEqual([]);
    const back = act(paused, { do: "back" });
    expect(said(step({ ...back, onScreen: true, link: openLink() }, { is: "tick" }, at(0))[0]).filter(({ kind }) => kind === "presence")).toMatchObject([
      { body: { what: "open" } },
    ]);
  });

  it("[BOUND4] what was said before it still goes out; presence that waits does not", () => {
    const { outbox } = state();
    const waiting = { ...outbox[0], sealed: null } as OutboxItem;
    const paused = act(state({ outbox: [waiting] }), apart);
    expect(said(paused)[0]).toMatchObject({ kind: "thought" });
  });

  it("[BOUND4] ends by itself at its time, and the device looks then", () => {
    const [paused, effects] = step(empty(), { is: "act", id: 1, act: { ...apart, until: now + 60_000 } }, at(0));
    expect([myPause(paused, now + 59_999) === null, myPause(paused, now + 60_000) === null]).toEqual([false, true]);
    expect(effects.some((effect) => effect.do === "wake" && effect.after <= 60_000) || paused.unsaved.dirty).toBe(true);
  });

  it("[BOUND4] that nobody was told of goes on when announcing it in its place was refused", () => {
    const paused = act(empty(), { ...apart, announced: false });
    const refused = act(paused, { ...apart, dark: true });
    expect([refused.answers.at(-1)?.result, myPause(refused, now)?.announced, said(refused)]).toEqual([{ ok: false, why: "bad-time" }, false, said(paused)]);
    expect(myPause(act(paused, apart), now)?.announced).toBe(true);
  });

  it("[BOUND4] announced in the place of one that nobody was told of, it says nothing of that one, and goes on with what that one held back", () => {
    const own = { key: new Secret(bytes(32, 60)), gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const paused = act(empty({ own }), { ...apart, announced: false });
    const came = heard(paused, "thought", words, 1000);
    const announced = act(came, apart, hour);
    // With several devices of mine, too: they see for themselves that the first is over.
    expect(said(announced).slice(said(paused).length)).toEqual([
      { kind: "apart", body: { what: "apart", dark: false, until: null, when: null, passes: [], at: now + hour } },
    ]);
    expect([viewed(announced, hour).thoughts, viewed(announced, hour).apart.me]).toMatchObject([[], { announced: true, since: now + hour, heldSince: now }]);
    // My other devices, and this one once the log has it.
    const entry = { seq: 30, device: 0, n: 20, from: "me", author: bytes(32, 1), said: said(announced).at(-1) as { kind: string; body: Cbor } } as const;
    const applied = applyHeld({ ...came, outbox: [] }, entry, at(hour + 1))[0];
    expect([viewed(applied, hour + 1).thoughts, viewed(applied, hour + 1).apart.me, applied.settings.pause.is]).toMatchObject([
      [],
      { announced: true, since: now + hour, heldSince: now },
      null,
    ]);
    const back = act(applied, { do: "back" }, 2 * hour);
    expect([said(back).map(({ kind }) => kind), viewed(back, 2 * hour).apart.me]).toEqual([["apart"], null]);
    expect(viewed(back, 2 * hour).thoughts.map(({ text }) => text)).toEqual(["from ben"]);
    // What was seen before the next pause stays seen.
    const word = { ...entry, seq: 31, n: 21, said: said(back).at(-1) as { kind: string; body: Cbor } };
    const again = act(applyHeld({ ...back, outbox: [] }, word, at(2 * hour))[0], apart, 3 * hour);
    expect([viewed(again, 3 * hour).apart.me?.heldSince, viewed(again, 3 * hour).thoughts.length]).toEqual([now + 3 * hour, 1]);
  });

  it("[BOUND4] that is told of with other terms, or chosen anew without a word, shows nothing of what it held back", () => {
    for (const announced of [true, false]) {
      const came = heard(act(empty(), { ...apart, announced }), "thought", words, 1000);
      const longer = act(came, { ...apart, announced, until: now + 9 * hour }, hour);
      expect([viewed(longer, hour).apart.me?.heldSince, viewed(longer, hour).thoughts]).toEqual([now, []]);
    }
  });

  it("[BOUND4] begun on two devices, once with a word and once without, is over with one act", () => {
    const quiet = { is: "pause" as const, pause: { dark: false, at: now, until: null, when: null, passes: [] }, at: now };
    const announced = act(empty(), apart);
    const both = { ...announced, settings: withSetting(announced.settings, quiet) };
    expect(myPause(act(both, { do: "back" }), now)).toBeNull();
  });

  it.each(["me", "other"] as const)("[BOUND4] of %s that is over does not begin anew when it is said again", (from) => {
    const entry = (device: number, n: number, said: { kind: string; body: Cbor }) =>
      ({ seq: 10 + n, device, n, from, author: bytes(32, device + 1), said }) as const;
    const device = from === "me" ? 1 : 2;
    const began = { what: "apart", dark: false, until: null, when: null, passes: [], at: now - 2000 };
    const back = applyHeld(empty(), entry(device, 8, { kind: "apart", body: { what: "back", at: now - 1000 } }), context)[0];
    const again = applyHeld(back, entry(device, 9, { kind: "again", body: { id: `${device}-7`, kind: "apart", body: began } }), context)[0];
    expect(again.senses.apart[from]).toBeNull();
  });

  it("[BOUND1] and a grant taken back hold while they are said again, before this device has applied them", () => {
    const given = { ...initialSenses.boundary, me: { presence: { give: "full", until: now + 9 * hour, at: now - 5 } } } as const;
    const bond = empty({ senses: { ...initialSenses, boundary: given } });
    const again = (n: number, kind: string, body: Cbor): OutboxItem => ({
      n,
      content: { is: "entry", said: { kind: "again", body: { id: `0-${n - 5}`, kind, body } } },
      sealed: null,
    });
    const off = { ...bond, outbox: [again(9, "boundary", { sense: "presence", give: "off", until: null, at: now })] };
    expect(giveOf(myGrants(off), "presence", now)).toBe("off");
    const away = { ...bond, outbox: [again(9, "apart", { what: "apart", dark: false, until: null, when: null, passes: [], at: now })] };
    expect([myPause(away, now)?.announced, myPause({ ...away, recent: ["0-4"] }, now)]).toEqual([true, null]);
  });

  it("[PRES3] of the other shows as they announced it, before anything else of them", () => {
    const given = empty({ senses: { ...initialSenses, boundary: { me: {}, other: { presence: { give: "full", until: now + 9 * hour, at: now } } } } });
    const here = heard(given, "presence", { what: "open", at: now });
    const away = heard(here, "apart", { what: "apart", dark: true, until: now + hour, when: null, passes: [], at: now });
    expect(viewed(away).other.state).toEqual({ is: "away", why: "dark", since: now, until: now + hour, when: null });
    // Past their own time there is only what is known: no sign, and their word.
    expect(viewed(away, 2 * hour).other.state).toMatchObject({ is: "unheard", expected: now + hour });
    expect(viewed(heard(away, "apart", { what: "back", at: now }), 0).other.state).toMatchObject({ is: "near" });
  });

  it("[PRES4] a device that said it would go makes of the silence a reason, and one sign of it ends that", () => {
    const until = now + 9 * hour;
    const grants = { presence: { give: "full", until, at: now }, goodbye: { give: "full", until, at: now } } as const;
    const given = heard(empty({ senses: { ...initialSenses, boundary: { me: {}, other: grants } } }), "presence", { what: "open", at: now - 300_000 });
    const gone = heard(given, "goodbye", { going: true, at: now });
    expect(viewed(gone, hour).other.state).toEqual({ is: "away", why: "battery", since: now - (now % 300_000), until: null, when: null });
    expect(viewed(heard(gone, "presence", { what: "open", at: now + hour }, hour), hour).other.state).toMatchObject({ is: "near" });
    expect(viewed(heard(gone, "goodbye", { going: false, at: now + hour }, hour), hour).other.state.is).not.toBe("away");
  });

  it("[PRES4] what that device sent live until its battery was empty takes nothing from its word", () => {
    const until = now + 9 * hour;
    const grants = { presence: { give: "full", until, at: now }, goodbye: { give: "full", until, at: now } } as const;
    const live = { d: { what: "open", at: now, liveAt: now + 4 * 60_000 } } as const;
    const given = empty({ senses: { ...initialSenses, boundary: { me: {}, other: grants }, presence: { ...initialSenses.presence, theirs: live } } });
    const gone = heard(given, "goodbye", { going: true, at: now });
    expect(viewed(gone, hour).other.state).toMatchObject({ is: "away", why: "battery", since: now });
  });
});

/** As a device of Ben's would ask who is there. */
const sealedHello = (secret: Uint8Array) => speakLive(startLive(new Secret(secret), bytes(16, 9), bytes(32, 3)), true, now).frames[0] ?? asSealed(bytes(0, 0));

/** Ada's phone is on screen, gives presence fully, has said so, and everything that it wants for itself is there. */
const shown = (): State => {
  const grants = { me: { presence: { give: "full", until: now + 9 * hour, at: now } }, other: {} } as const;
  const presence = { ...initialSenses.presence, mine: { here: true, saidAt: now, liveAt: now } };
  const bond = empty({ onScreen: true, link: openLink(), senses: { ...initialSenses, boundary: grants, presence } });
  const whole = {
    ...bond,
    stage: { ...bond.stage, words: [] } as unknown as State["stage"],
    live: startLive(new Secret(bytes(32, 3)), bytes(16, 4), bytes(32, 1)),
    liveEpoch: 3,
    box: { seed: new Secret(bytes(32, 1)), key: bytes(1216, 4) },
    lastResort: { keyPackage: bytes(9, 1), pending: bytes(9, 1), told: true, madeAt: now },
  };
  return step(whole, { is: "tick" }, at(0))[0];
};
const sends = ([, effects]: ReturnType<typeof step>): readonly string[] => effects.flatMap((effect) => (effect.do === "send" ? [effect.frame.type] : []));

describe("The one gate", () => {
  const names = (Object.keys(senses) as SenseName[]).filter((name) => senses[name].grant !== "none");
  const intents: Partial<Record<SenseName, unknown>> = {
    feeling: { hue: 10, strength: 50 },
    touch: { hold: true },
    thought: { what: "say", text: "hello", feeling: { hue: 10, strength: 50 } },
    hour: { zone: "Europe/Vienna", place: { lat: 48, lon: 16 } },
    goodbye: { going: true },
  };

  it("[BOUND1] for every sense, and any run of grants, pauses, time and intents, nothing outside the grant is said", () => {
    const move = fc.oneof(
      fc.record({
        is: fc.constant("give" as const),
        sense: fc.constantFrom(...names),
        give: fc.constantFrom<Give>("off", "coarse", "full"),
        ends: fc.option(fc.integer({ min: 1, max: 3 * hour })),
      }),
      fc.record({
        is: fc.constant("pause" as const),
        announced: fc.boolean(),
        passes: fc.subarray(["feeling", "touch", "thought"]),
        ends: fc.option(fc.integer({ min: 1, max: 3 * hour })),
      }),
      fc.record({ is: fc.constant("back" as const) }),
      fc.record({ is: fc.constant("do" as const), sense: fc.constantFrom(...names) }),
      fc.record({ is: fc.constant("wait" as const), for: fc.integer({ min: 1, max: 2 * hour }) }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
        let bond = empty({ onScreen: true, link: openLink() });
        let after = 0;
        for (const one of moves) {
          const before = bond;
          if (one.is === "wait") after += one.for;
          const nowIs = now + after;
          const until = "ends" in one && one.ends !== null ? { until: nowIs + one.ends } : {};
          if (one.is === "give") bond = act(bond, { do: "boundary", intent: { sense: one.sense, give: one.give, ...until } }, after);
          if (one.is === "pause") bond = act(bond, { ...apart, announced: one.announced, passes: one.passes, ...until }, after);
          if (one.is === "back") bond = act(bond, { do: "back" }, after);
          if (one.is === "wait") bond = step(bond, { is: "tick" }, at(after))[0];
          if (one.is === "do" && intents[one.sense] !== undefined)
            bond = runSense(bond, one.sense, { kind: "intent", intent: intents[one.sense] }, at(after)).step[0];
          const known = before.outbox.length;
          const pause = myPause(bond, nowIs);
          for (const { kind, body } of said(bond).slice(known)) {
            if (!names.includes(kind as SenseName)) continue;
            const give = giveOf(myGrants(bond), kind, nowIs);
            // What leaves a device that is put away is its *left*, once.
            const isLeft = kind === "presence" && (body as { what?: string }).what === "left";
            expect([kind, give]).not.toEqual([kind, "off"]);
            if (!isLeft) expect(pause === null || pause.passes.includes(kind)).toBe(true);
            if (kind === "thought" && typeof body === "object" && body !== null && "feeling" in body)
              expect([giveOf(myGrants(bond), "feeling", nowIs), pause?.passes.includes("feeling") ?? true]).toEqual(["full", true]);
            if (kind === "hour" && give === "coarse") expect((body as { place: unknown }).place).toBeNull();
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("Settings of two devices", () => {
  it("[DEV4] come together as the later choices of both, in any order", () => {
    const one = withSetting(withSetting(noSettings, { is: "let", sense: "touch", letIn: "off", at: 5 }), { is: "keeping", keeping: true, at: 9 });
    const two = withSetting(withSetting(noSettings, { is: "let", sense: "touch", letIn: "on", at: 6 }), { is: "end-at", end: 50, at: 2 });
    expect(laterSettings(one, two)).toEqual(laterSettings(two, one));
    expect(laterSettings(one, two)).toMatchObject({ lets: { touch: { letIn: "on" } }, keeping: { is: true }, endAt: { is: 50 } });
  });
});
