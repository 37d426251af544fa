/**
 * Between us: what two real people keep, and a memory of 20,000 things, taken in by the app's own way from a file that is
 * made here as an export is.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { between, closeSheet, fieldShows, openPerson, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";

const count = 20_000;
const minute = 60_000;
const newest = Date.UTC(2026, 0, 15, 12);
/** Fifty minutes apart, over some two years. */
const timeOf = (seq: number): number => newest - (count - seq) * 50 * minute;
const texts = ["the kettle is on", "home by seven", "did you see the moon", "your scarf is here", "thinking of the lake", "good night", "soup is warm"];
const rare: Readonly<Record<number, string>> = { 17: "The heron on the far bank, près du café", 9001: "茶壶在炉子上", 15_001: "الكتاب عندي" };
const bodyOf = (seq: number): object => {
  if (seq % 100 === 0) return { hue: 45, strength: 80, at: timeOf(seq) };
  return { text: rare[seq] ?? `${texts[seq % texts.length]} ${seq}`, at: timeOf(seq) };
};
const bigExport = (): string =>
  JSON.stringify({
    format: "beside-bond",
    version: 1,
    exported: new Date(newest).toISOString(),
    bond: "ab".repeat(16),
    me: { name: "ada" },
    other: { name: "ben" },
    entries: Array.from({ length: count }, (_, at) => at + 1).map((seq) => ({
      id: `0-${seq}`,
      seq,
      from: seq % 3 === 0 ? "me" : "other",
      kind: seq % 100 === 0 ? "feeling" : "thought",
      at: new Date(timeOf(seq)).toISOString(),
      body: bodyOf(seq),
    })),
  });

const rows = (page: Page) => page.locator("dialog.sheet").last().locator(".kept:visible li");
const search = async (page: Page, words: string): Promise<void> => page.locator("dialog.sheet").last().locator('input[name="search"]').fill(words);
const found = async (page: Page, many: number): Promise<void> => page.locator(`[data-found="${many}"][data-done="true"]`).waitFor();
/** The first row that the search does not cover, and where it is on the screen. */
const onTop = (page: Page): Promise<{ readonly text: string; readonly top: number; readonly seq: number }> =>
  page.evaluate(() => {
    const lists = [...document.querySelectorAll<HTMLElement>(".kept")].filter((list) => list.offsetParent !== null);
    const row = [...(lists.at(-1)?.children ?? [])].find((one) => one.getBoundingClientRect().top >= 64) as HTMLElement | undefined;
    // While the browser glides somewhere, nothing may be there yet.
    return { text: row?.querySelector("p")?.textContent ?? "", top: Math.round(row?.getBoundingClientRect().top ?? 0), seq: Number(row?.dataset["seq"]) };
  });
/** Where a row is on the screen, in the sheet on top. */
const topOf = (page: Page, seq: number): Promise<number | undefined> =>
  page.evaluate((wanted) => {
    const rows = [...document.querySelectorAll("dialog")].at(-1)?.querySelectorAll<HTMLElement>(".kept li") ?? [];
    return [...rows].find((row) => row.dataset["seq"] === String(wanted))?.getBoundingClientRect().top;
  }, seq);
const scrollBy = (page: Page, by: number): Promise<void> =>
  page.evaluate(async (distance) => {
    [...document.querySelectorAll("dialog")].at(-1)?.scrollBy(0, distance);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }, by);

describe("between us", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "beside-between-"));
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    await pairUp(ada, ben);
    await fieldShows(ada, "state", "beside");
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("[KEEP1] what both said stands there, newest first, under its day, told as a list with its authors", async () => {
    await say(ada, "Fog over the café");
    await ben.page.locator(".said .drift", { hasText: "Fog" }).waitFor();
    await say(ben, "the heron is back");
    await ada.page.locator(".said .drift", { hasText: "heron" }).waitFor();
    expect((await between(ada)).slice(0, 2)).toEqual(["the heron is back", "Fog over the café"]);
    await ada.page.locator('[data-tool="between"]').click();
    const list = ada.page.getByRole("list", { name: "What was kept, newest first" });
    const items = list.getByRole("listitem");
    await items.first().waitFor();
    expect(await list.getByRole("heading").count()).toBe(1);
    expect(await items.first().locator("small").innerText()).toContain("ben");
    expect(await items.nth(1).locator("small").innerText()).toContain("You");
    expect(await items.first().getAttribute("aria-posinset")).toBe("1");
    expect(await items.first().getAttribute("aria-setsize")).toBe(String(await items.count()));
  });

  it("[KEEP1] words find it, whatever their case and accents; Escape brings the list back and the sheet stays", async () => {
    const { page } = ada;
    await search(page, "CAFE fog");
    await found(page, 1);
    expect(await rows(page).locator(".words").allInnerTexts()).toEqual(["Fog over the café"]);
    await search(page, "nowhere");
    await found(page, 0);
    expect(await page.locator(".past-count").innerText()).toContain("Nothing found");
    await page.locator('input[name="search"]').press("Escape");
    await page.locator(".past-count").waitFor({ state: "detached" });
    expect(await page.locator('dialog[data-sheet="between"]').count()).toBe(1);
    expect(await rows(page).count()).toBeGreaterThan(1);
    await page.locator('input[name="search"]').focus();
    await page.locator('select[name="by"]').selectOption("other");
    await page.locator('[data-done="true"]').waitFor();
    expect(await rows(page).locator(".words").allInnerTexts()).toEqual(["the heron is back"]);
    await page.locator('select[name="by"]').selectOption("");
    expect(page.url()).not.toContain("heron");
  });

  it("[KEEP1] what comes while it is open appears, and what one reads stays where it is", async () => {
    const { page } = ada;
    for (let at = 0; at < 8; at++) await say(ben, `line ${at}\nof a small poem`);
    await rows(page).locator(".words", { hasText: "line 7" }).waitFor();
    await scrollBy(page, 20);
    const before = await onTop(page);
    await say(ben, "and the fog lifts");
    await rows(page).locator(".words", { hasText: "and the fog lifts" }).waitFor();
    const same = (await topOf(page, before.seq)) ?? Number.NaN;
    expect(Math.abs(same - before.top)).toBeLessThan(2);
    await closeSheet(ada);
  });

  it("[KEEP1] a memory of 20,000 opens, and only what is near the screen is on the page", async () => {
    const { page } = ada;
    const file = join(folder, "bond.json");
    writeFileSync(file, bigExport());
    await page.locator('[data-tool="between"]').click();
    await page.getByRole("button", { name: "Saved lines" }).click();
    await page.locator('input[name="memory"]').setInputFiles(file);
    await page.locator("[data-memory]").click({ timeout: 60_000 });
    await rows(page).first().waitFor();
    expect(await rows(page).first().getAttribute("aria-setsize")).toBe(String(count));
    expect(await rows(page).count()).toBeLessThan(150);
  });

  it("[KEEP1] one scrolls by keys and to its very end; nothing stutters out of its place", async () => {
    const { page } = ada;
    await page.locator("dialog.sheet").last().locator(".kept").focus();
    const seen = new Set<number>();
    let last = (await onTop(page)).seq;
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press("PageDown");
      await expect.poll(async () => (await onTop(page)).seq, { timeout: 15_000 }).toBeLessThan(last);
      last = (await onTop(page)).seq;
      seen.add(last);
    }
    expect(seen.size).toBe(12);
    await page.keyboard.press("End");
    await rows(page).locator('.words:text-is("home by seven 1")').waitFor();
    expect(await rows(page).count()).toBeLessThan(150);
    // The browser glides there: it has arrived when there is nothing below.
    const left = (): Promise<number> =>
      page.evaluate(() => {
        const sheet = [...document.querySelectorAll("dialog")].at(-1);
        return sheet ? sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight : Number.NaN;
      });
    await expect.poll(left, { timeout: 10_000 }).toBeLessThan(2);
    // Up again, over heights that were never measured: each row stays under the eye.
    for (let step = 0; step < 30; step++) {
      const before = await onTop(page);
      await scrollBy(page, -400);
      const after = await topOf(page, before.seq);
      if (after !== undefined) expect(Math.abs(after - before.top - 400)).toBeLessThan(3);
    }
    await page.keyboard.press("Home");
    await expect.poll(async () => (await onTop(page)).seq, { timeout: 15_000 }).toBeGreaterThan(count - 30);
  });

  it("[KEEP1] a day is gone to, said politely, and a sheet over it leaves one where one was", async () => {
    const { page } = ada;
    const day = page.locator("dialog.sheet").last().locator('input[name="day"]');
    await day.fill("2025-03-10");
    await expect.poll(async () => page.locator("dialog.sheet").last().locator(".past > [role=status]").innerText()).toContain("March 10, 2025");
    await expect.poll(async () => new Date(timeOf((await onTop(page)).seq)).toISOString().slice(0, 10)).toBe("2025-03-10");
    await day.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.matches(".kept li"))).toBe(true);
    // Focus is not lost with its row.
    await scrollBy(page, 30_000);
    await expect.poll(() => page.evaluate(() => document.activeElement?.matches(".kept"))).toBe(true);
    // Before everything there is only the oldest.
    expect(await day.evaluate((field: HTMLInputElement) => field.min)).toMatch(/^2024-0\d-\d\d$/);
  });

  it("[KEEP1] search finds the oldest word, other scripts, a feeling; what is typed next ends the search before; one goes back to where one was", async () => {
    const { page } = ada;
    const before = await onTop(page);
    await search(page, "kett");
    await page.locator('[data-found]:not([data-found="0"])').waitFor();
    await search(page, "HERON cafe");
    await found(page, 1);
    expect(await rows(page).locator(".words").allInnerTexts()).toEqual([rare[17]]);
    for (const [words, text] of [
      ["茶壶", rare[9001]],
      ["كتاب", rare[15_001]],
    ] as const) {
      await search(page, words);
      await found(page, 1);
      await expect.poll(() => rows(page).locator(".words").allInnerTexts(), { timeout: 30_000 }).toEqual([text]);
    }
    await page.locator('[data-done="true"]').waitFor();
    await search(page, "");
    await page.locator(".past-count").waitFor({ state: "detached" });
    const back = await onTop(page);
    expect(back.seq).toBe(before.seq);
    expect(Math.abs(back.top - before.top)).toBeLessThan(3);
    await page.locator("dialog.sheet").last().locator('input[name="search"]').focus();
    await page.locator("dialog.sheet").last().locator('select[name="feeling"]').selectOption("joy");
    await found(page, count / 100);
    expect(await rows(page).count()).toBeLessThan(150);
    await page.locator("dialog.sheet").last().locator('select[name="feeling"]').selectOption("");
    await search(page, "the kettle");
    const kettles = Array.from({ length: count }, (_, at) => JSON.stringify(bodyOf(at + 1))).filter((body) => body.includes("kettle")).length;
    await found(page, kettles);
  });

  it("[KEEP1] what was found is shown where it was said", async () => {
    const { page } = ada;
    await search(page, "heron");
    await found(page, 1);
    await rows(page).getByRole("button", { name: "Show where it was said" }).click();
    await page.locator(".past-count").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["seq"])).toBe("17");
    expect(await rows(page).count()).toBeGreaterThan(10);
  });

  it("[KEEP1] what was searched is nowhere afterwards: not in the address, the history, or what the browser keeps", async () => {
    const { page } = ada;
    const kept = await page.evaluate(async () => {
      const stored = JSON.stringify([localStorage, sessionStorage, window.location.href, window.history.state, document.title]);
      return stored + JSON.stringify(await caches.keys()) + String((await indexedDB.databases()).length);
    });
    for (const words of ["heron", "kettle", "茶壶"]) expect(kept).not.toContain(words);
    for (let sheets = await page.locator("dialog.sheet").count(); sheets > 0; sheets--) {
      await page.locator("dialog.sheet").last().getByRole("button", { name: "Back", exact: true }).click();
      await expect.poll(() => page.locator("dialog.sheet").count()).toBe(sheets - 1);
    }
  });

  it("[KEEP1] all of it is saved, as data and as a page", async () => {
    const { page } = ada;
    await page.locator('[data-tool="between"]').click();
    await page.getByRole("button", { name: "Take it with you" }).click();
    for (const [button, has] of [
      ["Save as data", '"text": "the heron is back"'],
      ["Save as a page", ">the heron is back<"],
    ] as const) {
      const downloading = page.waitForEvent("download");
      await page.getByRole("button", { name: button }).click();
      expect(readFileSync(await (await downloading).path(), "utf8")).toContain(has);
      await page.locator('.take[aria-busy="false"]').waitFor();
    }
  });

  it("no console error, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
