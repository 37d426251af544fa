/** Every screen in every state, looked at: WCAG 2.2 AA by axe-core, no text beside the table, nothing lost on a small screen. */
import { beforeAll, describe, it } from "vitest";
import { buildWeb } from "../scripts/web.ts";
import { lookClosely } from "./looking.ts";
import { chapters } from "./states.ts";
import { createWorld } from "./world.ts";

/** Which state it was that never came. */
const inTime = async <T>(name: string, seen: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`not within two minutes: ${name}`)), 120_000)));
  return Promise.race([seen, late]).finally(() => clearTimeout(timer));
};

describe("everyone can use every screen", () => {
  beforeAll(() => buildWeb("dev"));

  for (const { name: chapter, people, relay = "open", states } of chapters) {
    it.concurrent(chapter, { timeout: 240_000 }, async ({ expect }) => {
      const world = await createWorld(people, relay);
      const found: string[] = [];
      try {
        for (const [name, reach] of states) {
          const seen = reach(world).then(({ page }) => lookClosely(page));
          found.push(...(await inTime(name, seen)).map((one) => `${name}: ${one}`));
        }
        expect([...found, ...world.wrongs]).toEqual([]);
      } finally {
        await inTime("the end", world.end());
      }
    });
  }
});
