import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { between, closeSheet, fieldShows, openPerson, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";

const thoughtOn = (person: Person, text: string, page: Page = person.page) => page.locator(".said .drift", { hasText: text }).first();

describe("a day of two people", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let sayings = 0;
  const fresh = (): string => `words number ${++sayings}`;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
    await pairUp(ada, ben);
    await fieldShows(ada, "state", "beside");
    await fieldShows(ben, "state", "beside");
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });
  beforeEach(async () => {
    for (const person of [ada, ben]) await person.page.bringToFront();
  });

  it("[FEEL1] a feeling goes in one gesture and colours the other's field", async () => {
    const tool = ada.page.locator('[data-tool="feel"]');
    const box = await tool.boundingBox();
    if (!box) throw new Error("no way to feel");
    await ada.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await ada.page.mouse.down();
    const wheel = await ada.page.locator(".wheel").boundingBox();
    if (!wheel) throw new Error("no wheel");
    // A quarter of the way round, near the rim: release sends.
    await ada.page.mouse.move(wheel.x + wheel.width * 0.9, wheel.y + wheel.height / 2, { steps: 4 });
    await ada.page.mouse.up();
    await expect.poll(() => ben.page.locator("main.field").getAttribute("data-feeling"), { timeout: 10_000 }).toMatch(/^\d+$/);
    const hue = Number(await ben.page.locator("main.field").getAttribute("data-feeling"));
    expect(Math.abs(hue - 90)).toBeLessThan(20);
  });

  it("[TOUCH1] touch is offered, met, and ends at once when one lets go; it leaves no trace", async () => {
    const hold = async (person: Person): Promise<void> => {
      await person.page.locator("button.light.mine").focus();
      await person.page.keyboard.down("Space");
    };
    await hold(ada);
    await fieldShows(ben, "touch", "offered");
    await hold(ben);
    await fieldShows(ada, "touch", "met");
    await fieldShows(ben, "touch", "met");
    await ada.page.keyboard.up("Space");
    await fieldShows(ben, "touch", "mine");
    await ben.page.keyboard.up("Space");
    await fieldShows(ada, "touch", "none");
    await fieldShows(ben, "touch", "none");
    await ada.page.locator('[data-tool="between"]').click();
    expect(await ada.page.locator(".kept li[data-kind=touch]").count()).toBe(0);
    await closeSheet(ada);
  });

  it("reloading in the middle of sending loses nothing and doubles nothing", async () => {
    const texts = [fresh(), fresh(), fresh()];
    for (const text of texts) {
      await say(ada, text);
      await ada.page.reload();
      await fieldShows(ada, "connection", "online");
    }
    await thoughtOn(ben, texts.at(-1) as string).waitFor();
    const kept = (await between(ben)).join("\n");
    for (const text of texts) expect(kept.split(text).length - 1).toBe(1);
  });

  it("[PRES3] own lost connection is said as own, and what was said meanwhile goes later", async () => {
    const text = fresh();
    await ada.context.setOffline(true);
    await fieldShows(ada, "connection", "offline", 60_000);
    await say(ada, text);
    await thoughtOn(ada, text).waitFor();
    await fieldShows(ada, "waiting", "1");
    await ada.context.setOffline(false);
    await thoughtOn(ben, text).waitFor();
    await fieldShows(ada, "waiting", "0");
  });

  it("a relay killed and started again loses nothing that it confirmed, and both go on", async () => {
    const [before, meanwhile] = [fresh(), fresh()];
    await say(ada, before);
    await thoughtOn(ben, before).waitFor();
    await relay.kill();
    await fieldShows(ada, "connection", "offline", 60_000);
    await say(ben, meanwhile);
    await relay.restart();
    await thoughtOn(ada, meanwhile).waitFor({ timeout: 60_000 });
    await fieldShows(ada, "state", "beside", 60_000);
    const kept = (await between(ada)).join("\n");
    for (const text of [before, meanwhile]) expect(kept.split(text).length - 1).toBe(1);
  });

  it("two tabs are one device: both show and say the same, and the second goes on when the first is closed", async () => {
    const second = await ada.context.newPage();
    await second.goto(`http://localhost:${relay.port}/`);
    await second.locator("main.field").waitFor();
    const [one, two, three] = [fresh(), fresh(), fresh()];
    const other: Person = { ...ada, page: second };
    await say(other, one);
    await thoughtOn(ben, one).waitFor();
    await thoughtOn(ada, one).waitFor();
    await say(ben, two);
    await thoughtOn(other, two).waitFor();
    await ada.page.close();
    await say(other, three);
    await thoughtOn(ben, three).waitFor({ timeout: 60_000 });
    ada = other;
    const kept = (await between(ben)).join("\n");
    for (const text of [one, two, three]) expect(kept.split(text).length - 1).toBe(1);
  });

  it("[PRES3] a closed page is a polite leave: near, not unheard, not closed", async () => {
    await ada.page.goto("about:blank");
    // Sooner than live evidence grows old: it was said.
    await fieldShows(ben, "state", "near", 10_000);
    await expect.poll(() => ben.page.locator(".state").first().innerText()).toMatch(/near/i);
    await ada.page.goto(`http://localhost:${relay.port}/`);
    await fieldShows(ben, "state", "beside");
  });

  it("[PRES2] presence that is turned off shows as closed at the other, and stands visibly at its owner's", async () => {
    const grant = ada.page.locator('button.grant[data-sense="presence"]');
    await grant.click();
    await fieldShows(ben, "state", "closed");
    expect(await grant.getAttribute("data-give")).toBe("off");
    await grant.click();
    await fieldShows(ben, "state", "beside");
  });

  it("no console error, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
