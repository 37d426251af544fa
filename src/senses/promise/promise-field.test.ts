/** What the field makes of promises: which is looked at first, and that nothing but a fresh word of the relay is green. */
import { describe, expect, it } from "vitest";
import type { PromiseView, TogetherView } from "../../line/view.ts";
import { en } from "../../web/words/en.ts";
import { createTimes } from "../../web/words/time.ts";
import { leftOf, runningOf, standingOf, toneOf } from "./promise-field.web.tsx";

const minute = 60_000;
const now = Date.UTC(2026, 0, 15, 18, 0);
const times = createTimes("en", en.justNow, "UTC");

const one = (over: Partial<PromiseView> = {}): PromiseView => ({
  id: "a",
  owner: "other",
  words: "home by nine",
  by: now + 180 * minute,
  when: null,
  since: now - 60 * minute,
  opens: null,
  life: null,
  lateAt: now + 195 * minute,
  opensAt: now + 225 * minute,
  state: "guarded",
  why: null,
  guard: { relay: "https://relay.example.org", due: now + 180 * minute, checked: now - 2 * minute },
  firedLateAt: null,
  releasedAt: null,
  settledAt: null,
  unconfirmed: false,
  unanswered: null,
  spoke: null,
  down: null,
  hasNote: true,
  note: null,
  farewell: null,
  farewellAt: null,
  farewellStopped: false,
  aside: false,
  ...over,
});
const idsOf = (owner: "me" | "other", promises: readonly PromiseView[]): readonly string[] =>
  runningOf({ promises, now } as unknown as TogetherView, owner).map(({ id }) => id);
const says = (over: Partial<PromiseView>): string => standingOf(one(over), en, times, now).replaceAll(/[\u2066-\u2069]/g, "");

describe("a promise on the field", () => {
  it("[PROM2] is guarded until its due by a named relay, and says to the minute when that was checked", () => {
    expect(says({})).toBe("guarded until 9:00 PM by relay.example.org, checked 2 minutes ago");
  });

  it("[PROM2] is green in one state alone, and not while anything about it is open", () => {
    const states: readonly PromiseView["state"][] = ["open", "arming", "guarded", "unguarded", "late", "released", "kept", "withdrawn"];
    expect(states.filter((state) => toneOf(one({ state })) === "guarded")).toEqual(["guarded"]);
    for (const over of [{ unconfirmed: true }, { unanswered: now }, { why: "lost" }, { spoke: "early" }, { spoke: "superseded" }] as const)
      expect(toneOf(one(over))).toBe("amber");
  });

  it("[PROM2] kept and not confirmed, it says that it is not yet at the relay", () => {
    expect(says({ state: "kept", settledAt: now, unconfirmed: true })).toBe("kept · 6:00 PM · not yet at the relay");
  });

  it("[PROM7] says that the relay has not answered, that it spoke too early, and that it spoke of an earlier time", () => {
    expect(says({ state: "unguarded", why: "not-checked", unanswered: now + 195 * minute })).toBe(
      "past the deadline (9:15 PM), and the relay has not answered",
    );
    const late = { state: "late", firedLateAt: now + 195 * minute } as const;
    expect(says({ ...late, why: "silent", unanswered: now + 225 * minute })).toBe(
      "it should have opened at 9:45 PM, and the relay has not answered · late since 9:00 PM",
    );
    expect(says({ ...late, why: "lost" })).toContain("the note opens at 9:45 PM · not guarded: the relay has forgotten it");
    expect(says({ spoke: "early" })).toMatch(/^the relay spoke too early/);
    expect(says({ spoke: "superseded" })).toMatch(/^superseded/);
  });

  it("[LIFE2] says between when the relay was down", () => {
    const down = { from: now - 30 * minute, until: now - 10 * minute };
    expect(says({ state: "late", by: now - 20 * minute, down })).toMatch(/^the relay was down from 5:30 PM to 5:50 PM · late since 5:40 PM/);
  });

  it("shows of the other's what opened first, and of mine what can still be kept; a window only once it is open", () => {
    const released = one({ id: "released", state: "released" });
    const later = one({ id: "later", life: "life", opens: now + minute });
    expect(idsOf("other", [one(), later, released])).toEqual(["released", "a"]);
    const mine = [one(), later, released].map((each): PromiseView => ({ ...each, owner: "me" }));
    expect(idsOf("me", mine)).toEqual(["a", "released"]);
    expect(idsOf("other", [one({ state: "kept" }), one({ state: "withdrawn" }), { ...released, aside: true }])).toEqual([]);
  });

  it("[PROM3] reminds its owner in the last quarter of an hour, and nobody else", () => {
    const soon = { by: now + 9 * minute };
    expect([leftOf(one({ ...soon, owner: "me" }), now), leftOf(one(soon), now), leftOf(one({ owner: "me" }), now)]).toEqual([9, undefined, undefined]);
  });
});
