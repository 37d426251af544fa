/** A relay that is gone for a week: what is said meanwhile waits, is told as waiting, and is there when it is back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldShows, pairUp, say } from "./kit.ts";
import { createWorld, minutes, type World } from "./world.ts";

const days = (count: number): number => minutes(count * 24 * 60);

describe("a relay that is gone for a week", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(["ada", "ben"], "open");
    const { ada, ben } = world;
    await pairUp(ada, ben);
    for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
  });
  afterAll(() => world?.end());

  it("[PRES3] each sees that it is the own connection, since when, and nothing is called near", async () => {
    const { ada, ben, relay, move } = world;
    await relay.stop();
    for (const person of [ada, ben]) await fieldShows(person, "connection", "offline");
    await move(days(3));
    for (const { page } of [ada, ben]) {
      await page.locator('main.field[data-state="unheard"]').waitFor();
      expect(await page.locator('[data-notice="offline"]').innerText()).toContain("You have had no connection since");
    }
  });

  it("[SAY1] what both say meanwhile, across a reload, is there once and in one order when it is back", async () => {
    const { ada, ben, relay, move, open } = world;
    await say(ada, "on the third day");
    await move(days(4));
    await say(ben, "on the seventh day");
    await relay.start();
    // One begins anew, the other only waits: both are back by themselves.
    await open(ada);
    for (const person of [ada, ben]) {
      await fieldShows(person, "connection", "online", 60_000);
      await fieldShows(person, "waiting", "0");
    }
    const said = async (person: typeof ada): Promise<string[]> => {
      await person.page.locator('[data-tool="between"]').click();
      const texts = person.page.locator(".kept li[data-kind=thought] .words");
      await texts.nth(1).waitFor();
      return texts.allInnerTexts();
    };
    const [adas, bens] = [await said(ada), await said(ben)];
    expect(adas).toEqual(bens);
    expect([...adas].sort()).toEqual(["on the seventh day", "on the third day"]);
  });

  it("no console error, no request to anyone but the relay", () => {
    expect(world.wrongs).toEqual([]);
  });
});
