/** Every screen of this slice, looked at by axe-core (WCAG 2.2 AA): no violations, light and dark. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cameraSeeing } from "./fake-camera.ts";
import {
  accept,
  closeSheet,
  codeOn,
  deviceLink,
  fieldShows,
  invite,
  join_,
  openRow,
  openLink,
  openPerson,
  sixWords,
  startRelay,
  type Person,
  type RelayProcess,
} from "./kit.ts";

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
  let tablet: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben, tablet] = await Promise.all([
      openPerson("Ada", relay, "localhost"),
      openPerson("Ben", relay),
      openPerson("tablet", relay, "localhost", { width: 1280, height: 800 }),
    ]);
    await ben.page.emulateMedia({ colorScheme: "dark" });
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close(), tablet?.close()]);
    await relay?.stop();
  });

  it("the first run", async () => {
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
  });

  it("the ways back to what is there already, and what is wrong with what was typed there", async () => {
    const go: Readonly<Record<string, string>> = {
      "Add this device to mine": "Ask to be let in",
      "I lost my device": "Bring them back",
      "Read a saved line": "",
    };
    for (const [way, button] of Object.entries(go)) {
      for (const person of [ada, ben]) {
        const { page } = person;
        await page.getByRole("button", { name: way }).click();
        if (button === "")
          await page.locator('input[name="memory"]').setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
        else {
          await page.locator("textarea").fill("nothing of the kind");
          await page.getByRole("button", { name: button }).click();
        }
        await page.locator("[data-wrong]").waitFor();
        expect(await violations(person)).toEqual([]);
        await page.getByRole("button", { name: "Back", exact: true }).click();
      }
    }
  });

  it("inviting and knocking", async () => {
    await join_(ben, await invite(ada));
    await ada.page.getByRole("button", { name: /Accept/ }).waitFor();
    expect([...(await violations(ada)), ...(await violations(ben))]).toEqual([]);
    await ada.page.locator("details > summary").press("Enter");
    await ada.page.getByRole("button", { name: "Show the code larger" }).press("Enter");
    await ada.page.locator('dialog[data-sheet="qr"]').waitFor();
    expect(await violations(ada)).toEqual([]);
    await closeSheet(ada);
    for (const person of [ada, ben]) {
      await person.page.locator('[data-row="abilities"]').press("Enter");
      await person.page.locator('[data-ability="woken"]').waitFor();
      expect(await violations(person)).toEqual([]);
      await closeSheet(person);
    }
  });

  it("scanning, by keyboard alone, and a camera that is not there; what comes first on an iPhone", async () => {
    const seeing = await openPerson("seeing", relay, "127.0.0.1", undefined, { args: cameraSeeing("https://example.org/menu") });
    const without = await openPerson("without", relay, "127.0.0.1", undefined, { permissions: ["camera"], colorScheme: "dark" });
    for (const [person, state] of [
      [seeing, "not-ours"],
      [without, "none"],
    ] as const) {
      const { page } = person;
      await page.getByRole("button", { name: "I was invited" }).press("Enter");
      expect(await violations(person)).toEqual([]);
      await page.getByRole("button", { name: "Scan the code" }).press("Enter");
      await page.locator(`[data-scan="${state}"]`).waitFor();
      expect(await violations(person)).toEqual([]);
    }
    // The focus is where the camera can be stopped, and comes back to where it was begun.
    await seeing.page.locator("button:focus", { hasText: "Stop the camera" }).waitFor();
    await seeing.page.keyboard.press("Enter");
    await seeing.page.locator("button:focus", { hasText: "Scan the code" }).waitFor();
    for (const person of [seeing, without]) {
      await person.page.addInitScript(() => {
        Object.defineProperty(Navigator.prototype, "standalone", { get: () => false, configurable: true });
        Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => 5, configurable: true });
      });
      await person.page.reload();
      await person.page.getByText("Add to Home Screen").waitFor();
      expect(await violations(person)).toEqual([]);
    }
    await Promise.all([seeing.close(), without.close()]);
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
    for (const sheet of ["say", "between", "more"]) {
      for (const person of [ada, ben]) {
        await person.page.locator(`[data-tool="${sheet}"]`).click();
        expect(await violations(person)).toEqual([]);
        await closeSheet(person);
      }
    }
  });

  it("[DEV1] a device is added: its door, its three words on both screens, let in by keyboard alone, and what both are told", async () => {
    await openLink(tablet, await deviceLink(ada));
    expect([...(await violations(ada)), ...(await violations(tablet))]).toEqual([]);
    await tablet.page.getByRole("button", { name: "Ask to be let in" }).press("Enter");
    await Promise.all([codeOn(tablet), codeOn(ada)]);
    expect([...(await violations(ada)), ...(await violations(tablet))]).toEqual([]);
    await ada.page.getByRole("button", { name: /Let .+ in/ }).press("Enter");
    await tablet.page.locator("main.field").waitFor();
    await ada.page.getByRole("button", { name: /^Remove/ }).press("Enter");
    expect(await violations(ada)).toEqual([]);
    await closeSheet(ada);
    for (const person of [ada, ben]) await person.page.locator('[data-notice="devices"]').waitFor();
    expect([...(await violations(ada)), ...(await violations(ben)), ...(await violations(tablet))]).toEqual([]);
    await openRow(ben, "devices");
    expect(await violations(ben)).toEqual([]);
    await closeSheet(ben);
  });

  it("[DEV1] the twelve words, on paper and asked back", async () => {
    for (const { page, ...person } of [ada, ben]) {
      const looks = async (): Promise<void> => expect(await violations({ page, ...person })).toEqual([]);
      await page.locator(".to-keep").press("Enter");
      await looks();
      await page.getByRole("button", { name: "Show the words" }).press("Enter");
      await page.locator(".twelve-words li").nth(11).waitFor();
      await looks();
      await page.getByRole("button", { name: "I have written them down" }).press("Enter");
      await page.locator(".asked input:focus").waitFor();
      for (const input of await page.locator(".asked input").all()) await input.fill("zebra");
      await page.getByRole("button", { name: "That is what it says" }).press("Enter");
      await page.locator('[data-wrong="wrong"]').waitFor();
      await looks();
      await closeSheet({ page, ...person });
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
