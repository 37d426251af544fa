/** Where one ends and the other begins: what flows, what is let in, pauses, a battery that says goodbye, and the history of it. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldShows, openPerson, openRow, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";

const choose = ({ page }: Person, name: string, choice: string): Promise<void> => page.locator(`input[name="${name}"][data-choice="${choice}"]`).check();
const flows = ({ page }: Person, sense: string, side: "mine" | "theirs", give: string): Promise<void> =>
  page.locator(`.flows li[data-sense="${sense}"][data-${side}="${give}"]`).waitFor();
const openBoundaries = async (person: Person): Promise<void> => {
  await person.page.locator(".bounds").click();
  await person.page.locator('dialog[data-sheet="boundaries"]').waitFor();
};
const letIn = async (person: Person, sense: string, how: string): Promise<void> => {
  await person.page.locator('[data-row="let-in"]').click();
  await person.page.locator('dialog[data-sheet="let-in"]').waitFor();
  await choose(person, `let-${sense}`, how);
};
const outOfRooms = async (person: Person): Promise<void> => {
  for (let left = await person.page.locator("dialog.sheet").count(); left > 0; left = await person.page.locator("dialog.sheet").count()) {
    const name = await person.page.locator("dialog.sheet").last().getAttribute("data-sheet");
    await person.page.locator("dialog.sheet").last().locator(".back").click();
    await person.page.waitForFunction((was) => [...document.querySelectorAll("dialog.sheet")].at(-1)?.getAttribute("data-sheet") !== was, name);
  }
};
const feel = async ({ page }: Person): Promise<void> => {
  await page.locator('[data-tool="feel"]').press("Enter");
  await page.locator(".feel input:focus").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
};
/** A feeling of the other's, other than before: what was said before it has come, too. */
const feltAnew = async (from: Person, to: Person): Promise<void> => {
  const before = await to.page.locator("main.field").getAttribute("data-feeling");
  await feel(from);
  await to.page.waitForFunction((was) => document.querySelector("main.field")?.getAttribute("data-feeling") !== was, before);
  await fieldShows(from, "waiting", "0");
};
const goApart = async ({ page }: Person): Promise<void> => {
  await page.locator("form.apart button[type=submit]").click();
  await page.locator("[data-paused]").waitFor();
};
const comeBack = async (person: Person): Promise<void> => {
  await person.page.getByRole("button", { name: "Come back" }).click();
  await person.page.locator(".given").waitFor();
};
const saved = async (page: Page, button: string): Promise<string> => {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return readFileSync(await (await downloading).path(), "utf8");
};

describe("boundaries", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    const prepare: NonNullable<Parameters<typeof openPerson>[4]>["prepare"] = (context) =>
      context
        .addInitScript(() => {
          const battery = Object.assign(new EventTarget(), { level: 1, charging: false });
          const level = (to: number): boolean => (Object.assign(battery, { level: to }), battery.dispatchEvent(new Event("levelchange")));
          Object.assign(globalThis, { level });
          Object.defineProperty(Navigator.prototype, "getBattery", { value: async () => battery, configurable: true });
        })
        .then(() => undefined);
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay, undefined, undefined, { prepare })]);
    await pairUp(ada, ben);
    await Promise.all([ada, ben].map((person) => fieldShows(person, "state", "beside")));
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[BOUND1] both see the same list in the same words, and what one gives changes on both", async () => {
    await Promise.all([openBoundaries(ada), openBoundaries(ben)]);
    const said = ({ page }: Person): Promise<string[]> => page.locator(".flows li > :is(h3, p)").allInnerTexts();
    expect(await said(ada)).toEqual(await said(ben));
    expect(await said(ada)).toHaveLength(12);
    await choose(ada, "give-presence", "coarse");
    await flows(ben, "presence", "theirs", "coarse");
    await choose(ada, "give-touch", "off");
    await flows(ben, "touch", "theirs", "off");
    await choose(ada, "give-touch", "full");
    await choose(ada, "give-presence", "full");
    await flows(ben, "presence", "theirs", "full");
  });

  /** The other may show it before one's own page does. */
  const endsUntil = async (): Promise<string> => {
    const first = ada.page.locator('select[name="ends-feeling"] option:first-child', { hasText: "until" });
    await first.waitFor({ state: "attached" });
    return first.innerText();
  };

  it("[BOUND1] an end that comes sooner is the same on both", async () => {
    await ada.page.locator('select[name="ends-feeling"]').selectOption("3600000");
    const until = ben.page.locator('li[data-sense="feeling"] [data-gives="other"]', { hasText: "until" });
    await until.waitFor();
    expect(await until.innerText()).toContain(await endsUntil());
    await ada.page.locator('select[name="ends-feeling"]').selectOption("0");
    await until.waitFor({ state: "detached" });
  });

  it("[BOUND1] with keys alone an end is chosen, and nothing that the keys passed on the way to it", async () => {
    const ends = ada.page.locator('select[name="ends-feeling"]');
    const until = ben.page.locator('li[data-sense="feeling"] [data-gives="other"]', { hasText: "until" });
    await ends.focus();
    for (let i = 0; i < 3; i++) await ada.page.keyboard.press("ArrowDown");
    expect([await ends.inputValue(), await until.count()]).toEqual([String(7 * 24 * 3_600_000), 0]);
    await ada.page.keyboard.press("Tab");
    await until.waitFor();
    await endsUntil();
    await ends.selectOption("0");
    await until.waitFor({ state: "detached" });
  });

  it("[BOUND1] what is not let in lies folded until it is asked for, is not found before that, and at the other nothing changes", async () => {
    const theirs = (): Promise<string> => ben.page.locator(".flows").innerText();
    const before = await theirs();
    // Who is shown the list that both see is shown nothing of this.
    expect(await ada.page.locator('input[name^="let-"]').count()).toBe(0);
    await letIn(ada, "thought", "off");
    await outOfRooms(ada);
    await feltOnly();
    await ada.page.locator('[data-tool="between"]').click();
    await ada.page.locator('[data-folded="1"]').waitFor();
    await ada.page.locator('input[name="search"]').fill("heron");
    await ada.page.locator('[data-found="0"][data-done="true"]').waitFor();
    await ada.page.locator('input[name="search"]').press("Escape");
    await ada.page.locator(".past-count").waitFor({ state: "detached" });
    await ada.page.locator("[data-folded] button").click();
    await ada.page.locator(".kept .words", { hasText: "the heron is back" }).waitFor();
    await ada.page.locator('input[name="search"]').fill("heron");
    await ada.page.locator('[data-found="1"][data-done="true"]').waitFor();
    await ada.page.locator('[data-way="take"]').click();
    const data = JSON.parse(await saved(ada.page, "Save as data")) as { readonly entries: readonly { readonly kind: string; readonly aside?: boolean }[] };
    expect(data.entries.filter(({ aside }) => aside === true).map(({ kind }) => kind)).toEqual(["thought"]);
    expect(await saved(ada.page, "Save as a page")).toContain("not let in");
    await outOfRooms(ada);
    await openBoundaries(ada);
    await letIn(ada, "thought", "on");
    await outOfRooms(ada);

    async function feltOnly(): Promise<void> {
      expect(await theirs()).toBe(before);
      await outOfRooms(ben);
      await say(ben, "the heron is back");
      await feltAnew(ben, ada);
      expect(await ada.page.locator(".drift", { hasText: "heron" }).count()).toBe(0);
    }
  });

  it("[BOUND4] a pause says before what the other will see, and that is what the other sees", async () => {
    await openRow(ada, "apart");
    await choose(ada, "ending", "when");
    await ada.page.locator('input[name="when"]').fill("the thesis is handed in");
    await ada.page.locator('input[name="pass-feeling"]').check();
    const foretold = await ada.page.locator(".sees .words").innerText();
    await goApart(ada);
    await fieldShows(ben, "state", "away");
    expect((await ben.page.locator(".state").innerText()).replaceAll(/[\u2066-\u2069]/g, "")).toBe(foretold.replaceAll(/[\u2066-\u2069]/g, ""));
    expect(await ben.page.locator(".waits").innerText()).toContain("waits until");
  });

  it("[PRES2] during a pause the standing sign says that nothing flows but what passes, and the other is not looked at either", async () => {
    expect(await ada.page.locator(".given").count()).toBe(0);
    expect(await ada.page.locator("[data-paused=told]").innerText()).toContain("Only this flows: feeling.");
    await fieldShows(ada, "state", "not-let-in");
    expect(await ada.page.locator('[data-tool="say"]').count()).toBe(0);
    await openRow(ada, "boundaries");
    expect(await ada.page.locator("[data-pause]").innerText()).toContain("Only this flows: feeling.");
    await outOfRooms(ada);
  });

  it("[BOUND4] what comes meanwhile is shown nowhere until one is back, and coming back takes one press", async () => {
    await say(ben, "for when you are back");
    await feltAnew(ben, ada);
    expect(await ada.page.locator(".drift", { hasText: "for when" }).count()).toBe(0);
    await ada.page.locator('[data-tool="between"]').click();
    await ada.page.locator(".kept li").first().waitFor();
    expect(await ada.page.locator(".kept", { hasText: "for when" }).count()).toBe(0);
    await ada.page.locator('input[name="search"]').fill("for when");
    await ada.page.locator('[data-found="0"][data-done="true"]').waitFor();
    await outOfRooms(ada);
    await comeBack(ada);
    await ada.page.locator(".drift", { hasText: "for when you are back" }).waitFor();
    await fieldShows(ben, "state", "beside");
  });

  it("[BOUND4] a pause that nobody is told of looks like a device that was put away", async () => {
    await openRow(ada, "apart");
    await choose(ada, "tell", "no");
    expect(await ada.page.locator(".sees").innerText()).toContain("switched off");
    await goApart(ada);
    await fieldShows(ben, "state", "near");
    expect(await ben.page.locator(".waits").count()).toBe(0);
    expect(await ada.page.locator("[data-paused=quiet]").innerText()).toContain("Nothing flows.");
    // Who is shown the list that both see is not told of it there.
    await openRow(ada, "boundaries");
    expect(await ada.page.locator("[data-pause]").count()).toBe(0);
    await ada.page.reload();
    await ada.page.locator("[data-paused=quiet]").waitFor();
    await comeBack(ada);
    await fieldShows(ben, "state", "beside");
  });

  it("[PRES4] a battery that is nearly empty is said if that is given, and is the reason of the silence", async () => {
    const level = (to: number): Promise<void> => ben.page.evaluate((at) => (globalThis as unknown as { level: (to: number) => void }).level(at), to);
    // Not given, it stays here.
    await level(0.04);
    await level(0.5);
    await openBoundaries(ben);
    await choose(ben, "give-goodbye", "full");
    await openBoundaries(ada);
    await flows(ada, "goodbye", "theirs", "full");
    await outOfRooms(ben);
    await level(0.04);
    // An own thing said after it is at the relay, so it is too.
    await say(ben, "soon dark");
    await fieldShows(ben, "waiting", "0");
    await ben.page.goto("about:blank");
    await fieldShows(ada, "state", "away");
    expect(await ada.page.locator(".state").innerText()).toContain("the battery was nearly empty");
    await outOfRooms(ada);
  });

  it("[BOUND6] the history tells what I gave, when and from which device, in either order, and goes with the export", async () => {
    await openBoundaries(ada);
    await ada.page.locator('[data-row="history"]').click();
    const lines = ada.page.locator(".past-lines li p");
    await lines.first().waitFor();
    const newest = await lines.allInnerTexts();
    expect(newest[0]).toBe("came back");
    expect(newest).toEqual(expect.arrayContaining(["stopped giving touch", expect.stringContaining("gives presence roughly, until")]));
    expect(await ada.page.locator(".past-lines small").first().innerText()).toContain("from this device");
    await choose(ada, "order", "oldest");
    expect(await lines.allInnerTexts()).toEqual(newest.toReversed());
    await outOfRooms(ada);
    await ada.page.locator('[data-tool="between"]').click();
    await ada.page.locator('[data-way="take"]').click();
    const data = JSON.parse(await saved(ada.page, "Save as data")) as { readonly history: readonly { readonly is: string; readonly at: string }[] };
    expect(data.history).toHaveLength(newest.length);
    expect(data.history[0]?.at).toMatch(/^\d{4}-.*Z$/);
    const page = await saved(ada.page, "Save as a page");
    expect(page).toContain("<h2>Your history</h2>");
    expect(page).toContain("stopped giving touch");
    await outOfRooms(ada);
  });

  it("no browser made an error, and none asked anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
