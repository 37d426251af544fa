import { chapters } from "./e2e/states.ts";
import { createWorld, speak } from "./e2e/world.ts";
const c = chapters.find((x) => x.name === "together");
const w = await createWorld(c.people, "open");
await c.states[0][1](w);
const page = w.ada.page;
await speak(page, "en-XA");
await page.setViewportSize({ width: 320, height: 568 });
await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
console.log(
  await page.evaluate(() => [
    document.documentElement.scrollWidth,
    ...[...document.querySelectorAll("body *")]
      .filter((e) => {
        const r = e.getBoundingClientRect();
        return r.right > 321 || r.left < -1;
      })
      .map((e) => `${e.tagName} ${e.getAttribute("class")} ${Math.round(e.getBoundingClientRect().left)} ${Math.round(e.getBoundingClientRect().right)}`),
  ]),
);
await page.screenshot({ path: "/tmp/w/wide.png", fullPage: true });
await w.end();
