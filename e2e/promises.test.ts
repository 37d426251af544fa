/** Promises and the sign of life with two browsers and a relay whose clock is moved: made, guarded, kept, late, opened; and what is said before. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldOf } from "../src/web/words/days.ts";
import { fieldShows, openRow, pairUp, type Person } from "./kit.ts";
import { createWorld, minutes, type World } from "./world.ts";

const press = ({ page }: Person, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
const openPromises = async ({ page }: Person): Promise<void> => {
  await page.locator('[data-tool="promise"]').click();
  await page.locator('dialog[data-sheet="promise"]').waitFor();
};
/** Out of however many rooms. */
const toField = async ({ page }: Person): Promise<void> => {
  const top = page.locator("dialog.sheet").last();
  while ((await top.count()) > 0) {
    const name = await top.getAttribute("data-sheet");
    await top.locator(".back").click();
    await page.waitForFunction((was) => [...document.querySelectorAll("dialog.sheet")].at(-1)?.getAttribute("data-sheet") !== was, name);
  }
};
/** The promise on the field, on whose side it stands, and how. */
const vow = ({ page }: Person, owner: "me" | "other", state: string) => page.locator(`main.field .vow[data-owner="${owner}"][data-vow="${state}"]`);
const plain = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, "");

interface Terms {
  readonly words: string;
  readonly inMinutes: number;
  readonly note?: string;
}

/** Up to its last press; late at once, and opened five minutes after that. */
const compose = async (world: World, person: Person, { words, inMinutes, note }: Terms): Promise<void> => {
  const { page } = person;
  await openPromises(person);
  await page.locator("[data-new]").click();
  await page.locator('textarea[name="promise"]').fill(words);
  await page.locator('[data-choice="time"]').check();
  await page.locator('input[name="by"]').fill(fieldOf(world.now() + minutes(inMinutes)));
  await page.locator('select[name="grace"]').selectOption("0");
  if (note === undefined) return;
  await page.locator('input[name="note"]').check();
  await page.locator('textarea[name="sealed"]').fill(note);
  await page.locator('select[name="release"]').selectOption("5");
};
const promise = async (world: World, person: Person, terms: Terms): Promise<void> => {
  await compose(world, person, terms);
  await person.page.locator('button[type="submit"]').click();
  await person.page.locator('dialog[data-sheet="promise-made"] [data-vow="guarded"]').waitFor();
  await toField(person);
};

describe("promises", () => {
  let world: World;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    world = await createWorld(["ada", "ben"], "open");
    ({ ada, ben } = world);
    await pairUp(ada, ben);
    await Promise.all([ada, ben].map((person) => fieldShows(person, "state", "beside")));
  });
  afterAll(async () => {
    await world?.end();
  });

  it("[PROM6] before it is armed it says what it does not protect against, and a farewell is a second decision", async () => {
    await compose(world, ada, { words: "home by nine", inMinutes: 60, note: "look in the blue box" });
    const text = await ada.page.locator("[data-limits]").innerText();
    for (const part of ["work together", "runs the relay", "makes you press", "has no key"]) expect(text).toContain(part);
    expect(await ada.page.locator('textarea[name="farewell"]').count()).toBe(0);
    await press(ada, "Also a farewell…");
    expect(await ada.page.locator('textarea[name="farewell"]').count()).toBe(0);
    await press(ada, "Cancel");
  });

  it("[PROM2] promising ends on the relay's receipt, and both sides say the same of it", async () => {
    await ada.page.locator('button[type="submit"]').click();
    const card = ada.page.locator('dialog[data-sheet="promise-made"] [data-vow="guarded"][data-tone="guarded"]');
    await card.waitFor();
    const receipt = plain(await card.locator(".receipt").innerText());
    expect(receipt).toMatch(/^guarded until .+ by localhost:\d+, checked just now$/i);
    await toField(ada);
    await vow(ben, "other", "guarded").waitFor();
    expect(plain(await vow(ben, "other", "guarded").innerText())).toContain(receipt.slice(1).replace("localhost", "127.0.0.1").split(" by ")[0]);
    expect(await vow(ben, "other", "guarded").locator(".words").innerText()).toBe("home by nine");
    await ben.page.locator('.light.theirs .vow-arc[data-vow="guarded"]').waitFor({ state: "attached" });
    await ada.page.locator('.light.mine .vow-arc[data-vow="guarded"]').waitFor({ state: "attached" });
    expect(await vow(ben, "other", "guarded").locator("[data-keep]").count()).toBe(0);
  });

  it("[PROM2] with a relay that is not heard it is amber on both after five minutes, and says why; and green again", async () => {
    await world.relay.stop();
    await world.move(minutes(6));
    for (const [person, owner] of [
      [ada, "me"],
      [ben, "other"],
    ] as const) {
      await vow(person, owner, "unguarded").waitFor();
      expect(await vow(person, owner, "unguarded").getAttribute("data-tone")).toBe("amber");
      expect(await vow(person, owner, "unguarded").innerText()).toContain("not guarded: the relay was not heard for five minutes");
    }
    await world.relay.start();
    for (const [person, owner] of [
      [ada, "me"],
      [ben, "other"],
    ] as const)
      await vow(person, owner, "guarded").waitFor();
  });

  it("[PROM1] its owner gives it more time, and both see the new one", async () => {
    await openPromises(ada);
    const due = ada.page.locator("dialog .vow-card > p").nth(1);
    const before = await due.innerText();
    await ada.page.locator("[data-extend]").click();
    await ada.page.locator('[data-more="60"]').click();
    await ada.page.locator('dialog [data-vow="guarded"] > p', { hasText: /^by / }).filter({ hasNotText: before }).waitFor();
    const until = (await due.innerText()).replace("by", "guarded until");
    await toField(ada);
    await vow(ben, "other", "guarded").filter({ hasText: until }).waitFor();
  });

  it("[PROM4] one press on the field keeps it, and both say kept", async () => {
    await vow(ada, "me", "guarded").locator("[data-keep]").click();
    await ada.page.locator("main.field .vow").waitFor({ state: "detached" });
    await ben.page.locator("main.field .vow").waitFor({ state: "detached" });
    await openPromises(ben);
    await ben.page.locator("dialog summary", { hasText: "Earlier" }).click();
    expect(await ben.page.locator('dialog [data-vow="kept"] .receipt').innerText()).toMatch(/^kept/i);
    await toField(ben);
  });

  it("[PROM2] kept without the relay it says that it is not there yet", async () => {
    await promise(world, ada, { words: "call before noon", inMinutes: 60 });
    await world.relay.stop();
    await fieldShows(ada, "connection", "offline");
    await vow(ada, "me", "guarded").locator("[data-keep]").click();
    await vow(ada, "me", "kept").waitFor();
    expect(await vow(ada, "me", "kept").innerText()).toContain("not yet at the relay");
    await world.relay.start();
    await world.pass(minutes(1));
    for (const { page } of [ada, ben]) await page.locator("main.field .vow").waitFor({ state: "detached" });
  });

  it("[PROM7] past the deadline, and with no word of the relay, the other's own device says so; then the relay says since when it was down", async () => {
    await promise(world, ada, { words: "home before the rain", inMinutes: 10 });
    await vow(ben, "other", "guarded").waitFor();
    await world.relay.stop();
    await world.move(minutes(14));
    await vow(ben, "other", "unguarded").filter({ hasText: "the relay has not answered" }).waitFor();
    await world.relay.start();
    await world.pass(minutes(3));
    await vow(ben, "other", "late").filter({ hasText: "the relay was down from" }).waitFor();
    await vow(ada, "me", "late").locator("[data-keep]").click();
    await ben.page.locator("main.field .vow").waitFor({ state: "detached", timeout: 5000 });
  });

  it("[PROM3] late is told in its owner's words, and then the note opens behind one press and stays", async () => {
    await promise(world, ada, { words: "back at the hut", inMinutes: 3, note: "look in the blue box" });
    await vow(ben, "other", "guarded").waitFor();
    await world.pass(minutes(4));
    await vow(ben, "other", "late").waitFor();
    expect(await vow(ben, "other", "late").innerText()).toMatch(/back at the hut[\s\S]*late since [\s\S]*the note opens at/);
    expect(await ben.page.content()).not.toContain("look in the blue box");
    await world.pass(minutes(6));
    await vow(ben, "other", "released").waitFor();
    expect(await ben.page.locator("main.field").innerText()).not.toContain("look in the blue box");
    await vow(ben, "other", "released").locator("button").click();
    await ben.page.locator('[data-sealed="note"]').click();
    expect(await ben.page.locator('[data-opened="note"] .words').innerText()).toBe("look in the blue box");
  });

  it("[KEEP2] what was released offers the quiet view, and nothing chooses it by itself", async () => {
    await ben.page.locator("dialog [data-keeping]").waitFor();
    expect(await ben.page.locator('main[data-room="keeping"]').count()).toBe(0);
    await ben.page.locator("[data-aside]").click();
    await ben.page.locator("[data-aside]").waitFor({ state: "detached" });
    await toField(ben);
    expect(await ben.page.locator("main.field .vow").count()).toBe(0);
    await ben.page.locator('[data-tool="between"]').click();
    await ben.page.locator('.kept li[data-kind="promise"]', { hasText: "look in the blue box" }).waitFor();
    await toField(ben);
  });

  it("[PROM5] with a condition it is open, has no arc, and is withdrawn by its owner alone", async () => {
    await openPromises(ada);
    await ada.page.locator("[data-new]").click();
    await ada.page.locator('textarea[name="promise"]').fill("I come to the sea");
    await ada.page.locator('[data-choice="when"]').check();
    await ada.page.locator('input[name="when"]').fill("the letter is here");
    expect(await ada.page.locator("[data-limits]").count()).toBe(0);
    await ada.page.locator('button[type="submit"]').click();
    await ada.page.locator('dialog [data-vow="open"]').waitFor();
    await toField(ada);
    await vow(ben, "other", "open").waitFor();
    expect(plain(await vow(ben, "other", "open").innerText())).toContain("when: the letter is here");
    expect(await ben.page.locator(".vow-arc").count()).toBe(0);
    await openPromises(ben);
    expect(await ben.page.locator("dialog [data-keep], dialog [data-extend]").count()).toBe(0);
    await toField(ben);
    await openPromises(ada);
    await press(ada, "Withdraw it");
    await press(ada, "Yes, withdraw it");
    await toField(ada);
    await ben.page.locator("main.field .vow").waitFor({ state: "detached" });
  });

  it("[PROM1] asking for a promise says when it is possible again, and what was asked stands until it is laid aside", async () => {
    await openPromises(ben);
    await ben.page.locator("[data-ask] summary").click();
    await ben.page.locator('input[name="ask"]').fill("when will you be home?");
    await press(ben, "Ask");
    expect(await ben.page.locator("[data-asked]").innerText()).toContain("Asking again is possible from");
    await toField(ben);
    const asked = ada.page.locator('[data-notice="question"]');
    await asked.waitFor();
    expect(await asked.locator(".words").innerText()).toBe("when will you be home?");
    await press(ada, "Lay aside");
    await asked.waitFor({ state: "detached" });
  });

  it("[LIFE1] a sign of life is armed fourteen windows ahead, and the other sees as many", async () => {
    await openPromises(ada);
    await ada.page.locator('[data-row="life"]').click();
    const clock = (at: number): string => fieldOf(at).slice(11);
    await ada.page.locator('input[name="from"]').fill(clock(world.now() + minutes(5)));
    await ada.page.locator('input[name="to"]').fill(clock(world.now() + minutes(65)));
    await press(ada, "Begin");
    await ada.page.locator('[data-life="me"] [data-ahead="14"][data-few="false"]').waitFor();
    expect(await ada.page.locator("[data-here]").count()).toBe(0);
    await openPromises(ben);
    await ben.page.locator('[data-row="life"]').click();
    await ben.page.locator('[data-life="other"] [data-ahead="14"]').waitFor();
  });

  it("[LIFE1] in the window one large press is enough; a day off is seen by the other", async () => {
    await world.pass(minutes(6));
    await ada.page.locator('[data-window="open"]').waitFor();
    await ada.page.locator("[data-here]").click();
    await ada.page.locator('[data-life="me"] [data-window="next"]').waitFor();
    await ada.page.locator("details summary", { hasText: "A day off" }).click();
    await ada.page.locator(".days button").first().click();
    await press(ada, "Yes, a day off");
    await ben.page.locator('[data-life="other"] [data-day="off"]').waitFor();
    await toField(ben);
    await toField(ada);
  });

  it("[END2] the room of the end shows what runs, a sign of life once, and that it is lifted", async () => {
    await promise(world, ada, { words: "home by ten", inMinutes: 600 });
    await openRow(ada, "end");
    const running = ada.page.locator("[data-running]");
    expect(await running.getAttribute("data-running")).toBe("2");
    expect(await running.innerText()).toMatch(/lifted[\s\S]*home by ten/);
    await toField(ada);
  });

  it("no browser made an error, and none asked anyone but the relay", () => {
    expect(world.wrongs).toEqual([]);
  });
});
