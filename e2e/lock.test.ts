/** The lock and the neutral page: real browsers, a real relay, Chromium's own virtual authenticator. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CDPSession, Page } from "playwright-core";
import { fieldShows, openPerson, openRow, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";

const phrase = "four words of mine";
const stage = (page: Page, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const wrong = (page: Page, why: string): Promise<void> => page.locator(`[data-wrong="${why}"]`).waitFor();

const setLock = async (person: Person, passphrase: string): Promise<void> => {
  const { page } = person;
  await openRow(person, "lock");
  await page.locator('input[name="new-passphrase"]').fill(passphrase);
  await page.locator('input[name="again-passphrase"]').fill(passphrase);
  await page.getByRole("button", { name: "Set it, and lock" }).click();
  await stage(page, "locked");
};

const type = async (page: Page, passphrase: string): Promise<void> => {
  await page.locator('input[name="passphrase"]').fill(passphrase);
  await page.locator(".prove button[type=submit]").click();
};
const unlock = async (page: Page, passphrase: string): Promise<void> => {
  await type(page, passphrase);
  await page.locator("main.field").waitFor();
};
const twoEscapes = async (page: Page): Promise<void> => {
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
};

/** All that a page shows and says, to whoever looks at it or at its window. */
const everything = (page: Page): Promise<string> =>
  page.evaluate(() => [document.title, document.documentElement.outerHTML, location.href, JSON.stringify(history.state)].join("\n"));

/** Everything of the page's own databases, as text where it is bytes; whether any key that is usable lies there. */
const onDisk = (page: Page): Promise<{ readonly usableKeys: number; readonly records: readonly string[] }> =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open("beside");
      opening.addEventListener("success", () => resolve(opening.result));
    });
    const all = await new Promise<unknown[]>((resolve) => {
      const asked = database.transaction("keys").objectStore("keys").getAll();
      asked.addEventListener("success", () => resolve(asked.result as unknown[]));
    });
    database.close();
    const usable = all.flatMap((one) => [one, ...Object.values(one as object)]).filter((one) => one instanceof CryptoKey);
    return { usableKeys: usable.length, records: all.map((one) => Object.keys(one as object).join()) };
  });

describe("the lock", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let authenticator: { readonly session: CDPSession; readonly id: string };

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    await pairUp(ada, ben);
    const session = await ada.context.newCDPSession(ada.page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    authenticator = { session, id: authenticatorId };
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("is set by a passphrase typed twice; too short a one, and two that differ, are answered in words", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    const set = async (one: string, two: string): Promise<void> => {
      await page.locator('input[name="new-passphrase"]').fill(one);
      await page.locator('input[name="again-passphrase"]').fill(two);
      await page.getByRole("button", { name: "Set it, and lock" }).click();
    };
    await set("short", "short");
    await wrong(page, "too-short");
    await set(phrase, `${phrase}!`);
    await wrong(page, "not-same");
    expect((await onDisk(page)).usableKeys).toBe(1);
    await set(phrase, phrase);
    await stage(page, "locked");
    expect((await onDisk(page)).usableKeys).toBe(0);
  });

  it("[PRES3] while it is shut nothing is readable, nothing is received, and the other sees that nobody is there; it comes when it is opened", async () => {
    const { page } = ada;
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await expect.poll(() => ben.page.locator("main.field").getAttribute("data-state")).not.toBe("beside");
    await say(ben, "said to a shut door");
    await fieldShows(ben, "waiting", "0");
    expect(await everything(page)).not.toMatch(/\bben\b|said to/i);
    await page.reload();
    await stage(page, "locked");
    await page.locator('input[name="passphrase"]').waitFor();
    expect(await everything(page)).not.toMatch(/\bben\b|said to/i);
    expect(sockets).toEqual([]);
    await type(page, "not this one");
    await wrong(page, "wrong");
    await unlock(page, phrase);
    await page.locator(".drift", { hasText: "said to a shut door" }).first().waitFor();
    await fieldShows(ben, "state", "beside");
  });

  it("another tab shuts and opens with it, whichever of them it is done in", async () => {
    const { page } = ada;
    const second = await ada.context.newPage();
    await second.goto(page.url());
    await second.locator("main.field").waitFor();
    await openRow({ ...ada, page: second }, "lock");
    await second.locator('[data-lock="now"]').click();
    for (const tab of [page, second]) await stage(tab, "locked");
    // Opened in the tab that may not be the one to hold the Home.
    await unlock(second, phrase);
    await page.locator("main.field").waitFor();
    // Whichever of them holds the Home and goes: while one is there, it stays open.
    await page.reload();
    await page.locator("main.field").waitFor();
    await second.close();
    await say(ada, "from the one tab that is left");
    await ben.page.locator(".drift", { hasText: "from the one tab that is left" }).first().waitFor();
    // The last one goes, and with it the key.
    await page.reload();
    await stage(page, "locked");
    await unlock(page, phrase);
  });

  it("a passkey opens it too, and only after the lock was opened once more; it never is the only way", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('[data-lock="passkey"]').click();
    await type(page, "a guess");
    await wrong(page, "wrong");
    await type(page, phrase);
    await page.locator('[data-passkey="1"]').waitFor();
    const { credentials } = await authenticator.session.send("WebAuthn.getCredentials", { authenticatorId: authenticator.id });
    expect(credentials).toHaveLength(1);
    // What the device's own list of passkeys may show names nobody.
    expect(JSON.stringify(credentials)).not.toMatch(/\bada\b|\bben\b/i);
    await page.locator('[data-lock="now"]').click();
    await stage(page, "locked");
    await page.locator('[data-by="passkey"]').click();
    await page.locator("main.field").waitFor();
    await openRow(ada, "lock");
    await page.locator('[data-lock="now"]').click();
    await unlock(page, phrase);
  });

  it("a passphrase is changed with the passkey; the old one opens nothing then", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('[data-lock="passphrase"]').click();
    await page.locator('[data-by="passkey"]').click();
    await page.locator('input[name="new-passphrase"]').fill("a later passphrase");
    await page.locator('input[name="again-passphrase"]').fill("a later passphrase");
    await page.getByRole("button", { name: "Take this one" }).click();
    await page.locator(".outcome", { hasText: "the old one does not" }).waitFor();
    await page.locator('[data-lock="now"]').click();
    await type(page, phrase);
    await wrong(page, "wrong");
    await unlock(page, "a later passphrase");
  });

  it("a passkey whose person does not show to be there opens nothing and is said kindly; the passphrase does", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('[data-lock="now"]').click();
    await authenticator.session.send("WebAuthn.setUserVerified", { authenticatorId: authenticator.id, isUserVerified: false });
    await page.locator('[data-by="passkey"]').click();
    await wrong(page, "not-done");
    await unlock(page, "a later passphrase");
  });

  it("a removed passkey opens nothing, and the passphrase still does", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('[data-passkey="1"]').getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Yes, remove it" }).click();
    await page.locator('[data-passkey="1"]').waitFor({ state: "detached" });
    await page.locator('[data-lock="now"]').click();
    await stage(page, "locked");
    await page.locator('input[name="passphrase"]').waitFor();
    expect(await page.locator('[data-by="passkey"]').count()).toBe(0);
    await unlock(page, "a later passphrase");
  });

  it("an authenticator that makes no secrets is said to be none for this", async () => {
    const { page } = ada;
    const { session } = authenticator;
    await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator.id });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await openRow(ada, "lock");
    await page.locator('[data-lock="passkey"]').click();
    await type(page, "a later passphrase");
    await wrong(page, "cannot");
    expect(await page.locator("[data-passkey]").count()).toBe(0);
    await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    await page.locator('[data-sheet="lock"] .back').click();
    await page.locator('[data-sheet="more"] .back').click();
  });

  it("shuts by itself when no tab is looked at, as soon as was chosen", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('input[name="shut-after"][value="at-once"]').check();
    await page.locator('[data-sheet="lock"] .back').click();
    await page.locator('[data-sheet="more"] .back').click();
    const hide = (hidden: boolean): Promise<void> =>
      page.evaluate(
        (state) => {
          Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        },
        hidden ? "hidden" : "visible",
      );
    await hide(true);
    await stage(page, "locked");
    await hide(false);
    await unlock(page, "a later passphrase");
  });

  it("[TOUCH1] one gesture puts a neutral page there within the gesture: a sheet is closed, a touch let go of, and the lock is shut behind it", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('input[name="hide"]').check();
    await page.locator('[data-sheet="lock"] .back').click();
    await page.locator('[data-sheet="more"] .back').click();
    await page.locator("button.light.mine").focus();
    await page.keyboard.down("Space");
    await fieldShows(ben, "touch", "offered");
    // Both presses and the look at the page in one turn of it: nothing was waited for.
    const seen = await page.evaluate(() => {
      for (let times = 0; times < 2; times++) window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      return `${document.title} ${document.body.innerText} ${document.querySelectorAll("dialog, .field, [aria-label]").length}`;
    });
    expect(seen).toMatch(/^Clock .*\b0$/s);
    expect(seen).not.toMatch(/beside|\bben\b|\bada\b/i);
    await page.keyboard.up("Space");
    await fieldShows(ben, "touch", "none");
    await expect.poll(() => ben.page.locator("main.field").getAttribute("data-state")).not.toBe("beside");
    expect(await page.title()).toBe("Clock");
    expect(await page.locator('link[rel~="icon"]').getAttribute("href")).toMatch(/^data:/);
    // A reload, and going back and forth, bring nothing else; at no moment of it does the window have another title.
    await page.addInitScript(() => {
      const titles = new Set<string>();
      Object.assign(globalThis, { titles });
      new MutationObserver(() => titles.add(document.title)).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.reload();
    await stage(page, "neutral");
    expect(await page.evaluate(() => [...(globalThis as unknown as { titles: Set<string> }).titles].filter((title) => title !== ""))).toEqual(["Clock"]);
    await page.goBack().catch(() => null);
    await page.goForward().catch(() => null);
    if (!page.url().startsWith("http")) await page.goto(`http://localhost:${relay.port}/`);
    await stage(page, "neutral");
    expect(await page.locator("body").innerText()).not.toMatch(/beside|\bben\b|\bada\b/i);
    // The same gesture brings it back, to the lock.
    await twoEscapes(page);
    await stage(page, "locked");
    await unlock(page, "a later passphrase");
    await fieldShows(ben, "state", "beside");
  });

  it("the lock is taken off by whoever opens it once more; then everything is there as before", async () => {
    const { page } = ada;
    await openRow(ada, "lock");
    await page.locator('[data-lock="off"]').click();
    await type(page, "a guess");
    await wrong(page, "wrong");
    await type(page, "a later passphrase");
    await page.locator(".outcome", { hasText: "no lock any more" }).waitFor();
    expect((await onDisk(page)).usableKeys).toBe(1);
    await page.reload();
    await page.locator("main.field").waitFor();
    await page.locator('[data-tool="between"]').click();
    await page.locator(".kept li[data-kind=thought] .words", { hasText: "said to a shut door" }).waitFor();
    await page.locator('[data-sheet="between"] .back').click();
  });

  it("without a lock the neutral page hides every tab; a tap of two fingers, or the time pressed twice, brings it back", async () => {
    const { page } = ada;
    const second = await ada.context.newPage();
    await second.goto(page.url());
    await second.locator("main.field").waitFor();
    await page.bringToFront();
    const touch = await ada.context.newCDPSession(page);
    const tap = async (): Promise<void> => {
      const points = [
        { x: 120, y: 300, id: 1 },
        { x: 220, y: 320, id: 2 },
      ];
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points });
      await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    await tap();
    for (const tab of [page, second]) await stage(tab, "neutral");
    await expect.poll(() => ben.page.locator("main.field").getAttribute("data-state")).not.toBe("beside");
    await page.locator(".neutral button").click();
    await page.locator(".neutral button").click();
    for (const tab of [page, second]) await tab.locator("main.field").waitFor();
    await fieldShows(ben, "state", "beside");
    await openRow(ada, "lock");
    await page.locator('[data-lock="hide"]').click();
    await stage(page, "neutral");
    await tap();
    await page.locator("main.field").waitFor();
    await second.close();
  });

  it("a lock that is set again, and a browser killed at once after it, costs nothing", async () => {
    await setLock(ada, "the third of them");
    const url = ada.page.url();
    await ada.page.close();
    const page = await ada.context.newPage();
    await page.goto(url);
    await unlock(page, "the third of them");
    await page.locator('[data-tool="between"]').click();
    await page.locator(".kept li[data-kind=thought] .words", { hasText: "said to a shut door" }).waitFor();
  });

  it("no console error, no refusal by the content policy, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
