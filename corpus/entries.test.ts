/** What a modified client of the other person says, well sealed: the tables of entries.ts. */
import { describe, expect, it } from "vitest";
import { titleOf, isHole } from "./cases.ts";
import { entryCases, type EntryCase } from "./entries.ts";
import { runMember, type Aftermath } from "./run-member.ts";
import { hang } from "./stopwatch.ts";
import { expectNoGrowth, expectUnchanged } from "./whole.ts";

const check = ({ expect: stop, refuses = 1, keeps = 0, shows }: EntryCase, { story, before, after, opened }: Aftermath): void => {
  const records = opened.length;
  expect(after.refused - before.refused).toBe(refuses);
  // Who finds that the line was told in two ways lets the other know.
  expect(after.seq - before.seq).toBe(records + (stop === "told" ? 1 : 0));
  expect(new Set(opened)).toEqual(new Set([stop === "seal" ? "malformed" : "entry"]));
  switch (stop) {
    case "seal":
    case "schema":
      expect(records).toBe(refuses);
      return expectUnchanged(before, after, records);
    case "kept as unknown": {
      expect(after.kept.slice(0, -1)).toEqual(before.kept);
      expect(after.kept.at(-1)?.from).toBe("other");
      const same = { ...after, kept: before.kept, storeSize: before.storeSize };
      expectNoGrowth(before, after, records, 1);
      return expectUnchanged({ ...before, storeKeys: after.storeKeys }, same, records);
    }
    case "tamed": {
      const mine = ({ view }: typeof before) => [
        view.me,
        view.feeling.me,
        view.presenceAsked,
        view.words,
        view.compared,
        view.grants.map((grant) => [grant.sense, grant.mine, grant.myUntil]),
      ];
      expect(mine(after)).toEqual(mine(before));
      expect([after.view.trouble, after.view.waiting, after.view.stage]).toEqual([null, 0, "together"]);
      expect(after.view.thoughts.slice(0, before.view.thoughts.length)).toEqual(before.view.thoughts);
      expect(after.kept.slice(0, before.kept.length)).toEqual(before.kept);
      expect(after.kept.slice(before.kept.length).every(({ from }) => from === "other")).toBe(true);
      expectNoGrowth(before, after, records, Math.max(records, keeps));
      return expect(shows?.(story, before)).toBe(true);
    }
    case "told":
      expect(after.view.trouble).toEqual({ is: "forked" });
      return expectUnchanged(
        { ...before, kept: after.kept.slice(0, -1), storeKeys: after.storeKeys },
        { ...after, kept: after.kept.slice(0, -1), storeSize: before.storeSize },
        records,
        { trouble: { is: "forked" } },
      );
    default:
      throw new Error(`no entry is ${stop}`);
  }
};

describe("what a modified client says, well sealed", () => {
  for (const one of entryCases) {
    it.skipIf(isHole(one))(titleOf(one), async () => {
      const took = await runMember({
        make: one.make,
        time: (one.keeps ?? 0) > 1000 ? 60_000 : 5000,
        goesOn: one.expect !== "told",
        check: (aftermath) => check(one, aftermath),
      });
      expect(took).toBeLessThan(hang);
    });
  }
});
