/** Several devices of one person, a lost one, and what was saved: real browsers, a real relay. */
import { mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { toHex } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import { personSeed } from "../src/protocol/keys.ts";
import {
  addDevice,
  between,
  closeSheet,
  deviceLink,
  fieldShows,
  keepTwelveWords,
  openRow,
  openLink,
  openPerson,
  pairUp,
  say,
  startRelay,
  type Person,
  type RelayProcess,
} from "./kit.ts";

const stage = (page: Page, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const told = (person: Person, what: string, who: string) => person.page.locator(`[data-device-notice="${what}"][data-who="${who}"]`);
const drift = (person: Person, text: string) => person.page.locator(".drift", { hasText: text }).first();

/** Which of these (hexadecimal) are in what this page keeps: opened with the page's own key, as whoever runs its code could. */
const onDisk = (page: Page, secrets: readonly string[]): Promise<readonly boolean[]> =>
  page.evaluate(async (wanted) => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error as Error));
      });
    const database = await asked(indexedDB.open("beside"));
    const open = (key: CryptoKey, stored: Uint8Array<ArrayBuffer>, label: string): Promise<ArrayBuffer> =>
      crypto.subtle.decrypt({ name: "AES-GCM", iv: stored.slice(0, 12), additionalData: new TextEncoder().encode(label) }, key, stored.slice(12));
    interface OpenKey {
      readonly guard: CryptoKey;
      readonly sealed: Uint8Array<ArrayBuffer>;
    }
    const record = (await asked(database.transaction("keys").objectStore("keys").get("data"))) as OpenKey;
    const key = await crypto.subtle.importKey("raw", await open(record.guard, record.sealed, "guard"), "AES-GCM", false, ["decrypt"]);
    const values = database.transaction("values").objectStore("values");
    const [names, sealed] = await Promise.all([asked(values.getAllKeys()), asked(values.getAll() as IDBRequest<Uint8Array<ArrayBuffer>[]>)]);
    database.close();
    const opened = await Promise.all(sealed.map((stored, at) => open(key, stored, names[at] as string)));
    const all = opened.map((value) => [...new Uint8Array(value)].map((byte) => byte.toString(16).padStart(2, "0")).join("")).join("\n");
    return wanted.map((secret) => all.includes(secret));
  }, secrets);

/** What the twelve words are, and the person key of the first line that they gave. */
const secretsOf = (list: readonly string[]): readonly string[] => {
  const entropy = mnemonicToEntropy(list.join(" "), wordlist);
  return [toHex(entropy), toHex(personSeed(new Secret(entropy), 0).expose())];
};

describe("two devices of one person", () => {
  let relay: RelayProcess;
  let ada: Person;
  let tablet: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, tablet, ben] = await Promise.all([
      openPerson("ada", relay, "localhost"),
      openPerson("tablet", relay, "localhost", { width: 1280, height: 800 }),
      openPerson("ben", relay),
    ]);
    await pairUp(ada, ben);
    await say(ada, "before the tablet");
    await say(ben, "said by ben before");
    await drift(ada, "said by ben before").waitFor();
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), tablet?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[DEV1] opening a device link does nothing but ask; its secret is gone from the address and the history", async () => {
    const link = await deviceLink(ada);
    await openLink(tablet, link);
    await stage(tablet.page, "arrived");
    expect(tablet.page.url()).toBe(`http://localhost:${relay.port}/`);
    const seen = await tablet.page.evaluate(() => ({
      history: (window as unknown as { navigation: { entries(): { url: string }[] } }).navigation.entries().map(({ url }) => url),
      kept: JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.referrer,
      arrival: "besideArrival" in window,
    }));
    expect(seen.history.some((url) => url.includes("device="))).toBe(false);
    expect(seen.kept).not.toContain("device=");
    expect(seen.arrival).toBe(false);
    await tablet.page.getByRole("button", { name: "Not now" }).click();
    await stage(tablet.page, "first");
    expect(await ada.page.locator("[data-asking]").count()).toBe(0);
    await ada.page.getByRole("button", { name: "Stop", exact: true }).click();
    await ada.page.getByRole("button", { name: "Add a device" }).waitFor();
    await closeSheet(ada);
  });

  it("[DEV1] who is not mine is not let in, and the link is worth nothing afterwards", async () => {
    await openLink(tablet, await deviceLink(ada));
    await tablet.page.getByLabel("What this device is called").fill("a stranger");
    await tablet.page.getByRole("button", { name: "Ask to be let in" }).click();
    await ada.page.locator("[data-asking]", { hasText: "a stranger" }).waitFor();
    await ada.page.getByRole("button", { name: "Not mine", exact: true }).click();
    await ada.page.locator('[data-sheet="devices"] [role="status"]', { hasText: "Nobody was let in" }).waitFor();
    expect(await ada.page.locator("[data-device]").count()).toBe(1);
    await closeSheet(ada);
    // It still asks until it gives up, or hears that nobody waits any more.
    await tablet.page.getByRole("button", { name: /Give up|Start again/ }).click();
    await stage(tablet.page, "first");
  });

  it("[DEV1] a second device comes by link: the same three words on both screens, everything is there, and both are told", async () => {
    const { here, there } = await addDevice(ada, tablet);
    expect(here).toHaveLength(3);
    expect(here).toEqual(there);
    await told(ada, "added", "me").waitFor();
    expect(await told(ada, "added", "me").innerText()).toContain("tablet");
    await told(ben, "added", "other").waitFor();
    expect(await told(ben, "added", "other").innerText()).toContain("ada");
    expect(await between(tablet)).toEqual(["said by ben before", "before the tablet"]);
    for (const person of [ada, ben]) {
      await person.page.locator('[data-notice="devices"]').getByRole("button", { name: "All right" }).click();
      await person.page.locator('[data-notice="devices"]').waitFor({ state: "detached" });
    }
    await openRow(ben, "devices");
    expect(await ben.page.locator("[data-theirs]").getAttribute("data-theirs")).toBe("2");
    await closeSheet(ben);
  });

  it("[DEV1] what either device says is on the other one and at the other's; what the other says is on both", async () => {
    await say(tablet, "from the tablet");
    await drift(ben, "from the tablet").waitFor();
    await drift(ada, "from the tablet").waitFor();
    await say(ben, "to both of them");
    await drift(tablet, "to both of them").waitFor();
    await drift(ada, "to both of them").waitFor();
    expect(await between(tablet)).toEqual(await between(ada));
  });

  it("[PAIR4] a new device may not remove others until an older one vouches for it", async () => {
    await openRow(tablet, "devices");
    await tablet.page.locator("[data-device]").nth(1).waitFor();
    expect(await tablet.page.getByRole("button", { name: /^Remove/ }).count()).toBe(0);
    await openRow(ada, "devices");
    await ada.page.getByRole("button", { name: /^Vouch for/ }).click();
    await ada.page.getByRole("button", { name: /^Vouch for/ }).waitFor({ state: "detached" });
    await tablet.page.getByRole("button", { name: /^Remove/ }).waitFor();
    for (const person of [ada, tablet]) await closeSheet(person);
  });

  it("[DEV1] the twelve words are asked back; wrong ones are refused kindly; then words and person key are gone from the device", async () => {
    const { page } = ada;
    const list = await keepTwelveWords(ada, async (places, all) => {
      for (const place of places) await page.locator(`input[name="word-${place}"]`).fill("zebra");
      await page.getByRole("button", { name: "That is what it says" }).click();
      await page.locator('[data-wrong="wrong"]').waitFor();
      expect(await page.locator('[data-wrong="wrong"]').innerText()).toContain("Not quite");
      expect(await onDisk(page, secretsOf(all))).toEqual([true, true]);
    });
    const secrets = secretsOf(list);
    await page.locator(".to-keep").waitFor({ state: "detached" });
    await expect.poll(() => onDisk(page, secrets)).toEqual([false, false]);
    await page.reload();
    await fieldShows(ada, "connection", "online");
    expect(await page.locator(".to-keep").count()).toBe(0);
    await openRow(ada, "twelve");
    await page.locator('[data-words="kept"]').waitFor();
    expect(await page.locator(".twelve-words").count()).toBe(0);
    await closeSheet(ada);
    // The one that was added never had them, and is not asked to write anything down.
    expect(await tablet.page.locator(".to-keep").count()).toBe(0);
    expect(await onDisk(tablet.page, secrets)).toEqual([false, false]);
  });

  it("[DEV2] a removed device says so and keeps what it had; both sides are told, and it learns nothing more", async () => {
    await openRow(ada, "devices");
    await ada.page.getByRole("button", { name: /^Remove/ }).click();
    await ada.page.getByText("It is shut out at once").waitFor();
    await ada.page.getByRole("button", { name: "Yes, remove it" }).click();
    await tablet.page.locator('[data-trouble="revoked"]').waitFor();
    expect(await tablet.page.locator('[data-trouble="revoked"]').innerText()).toContain("This device was taken out of the line");
    await expect.poll(() => ada.page.locator("[data-device]").count()).toBe(1);
    await closeSheet(ada);
    await told(ada, "removed", "me").waitFor();
    await told(ben, "removed", "other").waitFor();
    await say(ben, "not for the tablet");
    await drift(ada, "not for the tablet").waitFor();
    const there = await between(tablet);
    expect(there).toContain("to both of them");
    expect(there).not.toContain("not for the tablet");
  });

  it("[END1] a removed device says before that it ends it here alone, then that it did, and the two go on", async () => {
    await openRow(tablet, "end");
    const text = await tablet.page.locator('dialog[data-sheet="end"]').innerText();
    expect(text).toContain("cannot end it for the two of you");
    for (const untrue of ["sees that you ended it", "End it later"]) expect(text).not.toContain(untrue);
    await tablet.page.getByRole("button", { name: "End it now" }).click();
    await tablet.page.getByRole("button", { name: "End it", exact: true }).click();
    await tablet.page.locator('[data-ended="removed"]').waitFor();
    expect(await tablet.page.locator("main").innerText()).not.toContain("does not know yet");
    await tablet.page.reload();
    await tablet.page.locator('[data-ended="removed"]').waitFor();
    await say(ada, "we go on");
    await drift(ben, "we go on").waitFor();
  });

  it("no console error, no refusal by the content policy, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...tablet.wrongs, ...ben.wrongs]).toEqual([]);
  });
});

describe("everything lost, and what was saved", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let cleo: Person;
  let words: string[] = [];
  let saved = "";

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben, cleo] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay), openPerson("cleo", relay)]);
    await pairUp(ada, ben);
    words = await keepTwelveWords(ada);
    await say(ada, "kept on the line");
    await drift(ben, "kept on the line").waitFor();
    await say(ben, "kept by both");
    await drift(ada, "kept by both").waitFor();
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close(), cleo?.close()]);
    await relay?.stop();
  });

  it("[LOSE1] the backup on the line is told in one line", async () => {
    await ada.page.locator('[data-tool="more"]').click();
    await ada.page.locator('[data-backup="done"]').waitFor();
    expect(await ada.page.locator("[data-backup]").innerText()).toContain("Backed up on the line just now");
    await closeSheet(ada);
  });

  it("[KEEP1] what was saved as data is a memory elsewhere: the same words, to be read and nothing else, and it can go", async () => {
    await ada.page.locator('[data-tool="between"]').click();
    const downloading = ada.page.waitForEvent("download");
    await ada.page.getByRole("button", { name: "Take it with you" }).click();
    await ada.page.getByRole("button", { name: "Save as data" }).click();
    saved = await (await downloading).path();
    await ada.page.locator('[data-sheet="take"]').getByRole("button", { name: "Back" }).click();
    await closeSheet(ada);
    const { page } = cleo;
    await page.getByRole("button", { name: "Read a saved line" }).click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Bring in a saved file" }).click();
    await (await chooser).setFiles(saved);
    await page.locator("[data-memory]").click();
    const list = page.locator('[data-sheet="memory"] .kept li[data-kind=thought]');
    await list.first().waitFor();
    expect(await list.locator(".words").allInnerTexts()).toEqual(await between(ada));
    expect(await list.first().locator("small").innerText()).toContain("ben");
    expect(await page.locator('[data-sheet="memory"] textarea').count()).toBe(0);
    // The same file again is the same memory; it is still there after a reload.
    await closeSheet(cleo);
    await page.locator('input[name="memory"]').setInputFiles(saved);
    await page.locator('.memories[aria-busy="false"]').waitFor();
    expect(await page.locator("[data-memory]").count()).toBe(1);
    await page.reload();
    await page.getByRole("button", { name: "Read a saved line" }).click();
    await page.locator("[data-memory]").click();
    await page.getByRole("button", { name: "Remove it from this device" }).click();
    await page.getByRole("button", { name: "Yes, remove it" }).click();
    await page.locator("[data-memory]").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Back", exact: true }).click();
  });

  it("[LOSE1] with the storage cleared, twelve words bring the line back with all that was kept; the other is told", async () => {
    const { page } = ada;
    const devtools = await ada.context.newCDPSession(page);
    await devtools.send("Storage.clearDataForOrigin", { origin: `http://localhost:${relay.port}`, storageTypes: "all" });
    await page.reload();
    await stage(page, "first");
    await page.getByRole("button", { name: "I lost my device" }).click();
    expect(await page.getByLabel("The relay that carried your lines").inputValue()).toBe(`http://localhost:${relay.port}`);
    await page.getByLabel("Your twelve words").fill(words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join("\n"));
    await page.getByLabel("What this device is called").fill("new phone");
    await page.getByRole("button", { name: "Bring them back" }).click();
    await page.locator("main.field").waitFor({ timeout: 60_000 });
    await told(ben, "restored", "other").waitFor();
    await fieldShows(ada, "connection", "online");
    expect(await between(ada)).toEqual(["kept by both", "kept on the line"]);
    await say(ada, "back again");
    await drift(ben, "back again").waitFor();
    await say(ben, "there you are");
    await drift(ada, "there you are").waitFor();
    // Only their owner has the words: there is nothing to write down.
    expect(await page.locator(".to-keep").count()).toBe(0);
  });

  it("no console error, no refusal by the content policy, no request to anyone but the relay", () => {
    expect([...ada.wrongs, ...ben.wrongs, ...cleo.wrongs]).toEqual([]);
  });
});
