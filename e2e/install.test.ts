/** The app on a home screen: what the browser needs to put it there, and that it behaves there as an app does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webDir } from "../scripts/web.ts";
import { openPerson, openRow, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";
import { kept } from "./versions.ts";

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly type: string; readonly purpose: string }[];
  readonly shortcuts: readonly { readonly name: string; readonly url: string }[];
}

describe("an app that can be installed", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
    await pairUp(ada, ben);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  const sheet = (name: string) => ada.page.locator(`dialog[data-sheet="${name}"]`);
  const noSheet = (): Promise<void> => ada.page.locator("dialog.sheet").waitFor({ state: "detached" });
  const entries = (): Promise<number> => ada.page.evaluate(() => history.length);

  it("the browser finds nothing wrong with the manifest, nor with installing it", async () => {
    await kept(ada);
    const devtools = await ada.context.newCDPSession(ada.page);
    const { errors, url } = await devtools.send("Page.getAppManifest");
    expect([errors, new URL(url).pathname]).toEqual([[], "/manifest.webmanifest"]);
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual([]);
  });

  it("every icon that it names is there, in the size that it says; so are those that the page names", async () => {
    const { icons, ...manifest } = JSON.parse(readFileSync(join(webDir, "manifest.webmanifest"), "utf8")) as Manifest;
    expect([manifest.start_url, manifest.scope, manifest.display]).toEqual(["/", "/", "standalone"]);
    expect(icons.map(({ purpose, sizes }) => `${purpose} ${sizes}`)).toEqual(["any 192x192", "any 512x512", "maskable 512x512", "monochrome 192x192"]);
    const named = await ada.page.evaluate(() =>
      [...document.querySelectorAll<HTMLLinkElement>('link[rel="icon"], link[rel="apple-touch-icon"]')].map(({ href }) => new URL(href).pathname),
    );
    expect(named).toEqual(["/icon.svg", "/icons/apple-touch-180.png"]);
    const sizeOf = (src: string): Promise<string> =>
      ada.page.evaluate(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
    for (const { src, sizes } of icons) expect([src, await sizeOf(src)]).toEqual([src, sizes]);
    expect(await sizeOf("/icons/apple-touch-180.png")).toBe("180x180");
  });

  it("each shortcut of the icon opens its sheet over the field, once, and the address does not keep it", async () => {
    const { shortcuts } = JSON.parse(readFileSync(join(webDir, "manifest.webmanifest"), "utf8")) as Manifest;
    const opened = { "/#feel": ada.page.locator(".feel"), "/#say": sheet("say") };
    expect(shortcuts.map(({ url }) => url)).toEqual(Object.keys(opened));
    for (const [url, shown] of Object.entries(opened)) {
      // A page that is there already begins anew with it.
      await ada.page.goto(new URL(url, ada.page.url()).href);
      await shown.waitFor();
      expect(new URL(ada.page.url()).hash).toBe("");
      await ada.page.reload();
      await ada.page.locator('main.field [data-tool="feel"]').waitFor();
      expect(await shown.count()).toBe(0);
    }
  });

  it("what the system draws around the page has the colour of the field's sky", async () => {
    const [theme, sky] = await ada.page.evaluate(() => [
      document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')?.content,
      document.querySelector<HTMLElement>(".half.theirs")?.style.getPropertyValue("--deep"),
    ]);
    expect(theme).toBe(sky);
    expect(theme).toMatch(/^oklch/);
  });

  it("going back closes the feeling wheel, and nothing is felt", async () => {
    await ada.page.locator('[data-tool="feel"]').click();
    await ada.page.locator(".feel").waitFor();
    await ada.page.goBack();
    await ada.page.locator(".feel").waitFor({ state: "detached" });
    expect(await ada.page.locator("main.field").count()).toBe(1);
  });

  it("going back closes the sheet, and never leaves the app while one is open", async () => {
    await ada.page.locator('[data-tool="more"]').click();
    await sheet("more").waitFor();
    await ada.page.goBack();
    await noSheet();
    expect(await ada.page.locator("main.field").count()).toBe(1);
  });

  it("going back from a room leads to the one before, then to the field", async () => {
    await openRow(ada, "devices");
    await ada.page.goBack();
    await sheet("more").waitFor();
    await ada.page.goBack();
    await noSheet();
    expect(await ada.page.locator("main.field").count()).toBe(1);
  });

  it("however sheets are closed, the history does not grow, and says nothing of them", async () => {
    const before = await entries();
    const title = await ada.page.title();
    for (let round = 0; round < 3; round++) {
      await openRow(ada, "twelve");
      expect(await ada.page.evaluate(() => [document.title, location.pathname, location.search, location.hash, history.state])).toEqual([
        title,
        "/",
        "",
        "",
        "sheet",
      ]);
      await ada.page.keyboard.press("Escape");
      await sheet("more").waitFor();
      await ada.page.locator("dialog .back").click();
      await noSheet();
      await say(ada, `the kettle is on, ${round}`);
    }
    await expect.poll(() => ada.page.evaluate(() => history.state)).toBe(null);
    expect(await entries()).toBe(before);
    expect(await ada.page.title()).toBe(title);
  });

  it("More says which Beside this is, and whether the browser promised to keep what is here", async () => {
    await ada.page.locator('[data-tool="more"]').click();
    const version = (JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")) as { version: string }).version;
    await ada.page.locator(`[data-version="${version}"]`).waitFor();
    const promised = await ada.page.evaluate(() => navigator.storage.persisted());
    await ada.page.locator(`[data-lasts="${promised}"]`).waitFor();
    await ada.page.goBack();
  });

  it("nobody’s console had anything to say", () => {
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
