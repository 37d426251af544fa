/** What a modified client says on the live lane: the table of live.ts. */
import { describe, expect, it } from "vitest";
import { second, together } from "../sim/stories-kit.ts";
import { settle } from "../sim/world.ts";
import { isHole, titleOf } from "./cases.ts";
import { createLiveMember, liveCases, touch, type LiveMember } from "./live.ts";
import { runMember } from "./run-member.ts";
import { hang } from "./stopwatch.ts";
import { expectUnchanged } from "./whole.ts";

/** The lane goes on: a hand that is given is felt, and one that is taken away is not. */
const expectTouch = async (live: LiveMember): Promise<void> => {
  const { world } = live.member;
  const { ada } = world.people;
  await live.meet();
  live.send(live.frame(touch.hold, { counter: 2n ** 40n }));
  await settle(world, second);
  expect(together(ada).touch.offered).toBe(true);
  live.send(live.frame(touch.letGo, { counter: 2n ** 40n + 1n }));
  await settle(world, second);
  expect(together(ada).touch).toEqual({ holding: false, offered: false, met: false });
};

describe("what a modified client says live", () => {
  for (const one of liveCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      let live: LiveMember | undefined;
      const took = await runMember({
        make: async (member) => {
          live = createLiveMember(member);
          if (!one.unproved) await live.meet();
          member.forget();
          await one.make(live);
        },
        // Who shows herself says hello, and asks for the proof (HELLO2).
        together: true,
        goesOn: true,
        check: async ({ story, before, after }) => {
          expectUnchanged(before, after, 0);
          expect([after.seq, after.refused]).toEqual([before.seq, before.refused]);
          // Asked by whom it may be, Ada's device answers some four times a second at most.
          expect(live?.answers()).toBeLessThan(40);
          await story.member.connect();
          await expectTouch(live as LiveMember);
        },
      });
      expect(took).toBeLessThan(hang);
    });
  }
});
