/** Builds of the app as a relay may come to serve them: a newer version, and one that is not whole. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { root } from "../scripts/web.ts";
import { closeSheet, type Person } from "./kit.ts";

/** The same sources under another version's name. */
export const buildVersion = async (version: string): Promise<string> => {
  const outDir = mkdtempSync(join(tmpdir(), `beside-web-${version}-`));
  await build({
    configFile: join(root, "vite.config.ts"),
    mode: "production",
    logLevel: "silent",
    define: { besideVersion: JSON.stringify(version) },
    build: { outDir },
  });
  return outDir;
};

/** A copy in which one file is not what the build made: an update that was broken off, or somebody's hand. */
export const breakBuild = (web: string): string => {
  const broken = mkdtempSync(join(tmpdir(), "beside-web-broken-"));
  cpSync(web, broken, { recursive: true });
  const rooms = readdirSync(join(broken, "assets")).filter((name) => name.startsWith("rooms-"));
  for (const name of rooms) rmSync(join(broken, "assets", name));
  for (const name of rooms.filter((one) => one.endsWith(".js"))) writeFileSync(join(broken, "assets", name), "export {};\n");
  return broken;
};

/** The app is whole on her device, and answers without any relay from the next start. */
export const kept = ({ page }: Person): Promise<unknown> => page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

/** Asks the relay for a newer version now, not in an hour. `false`: what it has could not be taken. */
export const lookForNewer = ({ page }: Person): Promise<boolean> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    try {
      await registration.update();
    } catch {
      return false;
    }
    const coming = registration.installing;
    if (!coming) return registration.waiting !== null;
    return new Promise((resolve) => {
      coming.addEventListener("statechange", () => resolve(coming.state === "installed"));
    });
  });

/** Which Beside the page says that it is. */
export const versionOf = async (person: Person): Promise<string | null> => {
  await person.page.locator('[data-tool="more"]').click();
  const version = await person.page.locator("[data-version]").getAttribute("data-version");
  await closeSheet(person);
  return version;
};
