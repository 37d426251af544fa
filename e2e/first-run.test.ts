/** Two people who have never seen it begin: real browsers at phone size, a real relay, a camera that sees what the other shows. */
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import type { Locator, Page } from "playwright-core";
import { cameraSeeing } from "./fake-camera.ts";
import {
  accept,
  closeSheet,
  deviceLink,
  fieldShows,
  invite,
  join_,
  openLink,
  openPerson,
  openRow,
  pairUp,
  sixWords,
  startRelay,
  type Person,
  type RelayProcess,
} from "./kit.ts";

const phone = { width: 390, height: 844 };
const stage = (page: Page, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const button = ({ page }: Person, name: string | RegExp): Locator => page.getByRole("button", { name, exact: typeof name === "string" });
const scan = ({ page }: Person, state: string): Promise<void> => page.locator(`[data-scan="${state}"]`).waitFor();

/** From now on the page keeps the streams of its camera where a test can look at them. */
const watchCamera = async ({ page }: Person): Promise<void> => {
  await page.evaluate(() => {
    const streams: MediaStream[] = [];
    Object.assign(globalThis, { streams });
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      streams.push(stream);
      return stream;
    };
  });
};
const cameras = ({ page }: Person): Promise<readonly string[]> =>
  page.evaluate(() =>
    (globalThis as unknown as { streams: MediaStream[] }).streams.flatMap((stream) => stream.getTracks().map(({ readyState }) => readyState)),
  );

describe("the first run", () => {
  let relay: RelayProcess;
  const people: Person[] = [];
  const open = async (...args: Parameters<typeof openPerson> extends [string, unknown, ...infer Rest] ? [string, ...Rest] : never): Promise<Person> => {
    const [name, ...rest] = args;
    const person = await openPerson(name, relay, ...rest);
    people.push(person);
    return person;
  };

  beforeAll(async () => {
    relay = await startRelay();
  });
  afterEach(async () => {
    const wrongs = people.flatMap((person) => person.wrongs);
    await Promise.all(people.splice(0).map((person) => person.close()));
    expect(wrongs).toEqual([]);
  });
  afterAll(async () => {
    await relay?.stop();
  });

  it("[PAIR2] from nothing to the field by touch alone: five presses for the one who invites, four for the one who opens the link", async () => {
    const [ada, ben] = await Promise.all([open("ada", "localhost", phone, { hasTouch: true }), open("ben", "127.0.0.1", phone, { hasTouch: true })]);
    const presses = { ada: 0, ben: 0 };
    const press = async (who: "ada" | "ben", what: Locator): Promise<void> => {
      presses[who]++;
      await what.tap();
    };
    const start = performance.now();

    await press("ada", ada.page.getByLabel("Your name"));
    await ada.page.keyboard.type("ada");
    await press("ada", button(ada, "Invite the other"));
    // The code that the phone's own camera reads is this link; opening it is what that camera does.
    await openLink(ben, (await ada.page.getByLabel("The link").inputValue()).replace("localhost", "127.0.0.1"));
    await press("ben", ben.page.getByLabel("Your name"));
    await ben.page.keyboard.type("ben");
    await press("ben", button(ben, "Join"));
    await press("ada", button(ada, /Accept.*ben/));
    expect(await sixWords(ada)).toEqual(await sixWords(ben));
    for (const [who, person] of Object.entries({ ada, ben })) {
      await press(who as "ada" | "ben", button(person, "We compared them"));
      await press(who as "ada" | "ben", button(person, "Yes, show it"));
    }
    await Promise.all([fieldShows(ada, "state", "beside"), fieldShows(ben, "state", "beside")]);

    // For whoever runs it: the rest of the minute is for two people to read and type.
    process.stderr.write(`from nothing to the field: ${((performance.now() - start) / 1000).toFixed(1)} s of the machines' time\n`);
    expect(presses).toEqual({ ada: 5, ben: 4 });
  });

  it("every main button on the way is on the first screenful of a phone, and nothing runs over its side at 320 px", async () => {
    for (const size of [phone, { width: 320, height: 640 }]) {
      const [ada, ben] = await Promise.all([open("ada", "localhost", size), open("ben", "127.0.0.1", size)]);
      const looks = async ({ page }: Person, main: string): Promise<void> => {
        const seen = await page.locator(main).first().boundingBox();
        if (size === phone) expect((seen?.y ?? Infinity) + (seen?.height ?? 0)).toBeLessThanOrEqual(size.height);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
      };
      await looks(ada, ".main");
      const link = await invite(ada);
      await looks(ada, ".main");
      await button(ben, "I was invited").click();
      await looks(ben, ".main");
      await openLink(ben, link.replace("localhost", "127.0.0.1"));
      await ben.page.getByLabel("Your name").fill("ben");
      await looks(ben, ".main");
      await button(ben, "Join").click();
      await stage(ben.page, "knocking");
      await button(ada, /Accept.*ben/).waitFor();
      await looks(ada, ".knocks .main");
      await looks(ben, "h1");
    }
  });

  it("[PAIR2] an invitation that is taken back leads straight to the beginning, and who waits behind it is told", async () => {
    const [ada, ben] = await Promise.all([open("ada", "localhost"), open("ben", "127.0.0.1")]);
    await join_(ben, await invite(ada));
    await button(ada, /Accept.*ben/).waitFor();
    await ada.page.evaluate(() => {
      const stages: (string | undefined)[] = [];
      Object.assign(globalThis, { stages });
      new MutationObserver(() => stages.push(document.documentElement.dataset["stage"])).observe(document.documentElement, { attributeFilter: ["data-stage"] });
    });
    await button(ada, "Take the invitation back").click();
    await button(ada, "Yes, take it back").click();
    await stage(ada.page, "first");
    await ben.page.locator('[data-why="unknown"]').waitFor();
    expect(await ada.page.evaluate(() => (globalThis as unknown as { stages: string[] }).stages)).toEqual(["first"]);
    await ada.page.reload();
    await stage(ada.page, "first");
  });

  it("[PAIR2] an invitation is scanned inside the app, and is treated as a pasted one: nothing happens until Join", async () => {
    const ada = await open("ada", "127.0.0.1");
    const link = await invite(ada);
    const ben = await open("ben", "127.0.0.1", phone, { args: cameraSeeing(link) });
    await watchCamera(ben);
    await button(ben, "I was invited").click();
    await button(ben, "Scan the code").click();
    await ben.page.getByRole("heading", { name: "You were invited" }).waitFor();
    expect(await cameras(ben)).toEqual(["ended"]);
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);
    await ben.page.locator("input[name=name]:focus").waitFor();
    await ben.page.keyboard.type("ben");
    await button(ben, "Join").click();
    await accept(ada, "ben");
    expect(await sixWords(ada)).toEqual(await sixWords(ben));
  });

  it("[PAIR2] a scanned invitation of another relay is named and left to the person, as a pasted one is", async () => {
    const ada = await open("ada", "127.0.0.1");
    const other = await startRelay();
    const far = await openPerson("far", other);
    const link = await invite(far);
    await far.close();
    await other.stop();
    const ben = await open("ben", "127.0.0.1", phone, { args: cameraSeeing(link) });
    await button(ben, "I was invited").click();
    await button(ben, "Scan the code").click();
    await ben.page.getByLabel("Your name").fill("ben");
    await button(ben, "Join").click();
    await ben.page.locator('[data-wrong="elsewhere"]').waitFor();
    expect(await ben.page.getByRole("link", { name: "Open it there" }).getAttribute("href")).toBe(link);
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);
  });

  it("[DEV1] the link of a device of one's own is scanned the same way; taken for an invitation it is named, and scanning goes on until it is stopped", async () => {
    const [ada, ben] = await Promise.all([open("ada", "127.0.0.1"), open("ben", "127.0.0.1")]);
    await pairUp(ada, ben);
    const tablet = await open("tablet", "127.0.0.1", { width: 768, height: 1024 }, { args: cameraSeeing(await deviceLink(ada)) });
    await watchCamera(tablet);

    await button(tablet, "I was invited").click();
    await button(tablet, "Scan the code").click();
    await scan(tablet, "other-kind");
    expect(await cameras(tablet)).toEqual(["live"]);
    await tablet.page.getByText("Camera on · nothing leaves this device").waitFor();
    await button(tablet, "Stop the camera").click();
    await button(tablet, "Scan the code").waitFor();
    expect(await cameras(tablet)).toEqual(["ended"]);
    await button(tablet, "Back").click();

    await button(tablet, "Add this device to mine").click();
    await button(tablet, "Scan the code").click();
    await tablet.page.getByText("A device of yours showed this link.").waitFor();
    expect(await cameras(tablet)).toEqual(["ended", "ended"]);
    await button(tablet, "Ask to be let in").click();
    await ada.page.locator(".code li").nth(2).waitFor();
  });

  it("a code that is something else is named, and a page that is hidden has its camera off", async () => {
    const ben = await open("ben", "127.0.0.1", phone, { args: cameraSeeing("https://example.org/menu") });
    await watchCamera(ben);
    await button(ben, "I was invited").click();
    await button(ben, "Scan the code").click();
    await scan(ben, "not-ours");
    expect(await cameras(ben)).toEqual(["live"]);
    await ben.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await button(ben, "Scan the code").waitFor();
    expect(await cameras(ben)).toEqual(["ended"]);
  });

  it("a camera that is refused, not there or in use: each is said, and the field to paste into is right there", async () => {
    const says = async (person: Person, state: string, way = "Scan the code"): Promise<void> => {
      await button(person, way).click();
      await scan(person, state);
      expect(await person.page.getByLabel("The link you were given").isVisible()).toBe(true);
    };
    // There is one, and nobody answers the browser's question with yes.
    const refused = await open("ben", "127.0.0.1", phone, { args: ["--use-fake-device-for-media-stream"] });
    await button(refused, "I was invited").click();
    await says(refused, "denied");

    const without = await open("ben", "127.0.0.1", phone, { permissions: ["camera"] });
    await button(without, "I was invited").click();
    await says(without, "none");
    await without.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotReadableError"));
    });
    await says(without, "in-use", "Try again");
  });

  it("on an iPhone in a tab the Home Screen comes first; an invitation is copied there at one press, and going on here stays possible", async () => {
    const ada = await open("ada", "127.0.0.1");
    const link = await invite(ada);
    const ben = await open("ben", "127.0.0.1", phone, { hasTouch: true });
    await ben.page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "standalone", { get: () => false, configurable: true });
      Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => 5, configurable: true });
    });
    await ben.page.reload();
    await ben.page.getByText("Add to Home Screen").waitFor();
    expect(await ben.page.getByLabel("Your name").count()).toBe(0);

    await openLink(ben, link);
    expect(ben.page.url()).not.toContain("join=");
    await ben.page.getByText("Add to Home Screen").waitFor();
    await button(ben, "Copy the link").click();
    await button(ben, "Copied").waitFor();
    expect(await ben.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await ben.page.getByText("after seven days without a visit").waitFor();
    expect(await ada.page.locator("[data-knock]").count()).toBe(0);

    await button(ben, "Go on here anyway").click();
    await ben.page.getByLabel("Your name").fill("ben");
    await button(ben, "Join").click();
    await accept(ada, "ben");
    await sixWords(ben);
  });

  it("what this device can do is measured where it is shown: while one waits, and in More", async () => {
    const [ada, ben] = await Promise.all([open("ada", "127.0.0.1"), open("ben", "127.0.0.1")]);
    const link = await invite(ada);
    await ada.page.locator('[data-row="abilities"]').click();
    await ada.page.locator('dialog[data-sheet="abilities"] [data-ability="woken"][data-state="no"]').waitFor();
    await closeSheet(ada);
    await openLink(ben, link);
    await ben.page.getByLabel("Your name").fill("ben");
    await button(ben, "Join").click();
    await ben.page.locator('[data-row="abilities"] small', { hasText: "." }).waitFor();
    await accept(ada, "ben");
    for (const person of [ada, ben]) {
      await sixWords(person);
      await button(person, "Later").click();
      await button(person, "No, not now").click();
    }
    await openRow(ada, "abilities");
    const measured = await ada.page.evaluate(async () => ({
      persisted: await navigator.storage.persisted(),
      cameras: (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput").length,
      wakeLock: "wakeLock" in navigator,
    }));
    const state = (name: string): Promise<string | null> => ada.page.locator(`[data-ability="${name}"]`).getAttribute("data-state");
    expect(await state("keeps")).toBe(measured.persisted ? "promised" : "may-clear");
    expect(await state("awake")).toBe(measured.wakeLock ? "yes" : "no");
    expect(["denied", measured.cameras > 0 ? "there" : "none"]).toContain(await state("camera"));
    expect(await state("background")).toBe("no");
    // It leads back to where it was opened.
    await button(ada, /Back/).click();
    await ada.page.locator('dialog[data-sheet="more"]').waitFor();
  });

  it("where the browser offers to install Beside, More has one quiet button for it, and it is gone once used", async () => {
    const [ada, ben] = await Promise.all([open("ada", "127.0.0.1"), open("ben", "127.0.0.1")]);
    await pairUp(ada, ben);
    await ada.page.evaluate(() => {
      // Chromium's own offer opens nothing here, and comes when it will: also after this one.
      window.addEventListener("beforeinstallprompt", (event) => event.isTrusted && event.stopImmediatePropagation(), { capture: true });
      const offer = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), {
        prompt: () => Promise.resolve(void (document.documentElement.dataset["asked"] = "yes")),
      });
      window.dispatchEvent(offer);
    });
    await ada.page.locator('[data-tool="more"]').click();
    await ada.page.locator("[data-install]").click();
    await ada.page.locator('html[data-asked="yes"]').waitFor();
    expect(await ada.page.locator("[data-install]").count()).toBe(0);
  });
});
