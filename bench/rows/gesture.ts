/**
 * From a gesture in one browser to pixels in the other: a feeling let go on the wheel, a touch begun. Two profiles of the
 * system's Chromium, the built app, a real relay, loopback. Both browsers, the relay and whoever moves the mouse share
 * the machine's cores.
 */
import type { Page } from "playwright-core";
import { fieldShows, openPerson, pairUp, startRelay, type Person } from "../../e2e/kit.ts";
import type { Row } from "../row.ts";
import { pause } from "../flow.ts";
import { most, percentile, type Figure } from "../table.ts";

/** What the bench puts into a page. Times are the page's own clock, as milliseconds since the epoch. */
interface Watch {
  /** How far this page's clock is before the system's, which both pages share. */
  readonly ahead: number;
  /** When the last pointer event of this type happened: the event's own time, before any code of the page saw it. */
  readonly gestures: Record<string, number>;
  /** When the frame that shows the next change of this attribute of the field was drawn. Looks from now on. */
  look(attribute: string): void;
  seen: Promise<number>;
}
interface Watched {
  benchWatch: Watch;
}

const watch = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const since = (): number => performance.timeOrigin + performance.now();
    // Date.now() cuts off what is below a millisecond, so the smallest difference is the true one; one that another
    // process came between counts for nothing.
    let ahead = Infinity;
    for (let until = since() + 100; since() < until;) {
      const before = Date.now();
      const now = since();
      if (Date.now() === before) ahead = Math.min(ahead, now - before);
    }
    const gestures: Record<string, number> = {};
    for (const type of ["pointerdown", "pointerup"])
      window.addEventListener(type, (event) => (gestures[type] = performance.timeOrigin + event.timeStamp), { capture: true });
    (globalThis as unknown as Watched).benchWatch = {
      ahead,
      gestures,
      seen: Promise.resolve(0),
      look(attribute) {
        this.seen = new Promise((resolve) => {
          const field = document.querySelector("main.field");
          if (!field) throw new Error("no field");
          const observer = new MutationObserver(() => {
            observer.disconnect();
            // The frame's callback comes before style, layout and paint; a message posted there comes after them.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve(since());
              port2.postMessage(0);
            });
          });
          observer.observe(field, { attributes: true, attributeFilter: [attribute] });
        });
      },
    };
  });

/** People do not feel four times a second: most of what a gesture sets in motion on both pages comes to rest before the next. */
const rest = 300;

const aheadOf = (person: Person): Promise<number> => person.page.evaluate(() => (globalThis as unknown as Watched).benchWatch.ahead);

/** One gesture of the author's, and how long until the reader's page had drawn it. */
const timed = async (author: Person, reader: Person, attribute: string, type: "pointerdown" | "pointerup", gesture: () => Promise<void>): Promise<number> => {
  await reader.page.evaluate((name) => (globalThis as unknown as Watched).benchWatch.look(name), attribute);
  await pause(rest);
  await gesture();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`a gesture (${attribute}) was never seen`)), 20_000)));
  const drawn = await Promise.race([reader.page.evaluate(() => (globalThis as unknown as Watched).benchWatch.seen), late]);
  clearTimeout(timer);
  return drawn - ((await author.page.evaluate((name) => (globalThis as unknown as Watched).benchWatch.gestures[name], type)) as number);
};

/** Press Feel, slide to this angle of the wheel, let go. */
const feel = async ({ page }: Person, degrees: number): Promise<void> => {
  const tool = await page.locator('[data-tool="feel"]').boundingBox();
  if (!tool) throw new Error("no way to feel");
  await page.mouse.move(tool.x + tool.width / 2, tool.y + tool.height / 2);
  await page.mouse.down();
  const wheel = await page.locator(".wheel").boundingBox();
  if (!wheel) throw new Error("no wheel");
  const angle = (degrees * Math.PI) / 180;
  await page.mouse.move(wheel.x + wheel.width * (0.5 + 0.4 * Math.sin(angle)), wheel.y + wheel.height * (0.5 - 0.4 * Math.cos(angle)), { steps: 2 });
  await page.mouse.up();
};

/** Lights come nearer after a meeting, slowly: where one is, is where it is now. */
const hold = async ({ page }: Person): Promise<void> => {
  const light = await page.locator("button.light.mine").boundingBox();
  if (!light) throw new Error("no light to hold");
  await page.mouse.move(light.x + light.width / 2, light.y + light.height / 2);
  await page.mouse.down();
};

const touchOnce = async (author: Person, reader: Person): Promise<number> => {
  const millis = await timed(author, reader, "data-touch", "pointerdown", () => hold(author));
  // What is offered again and again and never met is not shown for a while.
  await hold(reader);
  await fieldShows(author, "touch", "met");
  for (const { page } of [author, reader]) await page.mouse.up();
  for (const person of [author, reader]) await fieldShows(person, "touch", "none");
  return millis;
};

export const gesture: Row = {
  name: "gesture",
  unpinned: true,
  async run({ runs, quick }) {
    const [count, warm] = quick ? [6, 2] : [24, 6];
    const relay = await startRelay();
    const people: Person[] = [];
    const felt: number[][] = [];
    const touched: number[][] = [];
    try {
      people.push(...(await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)])));
      const [ada, ben] = people as [Person, Person];
      await pairUp(ada, ben);
      for (const person of people) await fieldShows(person, "state", "beside");
      await Promise.all(people.map(({ page }) => watch(page)));
      const skew = (await aheadOf(ben)) - (await aheadOf(ada));
      let turn = 0;
      const feelOnce = (): Promise<number> => timed(ada, ben, "data-feeling", "pointerup", () => feel(ada, (turn++ * 77) % 360));
      for (let i = 0; i < warm; i++) {
        await feelOnce();
        await touchOnce(ada, ben);
      }
      for (let run = 0; run < (quick ? 1 : Math.min(runs, 2)); run++) {
        const [feelings, touches]: [number[], number[]] = [[], []];
        for (let i = 0; i < count; i++) {
          feelings.push((await feelOnce()) - skew);
          touches.push((await touchOnce(ada, ben)) - skew);
        }
        felt.push(feelings);
        touched.push(touches);
      }
    } finally {
      await Promise.all(people.map((person) => person.close()));
      await relay.stop();
    }
    const figureOf = (what: string, times: readonly number[][]): Figure => ({
      name: `${what} to the other's pixels, p95`,
      unit: "ms",
      values: times.map((run) => percentile(run, 0.95)),
      target: most(50),
      note: `p50 ${percentile(times.flat(), 0.5).toFixed(0)} ms, ${times.flat().length} gestures; both browsers and the relay share the cores`,
    });
    return [figureOf("feeling", felt), figureOf("touch", touched)];
  },
};
