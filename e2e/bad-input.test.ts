/** What comes into a page that should not, or is missing that should be there: real browsers, a real relay. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CDPSession, Page } from "playwright-core";
import { buildWeb, webDir } from "../scripts/web.ts";
import { Secret } from "../src/base/secret.ts";
import { readInvitation, writeDeviceLink, writeInvitation, type Invitation } from "../src/protocol/invitation.ts";
import { spawnLyingRelay } from "../src/testing/lying-relay.ts";
import { en } from "../src/web/words/en.ts";
import { between, fieldShows, invite, join_, openPerson, say, sixWords, startRelay, type Person, type RelayProcess } from "./kit.ts";

const day = 24 * 60 * 60_000;

/** What a name may look like that means ill, and what is shown of it. */
const adaTyped = '<img src=x onerror="hacked=1">\u0000\u202e';
const adaShown = '<img src=x onerror="hacked=1">';
const benTyped = "\u202e\u0007דנה‏\u2066 </bdi><b>";
const benShown = "דנה </bdi><b>";

const stage = (page: Page, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const notice = (person: Person, name: string) => person.page.locator(`[data-notice="${name}"]`);
const wrong = (page: Page, why: string): Promise<void> => page.locator(`[data-wrong="${why}"]`).waitFor();

/** Lets in whoever knocks; then both answer what a new line asks. */
const letIn = async (ada: Person, ben: Person): Promise<void> => {
  await ada.page.locator("[data-knock] button").click();
  for (const person of [ada, ben]) {
    await sixWords(person);
    await person.page.getByRole("button", { name: "We compared them" }).click();
    await person.page.locator('[data-question="presence"]').getByRole("button").first().click();
  }
};

/** Nothing that others wrote became anything but text, and it is nowhere but in the page. */
const isOnlyText = async (page: Page): Promise<void> => {
  const found = await page.evaluate(() => ({
    hacked: "hacked" in window,
    foreign: document.querySelectorAll("body img, body script, body b, body iframe, [onerror], [onload]").length,
    title: document.title,
    address: location.pathname + location.search + location.hash,
    tooWide: [...document.querySelectorAll("h1, p, bdi, button, .drift span")]
      .map((one) => one.getBoundingClientRect())
      .filter(({ left, right, width }) => width > 1 && (left < -1 || right > window.innerWidth + 1)).length,
  }));
  expect(found).toEqual({ hacked: false, foreign: 0, title: "Beside", address: "/", tooWide: 0 });
};

/** The same invitation with something else in it, and right in itself. */
const changed = (link: string, change: Partial<Invitation>): string => {
  const read = readInvitation(link);
  if (!read.ok) throw new Error(read.error);
  return writeInvitation({ ...read.value, ...change });
};

/** Something else of this origin takes all the room there is. */
const fillStorage = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open("junk", 1);
      opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("junk", { autoIncrement: true }));
      opening.addEventListener("success", () => resolve(opening.result));
    });
    const put = (size: number): Promise<boolean> =>
      new Promise((resolve) => {
        const transaction = database.transaction("junk", "readwrite");
        transaction.objectStore("junk").put(crypto.getRandomValues(new Uint8Array(size)));
        transaction.addEventListener("complete", () => resolve(true));
        transaction.addEventListener("abort", () => resolve(false));
      });
    for (const size of [60_000, 10_000, 1_000]) while (await put(size));
    database.close();
  });

/** A host that still serves the page, with the relay's own headers, while there is no relay behind it. */
const servePageAlone = async (relay: RelayProcess): Promise<{ stop(): Promise<void> }> => {
  const { headers } = await fetch(relay.url);
  const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html" };
  const server = createServer((request, response) => {
    const path = join(webDir, request.url === "/" ? "index.html" : (request.url ?? ""));
    for (const name of ["content-security-policy", "x-content-type-options"]) response.setHeader(name, headers.get(name) ?? "");
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.end(readFileSync(path));
  });
  server.on("upgrade", (_, socket) => socket.destroy());
  await relay.kill();
  await new Promise<void>((resolve) => server.listen(relay.port, "127.0.0.1", resolve));
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

describe("bad input", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let cleo: Person;
  let roomOfAda: CDPSession;
  let link = "";

  beforeAll(async () => {
    relay = await startRelay();
    const opened = await Promise.all([openPerson("ada", relay), openPerson("ben", relay), openPerson("cleo", relay)]);
    ada = { ...opened[0], name: adaTyped };
    // Room for this and little more, from before the first byte is kept there: the browser looks again only now and then.
    roomOfAda = await ada.context.newCDPSession(ada.page);
    await roomOfAda.send("Storage.overrideQuotaForOrigin", { origin: `http://localhost:${relay.port}`, quotaSize: 8_000_000 });
    await ada.page.goto(`http://localhost:${relay.port}/`);
    ben = { ...opened[1], name: benTyped };
    cleo = opened[2];
    // Ben's device is a day ahead, from before he was ever let in.
    await ben.context.addInitScript((ahead) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ahead;
    }, day);
    await ben.page.reload();
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close(), cleo?.close()]);
    await relay?.stop();
  });

  it("[NAME1] a name with nothing to read in it, or one that is huge, is answered in words, and nothing begins", async () => {
    const { page } = cleo;
    for (const name of ["   ", "\u200b\u202e\u2060", "\u0007\u0000", "é".repeat(41)]) {
      await page.getByLabel("Your name").fill(name);
      await page.getByRole("button", { name: "Invite the other" }).click();
      await wrong(page, "bad-name");
      await page.getByRole("button", { name: "I was invited" }).click();
      await page.getByRole("button", { name: "Back", exact: true }).click();
    }
    await page.getByLabel("Your name").fill("x".repeat(5000));
    expect((await page.getByLabel("Your name").inputValue()).length).toBeLessThanOrEqual(80);
    await stage(page, "first");
  });

  it("[PAIR2] opening the link does nothing but show Join; its secret is gone from the address and the history, and nothing is asked of the relay but the page", async () => {
    link = await invite(ada);
    const page = await cleo.context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url(), ...Object.values(request.headers())));
    page.on("websocket", (socket) => asked.push(socket.url()));
    await page.addInitScript(() => {
      // Where the page is when it first asks for anything by itself.
      const found: string[] = [];
      Object.assign(window, { found });
      for (const name of ["WebSocket", "Worker", "fetch"] as const) {
        const real = window[name] as unknown as (...args: unknown[]) => unknown;
        Object.assign(window, {
          [name]: new Proxy(real, {
            construct: (to, args, self) => (found.push(location.href), Reflect.construct(to, args, self) as object),
            apply: (to, self, args) => (found.push(location.href), Reflect.apply(to, self, args)),
          }),
        });
      }
    });
    await page.goto(link.replace("localhost", "127.0.0.1"));
    await stage(page, "arrived");
    const state = await page.evaluate(() => ({
      address: location.href,
      history: (window as unknown as { navigation: { entries(): { url: string }[] } }).navigation.entries().map(({ url }) => url),
      found: (window as unknown as { found: string[] }).found,
      kept: [localStorage, sessionStorage].map((storage) => JSON.stringify(storage)).join() + document.referrer + document.cookie,
      arrival: "besideArrival" in window,
    }));
    expect(state).toMatchObject({ address: `http://127.0.0.1:${relay.port}/`, arrival: false });
    expect(state.history.filter((url) => url.includes("join"))).toEqual([]);
    expect(state.found.filter((url) => url.includes("join"))).toEqual([]);
    expect(state.kept).not.toContain("join=");
    expect(asked.filter((one) => one.includes("join=") || one.startsWith("ws"))).toEqual([]);
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);
    // A look is all it was: another look needs the link again.
    await page.reload();
    await stage(page, "first");
    await page.close();
  });

  it("[PAIR2] a link put into the address of a page that is open already is taken like any other, and does not stay there", async () => {
    const { page } = cleo;
    await page.evaluate((hash) => void (location.hash = hash), new URL(link).hash);
    await stage(page, "arrived");
    expect(page.url()).toBe(`http://127.0.0.1:${relay.port}/`);
    expect(
      await page.evaluate(() =>
        (window as unknown as { navigation: { entries(): { url: string }[] } }).navigation.entries().some(({ url }) => url.includes("join")),
      ),
    ).toBe(false);
    await page.getByRole("button", { name: "Not now" }).click();
    await stage(page, "first");
  });

  it("[PAIR2] a link that is half copied, tampered with, of another relay or none at all gets its own answer", async () => {
    const { page } = cleo;
    await page.getByRole("button", { name: "I was invited" }).click();
    const tryLink = async (text: string): Promise<void> => {
      await page.getByLabel("The link you were given").fill(text);
      await page.getByLabel("Your name").fill("Cleo");
      await page.getByRole("button", { name: "Join", exact: true }).click();
    };
    await tryLink("https://example.org/");
    await wrong(page, "not-an-invitation");
    for (const bad of [link.slice(0, -20), link.slice(0, -1), `${link.slice(0, 60)}${link[60] === "A" ? "B" : "A"}${link.slice(61)}`]) {
      await tryLink(bad);
      await wrong(page, "incomplete");
    }
    await tryLink(changed(link, { relay: "https://relay.example.org" }));
    await wrong(page, "elsewhere");
    expect(await page.locator('[data-wrong="elsewhere"]').innerText()).toContain("https://relay.example.org");
    expect(await page.getByRole("link", { name: "Open it there" }).getAttribute("href")).toMatch(/^https:\/\/relay\.example\.org\/#join=[\w-]+$/);
    // Another address smuggled into it is none.
    await tryLink(changed(link, { relay: "https://relay.example.org/@evil" }));
    await wrong(page, "not-an-invitation");
    // Well formed, and with a secret that the relay was never told of.
    await tryLink(changed(link, { secret: new Secret(new Uint8Array(16)) }));
    await stage(page, "turned-away");
    expect(await page.locator("h1").innerText()).toBe("Nobody waits behind this link");
    await page.getByRole("button", { name: "Start again" }).click();
    await stage(page, "first");
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);
  });

  it("[DEV1] a device link that is half copied, tampered with, an invitation, of another relay or none at all gets its own answer", async () => {
    const dora = await openPerson("dora", relay);
    const { page } = dora;
    const read = readInvitation(link);
    if (!read.ok) throw new Error(read.error);
    const device = (change: Partial<Invitation>): string => writeDeviceLink({ ...read.value, ...change });
    const tryLink = async (text: string): Promise<void> => {
      await page.getByLabel("The link from your other device").fill(text);
      await page.getByRole("button", { name: "Ask to be let in" }).click();
    };
    await page.getByRole("button", { name: "Add this device to mine" }).click();
    for (const none of ["https://example.org/", "device", "javascript:hacked=1", "x".repeat(1_000_000)]) {
      await tryLink(none);
      await wrong(page, "not-an-invitation");
    }
    await tryLink(link);
    await wrong(page, "invitation");
    const whole = device({});
    for (const bad of [whole.slice(0, -20), `${whole}A`, `${whole.slice(0, 70)}${whole[70] === "A" ? "B" : "A"}${whole.slice(71)}`]) {
      await tryLink(bad);
      await wrong(page, "incomplete");
    }
    await tryLink(device({ relay: "https://relay.example.org" }));
    await wrong(page, "elsewhere");
    expect(await page.getByRole("link", { name: "Open it there" }).getAttribute("href")).toMatch(/^https:\/\/relay\.example\.org\/#device=[\w-]+$/);
    await tryLink(device({ relay: "https://relay.example.org/@evil" }));
    await wrong(page, "not-an-invitation");
    await page.getByLabel("What this device is called").fill("\u200b\u2060");
    await tryLink(whole);
    await wrong(page, "bad-name");
    // Well formed, and nobody opened a door for it.
    await page.getByLabel("What this device is called").fill(adaTyped);
    await tryLink(whole);
    await page.getByRole("button", { name: /Give up|Start again/ }).click();
    await stage(page, "first");
    // Nothing is left of it.
    await invite(dora);
    await page.getByRole("button", { name: "Take the invitation back" }).click();
    await page.getByRole("button", { name: "Yes, take it back" }).click();
    // The other kind of link, where an invitation is asked for.
    await page.getByRole("button", { name: "I was invited" }).click();
    await page.getByLabel("The link you were given").fill(whole);
    await page.getByLabel("Your name").fill("cleo");
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await wrong(page, "device-link");
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await isOnlyText(page);
    expect(dora.wrongs).toEqual([]);
    await dora.close();
  });

  it("[LOSE1] words that are too few, misspelt, out of order or nobody's, and relays that are none, get their own answer", async () => {
    const { page } = cleo;
    await page.getByRole("button", { name: "I lost my device" }).click();
    const tryWords = async (text: string): Promise<string> => {
      await page.getByLabel("Your twelve words").fill(text);
      await page.getByRole("button", { name: "Bring them back" }).click();
      await page.locator("[data-wrong]").waitFor();
      return page.locator("[data-wrong]").innerText();
    };
    const right = `${"abandon ".repeat(11)}about`;
    const outOfOrder = `about ${"abandon ".repeat(11)}`;
    for (const few of ["abandon", "abandon ".repeat(13), outOfOrder]) expect(await tryWords(few)).toBe(en.lost.wrong["not-words"]);
    expect(await tryWords(`${"abandon ".repeat(11)}abuot`)).toContain("abuot");
    expect(await tryWords('<img src=x onerror="hacked=1">')).toContain("onerror");
    expect((await tryWords("rubbish ".repeat(100_000))).length).toBeLessThan(600);
    expect(await tryWords(right)).toBe(en.lost.wrong["nothing-found"]);
    for (const none of ["not a relay", "ftp://relay.example.org", "https://user@relay.example.org", "javascript:hacked=1"]) {
      await page.getByLabel("The relay that carried your lines").fill(none);
      expect(await tryWords(right)).toBe(en.lost.wrong["bad-relay"]);
    }
    await page.getByLabel("The relay that carried your lines").fill("relay.example.org/");
    await page.getByLabel("Your twelve words").fill(right);
    await page.getByRole("button", { name: "Bring them back" }).click();
    await wrong(page, "elsewhere");
    expect(await page.getByRole("link", { name: "Open it there" }).getAttribute("href")).toBe("https://relay.example.org/");
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await isOnlyText(page);
    await stage(page, "first");
  });

  it("[KEEP1] a file that is no export, of a newer Beside, far too big or hostile is answered in words, and what is read of it is text", async () => {
    const { page } = cleo;
    await page.getByRole("button", { name: "Read a saved line" }).click();
    const folder = mkdtempSync(join(tmpdir(), "beside-files-"));
    const bring = async (content: string | Uint8Array): Promise<void> => {
      const file = join(folder, "bond.json");
      writeFileSync(file, content);
      await page.locator('input[name="memory"]').setInputFiles(file);
    };
    try {
      const file = { format: "beside-bond", version: 1, bond: "0".repeat(32), me: { name: adaTyped }, other: { name: benTyped }, entries: [] as unknown[] };
      const bad: readonly (readonly [string, string | Uint8Array])[] = [
        ["not-an-export", ""],
        ["not-an-export", '{"hello":"world"}'],
        ["not-an-export", new Uint8Array([0xff, 0xfe, 0, 1, 2])],
        ["not-an-export", "[".repeat(200_000)],
        ["not-an-export", JSON.stringify({ ...file, bond: "../../home" })],
        ["not-an-export", JSON.stringify({ ...file, entries: [{ id: "x", seq: -1, from: "eve", kind: "thought", at: null, body: {} }] })],
        ["newer", JSON.stringify({ ...file, version: 2 })],
        ["not-an-export", JSON.stringify({ big: "x".repeat(20_000_000) })],
        ["too-big", new Uint8Array(64 * 1024 * 1024 + 1).fill(0x20)],
      ];
      for (const [why, content] of bad) {
        await bring(content);
        await wrong(page, why);
        await page.locator('.memories[aria-busy="false"]').waitFor();
      }
      expect(await page.locator("[data-memory]").count()).toBe(0);
      const entry = { from: "other", kind: "thought", at: "yesterday" };
      const said = '<img src=x onerror="hacked=1"></p><b>';
      await bring(
        JSON.stringify({
          ...file,
          entries: [
            { ...entry, id: "1", seq: 1, body: { text: said, at: 1 } },
            { ...entry, id: "2", seq: 2, body: { text: 7 } },
            { ...entry, id: "3", seq: 3, kind: "__proto__", body: { base64url: "AAAA" } },
          ],
        }),
      );
      await page.locator("[data-memory]").click();
      await page.locator('[data-sheet="memory"] .kept li[data-kind=thought]').waitFor();
      expect(await page.locator('[data-sheet="memory"] .kept li[data-kind=thought] .words').allInnerTexts()).toEqual([said]);
      expect(await page.locator('[data-sheet="memory"] h2').innerText()).toContain(adaShown);
      await isOnlyText(page);
      await page.getByRole("button", { name: "Remove it from this device" }).click();
      await page.getByRole("button", { name: "Yes, remove it" }).click();
      await page.locator("[data-memory]").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Back", exact: true }).click();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("[PAIR2] a link that names another relay's key at this address is not knocked with", async () => {
    // Also where the same line was tried, and given up, before.
    await join_({ ...cleo, name: "Cleo" }, changed(link, { relayHash: new Uint8Array(32) }));
    await cleo.page.locator('[data-trouble="wrong-relay"]').waitFor();
    expect(await cleo.page.locator('[data-trouble="wrong-relay"]').innerText()).toContain("Nothing is sent to it");
    await cleo.page.getByRole("button", { name: "Give up" }).click();
    await stage(cleo.page, "first");
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);
  });

  it("[NAME1] names of markup, of another direction and with controls in them are text, each in its own place", async () => {
    await join_(ben, link);
    await ada.page.locator("[data-knock]").waitFor();
    expect(await ada.page.locator("[data-knock] bdi").innerText()).toBe(benShown);
    await letIn(ada, ben);
    await expect.poll(() => ben.page.locator("#other-name bdi").innerText()).toBe(adaShown);
    await expect.poll(() => ada.page.locator("#other-name bdi").innerText()).toBe(benShown);
    for (const { page } of [ada, ben]) await isOnlyText(page);
  });

  it("[PRES1] a clock that is a day ahead is said to be, and states and times are right on both sides all the same", async () => {
    for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
    await expect.poll(() => notice(ben, "clock").innerText()).toBe("This device’s clock is 24 hours ahead.");
    expect(await notice(ada, "clock").count()).toBe(0);
    await say(ben, "tomorrow, today");
    await ada.page.locator(".drift", { hasText: "tomorrow, today" }).first().waitFor();
    await ada.page.locator('[data-tool="between"]').click();
    await ada.page.locator(".kept li[data-kind=thought]").waitFor();
    expect(await ada.page.locator(".kept h3").count()).toBe(1);
    await ada.page.keyboard.press("Escape");
  });

  it("[SAY1] words of markup, of another direction, with controls or as long as they may be are text, and arrive whole", async () => {
    const said = [
      ["<script>hacked=1</script><img src=x onerror=hacked=1>", "<script>hacked=1</script><img src=x onerror=hacked=1>"],
      ["\u202eתמונה\u0000\u001b[2J", "תמונה[2J"],
      ["javascript:hacked=1 {{constructor}} ${hacked=1} %s &lt;b&gt;", "javascript:hacked=1 {{constructor}} ${hacked=1} %s &lt;b&gt;"],
      ["x".repeat(12_000), "x".repeat(12_000)],
    ] as const;
    for (const [typed, shown] of said) {
      await say(ada, typed);
      await expect.poll(() => ben.page.locator(".said[data-from=other] .drift span").last().textContent()).toBe(shown);
      await isOnlyText(ben.page);
    }
    expect((await between(ben)).slice(0, 4)).toEqual(said.map(([, shown]) => shown).toReversed());
    await isOnlyText(ben.page);
  });

  it("[SAY1] nothing to read, or too much, is not said, and says why", async () => {
    const { page } = ada;
    await page.locator('[data-tool="say"]').click();
    const send = page.locator("form.say button[type=submit]");
    expect(await send.isDisabled()).toBe(true);
    await page.locator("textarea.words").fill("\u200b\u2060");
    await send.click();
    await expect.poll(() => page.locator("form.say [role=alert]").innerText()).toBe("There is nothing to read in it yet.");
    await page.locator("textarea.words").fill("é".repeat(6_001));
    await send.click();
    await expect.poll(() => page.locator("form.say [role=alert]").innerText()).toContain("too long");
    expect(await page.locator("textarea.words").inputValue()).toHaveLength(6_001);
    await page.keyboard.press("Escape");
    await fieldShows(ada, "waiting", "0");
  });

  it("[PAIR1] a third with the used link is turned away in words, and both of the two are told", async () => {
    await join_({ ...cleo, name: "Cleo" }, link);
    await stage(cleo.page, "turned-away");
    expect(await cleo.page.locator("h1").innerText()).toBe("This invitation was used already");
    for (const person of [ada, ben]) {
      await notice(person, "latecomer").waitFor();
      expect(await notice(person, "latecomer").innerText()).toContain("was turned away");
      await notice(person, "latecomer").getByRole("button").click();
      await notice(person, "latecomer").waitFor({ state: "detached" });
    }
    await cleo.page.getByRole("button", { name: "Start again" }).click();
  });

  it("[SAY1] with the browser's storage full it says so, and what was said is safe once there is room", async () => {
    const { page } = ada;
    await fillStorage(page);
    await page.locator('[data-tool="say"]').click();
    await page.locator("textarea.words").fill("while it was full");
    await page.locator("form.say button[type=submit]").click();
    await notice(ada, "trouble").waitFor();
    expect(await notice(ada, "trouble").getAttribute("data-trouble")).toBe("storage-full");
    expect(await notice(ada, "trouble").innerText()).toContain("no room left");
    // It is said where the words are being written, too.
    await page.locator("form.say [role=alert]", { hasText: "no room left" }).waitFor();
    // Not promised: the sheet keeps the words, and nothing left.
    expect(await page.locator("textarea.words").inputValue()).toBe("while it was full");
    expect(await ben.page.locator(".drift", { hasText: "while it was full" }).count()).toBe(0);
    await roomOfAda.send("Storage.overrideQuotaForOrigin", { origin: `http://localhost:${relay.port}`, quotaSize: 80_000_000 });
    await page.locator("form.say").waitFor({ state: "detached" });
    await ben.page.locator(".drift", { hasText: "while it was full" }).first().waitFor();
    await expect.poll(() => notice(ada, "trouble").count()).toBe(0);
    await page.reload();
    await fieldShows(ada, "connection", "online");
    expect((await between(ada)).filter((text) => text === "while it was full")).toHaveLength(1);
  });

  it("[PRES3] with the relay gone before the page opens, it opens, says so, keeps what is said, and connects by itself", async () => {
    const host = await servePageAlone(relay);
    await ada.page.reload();
    await notice(ada, "offline").waitFor();
    expect(await notice(ada, "offline").innerText()).toContain("You have had no connection since");
    await say(ada, "to a relay that is gone");
    await fieldShows(ada, "waiting", "1");
    // An invitation begun now waits for it too.
    await cleo.page.getByLabel("Your name").fill("Cleo");
    await cleo.page.getByRole("button", { name: "Invite the other" }).click();
    await expect.poll(() => cleo.page.locator(".lead").innerText()).toBe("The relay does not answer. This device keeps trying.");
    await host.stop();
    await relay.restart();
    await fieldShows(ada, "waiting", "0", 60_000);
    await ben.page.locator(".drift", { hasText: "to a relay that is gone" }).first().waitFor({ timeout: 60_000 });
    await stage(cleo.page, "inviting");
  });

  it("[BOUND3] with one's storage wiped by the browser the page says so, the other goes on, and a reload is a first run", async () => {
    const { page } = ben;
    const devtools = await ben.context.newCDPSession(page);
    await devtools.send("Storage.clearDataForOrigin", { origin: `http://127.0.0.1:${relay.port}`, storageTypes: "all" });
    await page.locator('[data-tool="say"]').click();
    await page.locator("textarea.words").fill("into nothing");
    await page.locator("form.say button[type=submit]").click();
    await notice(ben, "trouble").waitFor();
    expect(await notice(ben, "trouble").getAttribute("data-trouble")).toBe("storage-gone");
    expect(await notice(ben, "trouble").innerText()).toContain("took this page’s storage away");
    await page.reload();
    await stage(page, "first");
    await say(ada, "still here");
    await fieldShows(ada, "waiting", "0");
    expect(await notice(ada, "trouble").count()).toBe(0);
    expect((await between(ada))[0]).toBe("still here");
    expect(await ada.page.locator(".drift", { hasText: "into nothing" }).count()).toBe(0);
  });

  it("no console error, no refusal by the content policy, no request to anyone but the relay", async () => {
    for (const { page } of [ada, ben, cleo]) await isOnlyText(page);
    expect([...ada.wrongs, ...ben.wrongs, ...cleo.wrongs]).toEqual([]);
  });
});

describe("a relay that shows the two of them different records", () => {
  beforeAll(() => buildWeb());

  it("[CHAIN2] both pages say so in words, keep what was there, and send no more", async () => {
    const lying = await spawnLyingRelay(webDir);
    const never = async (): Promise<never> => Promise.reject(new Error("it only lies"));
    const relay: RelayProcess = { ...lying, kill: lying.stop, restart: never };
    const [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
    try {
      await join_(ben, await invite(ada));
      await letIn(ada, ben);
      for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
      await lying.tell("fork-order");
      for (const person of [ada, ben]) {
        await say(person, `one of ${person.name}`);
        await fieldShows(person, "waiting", "0");
      }
      await lying.tell("mirror");
      await ada.page.locator(".drift", { hasText: "one of Ben" }).first().waitFor();
      await ben.page.locator(".drift", { hasText: "one of Ada" }).first().waitFor();
      for (const person of [ada, ben]) {
        await say(person, `two of ${person.name}`);
        await fieldShows(person, "waiting", "0");
      }
      await lying.tell("mirror");
      for (const person of [ada, ben]) {
        await notice(person, "trouble").waitFor();
        expect(await notice(person, "trouble").innerText()).toContain(en.trouble({ is: "forked" }));
        // What it means, what is kept and what going on would do is one press away; nothing is done by looking.
        await notice(person, "trouble").getByRole("button").click();
        const sheet = person.page.locator('[data-sheet="stopped"]');
        for (const text of [en.stopped.forked.what, en.stopped.forked.kept, en.stopped.forked.goOn]) expect(await sheet.innerText()).toContain(text);
        await sheet.getByRole("button", { name: "Not now" }).click();
        await sheet.waitFor({ state: "detached" });
      }
      const heard = await lying.tell("mirror");
      for (const person of [ada, ben]) {
        await say(person, "only here");
        await fieldShows(person, "waiting", "1");
        expect(await between(person)).toHaveLength(4);
      }
      expect(await lying.tell("mirror")).toBe(heard);
      expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
    } finally {
      await Promise.all([ada.close(), ben.close()]);
      await lying.stop();
    }
  });

  it("[CHAIN2] a relay that forgot what it had confirmed: the line stops and says so; one press goes on, and what was kept is said again", async () => {
    const lying = await spawnLyingRelay(webDir);
    const never = async (): Promise<never> => Promise.reject(new Error("it only lies"));
    const relay: RelayProcess = { ...lying, kill: lying.stop, restart: never };
    const [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    try {
      await join_(ben, await invite(ada));
      await letIn(ada, ben);
      for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
      await say(ada, "before the copy");
      await ben.page.locator(".drift", { hasText: "before the copy" }).first().waitFor();
      await lying.tell("remember");
      await say(ada, "after the copy");
      await ben.page.locator(".drift", { hasText: "after the copy" }).first().waitFor();
      // Who has not heard that the relay took the last one has nothing that was forgotten, and would only send it again.
      for (const person of [ada, ben]) await fieldShows(person, "waiting", "0");
      await lying.tell("rewind");
      // Both find it before either goes on: what the first says again would be another record for the second, not a shorter one.
      for (const person of [ada, ben]) {
        await person.page.reload();
        await person.page.locator('[data-trouble="rewound"]').waitFor();
      }
      for (const person of [ada, ben]) {
        await person.page.locator('[data-trouble="rewound"] button').click();
        await person.page.getByRole("button", { name: "Go on with this relay" }).click();
        await person.page.locator('[data-sheet="stopped"]').waitFor({ state: "detached" });
      }
      for (const person of [ada, ben]) {
        await person.page.locator('[data-trouble="rewound"]').waitFor({ state: "detached" });
        await fieldShows(person, "connection", "online");
        await person.page.locator('[data-notice="mending"]').waitFor({ state: "detached" });
        expect(await between(person)).toEqual(["after the copy", "before the copy"]);
      }
      await say(ben, "and on it goes");
      await ada.page.locator(".drift", { hasText: "and on it goes" }).first().waitFor();
      expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
    } finally {
      await Promise.all([ada.close(), ben.close()]);
      await lying.stop();
    }
  });
});
