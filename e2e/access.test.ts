/** Every screen of this slice, looked at by axe-core (WCAG 2.2 AA): no violations, light and dark. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accept, closeSheet, fieldShows, invite, join_, openPerson, sixWords, startRelay, type Person, type RelayProcess } from "./kit.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** What axe finds on the page as it is, once every movement on it has ended. */
const violations = async ({ page }: Person): Promise<string[]> => {
  await page.evaluate(axe);
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
  const found = await page.evaluate<Found[]>(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((result) => result.violations)`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
};

describe("everyone can use every screen", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
    await ben.page.emulateMedia({ colorScheme: "dark" });
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("the first run", async () => {
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
  });

  it("inviting and knocking", async () => {
    await join_(ben, await invite(ada));
    await ada.page.getByRole("button", { name: /Accept/ }).waitFor();
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
  });

  it("the six words", async () => {
    await accept(ada, "Ben");
    await Promise.all([sixWords(ada), sixWords(ben)]);
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
  });

  it("the field, and the sheets over it", async () => {
    for (const person of [ada, ben]) {
      await person.page.getByRole("button", { name: "We compared them" }).click();
      await person.page.locator('[data-question="presence"]').getByRole("button").first().click();
    }
    await fieldShows(ada, "state", "beside");
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
    for (const sheet of ["say", "between"]) {
      for (const person of [ada, ben]) {
        await person.page.locator(`[data-tool="${sheet}"]`).click();
        expect(await violations(person)).toEqual([]);
        await closeSheet(person);
      }
    }
  });

  it("a thought is said by keyboard alone", async () => {
    const { page } = ada;
    await page.locator('[data-tool="say"]').focus();
    await page.keyboard.press("Enter");
    await page.locator("textarea.words:focus").waitFor();
    await page.keyboard.type("by keyboard");
    const onSend = (): Promise<boolean> => page.evaluate(() => document.activeElement?.matches("form.say button[type=submit]") === true);
    for (let tabs = 0; tabs < 30 && !(await onSend()); tabs++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await ben.page.locator(".said .drift", { hasText: "by keyboard" }).waitFor();
  });
});
