import { describe, expect, it } from "vitest";
import type { Entry } from "../src/line/entry.ts";
import { settle } from "./world.ts";
import { act, hour, keptOf, listen, look, minute, paired, restart, together, type Story } from "./stories-kit.ts";

const vienna = { lat: 48, lon: 16 };
const give = (story: Story, how: "off" | "coarse" | "full") => act(story.world, story.ada, { do: "boundary", intent: { sense: "hour", give: how } });
const tell = (story: Story, zone: string, place?: typeof vienna) => act(story.world, story.ada, { do: "hour", intent: { zone, ...(place ? { place } : {}) } });

const started = async (): Promise<Story & { readonly sealed: () => readonly Entry[] }> => {
  const story = await paired();
  look(story.ada, true);
  const ear = listen(story.world);
  return { ...story, sealed: () => ear.sealed.filter(({ by, entry }) => by === "ada" && entry.kind === "hour").map(({ entry }) => entry) };
};

describe("The hour", () => {
  it("[MOON1] nothing of it is sealed before it is given, whatever the device knows of itself", async () => {
    const story = await started();
    await tell(story, "Europe/Vienna", vienna);
    await settle(story.world, hour);
    await tell(story, "Asia/Tokyo");
    await restart(story.world, story.ada);
    expect(story.sealed()).toEqual([]);
    expect(together(story.ben).hour.other).toBeNull();
  });

  it("[MOON1] the zone alone when it is given coarsely; the place as well when it is given wholly; each once", async () => {
    const story = await started();
    await tell(story, "Europe/Vienna", vienna);
    await give(story, "coarse");
    await settle(story.world, minute);
    expect(together(story.ben).hour.other).toMatchObject({ zone: "Europe/Vienna", place: null });
    await give(story, "full");
    await settle(story.world, hour);
    expect(together(story.ben).hour.other).toMatchObject({ zone: "Europe/Vienna", place: vienna });
    expect(story.sealed().map(({ body }) => (body as { readonly place: unknown }).place)).toEqual([null, vienna]);
  });

  it("[BOUND1] what waited for a connection shows no more than what is given by then", async () => {
    for (const how of ["coarse", "off"] as const) {
      const story = await started();
      await tell(story, "UTC");
      await give(story, "full");
      await settle(story.world, minute);
      story.world.network.cut("ada");
      await tell(story, "Europe/Vienna", vienna);
      await give(story, how);
      story.world.network.mend("ada");
      await settle(story.world, 2 * minute);
      expect(together(story.ada).connection.waiting).toBe(0);
      expect(together(story.ben).hour.other ?? null).toEqual(how === "off" ? null : expect.objectContaining({ zone: "Europe/Vienna", place: null }));
    }
  });

  it("[MOON1] taken back, the other's device has it no more, on its disk neither", async () => {
    const story = await started();
    await tell(story, "Europe/Vienna", vienna);
    await give(story, "full");
    await settle(story.world, minute);
    await give(story, "off");
    await settle(story.world, minute);
    expect(together(story.ben).hour).toMatchObject({ other: null });
    await restart(story.world, story.ben);
    expect(together(story.ben).hour.other).toBeNull();
    expect((await keptOf(story.ben)).filter(({ kind }) => kind === "hour")).toEqual([]);
    // And given again, it is said anew.
    await give(story, "coarse");
    await settle(story.world, minute);
    expect(together(story.ben).hour.other).toMatchObject({ zone: "Europe/Vienna", place: null });
  });

  it("[BOUND1] after thirty days it is over, on both devices, by their own clocks", async () => {
    const story = await started();
    await tell(story, "Europe/Vienna", vienna);
    await give(story, "full");
    await settle(story.world, minute);
    expect(together(story.ben).hour.other).toMatchObject({ place: vienna });
    for (const who of [story.ada, story.ben]) who.skew += 31 * 24 * hour;
    look(story.ada, false);
    look(story.ben, true);
    expect([together(story.ada).hour.me, together(story.ben).hour.other]).toEqual([null, null]);
    await settle(story.world, minute);
    expect([together(story.ada).hour.me, together(story.ben).hour.other]).toEqual([null, null]);
  });
});
