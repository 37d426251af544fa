import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SenseContext } from "../sense.ts";
import { closenessOf, hereEvery, presence, roundDown, stillEvery, type Closeness, type PresenceEntry, type PresenceState } from "./presence.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** A whole five minutes: what happened then is told as then. */
const start = 1_800_000_000_000;

const context = (now: number, over: Partial<SenseContext> = {}): SenseContext => ({
  now,
  give: "full",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: start - hour,
  heardSince: null,
  givenAt: 0,
  letIn: "on",
  ...over,
});

type Sign = readonly [at: number, what: PresenceEntry["what"] | "live", device?: string];

/** Signs of the other, by when they were made (kept ones say so rounded down) and came. */
const heard = (signs: readonly Sign[], state = presence.initial): PresenceState =>
  signs.reduce((before, [at, what, device = "phone"]) => {
    const input =
      what === "live"
        ? ({ kind: "live", live: { here: true }, from: "other", device } as const)
        : ({ kind: "entry", entry: { what, at: roundDown(at) }, from: "other", device, id: "1-1" } as const);
    return presence.apply(before, input, context(at)).state;
  }, state);

const seen = (signs: readonly Sign[], now: number, over: Partial<SenseContext> = {}, give: "coarse" | "full" = "full"): Closeness =>
  closenessOf(heard(signs), give, context(now, over));

describe("What the other end looks like", () => {
  const open: Sign = [start, "open"];
  const left: Sign = [start, "left"];
  const live: Sign = [start + 7 * minute, "live"];
  const heardAt = start + 7 * minute;
  const near = { state: "near", since: start };
  const unheard = { state: "unheard", since: start };

  it.each<readonly [fact: string, signs: readonly Sign[], now: number, over: Partial<SenseContext>, Closeness | object]>([
    ["nothing was ever heard", [], start, {}, { state: "unheard", since: undefined }],

    ["beside: live a moment ago", [open, live], heardAt, {}, { state: "beside" }],
    ["beside: live just under 15 s ago", [open, live], heardAt + 15 * second - 1, {}, { state: "beside" }],
    [
      "beside: a live message that overtook its open",
      [
        [start, "live"],
        [start + second, "open"],
      ],
      start + 2 * second,
      {},
      { state: "beside" },
    ],
    [
      "near: live evidence of before the page was opened anew",
      [open, live, [heardAt + 10 * second, "open"]],
      heardAt + 11 * second,
      {},
      { state: "near", since: start + 5 * minute },
    ],
    ["no longer beside: live 15 s ago", [open, live], heardAt + 15 * second, {}, near],
    ["not beside while I do not look", [open, live], heardAt + second, { onScreen: false }, near],
    ["not beside on kept entries alone", [open], start + second, {}, near],
    ["not beside on live evidence from the future", [open, live], heardAt - 1, {}, near],

    ["near: open a moment ago", [open], start, {}, near],
    ["near: open just under 20 min ago", [open], start + 20 * minute - 1, {}, near],
    ["unheard: open 20 min ago", [open], start + 20 * minute, {}, unheard],
    ["unheard: open a day ago", [open], start + 24 * hour, {}, unheard],
    ["near: still just under 20 min ago", [open, [start + 15 * minute, "still"]], start + 35 * minute - 1, {}, { state: "near", since: start + 15 * minute }],
    ["unheard: still 20 min ago", [open, [start + 15 * minute, "still"]], start + 35 * minute, {}, { state: "unheard", since: start + 15 * minute }],

    ["near: left a moment ago", [left], start, {}, near],
    ["near: left 10 min ago", [left], start + 10 * minute, {}, near],
    ["around: left over 10 min ago", [left], start + 10 * minute + 1, {}, { state: "around", since: start }],
    ["around: left 3 h ago", [left], start + 3 * hour, {}, { state: "around", since: start }],
    ["far: left over 3 h ago", [left], start + 3 * hour + 1, {}, { state: "far", since: start }],
    ["far: left 24 h ago", [left], start + 24 * hour, {}, { state: "far", since: start }],
    ["unheard: left over 24 h ago", [left], start + 24 * hour + 1, {}, unheard],
    ["left counts, not the open before it", [open, [start + minute, "left"]], start + 15 * minute, {}, { state: "around", since: start }],
    ["open counts, not the left before it", [left, [start + 5 * minute, "open"]], start + 24 * minute, {}, { state: "near", since: start + 5 * minute }],
    ["live after left is nothing: it was late", [open, [start + 6 * minute, "left"], live], heardAt + second, {}, { state: "near", since: start + 5 * minute }],

    ["near: live stopped for just under 60 s", [open, live], heardAt + minute - 1, {}, near],
    ["unheard: live stopped for 60 s while my connection held", [open, live], heardAt + minute, {}, { state: "unheard", since: start + 5 * minute }],
    [
      "unheard: my connection began the moment live was last heard",
      [open, live],
      heardAt + minute,
      { connectedSince: heardAt },
      { state: "unheard", since: start + 5 * minute },
    ],
    ["near: live stopped, and my connection began later", [open, live], heardAt + minute, { connectedSince: heardAt + 1 }, near],
    ["near: live stopped, and my connection is lost", [open, live], heardAt + minute, { connected: false }, near],
    ["unheard after 20 min also without my connection", [open, live], start + 20 * minute, { connected: false }, unheard],
    [
      "a still does not undo that live stopped",
      [open, live, [start + 15 * minute, "still"]],
      start + 16 * minute,
      {},
      { state: "unheard", since: start + 5 * minute },
    ],
    ["a new open begins anew", [open, live, [start + 15 * minute, "open"]], start + 16 * minute, {}, { state: "near", since: start + 15 * minute }],

    [
      "two devices: the nearer counts",
      [
        [start, "open", "phone"],
        [start, "left", "laptop"],
      ],
      start + 15 * minute,
      {},
      near,
    ],
    [
      "two devices: it does not matter which spoke last",
      [
        [start, "left", "laptop"],
        [start, "open", "phone"],
      ],
      start + 15 * minute,
      {},
      near,
    ],
    [
      "two devices: beside counts before near",
      [
        [start, "open", "laptop"],
        [start, "open", "phone"],
        [heardAt, "live", "phone"],
      ],
      heardAt + second,
      {},
      { state: "beside" },
    ],
    [
      "two devices: of two that left the later counts",
      [
        [start, "left", "phone"],
        [start + 5 * minute, "left", "laptop"],
      ],
      start + hour,
      {},
      { state: "around", since: start + 5 * minute },
    ],
    [
      "two devices: one still open holds what the other's silence would end",
      [
        [start, "open", "phone"],
        [heardAt, "live", "phone"],
        [start, "open", "laptop"],
      ],
      heardAt + minute,
      {},
      near,
    ],
    [
      "two devices: a phone that fell silent does not hide a laptop that left politely",
      [
        [start, "open", "phone"],
        [start + 5 * minute, "left", "laptop"],
      ],
      start + hour,
      {},
      { state: "around", since: start + 5 * minute },
    ],
  ])("[PRES1] %s", (_fact, signs, now, over, expected) => {
    expect(seen(signs, now, over)).toEqual(expected);
  });

  it.each<readonly [fact: string, signs: readonly Sign[], now: number, Closeness]>([
    ["beside is shown as around, now", [open, live], heardAt + second, { state: "around", since: start }],
    ["near is shown as around", [open], start + minute, { state: "around", since: start }],
    ["left a moment ago is shown as around", [left], start + minute, { state: "around", since: start }],
    ["far stays far", [left], start + 4 * hour, { state: "far", since: start }],
    ["unheard stays unheard", [open], start + 20 * minute, { state: "unheard", since: start }],
    [
      "who stopped live by giving less is not unheard",
      [open, live, [start + 15 * minute, "still"]],
      start + 16 * minute,
      { state: "around", since: start + 15 * minute },
    ],
  ])("[PRES2] given coarsely: %s", (_fact, signs, now, expected) => {
    expect(seen(signs, now, {}, "coarse")).toEqual(expected);
  });

  it("[PRES1] live evidence heard by an earlier process counts for nothing in the next one", () => {
    const state = presence.apply(heard([open, live]), { kind: "resumed" }, context(heardAt + second)).state;
    expect(closenessOf(state, "full", context(heardAt + second))).toEqual(near);
    expect(closenessOf(state, "full", context(heardAt + 2 * minute))).toEqual(near);
  });

  it("[PRES1] an author whose clock is ahead is not nearer for longer", () => {
    const ahead = presence.apply(
      presence.initial,
      { kind: "entry", entry: { what: "open", at: start + 24 * hour }, from: "other", device: "phone", id: "1-1" },
      context(start + minute),
    ).state;
    expect(closenessOf(ahead, "full", context(start + 20 * minute))).toEqual(unheard);
  });

  it("[PRES1] my own devices say nothing about the other", () => {
    const entry = presence.apply(
      presence.initial,
      { kind: "entry", entry: { what: "open", at: start }, from: "me", device: "mine", id: "0-1" },
      context(start),
    ).state;
    const state = presence.apply(entry, { kind: "live", live: { here: true }, from: "me", device: "mine" }, context(start)).state;
    expect(closenessOf(state, "full", context(start))).toEqual({ state: "unheard", since: undefined });
  });
});

describe("What a device says of itself", () => {
  const tick = (state: PresenceState, over: Partial<SenseContext> & { readonly now: number }) =>
    presence.apply(state, { kind: "tick" }, context(over.now, over));

  it("[PRES3] it says open when it comes, still 15 min after the time it told, left when it goes", () => {
    let { state, say } = tick(presence.initial, { now: start + 2 * minute });
    expect(say).toEqual([{ what: "open", at: start }]);
    ({ state, say = [] } = tick(state, { now: start + stillEvery - 1 }));
    expect(say).toEqual([]);
    ({ state, say } = tick(state, { now: start + stillEvery }));
    expect(say).toEqual([{ what: "still", at: start + 15 * minute }]);
    const gone = tick(state, { now: start + 21 * minute, onScreen: false });
    expect(gone.sayAhead).toEqual({ what: "left", at: start + 20 * minute });
    expect(gone.say ?? []).toEqual([]);
    expect(tick(gone.state, { now: start + 22 * minute, onScreen: false }).sayAhead).toBeUndefined();
  });

  it("[PRES1] it says that it is here live every 5 s, and at once to who begins to hear", () => {
    let { state, live } = tick(presence.initial, { now: start });
    expect(live).toEqual([{ here: true }]);
    ({ state, live = [] } = tick(state, { now: start + hereEvery - 1 }));
    expect(live).toEqual([]);
    ({ state, live = [] } = tick(state, { now: start + 2 * second, heardSince: start + second }));
    expect(live).toEqual([{ here: true }]);
    ({ state, live = [] } = tick(state, { now: start + 3 * second, heardSince: start + second }));
    expect(live).toEqual([]);
    ({ live = [] } = tick(state, { now: start + 2 * second + hereEvery }));
    expect(live).toEqual([{ here: true }]);
  });

  it("[PRES2] off says nothing: not open, not left, not ahead of time", () => {
    const silent = tick(presence.initial, { now: start, give: "off" });
    expect([silent.say ?? [], silent.live ?? [], silent.sayAhead]).toEqual([[], [], undefined]);
    const { state } = tick(presence.initial, { now: start });
    for (const onScreen of [true, false]) {
      const off = tick(state, { now: start + second, give: "off", onScreen });
      expect([off.say ?? [], off.live ?? [], off.sayAhead]).toEqual([[], [], undefined]);
      expect(presence.ahead?.(state, context(start, { give: "off", onScreen }))).toBeUndefined();
    }
  });

  it("[PRES2] after off was given again, it says open anew", () => {
    const { state } = tick(presence.initial, { now: start });
    const off = tick(state, { now: start + second, give: "off" }).state;
    expect(tick(off, { now: start + 2 * second }).say).toEqual([{ what: "open", at: start }]);
  });

  it("[PRES2] coarse says nothing live, and once in an hour that it was around then: not when it came, for how long, or that it went", () => {
    const eight = start - (start % hour);
    const coarse = (state: PresenceState, now: number, over: Partial<SenseContext> = {}) => tick(state, { now, give: "coarse", ...over });
    let { state, say, live, wakeAt } = coarse(presence.initial, eight + 50 * minute);
    expect([say, live ?? [], wakeAt]).toEqual([[{ what: "left", at: eight }], [], eight + hour]);
    for (const over of [{ onScreen: false }, { onScreen: true }, { connected: false }]) {
      const next = coarse(state, eight + 55 * minute, over);
      expect([next.say ?? [], next.sayAhead, presence.ahead?.(next.state, context(eight + 55 * minute, { give: "coarse", ...over }))]).toEqual([
        [],
        undefined,
        undefined,
      ]);
      ({ state } = next);
    }
    // Started anew within the hour, too.
    ({ state } = presence.apply(state, { kind: "resumed" }, context(eight + 56 * minute, { give: "coarse" })));
    expect(coarse(state, eight + 57 * minute).say ?? []).toEqual([]);
    ({ state, say } = coarse(state, eight + hour + minute));
    expect(say).toEqual([{ what: "left", at: eight + hour }]);
    // Given wholly it begins with that; and given coarsely again says nothing of that it went.
    const whole = tick(state, { now: eight + hour + 2 * minute });
    expect(whole.say).toEqual([{ what: "open", at: eight + hour }]);
    const less = coarse(whole.state, eight + hour + 3 * minute);
    expect([less.say ?? [], less.sayAhead, less.state.mine.here]).toEqual([[], undefined, false]);
  });

  it("[PRES2] without a connection, or off screen, it says nothing: it would be old news", () => {
    for (const over of [{ connected: false }, { onScreen: false }]) {
      const { say = [], live = [], sayAhead } = tick(presence.initial, { now: start, ...over });
      expect([say, live, sayAhead]).toEqual([[], [], undefined]);
    }
  });

  it("[PRES3] left is ready to be sent for as long as it is here, and no longer", () => {
    expect(presence.ahead?.(presence.initial, context(start))).toBeUndefined();
    const { state } = tick(presence.initial, { now: start });
    expect(presence.ahead?.(state, context(start + 7 * minute))).toEqual({ what: "left", at: start + 5 * minute });
    expect(presence.ahead?.(presence.apply(state, { kind: "resumed" }, context(start)).state, context(start))).toBeUndefined();
  });

  it("[PRES1] nothing of presence is kept between the two", () => {
    expect(presence.kept({ what: "open", at: start })).toBe(false);
  });
});

describe("Properties of presence", () => {
  const time = fc.integer({ min: start, max: start + 26 * hour });
  const sign = fc.tuple(
    fc.integer({ min: 0, max: 40 * minute }),
    fc.constantFrom<Sign[1]>("open", "still", "left", "live"),
    fc.constantFrom("phone", "laptop"),
  );
  /** In the order they came. */
  const signs = fc.array(sign, { maxLength: 12 }).map((steps) => {
    let at = start;
    return steps.map(([gap, what, device]): Sign => [(at += gap), what, device]);
  });
  const around = fc.record({
    give: fc.constantFrom("coarse" as const, "full" as const),
    onScreen: fc.boolean(),
    connected: fc.boolean(),
    since: fc.integer({ min: -hour, max: 8 * hour }),
    gap: fc.oneof(fc.integer({ min: 0, max: 2 * minute }), fc.integer({ min: 0, max: 26 * hour })),
  });

  it("[PRES2] every time that leaves a device is a whole five minutes, and not in the future", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            gap: fc.nat(20 * minute),
            give: fc.constantFrom("off" as const, "coarse" as const, "full" as const),
            onScreen: fc.boolean(),
            connected: fc.boolean(),
          }),
        ),
        time,
        (steps, from) => {
          let state = presence.initial;
          let now = from;
          for (const { gap, ...over } of steps) {
            now += gap;
            const step = presence.apply(state, { kind: "tick" }, context(now, over));
            const ahead = presence.ahead?.(step.state, context(now, over));
            const entries = [...(step.say ?? []), ...(step.sayAhead ? [step.sayAhead] : []), ...(ahead ? [ahead] : [])];
            const step5 = over.give === "coarse" ? hour : 5 * minute;
            for (const { at } of entries) expect([at % step5, at <= now, now - at < step5]).toEqual([0, true, true]);
            expect(over.give === "off" ? entries.length + (step.live ?? []).length : 0).toBe(0);
            ({ state } = step);
          }
        },
      ),
    );
  });

  it("[PRES1] a presence never claims nearer than the evidence", () => {
    fc.assert(
      fc.property(signs, around, (all, { give, onScreen, connected, since, gap }) => {
        const now = (all.at(-1)?.[0] ?? start) + gap;
        const closeness = seen(all, now, { onScreen, connected, connectedSince: start + since }, give);
        const within = (span: number, ...kinds: Sign[1][]): boolean => all.some(([at, what]) => kinds.includes(what) && now - at <= span);
        const evidence = {
          beside: give === "full" && onScreen && within(15 * second, "live"),
          near: give === "full" && within(20 * minute, "open", "still", "live", "left"),
          around: within(give === "coarse" ? 20 * minute : 0, "open", "still", "live") || within(3 * hour, "left"),
          far: within(24 * hour, "left"),
          unheard: true,
        };
        expect(evidence[closeness.state], closeness.state).toBe(true);
        if (closeness.state !== "beside" && closeness.since !== undefined) {
          expect(closeness.since % (5 * minute)).toBe(0);
          expect(closeness.since).toBeLessThanOrEqual(now);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("[PRES1] silence never brings someone nearer", () => {
    const rank = { beside: 0, near: 1, around: 2, far: 3, unheard: 4 };
    fc.assert(
      fc.property(signs, around, fc.nat(26 * hour), (all, { give, onScreen, connected, since, gap }, later) => {
        const now = (all.at(-1)?.[0] ?? start) + gap;
        const over = { onScreen, connected, connectedSince: start + since };
        expect(rank[seen(all, now + later, over, give).state]).toBeGreaterThanOrEqual(rank[seen(all, now, over, give).state]);
      }),
    );
  });

  it("[PRES1] the field is woken before what it shows would change by itself", () => {
    fc.assert(
      fc.property(signs, around, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, { connected, onScreen, since, gap }, part) => {
        const now = (all.at(-1)?.[0] ?? start) + gap;
        const over = { onScreen, connected, connectedSince: start + since };
        const state = heard(all);
        const { wakeAt = now + 48 * hour } = presence.apply(state, { kind: "tick" }, context(now, { ...over, give: "off" }));
        expect(wakeAt).toBeGreaterThan(now);
        const before = Math.floor(now + part * (wakeAt - now));
        expect(closenessOf(state, "full", context(before, over))).toEqual(closenessOf(state, "full", context(now, over)));
      }),
      { numRuns: 500 },
    );
  });
});
