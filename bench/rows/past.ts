/**
 * Two people with 20,000 short thoughts between them: a second device, everything lost, a start, and what all of it takes
 * of the disk. Each run begins from copies of the same two folders (past.ts), with processes of its own.
 */
import { cpSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { buildWeb, webDir } from "../../scripts/web.ts";
import { createKit, type Ended, type Kit, type Person } from "../../src/cli/testing/cli-kit.ts";
import type { Bond } from "../../src/line/home.ts";
import { inChromium } from "../chromium.ts";
import { pause } from "../flow.ts";
import { longestTask } from "../main-thread.ts";
import type { PastPage } from "../pages/past-page.ts";
import { buildPages } from "../pages-built.ts";
import { homeOf, makePast, openHome, openStore, rareText, relayOf, type Past } from "../past.ts";
import type { Relay, RelaySettings } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { median, most, percentile, type Figure } from "../table.ts";

const since = (from: number): number => performance.now() - from;

const done = async (what: Promise<Ended>): Promise<Ended> => {
  const ended = await what;
  if (ended.code !== 0) throw new Error(`a command ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
  return ended;
};

/** From the link that the first device shows to the second one's word that it has everything; both are commands. Seconds. */
const addDevice = async (kit: Kit, home: string): Promise<number> => {
  const [ada, laptop] = [kit.person(home), kit.person()];
  const adding = ada.begin("device", "add");
  const { link } = await adding.line((line) => typeof line["link"] === "string");
  const from = performance.now();
  const arriving = laptop.begin("device", "join", "--name", "laptop");
  arriving.write(`${String(link)}\n`, true);
  const asking = await arriving.line((line) => line["step"] === "asking");
  // A person would compare the words now.
  adding.write(`${(asking["code"] as string[]).join(" ")}\n`);
  await arriving.line((line) => line["step"] === "together");
  const seconds = since(from) / 1000;
  await Promise.all([done(adding.ended), done(arriving.ended)]);
  await haveSame(laptop, ada);
  return seconds;
};

/** The newest thousand and the first fifty. */
const haveSame = async (one: Person, other: Person): Promise<void> => {
  for (const page of [
    ["--last", "1000"],
    ["--last", "50", "--before", "60"],
  ]) {
    const [here, there] = [(await done(one.run("between", ...page))).stdout, (await done(other.run("between", ...page))).stdout];
    if (here !== there || here.split("\n").length < 40) throw new Error("the two devices do not keep the same");
  }
};

interface Restored {
  readonly back: number;
  readonly withWords: number;
  readonly home: string;
}

/** `restore`, then `words`: the six words are there when the second ends, whichever of the two made them. Seconds. */
const restore = async (kit: Kit, past: Past, relay: Relay): Promise<Restored> => {
  const phone = kit.person();
  const from = performance.now();
  await done(phone.tell(past.words.join(" "), "restore", "--relay", `http://127.0.0.1:${relay.port}`, "--name", "phone"));
  const back = since(from) / 1000;
  const { json } = await done(phone.run("words"));
  if ((json["words"] as unknown[]).length !== 6) throw new Error("no six words");
  return { back, withWords: since(from) / 1000, home: phone.home };
};

/** Of three commands, from starting the process to its end; what `status` says may not differ from run to run. Milliseconds. */
const commands = async (
  kit: Kit,
  home: string,
  runs: number,
): Promise<{ readonly status: number[]; readonly between: number[]; readonly search: number[] }> => {
  const ada = kit.person(home);
  const times = { status: [] as number[], between: [] as number[], search: [] as number[] };
  const asked = { status: ["status"], between: ["between"], search: ["between", "--search", rareText] };
  let before: unknown;
  for (let run = 0; run < runs; run++)
    for (const what of ["status", "between", "search"] as const) {
      const from = performance.now();
      const { json } = await done(ada.run(...asked[what]));
      times[what].push(since(from));
      if (what === "search" && (json["body"] as { text?: string }).text !== rareText) throw new Error("a search did not find what was said");
      if (what !== "status") continue;
      if (before !== undefined && !isDeepStrictEqual(json, before)) throw new Error("another status after a start");
      before = json;
    }
  return times;
};

/** Clock and connection aside, nothing of a view may differ after a start. */
const lasting = (bond: Bond): object => ({ ...bond.view(), now: 0, connection: { ...bond.view().connection, since: 0 } });

/** In this process: the view is the same after a start, and all that is kept can be read. Milliseconds for the second. */
const readHere = async (home: string): Promise<number> => {
  const store = openStore(home);
  const open = async () => {
    const opened = await openHome(store);
    const [bond] = opened.bonds();
    if (!bond || !(await bond.settled(30_000))) throw new Error("not level with the relay");
    // The live lane and the clock come to rest.
    await pause(100);
    return { opened, bond };
  };
  const first = await open();
  const before = lasting(first.bond);
  await first.opened.stop();
  const { opened, bond } = await open();
  if (!isDeepStrictEqual(lasting(bond), before)) throw new Error("another view after a start");
  const from = performance.now();
  let found = 0;
  for (let place: number | undefined; ;) {
    const page = await bond.kept({ limit: 500, ...(place === undefined ? {} : { before: place }) });
    found += page.filter(({ body }) => typeof body === "object" && body !== null && "text" in body && body.text === rareText).length;
    place = page.at(-1)?.seq;
    if (page.length < 500) break;
  }
  const millis = since(from);
  if (found !== 1) throw new Error("what was said once is not found once");
  await opened.stop();
  store.close();
  return millis;
};

/** What a relay keeps, in bytes: of entries, and of archives. */
const keptAt = (data: string): { readonly entries: number; readonly archives: number } => {
  const db = new DatabaseSync(join(data, "relay.sqlite"), { readOnly: true });
  const bytes = (sql: string): number => (db.prepare(sql).get() as { bytes: number }).bytes;
  const kept = {
    entries: bytes("SELECT ifnull(sum(length(body)), 0) AS bytes FROM records"),
    archives: bytes("SELECT ifnull(sum(size), 0) AS bytes FROM blobs"),
  };
  db.close();
  return kept;
};

/** What the bench puts into the app's page before its own code. */
interface Watched {
  /** Milliseconds of tasks that held the page up (50 and more). */
  readonly benchLong: number[];
  /** When something that matches was first drawn, by the page's clock, which begins with the navigation. */
  readonly benchDrawn: (selector: string) => Promise<number>;
  readonly benchField: Promise<number>;
}

const watch = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const long: number[] = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    const drawn = (selector: string): Promise<number> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!document.querySelector(selector)) return;
          observer.disconnect();
          // The frame's callback comes before style, layout and paint; a message posted there comes after them.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(performance.now());
            port2.postMessage(0);
          });
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, attributes: true });
        look();
      });
    Object.assign(globalThis, { benchLong: long, benchDrawn: drawn, benchField: drawn("main.field") });
  });

/** What the field says of the bond, but for words that drift by. */
const fieldOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const field = document.querySelector<HTMLElement>("main.field");
    return JSON.stringify([document.documentElement.dataset["stage"], Object.entries(field?.dataset ?? {})]);
  });

/** Milliseconds from one frame to the next, while all of the list is scrolled through, so many CSS pixels a frame. */
const scrollThrough = (page: Page, perFrame: number): Promise<readonly number[]> =>
  page.evaluate(
    (distance) =>
      new Promise<readonly number[]>((resolve) => {
        const sheet = document.querySelector('dialog[data-sheet="between"]');
        const frames: number[] = [];
        let last: number | undefined;
        const step = (now: number): void => {
          if (last !== undefined) frames.push(now - last);
          last = now;
          if (!sheet || sheet.scrollTop + sheet.clientHeight >= sheet.scrollHeight - 2) resolve(frames);
          else {
            sheet.scrollBy(0, distance);
            requestAnimationFrame(step);
          }
        };
        requestAnimationFrame(step);
      }),
    perFrame,
  );

/** From the key to the first result on the screen, and to the word that this is all. */
const searchFor = (page: Page, words: string): Promise<{ readonly first: number; readonly all: number; readonly found: number }> =>
  page.evaluate(async (typed) => {
    const { benchDrawn } = globalThis as unknown as Watched;
    const field = document.querySelector<HTMLInputElement>('input[name="search"]');
    if (!field) throw new Error("no search");
    const from = performance.now();
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const first = (await benchDrawn(".past-count ~ .kept li")) - from;
    const all = (await benchDrawn('.past-count[data-done="true"]')) - from;
    const found = Number(document.querySelector<HTMLElement>(".past-count")?.dataset["found"]);
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return { first, all, found };
  }, words);

/** What held the page up longest while `work` was done, in milliseconds; 50 is the least that the browser tells of. */
const heldUp = async (page: Page, work: () => Promise<unknown>): Promise<number> => {
  const tasks = (): Promise<readonly number[]> => page.evaluate(() => [...(globalThis as unknown as Watched).benchLong]);
  const before = (await tasks()).length;
  await work();
  await pause(200);
  return Math.max(0, ...(await tasks()).slice(before));
};

interface InPage {
  readonly restored: number;
  readonly longest: number;
  readonly start: readonly number[];
  readonly online: readonly number[];
  readonly between: readonly number[];
  readonly read: readonly number[];
  /** The longest frame of each scroll through everything, and the one that 99 of 100 are not longer than. */
  readonly longestFrame: readonly number[];
  readonly usualFrame: readonly number[];
  readonly longestTaskOf: readonly number[];
  readonly searchFirst: readonly number[];
  readonly searchAll: readonly number[];
  /** Held up by a search, and by saving all of it as data. */
  readonly searchHeld: readonly number[];
  readonly saveHeld: readonly number[];
  /** What the browser says that it takes of the disk, in bytes. */
  readonly size: number;
}

/** The app as built, in a profile of its own: brought back by the twelve words, then loaded anew. */
const inPage = (past: Past, starts: number): Promise<InPage> =>
  inChromium("about:blank", async (page) => {
    const origin = `http://127.0.0.1:${past.port}`;
    await watch(page);
    await page.goto(origin);
    await page.getByRole("button", { name: "I lost my device" }).click();
    await page.getByLabel("Your twelve words").fill(past.words.join(" "));
    await page.getByLabel("What this device is called").fill("phone");
    const from = performance.now();
    await page.getByRole("button", { name: "Bring them back" }).click();
    await page.locator('main.field[data-connection="online"]').waitFor({ timeout: 60_000 });
    await page.locator(".six-words li").nth(5).waitFor({ timeout: 60_000 });
    const restored = since(from) / 1000;
    const longest = Math.max(0, ...(await page.evaluate(() => (globalThis as unknown as Watched).benchLong)));
    // Questions that would stand before the field at each start.
    await page.getByRole("button", { name: "We compared them" }).click();
    await page.locator('[data-question="presence"]').getByRole("button").first().click();
    await page.locator('[data-tool="between"]').waitFor();
    await pause(2000);
    const size = await page.evaluate(async () => {
      const { usage, usageDetails } = (await navigator.storage.estimate()) as StorageEstimate & { usageDetails?: { indexedDB?: number } };
      return usageDetails?.indexedDB ?? usage ?? 0;
    });
    const before = await fieldOf(page);
    const [start, online, between, read]: [number[], number[], number[], number[]] = [[], [], [], []];
    const [longestFrame, usualFrame, searchFirst, searchAll]: [number[], number[], number[], number[]] = [[], [], [], []];
    const [searchHeld, saveHeld, longestTaskOf]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < starts; run++) {
      await page.goto("about:blank");
      await pause(500);
      await page.goto(origin);
      start.push(await page.evaluate(() => (globalThis as unknown as Watched).benchField));
      online.push(await page.evaluate(() => (globalThis as unknown as Watched).benchDrawn('main.field[data-connection="online"]')));
      await page.locator('[data-tool="between"]').waitFor();
      await pause(500);
      const after = await fieldOf(page);
      if (after !== before) throw new Error(`another field after a start: ${before} and ${after}`);
      between.push(
        await page.evaluate(async () => {
          const shown = (globalThis as unknown as Watched).benchDrawn(".kept li");
          const pressed = performance.now();
          document.querySelector<HTMLElement>('[data-tool="between"]')?.click();
          return (await shown) - pressed;
        }),
      );
      await pause(500);
      searchHeld.push(
        await heldUp(page, async () => {
          const common = await searchFor(page, "kettle");
          searchFirst.push(common.first);
          const rare = await searchFor(page, "HERON far");
          if (rare.found !== 1 || common.found < 100) throw new Error("a search did not find what was said");
          searchAll.push(common.all, rare.all);
        }),
      );
      if (run === 0) {
        await pause(500);
        longestTaskOf.push(
          await longestTask(page, async () => {
            const frames = await scrollThrough(page, 1500);
            longestFrame.push(Math.max(...frames));
            usualFrame.push(percentile(frames, 0.99));
          }),
        );
        await page.locator('[data-way="take"]').evaluate((button: HTMLElement) => button.click());
        saveHeld.push(
          await heldUp(page, async () => {
            const downloading = page.waitForEvent("download");
            await page.getByRole("button", { name: "Save as data" }).click();
            await (await downloading).path();
          }),
        );
      }
      await page.goto(`${origin}/bench/past.html`);
      await page.waitForFunction(() => "pastPage" in globalThis);
      const all = await page.evaluate(([bond, text]) => (globalThis as unknown as { pastPage: PastPage }).pastPage.read(bond, text), [
        past.bond,
        rareText,
      ] as const);
      if (all.found !== 1) throw new Error("what was said once is not found once");
      read.push(all.millis);
    }
    return { restored, longest, start, online, between, read, longestFrame, usualFrame, longestTaskOf, searchFirst, searchAll, searchHeld, saveHeld, size };
  });

const kb = (bytes: number, entries: number): readonly number[] => [bytes / 1024 / entries];
const sizeOf = (home: string): number => statSync(join(home, "beside.sqlite")).size;

export const past: Row = {
  name: "past",
  unpinned: true,
  run: ({ runs, quick }) =>
    inFolder(async (folder) => {
      const entries = quick ? 2000 : 20_000;
      const profiles = quick ? 1 : Math.min(runs, 3);
      const made = await makePast(join(folder, "made"), entries);
      const web = join(folder, "web");
      buildWeb();
      cpSync(webDir, web, { recursive: true });
      await buildPages(join(web, "bench"), "past");
      let turn = 0;
      /** As it was left, in a world of its own. */
      const anew = async <T>(work: (relay: Relay, own: string) => Promise<T>, more: Pick<RelaySettings, "web" | "limits"> = {}): Promise<T> => {
        const own = join(folder, String(turn++));
        mkdirSync(own);
        const relay = await relayOf(made, join(own, "relay"), more);
        try {
          return await work(relay, own);
        } finally {
          await relay.stop();
        }
      };
      const kit = createKit();
      try {
        const added: number[] = [];
        for (let run = 0; run < runs; run++) added.push(await anew((_, own) => addDevice(kit, homeOf(made, join(own, "ada")))));
        const restored: Restored[] = [];
        for (let run = 0; run < runs; run++) restored.push(await anew((relay) => restore(kit, made, relay)));
        const { times, read } = await anew(async (_, own) => {
          const home = homeOf(made, join(own, "ada"));
          const asked = await commands(kit, home, runs);
          const all: number[] = [];
          for (let run = 0; run < Math.min(runs, 3); run++) all.push(await readHere(home));
          return { times: asked, read: all };
        });
        const pages: InPage[] = [];
        for (let run = 0; run < profiles; run++) pages.push(await anew(() => inPage(made, Math.max(1, Math.ceil(runs / profiles))), { web }));
        // With the steps that it takes by itself the relay would need some 40 s for it.
        const left = await anew(
          async (relay, own) => {
            await pause(3000);
            await relay.stop();
            return keptAt(join(own, "relay"));
          },
          { limits: { sweepRecords: entries * 2 } },
        );
        const page = (key: Exclude<keyof InPage, "restored" | "longest" | "size">): readonly number[] => pages.flatMap((one) => one[key]);
        const known = `with ${entries.toLocaleString("en")} entries`;
        // Fewer show less of what grows with them.
        const asked = (value: number): Pick<Figure, "target"> => (quick ? {} : { target: most(value) });
        return [
          { name: `second device, ${known}`, unit: "s", values: added, ...asked(5) },
          {
            name: `back by the twelve words, ${known}`,
            unit: "s",
            values: restored.map(({ withWords }) => withWords),
            ...asked(10),
            note: `restore alone ${median(restored.map(({ back }) => back)).toFixed(2)} s`,
          },
          {
            name: "the same in Chromium",
            unit: "s",
            values: pages.map((one) => one.restored),
            ...asked(10),
            note: `held up for ${median(pages.map(({ longest }) => longest)).toFixed(0)} ms at most`,
          },
          { name: `beside status, ${known}`, unit: "ms", values: times.status, ...asked(500) },
          { name: `beside between, ${known}`, unit: "ms", values: times.between, ...asked(500) },
          {
            name: `from navigation to the field, Chromium, ${known}`,
            unit: "ms",
            values: page("start"),
            ...asked(500),
            note: `online at ${median(page("online")).toFixed(0)} ms`,
          },
          { name: `Between us, Chromium, ${known}`, unit: "ms", values: page("between"), ...asked(500) },
          {
            name: `longest frame while scrolling through, Chromium, ${known}`,
            unit: "ms",
            values: page("longestFrame"),
            ...asked(50),
            note: `1,500 px a frame; 99 of 100 within ${median(page("usualFrame")).toFixed(0)} ms; longest task ${median(page("longestTaskOf")).toFixed(0)} ms of processor time`,
          },
          { name: `beside between --search, ${known}`, unit: "ms", values: times.search, ...asked(500), note: "all of it looked through" },
          {
            name: `search, first result, Chromium, ${known}`,
            unit: "ms",
            values: page("searchFirst"),
            ...asked(500),
            note: "80 ms of it wait for the next key",
          },
          {
            name: `search, all looked through, Chromium, ${known}`,
            unit: "ms",
            values: page("searchAll"),
            note: `held up for ${median(page("searchHeld")).toFixed(0)} ms at most`,
          },
          { name: `held up while all is saved as data, Chromium`, unit: "ms", values: page("saveHeld"), ...asked(50) },
          { name: `all ${entries.toLocaleString("en")} read and looked through, Node`, unit: "ms", values: read, note: "a search would do that" },
          { name: `all ${entries.toLocaleString("en")} read and looked through, Chromium`, unit: "ms", values: page("read"), note: "a search would do that" },
          {
            name: "disk per kept entry, terminal",
            unit: "KB",
            values: kb(sizeOf(made.home), entries),
            ...asked(1),
            note: `after a restore ${kb(sizeOf(restored.at(-1)?.home ?? ""), entries)[0]?.toFixed(2)} KB`,
          },
          { name: "disk per kept entry, Chromium", unit: "KB", values: pages.flatMap(({ size }) => kb(size, entries)), ...asked(1) },
          {
            name: "relay per entry, all cursors passed",
            unit: "KB",
            values: kb(left.entries, entries),
            ...asked(0),
            note: `beside it the sealed archive, ${kb(left.archives, entries)[0]?.toFixed(2)} KB an entry`,
          },
        ] satisfies readonly Figure[];
      } finally {
        await kit.cleanUp();
      }
    }),
};
