/**
 * From pressing the app's icon to the field, from the device's own copy, with the page's processor slowed four times: the
 * first paint, and the moment from which every tool of the field can be pressed. The relay runs; nothing waits for it.
 */
import type { Page } from "playwright-core";
import { fieldShows, openPerson, pairUp, startRelay, type Person } from "../../e2e/kit.ts";
import { kept } from "../../e2e/versions.ts";
import type { Row } from "../row.ts";
import { most } from "../table.ts";

interface Marked {
  benchUsable: Promise<number>;
}

/** Runs in the page before anything of the app: when the frame with the tools was painted, in its own time. */
const markUsable = (): void => {
  (globalThis as unknown as Marked).benchUsable = new Promise((resolve) => {
    const look = new MutationObserver(() => {
      if (!document.querySelector('main.field [data-tool="feel"]')) return;
      look.disconnect();
      // The frame's callback comes before style, layout and paint; a message posted there comes after them.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(0);
      });
    });
    look.observe(document, { childList: true, subtree: true });
  });
};

const openOnce = async (page: Page, url: string): Promise<{ readonly paint: number; readonly usable: number }> => {
  await page.goto("about:blank");
  await page.goto(url);
  return page.evaluate(async () => {
    const usable = await (globalThis as unknown as Marked).benchUsable;
    // The browser says it only once it is on the screen, which may be later than the page's own last word on that frame.
    const paint = await new Promise<number>((resolve) =>
      new PerformanceObserver((list) => {
        const first = list.getEntriesByName("first-contentful-paint")[0];
        if (first) resolve(first.startTime);
      }).observe({ type: "paint", buffered: true }),
    );
    return { paint, usable };
  });
};

export const paint: Row = {
  name: "paint",
  unpinned: true,
  async run({ runs }) {
    const relay = await startRelay();
    const people: Person[] = [];
    try {
      people.push(...(await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)])));
      const [ada, ben] = people as [Person, Person];
      await pairUp(ada, ben);
      await fieldShows(ada, "state", "beside");
      await kept(ada);
      const devtools = await ada.context.newCDPSession(ada.page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      await ada.page.addInitScript(markUsable);
      const url = `http://localhost:${relay.port}/`;
      await openOnce(ada.page, url);
      const [paints, usables]: [number[], number[]] = [[], []];
      for (let run = 0; run < runs; run++) {
        const opened = await openOnce(ada.page, url);
        paints.push(opened.paint);
        usables.push(opened.usable);
      }
      const note = `${runs} starts; both browsers and the relay share the cores`;
      return [
        { name: "first paint, from cache, CPU slowed 4x", unit: "ms", values: paints, target: most(600), note },
        { name: "field usable, from cache, CPU slowed 4x", unit: "ms", values: usables, target: most(1200), note },
      ];
    } finally {
      await Promise.all(people.map((person) => person.close()));
      await relay.stop();
    }
  },
};
