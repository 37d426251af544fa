/**
 * What a page holds after a day of use: the development page with both people on it, and a clock that is moved hour by
 * hour. In each hour both come and go, feel, touch, speak, and open and close every room. Then garbage is collected and
 * what is left is read: if the page kept what it should let go of, it would grow.
 */
import { join } from "node:path";
import type { CDPSession, FrameLocator, Page } from "playwright-core";
import { startRelay } from "../../src/relay/main.ts";
import { createMovableClock } from "../../src/testing/movable-clock.ts";
import { buildWeb, devDir } from "../../scripts/web.ts";
import { inChromium } from "../chromium.ts";
import { inFolder, type Row } from "../row.ts";
import { most } from "../table.ts";

/** A press that does not wait for what drifts by above the button. */
const press = (frame: FrameLocator, selector: string): Promise<void> =>
  frame
    .locator(selector)
    .first()
    .evaluate((button: HTMLElement) => button.click());

const closeAll = async (frame: FrameLocator): Promise<void> => {
  const sheets = frame.locator("dialog.sheet");
  for (let open = await sheets.count(); open > 0; open = await sheets.count())
    await sheets
      .last()
      .locator(".back")
      .first()
      .evaluate((button: HTMLElement) => button.click());
};

const say = async (frame: FrameLocator, text: string): Promise<void> => {
  await press(frame, '[data-tool="say"]');
  await frame.locator("textarea.words").fill(text);
  await press(frame, "form.say button[type=submit]");
  await frame.locator("form.say").waitFor({ state: "detached" });
};

const feel = async (frame: FrameLocator): Promise<void> => {
  await press(frame, '[data-tool="feel"]');
  await frame
    .locator(".feel-keys .pill")
    .first()
    .evaluate((button: HTMLElement) => button.click());
};

const touch = async (page: Page, one: FrameLocator, two: FrameLocator): Promise<void> => {
  await one.locator("button.light.mine").focus();
  await page.keyboard.down("Space");
  await two.locator('main.field[data-touch="offered"]').waitFor();
  await page.keyboard.up("Space");
  await two.locator('main.field[data-touch="none"]').waitFor();
};

const rooms = async (frame: FrameLocator): Promise<void> => {
  await press(frame, '[data-tool="between"]');
  await frame.locator(".kept li").first().waitFor();
  await frame.locator('input[name="search"]').fill("good");
  await frame.locator('[data-done="true"]').waitFor();
  await closeAll(frame);
  for (const row of ["devices", "twelve", "words"]) {
    await press(frame, '[data-tool="more"]');
    await press(frame, `[data-row="${row}"]`);
    await frame.locator(`dialog[data-sheet="${row}"]`).waitFor();
    await closeAll(frame);
  }
};

const hourOf = async (page: Page, hour: number): Promise<void> => {
  const [ada, ben] = [page.frameLocator('iframe[name="one"]'), page.frameLocator('iframe[name="two"]')];
  for (let turn = 0; turn < 2; turn++) {
    await say(ada, `good day ${hour}.${turn}`);
    await say(ben, `good to hear ${hour}.${turn}`);
    await feel(turn % 2 === 0 ? ada : ben);
  }
  await ben
    .locator(".said .drift", { hasText: `good day ${hour}.1` })
    .first()
    .waitFor();
  await touch(page, ada, ben);
  await touch(page, ben, ada);
  await rooms(ada);
  await rooms(ben);
  // One goes for a while and comes back: the presence of both is said anew.
  await press(ada, 'button.grant[data-sense="presence"]');
  await ben.locator('main.field[data-state="closed"]').waitFor();
  await press(ada, 'button.grant[data-sense="presence"]');
  await ben.locator('main.field[data-state="beside"]').waitFor();
  await page.getByRole("button", { name: "+1 h" }).click();
  await page.locator("output", { hasText: `${(hour + 1) * 60} min ahead` }).waitFor();
  for (const person of [ada, ben]) await person.locator('main.field[data-connection="online"]').waitFor();
};

/** In MB, once all that nobody needs is gone. */
const heapOf = async (page: Page, devtools: CDPSession): Promise<{ readonly heap: number; readonly nodes: number; readonly listeners: number }> => {
  // Twice: what the first frees may have held something else.
  for (let time = 0; time < 2; time++) await devtools.send("HeapProfiler.collectGarbage");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(null))));
  const { metrics } = await devtools.send("Performance.getMetrics");
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap: value("JSHeapUsedSize") / 1024 / 1024, nodes: value("Nodes"), listeners: value("JSEventListeners") };
};

const day = (folder: string, hours: number): Promise<readonly { readonly heap: number; readonly nodes: number; readonly listeners: number }[]> => {
  buildWeb("dev");
  return inChromium("about:blank", async (page) => {
    const { clock, move } = createMovableClock();
    const relay = await startRelay({
      port: 0,
      data: join(folder, "relay"),
      web: devDir,
      clock,
      frameAncestors: "'self'",
      routes: (app) => {
        app.post("/dev/clock", async (context) => {
          move((await context.req.json<{ offset: number }>()).offset);
          return context.body(null, 204);
        });
      },
    });
    try {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Performance.enable");
      await devtools.send("HeapProfiler.enable");
      await page.goto(relay.url);
      for (const name of ["one", "two"]) {
        const frame = page.frameLocator(`iframe[name="${name}"]`);
        await frame.locator(".six-words li").nth(5).waitFor({ timeout: 60_000 });
        await frame.getByRole("button", { name: "We compared them" }).evaluate((button: HTMLElement) => button.click());
        await frame
          .locator('[data-question="presence"]')
          .getByRole("button")
          .first()
          .evaluate((button: HTMLElement) => button.click());
      }
      const curve: { readonly heap: number; readonly nodes: number; readonly listeners: number }[] = [];
      for (let hour = 0; hour < hours; hour++) {
        await hourOf(page, hour);
        curve.push(await heapOf(page, devtools));
      }
      return curve;
    } finally {
      await relay.stop();
    }
  });
};

export const long: Row = {
  name: "long",
  unpinned: true,
  run: ({ quick }) =>
    inFolder(async (folder) => {
      const hours = quick ? 4 : 24;
      const curve = await day(folder, hours);
      const mega = (hour: number): string => (curve[hour]?.heap ?? Number.NaN).toFixed(1);
      const last = curve.at(-1);
      const grown = (last?.heap ?? Number.NaN) - (curve[Math.floor(hours / 2)]?.heap ?? Number.NaN);
      return [
        {
          name: `JS heap of both people's pages after ${hours} h of use`,
          unit: "MB",
          values: [last?.heap ?? Number.NaN],
          target: most(80),
          note: `after hours 1, 3, ${hours / 2}, ${hours}: ${[0, 2, hours / 2 - 1, hours - 1].map(mega).join(", ")} MB; nodes ${curve[1]?.nodes} and ${last?.nodes}, listeners ${curve[1]?.listeners} and ${last?.listeners}`,
        },
        {
          name: `grown in its second half`,
          unit: "MB",
          values: [grown],
          ...(quick ? {} : { target: most(1.5) }),
          note: "what was said in it is kept and shown",
        },
      ];
    }),
};
