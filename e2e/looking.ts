/** What is looked for on a screen besides its picture: what axe-core finds, what is not from the language's table, what is cut off. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { names, speak } from "./world.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on the page as it is (WCAG 2.2 AA), once every movement on it has ended. */
export const violations = async (page: Page, only: "all" | "colours" = "all"): Promise<readonly string[]> => {
  await settled(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate<Found[]>(
    `axe.run(document, { runOnly: ${JSON.stringify(only === "all" ? rules : ["color-contrast"])}, resultTypes: ["violations"] }).then((result) => result.violations)`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
};

export const settled = async (page: Page): Promise<void> => {
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
};

/**
 * Texts and labels on the screen that no table gave, in `en-XA`: neither in brackets, nor a number or a time, nor a
 * person's own words (names in `bdi`, lists of words, what was said), which nobody translates.
 */
const hardCoded = (page: Page): Promise<readonly string[]> =>
  page.evaluate((people) => {
    const own = "bdi, [data-own], .words, .drift, .wheel, [lang]:not(html), script, style, noscript, textarea, select";
    const isFree = (text: string): boolean => {
      const plain = text
        .replaceAll(/[\u2066-\u2069]/g, "")
        .replace(/^[ ·]+/, "")
        .trim();
      if (/^\[.*\][.!]?$/s.test(plain) || !/\p{Letter}/u.test(plain)) return true;
      // What Intl gives by itself: a time, with its day or date.
      return /^((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b[\w ,]*)?(at )?(\d{1,2}:\d{2}\s?(AM|PM))?$/.test(plain);
    };
    const found: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const holder = node.parentElement;
      if (holder && !holder.closest(own) && holder.checkVisibility() && !isFree(node.textContent ?? "")) found.push(node.textContent ?? "");
    }
    for (const name of ["aria-label", "aria-valuetext", "aria-description", "placeholder", "title", "alt"]) {
      for (const holder of document.querySelectorAll(`body [${name}]`)) {
        const text = holder.getAttribute(name) ?? "";
        if (!isFree(text) && !people.includes(text)) found.push(`${name}: ${text}`);
      }
    }
    return found;
  }, Object.values(names));

/** What reaches beyond the screen's edges, or is cut off inside its own box. */
const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const name = (one: Element): string => `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}: ${(one.textContent ?? "").slice(0, 40)}`;
    const dialog = document.querySelector("dialog[open], .feel");
    const top = dialog ?? document.body;
    const found: string[] = [];
    for (const scroller of [document.documentElement, ...(dialog ? [dialog] : [])])
      if (scroller.scrollWidth > scroller.clientWidth) found.push(`wider than the screen: ${name(scroller)}`);
    for (const one of top.querySelectorAll<HTMLElement>("button, a, p, h1, h2, h3, label, small, li, legend")) {
      if (!one.checkVisibility() || one.closest(".unseen, .drift")) continue;
      const { left, right, width } = one.getBoundingClientRect();
      if (width > 0 && (left < -1 || right > window.innerWidth + 1)) found.push(`beyond the edge: ${name(one)}`);
      else if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX !== "visible") found.push(`cut off: ${name(one)}`);
    }
    return found;
  });

const phone = { width: 390, height: 844 };
const smallest = { width: 320, height: 568 };

/**
 * A screen in one state, looked at in every way that a program can: axe-core, its colours in both themes; in `en-XA` every text from
 * the table; on the smallest screen with text of twice the size nothing lost. The page is left as it was.
 */
export const lookClosely = async (page: Page): Promise<readonly string[]> => {
  const found: string[] = [];
  found.push(...(await violations(page)));
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await violations(page, "colours")).map((one) => `dark: ${one}`));
  await page.emulateMedia({ colorScheme: "light" });
  await speak(page, "en-XA");
  found.push(...(await hardCoded(page)).map((one) => `not from the table: ${one}`));
  await page.setViewportSize(smallest);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await settled(page);
  found.push(...(await cutOff(page)));
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize(phone);
  await speak(page, null);
  return found;
};
