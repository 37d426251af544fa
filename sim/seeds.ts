/** Seeds as tests: each a whole life with faults of every kind; a failing one is replayed with `npm run sim -- --seeds 1 --from SEED`. */
import { expect, it } from "vitest";
import { faultKinds, leastEvents, liveThrough, turns } from "./life.ts";
import { createWorld } from "./world.ts";

export const liveSeeds = (from: number, to: number): void => {
  const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  it.each(seeds)("seed %i: nothing is lost, doubled, told twice, sealed without a grant or shown without evidence", { timeout: 120_000 }, async (seed) => {
    const world = createWorld(seed);
    await liveThrough(world, turns);
    expect(world.counts["events"]).toBeGreaterThanOrEqual(leastEvents);
    expect(world.devices.length).toBeGreaterThanOrEqual(3);
    expect(faultKinds.filter((kind) => !world.counts[kind])).toEqual([]);
  });
};
