/**
 * Nothing leaks and nothing is executed: every input of every screen is filled with markup and with texts like no other,
 * and then the whole page around the content is searched for them. A new screen with a new input is covered by being
 * walked to; a new input on a screen that is walked to is covered by itself.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page, Request } from "playwright-core";
import { accept, fieldShows, openPerson, openRow, say, sixWords, startRelay, type Person, type RelayProcess } from "./kit.ts";

/** What markup would do if it were any, and a mark that is nowhere but where it was typed. */
const hostile = (mark: string): string => `<img src=x onerror="hacked=1"><script>hacked=1</script>"'>${mark}`;
const mark = "zqleak";

/** Everything where a text of two people has no business: what the browser shows, keeps or tells of this page. */
const around = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { navigation } = window as unknown as { navigation?: { entries(): readonly { url: string | null; getState(): unknown }[] } };
    const entries = (navigation?.entries() ?? []).map((entry) => [entry.url, JSON.stringify(entry.getState() ?? null)].join(" "));
    const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
    const notifications = await Promise.all(registrations.map((one) => one.getNotifications()));
    const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
    return [
      document.title,
      location.href,
      JSON.stringify(history.state),
      ...entries,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
      window.name,
      ...(await caches.keys()),
      ...(await indexedDB.databases()).map(({ name }) => name ?? ""),
      ...notifications.flat().flatMap(({ title, body, tag }) => [title, body, tag]),
      ...addresses,
      ...[...document.querySelectorAll("head *, html")].map((one) => (one.cloneNode(false) as Element).outerHTML),
    ].join("\n");
  });

/** Nothing typed became anything but text, on the page or around it. */
const isHarmless = async (page: Page): Promise<void> => {
  const found = await page.evaluate(() => ({
    hacked: "hacked" in window,
    foreign: document.querySelectorAll("body img, body script, body iframe, body object, body embed, body b, [onerror], [onload], a[href^='javascript:']")
      .length,
  }));
  expect(found).toEqual({ hacked: false, foreign: 0 });
  expect(await around(page)).not.toContain(mark);
  expect(await around(page)).not.toContain("hacked");
};

/** Fills every input that stands there, without an exception, and says how many there were. */
const fillAll = async (page: Page): Promise<number> => {
  const inputs = page.locator('input:not([type]), input[type="text"], input[type="search"], input[type="password"], input[type="url"], textarea');
  let filled = 0;
  for (const input of await inputs.all()) {
    if (!(await input.isVisible()) || !(await input.isEditable())) continue;
    await input.fill(hostile(mark));
    filled++;
  }
  await isHarmless(page);
  return filled;
};

/** Fills everything, sends what there is to send, and looks again. */
const fillAndSend = async (page: Page): Promise<number> => {
  const filled = await fillAll(page);
  for (const form of await page.locator("form").all()) {
    const send = form.locator('button[type="submit"]');
    if ((await send.count()) === 0 || !(await send.first().isVisible()) || !(await send.first().isEnabled())) continue;
    await send.first().click();
    await isHarmless(page);
  }
  return filled;
};

const back = (page: Page): Promise<void> => page.locator("dialog.sheet .back").last().click();

describe("nothing leaks", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  const asked: string[] = [];
  const said: string[] = [];

  const watch = async (person: Person): Promise<void> => {
    person.context.on("request", (request: Request) => asked.push(`${request.url()} ${request.postData() ?? ""} ${JSON.stringify(request.headers())}`));
    person.context.on("console", (message) => said.push(message.text()));
    person.page.on("worker", (worker) => asked.push(worker.url()));
    person.page.on("websocket", (socket) => asked.push(socket.url()));
    // A notification is asked for nowhere; if it ever is, this is where it would show.
    await person.context.addInitScript(() => {
      const { Notification: real } = window;
      Object.assign(window, {
        Notification: new Proxy(real, {
          construct: () => {
            throw new Error("a notification was shown");
          },
        }),
      });
    });
    await person.page.reload();
  };

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    await Promise.all([watch(ada), watch(ben)]);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("markup in every input before there is a line is text, and stays where it was typed", async () => {
    const { page } = ben;
    await page.locator('html[data-stage="first"]').waitFor();
    expect(await fillAll(page)).toBeGreaterThan(0);
    for (const way of ["I was invited", "Add this device to mine", "I lost my device"]) {
      await page.getByRole("button", { name: way }).click();
      await page.getByRole("button", { name: "Back", exact: true }).waitFor();
      expect(await fillAndSend(page)).toBeGreaterThan(0);
      await page.getByRole("button", { name: "Back", exact: true }).click();
    }
    await page.getByRole("button", { name: "Read a saved line" }).click();
    await page.locator('input[name="memory"]').setInputFiles({
      name: `${mark}.json`,
      mimeType: "application/json",
      buffer: Buffer.from(
        JSON.stringify({
          format: "beside-bond",
          version: 1,
          bond: "0".repeat(32),
          me: { name: hostile(mark) },
          other: { name: hostile(mark) },
          entries: [{ id: "1", seq: 1, from: "other", kind: "thought", at: null, body: { text: hostile(mark), at: 1 } }],
        }),
      ),
    });
    await page.locator("[data-memory]").click();
    await page.locator('[data-sheet="memory"] .kept li[data-kind=thought]').waitFor();
    await fillAll(page);
    await back(page);
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await isHarmless(page);
  });

  it("[NAME1] names of markup on both sides, from the invitation to the field, are text there and nowhere else", async () => {
    await ada.page.getByLabel("Your name").fill(`<b onload="hacked=1">${mark} ada`);
    await ada.page.getByRole("button", { name: "Invite the other" }).click();
    const link = await ada.page.getByLabel("The link").inputValue();
    await isHarmless(ada.page);
    await ben.page.getByRole("button", { name: "I was invited" }).click();
    await ben.page.getByLabel("The link you were given").fill(link);
    await ben.page.getByLabel("Your name").fill(`<img src=x onerror=hacked=1>${mark} ben`);
    await ben.page.getByRole("button", { name: "Join", exact: true }).click();
    await ada.page.locator("[data-knock]").waitFor();
    for (const { page } of [ada, ben]) await isHarmless(page);
    await accept(ada, "");
    for (const person of [ada, ben]) {
      await sixWords(person);
      await isHarmless(person.page);
      await person.page.getByRole("button", { name: "We compared them" }).click();
      await person.page.locator('[data-question="presence"]').getByRole("button").first().click();
      await person.page.locator('[data-tool="more"]').waitFor();
      await isHarmless(person.page);
    }
  });

  it("[SAY1] words of markup are text on both sides, and around no page", async () => {
    await say(ada, hostile(`${mark} one`));
    await say(ben, hostile(`${mark} two`));
    await ben.page
      .locator(".drift", { hasText: `${mark} one` })
      .first()
      .waitFor();
    await ada.page
      .locator(".drift", { hasText: `${mark} two` })
      .first()
      .waitFor();
    for (const { page } of [ada, ben]) await isHarmless(page);
  });

  it("every room behind the field: every input of it is filled and sent, and nothing is more than text", async () => {
    const { page } = ada;
    for (const tool of ["between", "say", "more"]) {
      await page.locator(`[data-tool="${tool}"]`).click();
      await page.locator("dialog.sheet").waitFor();
      await fillAll(page);
      await back(page);
      await page.locator("dialog.sheet").waitFor({ state: "detached" });
    }
    // Each row of "More" that there is, whatever it is called.
    await page.locator('[data-tool="more"]').click();
    const rows = await page.locator("[data-row]").evaluateAll((all) => all.map((one) => one.getAttribute("data-row") as string));
    expect(rows).toContain("lock");
    for (const row of rows) {
      await page.locator(`[data-row="${row}"]`).click();
      await page.locator(`dialog[data-sheet="${row}"]`).waitFor();
      await fillAll(page);
      await back(page);
      if ((await page.locator('dialog[data-sheet="more"]').count()) === 0) await page.locator('[data-tool="more"]').click();
      await page.locator('dialog[data-sheet="more"]').waitFor();
    }
    // The name, changed to more of it, and seen on the other side.
    await page.locator('input[name="rename"]').fill(`<i onload=hacked=1>${mark} renamed`);
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await back(page);
    await expect.poll(() => ben.page.locator("#other-name").innerText()).toContain(`${mark} renamed`);
    await isHarmless(ben.page);
    await isHarmless(page);
  });

  it("[DEV1] a device whose name is markup is text in the list of its owner", async () => {
    const { page } = ada;
    await openRow(ada, "devices");
    await page.getByRole("button", { name: "Add a device" }).click();
    const link = await page.getByLabel("The link for your device").inputValue();
    await isHarmless(page);
    const tablet = await openPerson("tablet", relay, "localhost");
    await watch(tablet);
    await tablet.page.goto("about:blank");
    await tablet.page.goto(link);
    await tablet.page.getByLabel("What this device is called").fill(`<img src=x onerror=hacked=1>${mark}`);
    await tablet.page.getByRole("button", { name: "Ask to be let in" }).click();
    await page.getByRole("button", { name: /Let it in/ }).waitFor();
    await isHarmless(page);
    await isHarmless(tablet.page);
    await page.getByRole("button", { name: /Let it in/ }).click();
    await tablet.page.locator("main.field").waitFor();
    await page.locator("[data-device]", { hasText: mark }).waitFor();
    await isHarmless(page);
    await isHarmless(tablet.page);
    expect(tablet.wrongs).toEqual([]);
    await tablet.close();
    await back(page);
    await back(page);
  });

  it("a passphrase of markup sets a lock and opens it; the lock screen holds nothing of it, nor of what is behind it", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    for (const name of ["new-passphrase", "again-passphrase"]) await page.locator(`input[name="${name}"]`).fill(hostile(mark));
    await page.getByRole("button", { name: "Set it, and lock" }).click();
    await page.locator('html[data-stage="locked"]').waitFor();
    await page.locator('input[name="passphrase"]').waitFor();
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(mark);
    await isHarmless(page);
    expect(await fillAndSend(page)).toBe(1);
    await page.locator("main.field").waitFor();
    await isHarmless(page);
    await fieldShows(ada, "connection", "online");
  });

  it("nothing was asked of anyone but the relay, nothing typed was in a request or on the console", () => {
    expect(asked.length).toBeGreaterThan(10);
    // The seal's own worker was among what was watched.
    expect(asked.some((one) => one.includes("seal-worker"))).toBe(true);
    const origins = asked.map((one) => new URL(one.split(" ")[0] as string)).filter(({ protocol }) => protocol !== "data:" && protocol !== "blob:");
    expect([...new Set(origins.map(({ host }) => host))].toSorted()).toEqual([`127.0.0.1:${relay.port}`, `localhost:${relay.port}`]);
    expect(asked.filter((one) => one.includes(mark))).toEqual([]);
    expect(said.filter((one) => one.includes(mark))).toEqual([]);
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
