/**
 * Two people with real browsers and a real relay process. Everything is driven from outside: the page's roles and
 * labels, the relay's command line. Every page is watched: a console error or a request to anyone but the relay fails
 * the test that made it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type BrowserContext, type BrowserType, type Page } from "playwright-core";
import { buildWeb, root, webDir } from "../scripts/web.ts";

const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface RelayProcess {
  readonly url: string;
  readonly port: number;
  /** `kill -9`, and gone when it resolves. */
  kill(): Promise<void>;
  /** The same data and port again; with another build of the web app, from then on. */
  restart(build?: string): Promise<void>;
  stop(): Promise<void>;
}

export const startRelay = async (build = webDir): Promise<RelayProcess> => {
  buildWeb();
  const data = mkdtempSync(join(tmpdir(), "beside-relay-"));
  let process_: ChildProcess | undefined;
  let url = "";
  let web = build;
  const run = async (port: number): Promise<void> => {
    const child = spawn(process.execPath, [join(root, "src", "cli", "main.ts"), "relay", "--json", "--port", String(port), "--data", data, "--web", web], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    process_ = child;
    url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the relay ended with ${code}`)));
      createInterface({ input: child.stdout }).once("line", (line) => resolve((JSON.parse(line) as { listening: string }).listening));
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = process_;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  await run(0);
  const port = Number(new URL(url).port);
  return {
    url,
    port,
    kill: () => end("SIGKILL"),
    restart: (next = web) => {
      web = next;
      return run(port);
    },
    stop: async () => {
      await end("SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
};

export interface Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Where the browser keeps everything of this person. */
  readonly profile: string;
  /** Console errors and requests that left for anyone else. */
  readonly wrongs: string[];
  close(): Promise<void>;
}

export const newProfile = (name: string): string => mkdtempSync(join(tmpdir(), `beside-${name}-`));

/**
 * What else the browser of a person is started with. `profile` is a new one unless it is given; `prepare` is done before
 * the page at `path` is opened.
 */
type BrowserOptions = NonNullable<Parameters<BrowserType["launchPersistentContext"]>[1]> & {
  readonly profile?: string;
  readonly path?: string;
  readonly prepare?: (context: BrowserContext) => Promise<void>;
};

/** A person with a browser and a profile of their own. `host` is how they write the relay's address. */
export const openPerson = async (
  name: string,
  relay: Pick<RelayProcess, "port">,
  host = "127.0.0.1",
  viewport = { width: 390, height: 844 },
  { args = [], profile = newProfile(name), path = "/", prepare = async () => {}, ...options }: BrowserOptions = {},
): Promise<Person> => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: [...chromiumArgs, ...args],
    viewport,
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  const wrongs: string[] = [];
  const watch = (page: Page): void => {
    page.on("console", (message) => {
      // A relay that is down on purpose makes the browser report failed connections; nothing else may be an error.
      if (
        message.type() === "error" &&
        !/WebSocket (connection to|is already in CLOSING)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/.test(message.text())
      )
        wrongs.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => wrongs.push(`page: ${error.stack ?? error.message}`));
    page.on("request", (request) => {
      const { hostname, port } = new URL(request.url());
      if (
        !["blob:", "data:"].some((scheme) => request.url().startsWith(scheme)) &&
        (port !== String(relay.port) || !["localhost", "127.0.0.1"].includes(hostname))
      )
        wrongs.push(`request: ${request.url()}`);
    });
  };
  context.on("page", watch);
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  await prepare(context);
  await page.goto(`http://${host}:${relay.port}${path}`);
  return {
    name,
    context,
    page,
    profile,
    wrongs,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};

export const invite = async (person: Person): Promise<string> => {
  const { page } = person;
  await page.getByLabel("Your name").fill(person.name);
  await page.getByRole("button", { name: "Invite the other" }).click();
  return page.getByLabel("The link").inputValue();
};

export const join_ = async (person: Person, link: string): Promise<void> => {
  const { page } = person;
  await page.getByRole("button", { name: "I was invited" }).click();
  await page.getByLabel("The link you were given").fill(link);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByRole("button", { name: "Join", exact: true }).click();
};

export const accept = async (person: Person, other: string): Promise<void> => {
  await person.page.getByRole("button", { name: new RegExp(`Accept.*${other}`) }).click();
};

export const sixWords = async (person: Person): Promise<string[]> => {
  const items = person.page.locator(".six-words li");
  await items.nth(5).waitFor();
  return items.allInnerTexts();
};

/** The field's own word for a thing, waited for. */
export const fieldShows = (person: Person, attribute: string, value: string, timeout = 30_000): Promise<void> =>
  person.page.locator(`main.field[data-${attribute}="${value}"]`).waitFor({ timeout });

/** Ada invites, ben joins, ada accepts; both answer the first question with yes. */
export const pairUp = async (ada: Person, ben: Person): Promise<{ readonly adas: string[]; readonly bens: string[] }> => {
  await join_(ben, await invite(ada));
  await accept(ada, ben.name);
  const [adas, bens] = [await sixWords(ada), await sixWords(ben)];
  for (const person of [ada, ben]) {
    await person.page.getByRole("button", { name: "We compared them" }).click();
    await person.page.locator('[data-question="presence"]').getByRole("button").first().click();
  }
  return { adas, bens };
};

export const say = async (person: Person, text: string): Promise<void> => {
  await person.page.locator('[data-tool="say"]').click();
  const box = person.page.locator("textarea.words");
  await box.fill(text);
  await person.page.locator("form.say button[type=submit]").click();
  // The sheet closes when the words are safe on this device.
  await person.page.locator("form.say").waitFor({ state: "detached" });
};

/** Closes the sheet over the field. A key pressed before the sheet is quite there goes nowhere: then it is pressed again. */
export const closeSheet = async ({ page }: Person): Promise<void> => {
  const sheet = page.locator("dialog.sheet");
  await sheet.waitFor();
  const gone = (): Promise<boolean> =>
    sheet.waitFor({ state: "detached", timeout: 2000 }).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 10; tries++) {
    await page.keyboard.press("Escape");
    if (await gone()) return;
  }
  throw new Error("the sheet does not close");
};

/** Everything said, oldest first, as the page lists it in Between us. */
export const between = async (person: Person): Promise<string[]> => {
  await person.page.locator('[data-tool="between"]').click();
  const list = person.page.locator(".kept li[data-kind=thought] .words");
  await list.first().waitFor();
  const texts = await list.allInnerTexts();
  await closeSheet(person);
  return texts;
};

/** From the field to one of the rooms behind "More", by its row. */
export const openRow = async (
  { page }: Person,
  row: "abilities" | "apart" | "boundaries" | "devices" | "end" | "lock" | "moon" | "twelve" | "words",
): Promise<void> => {
  await page.locator('[data-tool="more"]').click();
  await page.locator(`[data-row="${row}"]`).click();
  await page.locator(`dialog[data-sheet="${row}"]`).waitFor();
};

/** Opens the door for one more device of hers; the link that it shows. */
export const deviceLink = async (person: Person): Promise<string> => {
  await openRow(person, "devices");
  await person.page.getByRole("button", { name: "Add a device" }).click();
  return person.page.getByLabel("The link for your device").inputValue();
};

/** Opens a link in a page as if it were pressed somewhere else. */
export const openLink = async ({ page }: Person, link: string): Promise<void> => {
  await page.goto("about:blank");
  await page.goto(link);
};

/** The words to compare, as a screen shows them. */
export const codeOn = async ({ page }: Person): Promise<string[]> => {
  await page.locator(".code li").nth(2).waitFor();
  return page.locator(".code li").allInnerTexts();
};

/** One more device of hers, from the link to its field. */
export const addDevice = async (person: Person, device: Person): Promise<{ readonly here: string[]; readonly there: string[] }> => {
  await openLink(device, await deviceLink(person));
  await device.page.getByLabel("What this device is called").fill(device.name);
  await device.page.getByRole("button", { name: "Ask to be let in" }).click();
  const there = await codeOn(device);
  const here = await codeOn(person);
  await person.page.getByRole("button", { name: /Let .+ in/ }).click();
  await device.page.locator("main.field").waitFor();
  await person.page.locator("[data-device]", { hasText: device.name }).waitFor();
  await closeSheet(person);
  return { here, there };
};

/** Reads the twelve words from her page, and shows that she has them. */
export const keepTwelveWords = async ({ page }: Person, first?: (places: readonly number[], list: readonly string[]) => Promise<void>): Promise<string[]> => {
  await page.locator(".to-keep").click();
  await page.getByRole("button", { name: "Show the words" }).click();
  const list = await page.locator(".twelve-words .word").allInnerTexts();
  await page.getByRole("button", { name: "I have written them down" }).click();
  await page.locator(".asked input").nth(2).waitFor();
  const inputs = await page.locator(".asked input").all();
  const places = await Promise.all(inputs.map(async (input) => Number((await input.getAttribute("name"))?.slice("word-".length))));
  await first?.(places, list);
  for (const place of places) await page.locator(`input[name="word-${place}"]`).fill(list[place - 1] as string);
  await page.getByRole("button", { name: "That is what it says" }).click();
  await page.getByRole("button", { name: "All right" }).click();
  return list;
};
