/** The five stories as tests, beat by beat in their order, each named by the rules it holds; and that the page tells the same. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { scenarios } from "./all.ts";
import { isRun } from "./beat.ts";
import { createWorld, type World } from "./kit/world.ts";
import { seedsPage } from "./seeds-page.ts";

/** What is built of the bond and can be driven from outside. */
const built = [
  "[PAIR1]",
  "[PAIR2]",
  "[PAIR3]",
  "[PAIR4]",
  "[NAME1]",
  "[PRES1]",
  "[PRES2]",
  "[PRES3]",
  "[FEEL1]",
  "[FEEL2]",
  "[TOUCH1]",
  "[SAY1]",
  "[SAY4]",
  "[BOUND2]",
  "[BOUND3]",
  "[BOUND1]",
  "[BOUND4]",
  "[BOUND6]",
  "[LINK2]",
  "[MOON1]",
  "[PRES4]",
  "[END1]",
  "[END3]",
  "[DEV1]",
  "[KEEP1]",
  "[KEEP2]",
  "[PROM1]",
  "[PROM2]",
  "[PROM3]",
  "[PROM4]",
  "[PROM5]",
  "[PROM6]",
  "[LIFE1]",
];

for (const { seed, about, beats } of scenarios) {
  describe(`${seed}: ${about}`, () => {
    let world: Promise<World> | undefined;
    afterAll(async () => (await world)?.end());
    for (const beat of beats()) {
      const name = `[${beat.rules.join("] [")}] ${seed}: ${beat.says}`;
      if (isRun(beat)) it(name, async () => beat.run(await (world ??= createWorld())));
      else it.todo(name);
    }
  });
}

describe("the stories", () => {
  it("every rule that is built has a beat that runs", () => {
    const run = new Set(scenarios.flatMap(({ beats }) => beats().filter(isRun)).flatMap(({ rules }) => rules.map((rule) => `[${rule}]`)));
    expect(built.filter((rule) => !run.has(rule))).toEqual([]);
  });

  it("docs/seeds.md is what they say: else `node scenarios/run.ts --write-docs`", () => {
    expect(readFileSync(new URL("../docs/seeds.md", import.meta.url), "utf8")).toBe(seedsPage(scenarios));
  });
});
