/** Every screen in every state, looked at: WCAG 2.2 AA by axe-core, no text beside the table, nothing lost on a small screen. */
import { beforeAll, describe, it } from "vitest";
import { buildWeb } from "../scripts/web.ts";
import { lookClosely } from "./looking.ts";
import { chapters } from "./states.ts";
import { createWorld } from "./world.ts";

describe("everyone can use every screen", () => {
  beforeAll(() => buildWeb("dev"));

  for (const { name: chapter, people, relay = "open", states } of chapters) {
    it.concurrent(chapter, { timeout: 240_000 }, async ({ expect }) => {
      const world = await createWorld(people, relay);
      const found: string[] = [];
      try {
        for (const [name, reach] of states) {
          const { page } = await reach(world);
          found.push(...(await lookClosely(page)).map((one) => `${name}: ${one}`));
        }
        expect([...found, ...world.wrongs]).toEqual([]);
      } finally {
        await world.end();
      }
    });
  }
});
