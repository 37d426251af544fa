/**
 * `npm run shots`: a picture of every screen in every state (the table is e2e/states.ts), into `shots/`, with a page to
 * look at them together. In each state only the size, the theme and the language are changed; the journey is made once.
 *
 *   --only TEXT        states whose name has it, may be given more than once; the ones before them are passed through
 *   --sizes a,b        of phone, tablet, wide
 *   --themes a,b       of light, dark
 *   --plain            no further looks: German, right to left, long texts at twice the size, more contrast, forced colours
 *   --axe              looks at each state with axe-core as well, and ends with what it found
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { settled, violations } from "../e2e/looking.ts";
import { chapters } from "../e2e/states.ts";
import { createWorld, speak } from "../e2e/world.ts";
import { root } from "./web.ts";

const sizes = { phone: { width: 390, height: 844 }, tablet: { width: 768, height: 1024 }, wide: { width: 1280, height: 800 } } as const;
const small = { width: 320, height: 568 };
const themes = ["light", "dark"] as const;

interface Look {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly media: Parameters<Page["emulateMedia"]>[0];
  readonly language?: string;
  readonly text?: string;
}

const further: readonly Look[] = [
  { name: "German", size: sizes.phone, media: { colorScheme: "light" }, language: "de" },
  { name: "right to left", size: sizes.phone, media: { colorScheme: "light" }, language: "ar-XB" },
  { name: "long, twice the size", size: small, media: { colorScheme: "light" }, language: "en-XA", text: "200%" },
  { name: "more contrast", size: sizes.phone, media: { colorScheme: "light", contrast: "more" } },
  { name: "forced colours", size: sizes.phone, media: { colorScheme: "dark", forcedColors: "active" } },
];

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    sizes: { type: "string", default: Object.keys(sizes).join() },
    themes: { type: "string", default: themes.join() },
    plain: { type: "boolean", default: false },
    axe: { type: "boolean", default: false },
  },
});
const wantedSizes = values.sizes.split(",");
const wantedThemes = values.themes.split(",");
const looks: readonly Look[] = [
  ...Object.entries(sizes).flatMap(([name, size]) =>
    themes
      .filter((theme) => wantedSizes.includes(name) && wantedThemes.includes(theme))
      .map((theme): Look => ({ name: `${name}, ${theme}`, size, media: { colorScheme: theme } })),
  ),
  ...(values.plain ? [] : further),
];
const isWanted = (name: string): boolean => values.only?.some((part) => name.includes(part)) ?? true;

const folder = join(root, "shots");
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
const asOne = { colorScheme: "light", contrast: "no-preference", forcedColors: "none" } as const;

/** One state, in every look; the page is left as it was. */
const takePictures = async (page: Page, name: string): Promise<void> => {
  // Where it points at nothing.
  await page.mouse.move(0, 0);
  for (const { name: look, size, media, language, text = "" } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ ...asOne, ...media });
    if (language !== undefined) await speak(page, language);
    await page.evaluate((font) => (document.documentElement.style.fontSize = font), text);
    await settled(page);
    await page.screenshot({ path: join(folder, slug(name), `${slug(look)}.png`), fullPage: text !== "" });
    if (language !== undefined) await speak(page, null);
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize(sizes.phone);
  await page.emulateMedia(asOne);
};

const pageOf = (taken: readonly (readonly [chapter: string, states: readonly string[]])[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Beside: every screen</title>
<style>
  body { margin: 1rem; background: #8a8f98; font: 1rem system-ui, sans-serif; }
  section > div { display: flex; gap: .75rem; overflow-x: auto; padding-bottom: 1rem; align-items: start; }
  figure { margin: 0; flex: none; } img { display: block; height: 28rem; } figcaption, h2 { margin: .25rem 0; }
</style>
${taken
  .map(
    ([chapter, states]) =>
      `<h1>${chapter}</h1>${states
        .map(
          (state) =>
            `<section id="${slug(state)}"><h2>${state}</h2><div>${looks.map(({ name }) => `<figure><img loading="lazy" alt="" src="${slug(state)}/${slug(name)}.png"><figcaption>${name}</figcaption></figure>`).join("")}</div></section>`,
        )
        .join("\n")}`,
  )
  .join("\n")}
</html>
`;

// Pictures of a few states are taken beside the ones that are there.
if (!values.only) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const taken: (readonly [string, readonly string[]])[] = [];
const found: string[] = [];
for (const chapter of chapters) {
  const last = chapter.states.findLastIndex(([name]) => isWanted(name));
  if (last < 0) continue;
  const world = await createWorld(chapter.people, chapter.relay ?? "open");
  const states: string[] = [];
  try {
    for (const [name, reach] of chapter.states.slice(0, last + 1)) {
      const { page } = await reach(world).catch((error: unknown) => {
        throw new Error(`“${name}” was not reached`, { cause: error });
      });
      if (!isWanted(name)) continue;
      process.stderr.write(`${name}\n`);
      if (values.axe) found.push(...(await violations(page)).map((violation) => `${name}: ${violation}`));
      await takePictures(page, name);
      states.push(name);
    }
    found.push(...world.wrongs);
  } catch (error) {
    found.push(`${chapter.name}: ${error instanceof Error ? `${error.message}: ${String(error.cause)}` : String(error)}`);
  } finally {
    await world.end();
  }
  taken.push([chapter.name, states]);
  writeFileSync(join(folder, "index.html"), pageOf(taken));
}
for (const one of found) process.stdout.write(`${one}\n`);
process.stdout.write(`${taken.reduce((sum, [, states]) => sum + states.length, 0)} states, ${looks.length} pictures of each: ${join(folder, "index.html")}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
