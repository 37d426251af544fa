/**
 * Two people with 20,000 short thoughts between them: a second device, everything lost, a start, and what all of it takes
 * of the disk. Each run begins from copies of the same two folders (past.ts), with relays and commands of their own.
 */
import { cpSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { createKit, type Ended, type Person } from "../../src/cli/testing/cli-kit.ts";
import type { Bond } from "../../src/line/home.ts";
import { buildWeb, webDir } from "../../scripts/web.ts";
import { inChromium } from "../chromium.ts";
import { pause } from "../flow.ts";
import { homeOf, makePast, openHome, openStore, rareText, relayOf, type Past } from "../past.ts";
import type { PastPage } from "../pages/past-page.ts";
import { buildPages } from "../pages-built.ts";
import type { Relay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { median, most, type Figure } from "../table.ts";

type Kit = ReturnType<typeof createKit>;

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
  await hasAll(laptop, ada);
  return seconds;
};

/** The newest thousand, and the first fifty, are the same on both. */
const hasAll = async (one: Person, other: Person): Promise<void> => {
  for (const page of [["--last", "1000"], ["--last", "50", "--before", "60"]]) {
    const [here, there] = [(await done(one.run("between", ...page))).stdout, (await done(other.run("between", ...page))).stdout];
    if (here !== there || here.split("\n").length < 40) throw new Error("the two devices do not keep the same");
  }
};

/** `restore` and then `words`: the six words are there when the second ends, whichever of the two made them. Seconds. */
const restore = async (kit: Kit, past: Past, relay: Relay): Promise<{ readonly restored: number; readonly withWords: number; readonly home: string }> => {
  const phone = kit.person();
  const from = performance.now();
  await done(phone.tell(past.words.join(" "), "restore", "--relay", `http://127.0.0.1:${relay.port}`, "--name", "phone"));
  const restored = since(from) / 1000;
  const { json } = await done(phone.run("words"));
  if ((json["words"] as unknown[]).length !== 6) throw new Error("no six words");
  return { restored, withWords: since(from) / 1000, home: phone.home };
};

/** Of a home in this process: the same view after a stop and a start, and how long it takes to look at all that is kept. */
const startHere = async (home: string): Promise<{ readonly start: number; readonly view: number; readonly all: number; readonly count: number }> => {
  const store = openStore(home);
  const look = async () => {
    const from = performance.now();
    const opened = await openHome(store);
    const start = since(from);
    const [bond] = opened.bonds();
    if (!bond) throw new Error("no bond");
    const settled = await bond.settled(30_000);
    if (!settled) throw new Error("not level with the relay");
    const view = since(from);
    return { opened, bond, start, view };
  };
  // Reads and clock aside, nothing of a view may differ.
  const still = (bond: Bond) => ({ ...bond.view(), now: 0, connection: { ...bond.view().connection, since: 0 } });
  const first = await look();
  const before = still(first.bond);
  await first.opened.stop();
  const second = await look();
  if (!isDeepStrictEqual(still(second.bond), before)) throw new Error("the view is another one after a start");
  const from = performance.now();
  let count = 0;
  let found = 0;
  for (let place: number | undefined; ;) {
    const page = await second.bond.kept({ limit: 500, ...(place === undefined ? {} : { before: place }) });
    count += page.length;
    found += page.filter(({ body }) => typeof body === "object" && body !== null && "text" in body && body.text === rareText).length;
    place = page.at(-1)?.seq;
    if (page.length < 500) break;
  }
  if (found !== 1) throw new Error("what was said once is not found once");
  const all = since(from);
  await second.opened.stop();
  store.close();
  return { start: second.start, view: second.view, all, count };
};

/** What a relay keeps of entries and of archives, once nobody is behind. Bytes. */
const keptAt = (data: string): { readonly entries: number; readonly bodies: number; readonly archives: number } => {
  const db = new DatabaseSync(join(data, "relay.sqlite"), { readOnly: true });
  const { entries, bodies } = db.prepare("SELECT count(*) AS entries, ifnull(sum(length(body)), 0) AS bodies FROM records WHERE kind = 0").get() as {
    entries: number;
    bodies: number;
  };
  const { archives } = db.prepare("SELECT ifnull(sum(size), 0) AS archives FROM blobs").get() as { archives: number };
  db.close();
  return { entries, bodies, archives };
};

/** When the page had drawn the first thing that matches, by its own clock from the navigation on. */
const drawn = (page: Page, selector: string): Promise<number> =>
  page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (!document.querySelector(wanted)) return;
          observer.disconnect();
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(performance.now());
            port2.postMessage(0);
          });
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, attributes: true });
        look();
      }),
    selector,
  );

interface InPage {
  readonly restored: number;
  readonly blocked: number;
  readonly start: number[];
  readonly online: number[];
  readonly between: number[];
  readonly all: number[];
  readonly size: number;
}

/** The app as built, brought back by the twelve words, then loaded again and again. */
const inPage = async (past: Past, port: number, runs: number): Promise<InPage> =>
  inChromium(`http://127.0.0.1:${port}/`, async (page) => {
    // Tasks that held the page up, from the first script on.
    await page.addInitScript(() => {
      const long: number[] = [];
      (globalThis as unknown as { benchLong: number[] }).benchLong = long;
      new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
      const field = (): void => {
        if (!document.querySelector("main.field")) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => ((globalThis as unknown as { benchField: number }).benchField = performance.now());
          port2.postMessage(0);
        });
      };
      const observer = new MutationObserver(field);
      observer.observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await page.getByRole("button", { name: "I lost my device" }).click();
    await page.getByLabel("Your twelve words").fill(past.words.join(" "));
    await page.getByLabel("What this device is called").fill("phone");
    const from = performance.now();
    await page.getByRole("button", { name: "Bring them back" }).click();
    await page.locator('main.field[data-connection="online"]').waitFor({ timeout: 60_000 });
    await page.locator(".six-words li").nth(5).waitFor({ timeout: 60_000 });
    const restored = since(from) / 1000;
    const blocked = Math.max(0, ...(await page.evaluate(() => (globalThis as unknown as { benchLong: number[] }).benchLong)));
    // Questions that would stand in the way at each start.
    await page.getByRole("button", { name: "We compared them" }).click();
    await page.locator('[data-question="presence"]').getByRole("button").first().click();
    await page.locator('[data-tool="between"]').waitFor();
    await pause(1500);
    const { size } = await page.evaluate(async () => {
      const estimate = (await navigator.storage.estimate()) as StorageEstimate & { usageDetails?: { indexedDB?: number } };
      return { size: estimate.usageDetails?.indexedDB ?? estimate.usage ?? 0 };
    });
    const [start, online, between, all]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let run = 0; run < runs; run++) {
      await page.goto("about:blank");
      await pause(500);
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => "benchField" in globalThis);
      start.push(await page.evaluate(() => (globalThis as unknown as { benchField: number }).benchField));
      online.push(await drawn(page, 'main.field[data-connection="online"]'));
      await pause(500);
      const shown = drawn(page, ".kept li");
      const pressed = await page.evaluate(() => {
        const at = performance.now();
        document.querySelector<HTMLElement>('[data-tool="between"]')?.click();
        return at;
      });
      between.push((await shown) - pressed);
      await page.goto(`http://127.0.0.1:${port}/bench/past.html`);
      await page.waitForFunction(() => "pastPage" in globalThis);
      const read = await page.evaluate(([name, text]) => (globalThis as unknown as { pastPage: PastPage }).pastPage.read(name, text), [past.bond, rareText] as const);
      if (read.found !== 1) throw new Error("what was said once is not found once");
      all.push(read.millis);
    }
    return { restored, blocked, start, online, between, all, size };
  });

export const past: Row = {
  name: "past",
  unpinned: true,
  run: ({ runs, quick }) =>
    inFolder(async (folder) => {
      const entries = quick ? 2000 : 20_000;
      const count = entries.toLocaleString("en");
      const made: Past = process.env["BENCH_PAST"] ? JSON.parse(process.env["BENCH_PAST"]) : await makePast(join(folder, "made"), entries);
      const kit = createKit();
      process.once("exit", () => void kit.cleanUp());
      let turn = 0;
      /** In a world of its own. */
      const copied = async <T>(work: (relay: Relay, home: string) => Promise<T>, web?: string): Promise<T> => {
        const own = join(folder, String(turn++));
        mkdirSync(own);
        const relay = await relayOf(made, join(own, "relay"), web === undefined ? {} : { web });
        try {
          return await work(relay, homeOf(made, join(own, "ada")));
        } finally {
          await relay.stop();
        }
      };
      const only = process.env["BENCH_ONLY"];
      try {
        const [added, restored, withWords]: [number[], number[], number[]] = [[], [], []];
        if (!only || only === "add") for (let run = 0; run < runs; run++) added.push(await copied((_, home) => addDevice(kit, home)));
        let home = "";
        if (!only || only === "restore") for (let run = 0; run < runs; run++) {
          const back = await copied((relay) => restore(kit, made, relay));
          restored.push(back.restored);
          withWords.push(back.withWords);
          home = back.home;
        }
        const commands = { status: [] as number[], between: [] as number[] };
        const here: Awaited<ReturnType<typeof startHere>>[] = [];
        if (!only || only === "start") await copied(async (_, own) => {
          const ada = kit.person(own);
          let before: unknown;
          for (let run = 0; run < runs; run++) {
            for (const what of ["status", "between"] as const) {
              const from = performance.now();
              const { json } = await done(ada.run(what));
              commands[what].push(since(from));
              if (what === "between") continue;
              if (before !== undefined && !isDeepStrictEqual(json, before)) throw new Error("another status after a start");
              before = json;
            }
          }
          for (let run = 0; run < Math.min(runs, 3); run++) here.push(await startHere(own));
        });
        const web = join(folder, "web");
        buildWeb();
        cpSync(webDir, web, { recursive: true });
        await buildPages(join(web, "bench"), "past");
        const seen = only && only !== "page" ? undefined : await copied((relay) => inPage(made, relay.port, runs), web);
        const figures: Figure[] = [
          { name: `second device, ${count} entries`, unit: "s", values: added, target: most(5) },
          { name: `twelve words, ${count} entries`, unit: "s", values: withWords, target: most(10), note: `back after ${median(restored).toFixed(2)} s` },
          { name: "beside status", unit: "ms", values: commands.status, target: most(500) },
          { name: "beside between", unit: "ms", values: commands.between, target: most(500) },
          { name: "start here", unit: "ms", values: here.map(({ start }) => start) },
          { name: "start, level", unit: "ms", values: here.map(({ view }) => view) },
          { name: "all read, Node", unit: "ms", values: here.map(({ all }) => all) },
          { name: "device", unit: "KB", values: [statSync(join(made.home, "beside.sqlite")).size / entries / 1024] },
        ];
        if (home) figures.push({ name: "restored device", unit: "KB", values: [statSync(join(home, "beside.sqlite")).size / entries / 1024] });
        if (seen)
          figures.push(
            { name: "restore, Chromium", unit: "s", values: [seen.restored], note: `longest task ${seen.blocked.toFixed(0)} ms` },
            { name: "start, Chromium", unit: "ms", values: seen.start, target: most(500), note: `online at ${median(seen.online).toFixed(0)}` },
            { name: "between us, Chromium", unit: "ms", values: seen.between, target: most(500) },
            { name: "all read, Chromium", unit: "ms", values: seen.all },
            { name: "IndexedDB", unit: "KB", values: [seen.size / entries / 1024] },
          );
        return figures;
      } finally {
        await kit.cleanUp();
      }
    }),
};
void keptAt;
