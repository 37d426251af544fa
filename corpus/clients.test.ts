/** What a modified client sends to the relay: the tables of clients.ts. */
import { describe, expect, it } from "vitest";
import { isHole, titleOf } from "./cases.ts";
import { diskOf, keptOf, minute, restart, textsOf, together } from "../sim/stories-kit.ts";
import { settle } from "../sim/world.ts";
import { clientCases, strangerEnd } from "./clients.ts";
import { withMember } from "./member.ts";
import { runMember } from "./run-member.ts";
import { hang } from "./stopwatch.ts";
import { expectUnchanged, logOf } from "./whole.ts";

describe("what a modified client sends to the relay", () => {
  for (const one of clientCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      let log = "";
      const took = await runMember({
        make: (member) => {
          log = logOf(member.world, member.world.people.ada);
          return one.make(member);
        },
        goesOn: true,
        check: ({ story, before, after }) => {
          const codes = story.member.heard.flatMap((frame) => (frame.type === "refused" ? [frame.code] : []));
          expect(codes).toEqual(one.codes);
          expect(logOf(story.world, story.ada)).toBe(log);
          expect([after.seq, after.refused]).toEqual([before.seq, before.refused]);
          expectUnchanged(before, after, 0);
        },
      });
      expect(took).toBeLessThan(hang);
    });
  }

  it("[CLOSE1] corpus: an end that a stranger signed: the relay cannot know; Ada is told, and loses nothing she has", async () => {
    const { world, ada, member } = await withMember();
    const [texts, kept, { self }] = [textsOf(ada), await keptOf(ada), await diskOf(ada)];
    member.send(strangerEnd(member));
    await settle(world, 10 * minute);
    await restart(world, ada);
    expect([textsOf(ada), await keptOf(ada), together(ada).stage]).toEqual([texts, kept, "together"]);
    expect(together(ada).connection.trouble).toEqual({ is: "unknown-here" });
    expect((await diskOf(ada)).self.certificate).toEqual(self.certificate);
  });
});
