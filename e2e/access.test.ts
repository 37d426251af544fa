/** Every screen in every state, looked at: WCAG 2.2 AA by axe-core, no text beside the table, nothing lost on a small screen. */
import { beforeAll, describe, expect, it } from "vitest";
import { buildWeb } from "../scripts/web.ts";
import { lookClosely } from "./looking.ts";
import { chapters } from "./states.ts";
import { createWorld } from "./world.ts";

describe("everyone can use every screen", () => {
  beforeAll(() => buildWeb("dev"));

  it.concurrent.each(chapters)("$name", async ({ people, relay = "open", states }) => {
    const world = await createWorld(people, relay);
    try {
      for (const [name, reach] of states) {
        const { page } = await reach(world);
        expect.soft(await lookClosely(page), name).toEqual([]);
      }
      expect(world.wrongs).toEqual([]);
    } finally {
      await world.end();
    }
  });
});
