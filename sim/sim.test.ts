import { describe, expect, it } from "vitest";
import { liveThrough } from "./life.ts";
import { liveSeeds } from "./seeds.ts";
import { createWorld } from "./world.ts";

describe("simulation", () => {
  liveSeeds(1, 100);

  it("the same seed is the same world, event by event", { timeout: 120_000 }, async () => {
    const [one, two] = [createWorld(7), createWorld(7)];
    await liveThrough(one, 40);
    await liveThrough(two, 40);
    expect(two.trace).toEqual(one.trace);
    expect({ ...two.counts, ...two.network.counts }).toEqual({ ...one.counts, ...one.network.counts });
  });
});
