/** What a relay that lies says to a device: the tables of lies.ts. */
import { describe, expect, it } from "vitest";
import { equalBytes } from "../src/base/bytes.ts";
import { laptop, state } from "../src/line/bond.testing.ts";
import { amongOf } from "../src/line/resync.ts";
import type { OpenLink } from "../src/line/state.ts";
import { act, bondOf, minute, restart, say, second, textsOf, together } from "../sim/stories-kit.ts";
import { settle } from "../sim/world.ts";
import { isHole, titleOf } from "./cases.ts";
import { createLiar } from "./liar.ts";
import { lieCases, type LieCase } from "./lies.ts";
import { hang, patiently, type Laps } from "./stopwatch.ts";
import { watchRejections } from "./watch.ts";
import { expectUnchanged, wholeOf } from "./whole.ts";

const run = async (one: LieCase, laps: Laps): Promise<void> => {
  const watch = watchRejections();
  try {
    const liar = await createLiar();
    const { world, ada, ben } = liar;
    const before = await wholeOf(ada);
    liar.forget();
    await one.make(liar);
    laps.begin();
    await world.runUntil(world.schedule.now() + 20 * second, laps.lap);
    const trouble = together(ada).connection.trouble;
    expect(trouble?.is).toBe(one.trouble === undefined || one.trouble === "rewound" ? trouble?.is : one.trouble);
    // Asked again, and not in a hurry: a relay that goes on like this does not keep the device busy.
    expect(liar.left.length).toBeLessThan(60);
    if (one.expect === "asked again") expect(liar.connects()).toBeGreaterThan(0);
    if (one.expect === "dropped" && !liar.truths.length) expect(liar.connects()).toBe(0);

    liar.twist();
    await settle(world, 6 * minute);
    if (one.reopens) await liar.drop();
    const after = await wholeOf(ada);
    expect(after.refused - before.refused).toBe(one.refuses ?? 0);
    // That the group was made anew is said on both sides.
    const noticed = one.mends ? { deviceNotices: after.view.deviceNotices } : {};
    const seen = one.sees === undefined ? noticed : { ...noticed, [one.sees]: after.view[one.sees] };
    if (one.sees !== undefined) expect(after.view[one.sees]).toBeLessThanOrEqual(world.schedule.now());
    // What the relay takes, it no longer refuses: until then the last refusal stands.
    const lasting = one.lasting || one.trouble === "refused" ? { trouble: after.view.trouble } : {};
    if (one.lasting) expect(after.view.trouble?.is).toBe(one.trouble);
    const allowed = one.sees === undefined && !one.mends ? {} : { durable: after.durable, happened: after.happened };
    if (one.mends) expect(after.storeSize - before.storeSize).toBeLessThan(20_000);
    expectUnchanged(
      { ...before, ...allowed, ...(one.mends ? { storeSize: after.storeSize } : {}), view: { ...before.view, ...seen } },
      after,
      one.refuses ?? 0,
      lasting,
    );

    const texts = textsOf(ada);
    await say(world, ada, "still here");
    await say(world, ben, "so am I");
    await settle(world, 5 * second);
    if (one.lasting) {
      expect(textsOf(ada)).toEqual(expect.arrayContaining([...texts, "still here"]));
      expect([textsOf(ben).includes("still here"), bondOf(ada).view().stage]).toEqual([false, "together"]);
    } else {
      expect([textsOf(ada).slice(-2).sort(), textsOf(ben).slice(-2).sort()]).toEqual([
        ["so am I", "still here"],
        ["so am I", "still here"],
      ]);
      expect(together(ada).connection.trouble).toBeNull();
      expect(Math.abs(together(ada).now - world.schedule.now())).toBeLessThan(minute);
    }
    await restart(world, ada);
    expect(textsOf(ada)).toContain("still here");
    expect(watch.failures).toEqual([]);
  } finally {
    watch.stop();
  }
};

describe("what a relay that lies says to a device", () => {
  for (const one of lieCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      expect(await patiently((laps) => run(one, laps))).toBeLessThan(hang);
    });
  }

  const giving = "that it is the year 2100 while Ada gives presence";
  it.skipIf(isHole({ name: giving }))(`[BOUND1] corpus: ${giving}: it ends 30 days from now at the latest`, async () => {
    const { world, ada, twist, tell } = await createLiar();
    twist((frame) => (frame.type === "pong" ? { ...frame, now: 4_102_444_800_000 } : frame));
    tell({ type: "pong", now: 4_102_444_800_000 });
    await act(world, ada, { do: "boundary", intent: { sense: "presence", give: "full" } });
    await settle(world, 5 * second);
    twist();
    await settle(world, 2 * minute);
    const presence = together(ada).grants.find(({ sense }) => sense === "presence");
    expect(presence?.mine === "off" || (presence?.myUntil ?? 0) <= world.schedule.now() + 30 * 24 * 60 * minute).toBe(true);
  });

  const again = "that a revoked device of Ada's is on the line again";
  it.skipIf(isHole({ name: again }))(`[DEV2] corpus: ${again}: a group made anew does not take it in`, () => {
    const known = state();
    const revoked = known.members.map((member) => (member.index === 1 ? { ...member, revoked: true } : member));
    const link: OpenLink = {
      is: "open",
      since: 0,
      failures: 0,
      current: true,
      challenge: { type: "challenge", nonce: known.head, relay: known.head, now: 0 },
      told: { n: 3, generation: 4, epoch: 4, members: known.members },
      goal: { seq: 11, head: known.head },
      sentN: 0,
      cursorSent: 0,
      pingDueAt: 0,
      pingAt: null,
      holdUntil: 0,
    };
    const { on, told, gone } = amongOf({ ...known, members: revoked, link, mending: { why: "cannot-follow", after: 10 } });
    const has = (keys: readonly Uint8Array[]): boolean => keys.some((key) => equalBytes(key, laptop.device));
    // Whatever the relay tells, a device that is known to be removed is believed to be so.
    expect([has(on), has(told), has(gone)]).toEqual([false, true, true]);
  });
});
