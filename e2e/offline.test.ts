/**
 * The app without a network, and after everything that may happen to a browser: what it says, that nothing it accepted is
 * lost, and that it mends itself when it can.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webDir } from "../scripts/web.ts";
import { fieldShows, invite, join_, newProfile, openPerson, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";
import { breakBuild, buildVersion, kept, lookForNewer, versionOf } from "./versions.ts";

const thoughtOn = (person: Person, text: string) => person.page.locator(".said .drift", { hasText: text }).first();

/** `kill -9` on her browser; then the same profile again. */
const killAndReopen = async (person: Person, relay: RelayProcess, host: string): Promise<Person> => {
  const session = await person.context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
  const browser = processInfo.find(({ type }) => type === "browser");
  if (!browser) throw new Error("no browser to kill");
  const gone = new Promise<void>((resolve) => person.context.once("close", () => resolve()));
  process.kill(browser.id, "SIGKILL");
  await gone;
  // A browser that was killed leaves its lock behind; the next one on this machine takes it over.
  rmSync(join(person.profile, "SingletonLock"), { force: true });
  return openPerson(person.name, relay, host, undefined, { profile: person.profile });
};

/** Chromium remembers for half a minute how much room there was, and asks no more until then. Done in the page. */
const untilRefused = async (): Promise<void> => {
  const isTaken = (): Promise<boolean> =>
    new Promise((resolve) => {
      const opening = indexedDB.open("room", 1);
      opening.addEventListener("upgradeneeded", () => void opening.result.createObjectStore("room"));
      opening.addEventListener("error", () => resolve(false));
      opening.addEventListener("success", () => {
        const writing = opening.result.transaction("room", "readwrite");
        const done = (is: boolean): void => {
          opening.result.close();
          resolve(is);
        };
        writing.objectStore("room").put(new Uint8Array(4096), 0);
        writing.addEventListener("complete", () => done(true));
        writing.addEventListener("abort", () => done(false));
      });
    });
  while (await isTaken()) await new Promise((resolve) => setTimeout(resolve, 250));
  indexedDB.deleteDatabase("room");
};

describe("a device that has the app", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let newer: string;
  const folders: string[] = [];

  beforeAll(async () => {
    relay = await startRelay();
    newer = await buildVersion("9.0.0");
    folders.push(newer);
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
    await pairUp(ada, ben);
    for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
    await Promise.all([ada, ben].map(kept));
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it("keeps exactly the files of its build, and nothing that was said", async () => {
    await say(ben, "before the rain");
    await thoughtOn(ada, "before the rain").waitFor();
    const names = await ada.page.evaluate(async () => {
      const caches_ = await caches.keys();
      const requests = await Promise.all(caches_.map(async (name) => (await caches.open(name)).keys()));
      return { caches: caches_, paths: requests.flat().map(({ url }) => new URL(url).pathname) };
    });
    expect(names.caches).toHaveLength(1);
    const build = readdirSync(webDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name) && entry.name !== "sw.js")
      .map((entry) => `/${relative(webDir, join(entry.parentPath, entry.name))}`);
    expect(names.paths.toSorted()).toEqual(build.toSorted());
  });

  it("[SAY1] opens with its relay gone, says so, shows what there is, and sends later what is said meanwhile", async () => {
    await relay.kill();
    await ada.page.reload();
    await fieldShows(ada, "connection", "offline");
    await thoughtOn(ada, "before the rain").waitFor();
    await ada.page.locator('[data-notice="offline"]').waitFor();
    // As strict as when the relay sends it.
    const policy = await ada.page.evaluate(async () => (await fetch("/")).headers.get("content-security-policy"));
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';.*require-trusted-types-for 'script'/);
    await say(ada, "from the cellar");
    await fieldShows(ada, "waiting", "1");
    await ada.page.reload();
    await fieldShows(ada, "waiting", "1");
    await relay.restart();
    await ada.page.locator('[data-notice="offline"] button').click();
    await thoughtOn(ben, "from the cellar").waitFor();
    await fieldShows(ada, "waiting", "0");
  });

  it("[SAY1] a browser killed with something unsent has it when it is opened again, also without a relay", async () => {
    await relay.kill();
    await fieldShows(ada, "connection", "offline");
    await say(ada, "before the battery died");
    await fieldShows(ada, "waiting", "1");
    ada = await killAndReopen(ada, relay, "localhost");
    await fieldShows(ada, "waiting", "1");
    await relay.restart();
    await thoughtOn(ben, "before the battery died").waitFor({ timeout: 60_000 });
    await fieldShows(ada, "waiting", "0");
  });

  it("a newer version waits until its person takes it, and an older page goes on until then", async () => {
    const before = await versionOf(ada);
    const cleo = await openPerson("Cleo", relay);
    await kept(cleo);
    // From its next start on a page has the version that is kept.
    await cleo.page.reload();
    await cleo.page.locator("main.room").waitFor();
    await cleo.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await relay.kill();
    await relay.restart(newer);
    expect(await lookForNewer(ada)).toBe(true);
    // Who is not on the field is told too.
    expect(await lookForNewer(cleo)).toBe(true);
    await cleo.page.locator('main.room [data-notice="update"]').getByRole("button").waitFor();
    await cleo.close();
    const notice = ada.page.locator('[data-notice="update"]');
    await notice.waitFor();
    // Neither a start nor time takes it.
    await ada.page.reload();
    await notice.waitFor();
    expect(await versionOf(ada)).toBe(before);
    const second = await ada.context.newPage();
    await second.goto(`http://localhost:${relay.port}/`);
    await second.locator("main.field").waitFor();
    await notice.getByRole("button").click();
    await ada.page.waitForEvent("load");
    await fieldShows(ada, "waiting", "0");
    expect(await versionOf(ada)).toBe("9.0.0");
    await notice.waitFor({ state: "detached" });
    // The other page is as it was, and still finds what only its own version has.
    expect(await versionOf({ ...ada, page: second })).toBe(before);
    const mine = await second.evaluate(async () => {
      const address = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? "";
      return (await fetch(address)).status;
    });
    expect(mine).toBe(200);
    await second.close();
  });

  it("with every page closed, the next start has the newer version", async () => {
    expect(await lookForNewer(ben)).toBe(true);
    await ben.context.newPage();
    await ben.page.close();
    const page = await ben.context.newPage();
    await expect
      .poll(
        async () => {
          await page.goto(`http://127.0.0.1:${relay.port}/`);
          await page.locator("main.field").waitFor();
          const version = await versionOf({ ...ben, page });
          await page.goto("about:blank");
          return version;
        },
        { timeout: 60_000 },
      )
      .toBe("9.0.0");
    await page.goto(`http://127.0.0.1:${relay.port}/`);
    ben = { ...ben, page };
    await fieldShows(ben, "waiting", "0");
  });

  it("a build that is not what it says it is changes nothing: the version that is here goes on", async () => {
    const newest = await buildVersion("9.9.9");
    const broken = breakBuild(newest);
    folders.push(newest, broken);
    await relay.kill();
    await relay.restart(broken);
    expect(await lookForNewer(ada)).toBe(false);
    await ada.page.reload();
    await fieldShows(ada, "waiting", "0");
    expect(await versionOf(ada)).toBe("9.0.0");
    expect(await ada.page.locator('[data-notice="update"]').count()).toBe(0);
    await relay.kill();
    await relay.restart(newer);
  });

  it("no room for what is said: it says so, keeps what was accepted, and takes it once there is room", async () => {
    const devtools = await ada.context.newCDPSession(ada.page);
    const origin = `http://localhost:${relay.port}`;
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await ada.page.evaluate(untilRefused);
    await ada.page.locator('[data-tool="say"]').click();
    await ada.page.locator("textarea.words").fill("too much for this device");
    await ada.page.locator("form.say button[type=submit]").click();
    await ada.page.locator('[data-trouble="storage-full"]').waitFor({ state: "attached" });
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await ada.page.locator("form.say").waitFor({ state: "detached", timeout: 60_000 });
    await thoughtOn(ben, "too much for this device").waitFor({ timeout: 60_000 });
    await fieldShows(ada, "waiting", "0");
  });

  it("storage wiped under an open page: it says so, and the next start is a beginning, with a whole app", async () => {
    const devtools = await ada.context.newCDPSession(ada.page);
    await devtools.send("Storage.clearDataForOrigin", { origin: `http://localhost:${relay.port}`, storageTypes: "all" });
    await say(ben, "are you there");
    await ada.page.locator('[data-trouble="storage-gone"]').waitFor();
    await ada.page.reload();
    await ada.page.getByLabel("Your name").waitFor();
    await kept(ada);
  });

  it("nobody’s console had anything to say", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});

describe("a browser that may keep nothing", () => {
  it("says so, and what helps, instead of opening for ever", async () => {
    const relay = await startRelay();
    const profile = newProfile("Ada");
    mkdirSync(join(profile, "Default"), { recursive: true });
    writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
    const ada = await openPerson("Ada", relay, "localhost", undefined, { profile });
    try {
      await ada.page.locator('[data-why="unavailable"]').waitFor({ timeout: 20_000 });
      expect(ada.wrongs).toEqual([]);
    } finally {
      await ada.close();
      await relay.stop();
    }
  });
});

describe("a browser that takes its storage away while a page opens", () => {
  it.each([
    ["once: it is opened anew, and is a beginning", 1, "main.room"],
    ["each time: it says so, instead of opening for ever", 99, '[data-why="damaged"]'],
  ])("%s", async (_, times, shows) => {
    const relay = await startRelay();
    const prepare = async (context: BrowserContext): Promise<void> => {
      await context.addInitScript((most) => {
        const { transaction } = IDBDatabase.prototype;
        let left = most;
        IDBDatabase.prototype.transaction = function (...asked) {
          if (asked[0] === "values" && left-- > 0) throw new DOMException("closed", "InvalidStateError");
          return transaction.apply(this, asked);
        };
      }, times);
    };
    const ada = await openPerson("Ada", relay, "localhost", undefined, { prepare });
    try {
      await ada.page.locator(shows).waitFor();
      expect(ada.wrongs).toEqual([]);
    } finally {
      await ada.close();
      await relay.stop();
    }
  });
});

describe("a browser that keeps no app", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let isThere = false;
  const without =
    (part: RegExp, isBack: () => boolean) =>
    async (context: BrowserContext): Promise<void> => {
      await context.addInitScript(() => {
        navigator.serviceWorker.register = () => Promise.reject(new Error("not here"));
      });
      await context.route(part, (route) => (isBack() ? route.continue() : route.abort("connectionrefused")));
    };
  const missing = () => ada.page.locator('dialog[data-sheet="missing"]');

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([
      openPerson("Ada", relay, "localhost", undefined, {
        prepare: without(/assets\/further-rooms-/, () => isThere),
      }),
      openPerson("Ben", relay),
    ]);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("a room that could not be fetched says so where it would be, and leads back from there", async () => {
    for (const way of ["I lost my device", "Read a saved line"]) {
      await ada.page.getByRole("button", { name: way }).click();
      await missing().waitFor();
      await ada.page.keyboard.press("Escape");
      await ada.page.getByRole("button", { name: "Invite the other" }).waitFor();
      await missing().waitFor({ state: "detached" });
    }
    await pairUp(ada, ben);
    const more = ada.page.locator('[data-tool="more"]');
    await more.click();
    await missing().waitFor();
    await ada.page.goBack();
    await missing().waitFor({ state: "detached" });
    expect(await more.evaluate((button) => document.activeElement === button)).toBe(true);
    // What needs no other part of the app goes on.
    await say(ada, "by the candle");
    await thoughtOn(ben, "by the candle").waitFor();
  });

  it("it is tried again by the button there, and is there", async () => {
    await ada.page.locator('[data-tool="more"]').click();
    const again = missing().getByRole("button", { name: "Try again" });
    await again.click();
    await missing().waitFor();
    isThere = true;
    await again.click();
    await ada.page.locator('dialog[data-sheet="more"]').waitFor();
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });

  it("what is missing of a room is said in its place, and covers no way back on a small phone", async () => {
    const [dora, cleo] = await Promise.all([
      openPerson("Dora", relay),
      openPerson("Cleo", relay, "localhost", { width: 320, height: 568 }, { prepare: without(/assets\/rooms-/, () => false) }),
    ]);
    await join_(cleo, await invite(dora));
    await cleo.page.locator(".missing").waitFor();
    await cleo.page.getByRole("button", { name: "Give up" }).click({ timeout: 5000 });
    await cleo.page.getByRole("button", { name: "Invite the other" }).waitFor();
    await Promise.all([dora.close(), cleo.close()]);
    expect([...dora.wrongs, ...cleo.wrongs]).toEqual([]);
  });

  it("where the app itself could not be fetched that is said, but not behind the neutral page; and trying again begins it", async () => {
    let isBack = true;
    const dora = await openPerson("Dora", relay, "localhost", undefined, { prepare: without(/assets\/index-.*\.js/, () => isBack) });
    const { page } = dora;
    const hide = (hidden: string): Promise<void> => page.evaluate((to) => localStorage.setItem("beside.hidden", to), hidden);
    const unheard = (): Promise<unknown> => page.waitForEvent("requestfailed");
    await page.locator("main.room").waitFor();
    isBack = false;
    await hide("yes");
    await Promise.all([unheard(), page.reload()]);
    expect((await page.locator("body").innerText()).trim()).toBe("");
    await hide("no");
    await page.reload();
    const again = page.getByRole("link", { name: "Try again" });
    await again.waitFor();
    // Above the horizon that stands there from the first.
    const [words, horizon] = await Promise.all([page.locator("#no-code p:visible").boundingBox(), page.locator(".dawn rect").boundingBox()]);
    expect((words?.y ?? Infinity) + (words?.height ?? 0)).toBeLessThan(horizon?.y ?? 0);
    isBack = true;
    await again.click();
    await page.locator("main.room").waitFor();
    expect(await again.count()).toBe(0);

    isBack = false;
    await page.addInitScript(() => Object.defineProperty(navigator, "language", { get: () => "de-AT" }));
    await page.reload();
    await page.getByRole("link", { name: "Noch einmal" }).waitFor();
    expect(await again.isVisible()).toBe(false);
    await dora.close();
  });
});
