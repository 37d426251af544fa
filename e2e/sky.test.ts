/** Two skies, each at its person's own hour, and the moon over both (MOON1): in two browsers that are far apart. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeSheet, fieldShows, openPerson, openRow, pairUp, startRelay, type Person, type RelayProcess } from "./kit.ts";

let relay: RelayProcess;
let ada: Person;
let ben: Person;
let benGoes: (zone: string) => Promise<void>;

const travelling = async ({ context, page }: Person): Promise<(timezoneId: string) => Promise<void>> => {
  const session = await context.newCDPSession(page);
  return async (timezoneId) => {
    // One is lifted before the next: the browser knows no other way.
    await session.send("Emulation.setTimezoneOverride", { timezoneId: "" });
    await session.send("Emulation.setTimezoneOverride", { timezoneId });
    // A device that travels says so when someone looks.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  };
};

beforeAll(async () => {
  relay = await startRelay();
  [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
  await (
    await travelling(ada)
  )("Europe/Vienna");
  benGoes = await travelling(ben);
  await benGoes("Asia/Tokyo");
  await pairUp(ada, ben);
  for (const person of [ada, ben]) await fieldShows(person, "state", "beside");
}, 120_000);

afterAll(async () => {
  await Promise.all([ada, ben].map((person) => person.close()));
  await relay.stop();
});

const theirSky = ({ page }: Person, sky: "neutral" | "hour" | "sun"): Promise<void> => page.locator(`.half.theirs[data-sky="${sky}"]`).waitFor();
const sentence = ({ page }: Person) => page.locator(".who .state");
const hourNow = (zone: string): string => new Intl.DateTimeFormat("en-US", { hour: "numeric", timeZone: zone }).format().replace(/\s.*/, "");
const give = async ({ page }: Person): Promise<void> => page.locator('.grant[data-sense="hour"]').click();

test("[MOON1] before anything of the hour is given, the other's sky is neutral and the sentence says no time", async () => {
  await theirSky(ada, "neutral");
  expect(await sentence(ada).innerText()).toBe("beside you, now");
  expect(await ada.page.locator('.grant[data-sense="hour"]').getAttribute("data-give")).toBe("off");
  expect(await ada.page.locator(".moon").count()).toBe(0);
});

test("[PRES1] given, it is the other's own hour: in the sky, in the sentence, and for who listens", async () => {
  await give(ben);
  await theirSky(ada, "hour");
  // Ben's hour may turn while this is read.
  const [before, text, after] = [hourNow("Asia/Tokyo"), await sentence(ada).innerText(), hourNow("Asia/Tokyo")];
  const said = /^beside you, now · (\d+):\d\d\s[AP]M there$/u.exec(text.replaceAll(/[\u2068\u2069]/g, ""));
  expect([before, after]).toContain(said?.[1]);
  expect((await ada.page.locator('[data-spoken="state"]').innerText()).replaceAll(/[\u2068\u2069]/g, "")).toMatch(/now · \d+:\d\d\s[AP]M there/u);
  // Without a place no moon is drawn: nobody knows where it stands.
  expect(await ada.page.locator(".theirs .moon").count()).toBe(0);
});

test("[MOON1] in the same hour it is one for both", async () => {
  await benGoes("Europe/Vienna");
  await sentence(ada).filter({ hasText: "for both" }).waitFor();
  await benGoes("Asia/Tokyo");
  await sentence(ada).filter({ hasText: "there" }).waitFor();
});

test("[MOON1] places that both gave: the sun over the other, and whether the moon is up for each and for both", async () => {
  await openRow(ben, "moon");
  await ben.page.locator('input[name="lat"]').fill("36");
  await ben.page.locator('input[name="lon"]').fill("200");
  await ben.page.getByRole("button", { name: "Give this place" }).click();
  await ben.page.getByRole("alert").filter({ hasText: "−180 to 180" }).waitFor();
  await ben.page.locator('input[name="lon"]').fill("140");
  await ben.page.getByRole("button", { name: "Give this place" }).click();
  await theirSky(ada, "sun");
  await ben.page.locator('input[name="give-hour"]').nth(2).and(ben.page.locator(":checked")).waitFor();
  await closeSheet(ben);

  // Ada lets the device say where it is: only whole degrees are kept of that.
  await ada.context.grantPermissions(["geolocation"]);
  await ada.context.setGeolocation({ latitude: 48.2082, longitude: 16.3738 });
  await openRow(ada, "moon");
  await ada.page.getByRole("button", { name: "Use where this device is, roughly" }).click();
  const degrees = async (): Promise<string[]> => Promise.all(["lat", "lon"].map((name) => ada.page.locator(`input[name="${name}"]`).inputValue()));
  await expect.poll(degrees).toEqual(["48", "16"]);
  // Asking is not giving.
  expect(await ada.page.locator('input[name="give-hour"]').nth(2).isChecked()).toBe(false);
  await ada.page.getByRole("button", { name: "Give this place" }).click();
  await ada.page
    .locator('[data-moon="both"]')
    .filter({ hasText: /both of you/ })
    .waitFor();
  for (const who of ["me", "other"]) expect(await ada.page.locator(`[data-moon="${who}"]`).innerText()).toMatch(/\d:\d\d.+the moon is (up|down)/s);
});

test("[MOON1] it works without the relay", async () => {
  const before = await ada.page.locator('[data-moon="both"]').innerText();
  await closeSheet(ada);
  await relay.kill();
  await fieldShows(ada, "connection", "offline");
  await openRow(ada, "moon");
  expect(await ada.page.locator('[data-moon="both"]').innerText()).toBe(before);
  expect(await ada.page.locator('[data-moon="other"]').innerText()).toMatch(/the moon is (up|down)/);
  await closeSheet(ada);
  await relay.restart();
  await fieldShows(ada, "connection", "online");
});

test("[MOON1] taken back, the other's screen forgets hour and place at once", async () => {
  await give(ben);
  await theirSky(ada, "neutral");
  expect(await sentence(ada).innerText()).not.toContain("there");
  expect(await ada.page.locator(".theirs .moon").count()).toBe(0);
  await openRow(ada, "moon");
  expect(await ada.page.locator('[data-moon="other"]').innerText()).toContain("the hour is not given");
  await closeSheet(ada);
});

test("whatever moves on the field comes to rest by itself", async () => {
  for (const { page } of [ada, ben]) await page.waitForFunction(() => document.getAnimations().length === 0);
});

test.each([
  ["a phone on its side", { width: 844, height: 390 }],
  ["a small phone", { width: 320, height: 568 }],
  ["a tablet", { width: 768, height: 1024 }],
  ["a desktop", { width: 1280, height: 800 }],
])("on %s everything that is needed stands on the screen", async (_, size) => {
  const { page } = ada;
  await page.setViewportSize(size);
  for (const what of [".who .state", ".light.theirs .core, .light.theirs .hollow", "button.light.mine", '[data-tool="feel"]', '[data-tool="more"]']) {
    const box = await page.locator(what).first().boundingBox();
    if (!box) throw new Error(`${what} is not shown`);
    expect(box.x >= 0 && box.x + box.width <= size.width && box.y >= 0 && box.y + box.height <= size.height, `${what} at ${JSON.stringify(box)}`).toBe(true);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test("nothing went wrong on the way, and nothing was asked of anyone but the relay", () => {
  for (const { wrongs } of [ada, ben]) expect(wrongs).toEqual([]);
});
