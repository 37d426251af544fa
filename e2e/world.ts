/**
 * A world for looking at screens: a relay, people with real browsers at the test root, and one clock for all of them that
 * is moved from here. It begins at ten in the morning, so that pictures of two days are of the same hour.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { buildWeb, devDir } from "../scripts/web.ts";
import { startRelay, type RunningRelay } from "../src/relay/main.ts";
import { spawnLyingRelay, type Lie } from "../src/testing/lying-relay.ts";
import { createMovableClock } from "../src/testing/movable-clock.ts";
import { openPerson, type Person } from "./kit.ts";

/** How each writes the relay's address: two names of one machine are two places to a browser. */
const hosts = { ada: "localhost", tablet: "localhost", ben: "127.0.0.1", cleo: "127.0.0.1" } as const;
export type Who = keyof typeof hosts;
export const names: Record<Who, string> = { ada: "Ada", tablet: "Tablet", ben: "Ben", cleo: "Cleo" };

/** `token`: it makes no lines for strangers. `lying`: it does what `tell` says, and its clock cannot be moved. */
export type RelayKind = "open" | "token" | "lying";

export interface World {
  readonly ada: Person;
  readonly ben: Person;
  readonly cleo: Person;
  /** Another device of Ada's, or a new one after all were lost. */
  readonly tablet: Person;
  /** On or back, for everyone; or on one person's device alone. */
  move(by: number, who?: Who): Promise<void>;
  /** On for everyone, in steps after each of which the relay looked at its clock: it was there all the time, and vigils fire as they are due. */
  pass(by: number): Promise<void>;
  /** What time it is for everyone. */
  now(): number;
  readonly relay: {
    stop(): Promise<void>;
    /** At the same address; `anew`: with nothing of what it had. */
    start(anew?: boolean): Promise<void>;
    tell(lie: Lie): Promise<void>;
  };
  /** The page of a person who opens `link`, or the app's address. */
  open(person: Person, link?: string): Promise<void>;
  readonly wrongs: readonly string[];
  end(): Promise<void>;
}

const hour = 3_600_000;
const path = "/side.html";
/** Less than the relay takes for a time in which it was away. */
const step = 45_000;

const tillTen = (now: number): number => {
  const ten = new Date(now);
  ten.setHours(ten.getHours() >= 10 ? 34 : 10, 0, 0, 0);
  return ten.getTime() - now;
};

export const createWorld = async (people: readonly Who[], kind: RelayKind): Promise<World> => {
  buildWeb("dev");
  const { clock, move } = createMovableClock();
  const offsets = new Map<Who, number>();
  let offset = kind === "lying" ? 0 : tillTen(clock.now());
  move(offset);
  let data = mkdtempSync(join(tmpdir(), "beside-look-"));
  const run = async (port: number): Promise<RunningRelay> => startRelay({ port, data, web: devDir, clock, lines: kind === "token" ? "token" : "open" });
  const lying = kind === "lying" ? await spawnLyingRelay(devDir) : undefined;
  let honest = lying ? undefined : await run(0);
  const port = lying?.port ?? honest?.port ?? 0;

  const tellTime = async (person: Person, to: number): Promise<void> => {
    await person.context.addInitScript((at) => Object.assign(globalThis, { besideOffset: at }), to);
    for (const page of person.context.pages()) {
      await page.evaluate((at) => window.postMessage({ dev: "clock", offset: at }, window.location.origin), to).catch(() => undefined);
    }
  };
  const opened = new Map(
    await Promise.all(
      people.map(async (who): Promise<readonly [Who, Person]> => {
        const prepare: NonNullable<Parameters<typeof openPerson>[4]>["prepare"] = async (context) => {
          await context.addInitScript((at) => Object.assign(globalThis, { besideOffset: at }), offset);
          // A picture that is opened as a page asks for one; the app never does.
          await context.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
        };
        const person = await openPerson(names[who], { port }, hosts[who], undefined, { path, prepare });
        person.context.setDefaultTimeout(20_000);
        await person.page.emulateMedia({ reducedMotion: "reduce" });
        return [who, person];
      }),
    ),
  );
  const of = (who: Who): Person => {
    const person = opened.get(who);
    if (!person) throw new Error(`${who} is not in this chapter`);
    return person;
  };

  const moveAll = async (by: number): Promise<void> => {
    offset += by;
    move(offset);
    for (const [each, person] of opened) await tellTime(person, offset + (offsets.get(each) ?? 0));
  };
  /** Its own vigil is due every half minute. */
  const looked = async (): Promise<void> => {
    for (let tries = 0; tries < 2000; tries++) {
      const { vigils } = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { readonly vigils: { readonly canary: number | null } };
      if (vigils.canary !== null && vigils.canary < 30) return;
    }
    throw new Error("the relay does not look at its clock");
  };
  /** Every field has heard of it: who lost the connection on the way tries again once more time has passed. */
  const heard = async (): Promise<void> => {
    for (const { page } of opened.values()) {
      const isOnline = (): Promise<boolean> =>
        page
          .waitForFunction(() => document.querySelector("main.field:not([data-connection=online])") === null, undefined, { timeout: 500 })
          .then(() => true)
          .catch(() => false);
      for (let tries = 0; tries < 10 && !(await isOnline()); tries++) await moveAll(10_000);
    }
  };

  return {
    get ada() {
      return of("ada");
    },
    get ben() {
      return of("ben");
    },
    get cleo() {
      return of("cleo");
    },
    get tablet() {
      return of("tablet");
    },
    async move(by, who) {
      if (who === undefined) await moveAll(by);
      else {
        offsets.set(who, (offsets.get(who) ?? 0) + by);
        await tellTime(of(who), offset + (offsets.get(who) ?? 0));
      }
    },
    async pass(by) {
      for (let left = by; left > 0; left -= step) {
        await moveAll(Math.min(step, left));
        await looked();
        await heard();
      }
    },
    now: () => clock.now(),
    relay: {
      async stop() {
        await honest?.stop();
      },
      async start(anew = false) {
        if (anew) {
          rmSync(data, { recursive: true, force: true });
          data = mkdtempSync(join(tmpdir(), "beside-look-"));
        }
        honest = await run(port);
      },
      async tell(lie) {
        await lying?.tell(lie);
      },
    },
    async open({ page }, link = "") {
      const { origin, hash } = link === "" ? { origin: new URL(page.url()).origin, hash: "" } : new URL(link);
      const base = origin === "null" ? `http://localhost:${port}` : origin;
      await page.goto("about:blank");
      await page.goto(`${base}${path}${hash}`);
    },
    get wrongs() {
      return [...opened.values()].flatMap((person) => person.wrongs.map((wrong) => `${person.name}: ${wrong}`));
    },
    async end() {
      await Promise.all([...opened.values()].map((person) => person.close()));
      await honest?.stop();
      await lying?.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
};

export const minutes = (count: number): number => (count * hour) / 60;

/** Speaks a language in a page that is open, as if it had been chosen in another tab; without one, what the browser asks for. */
export const speak = async (page: Page, tag: string | null): Promise<void> => {
  await page.evaluate((chosen) => {
    if (chosen === null) localStorage.removeItem("beside.language");
    else localStorage.setItem("beside.language", chosen);
    window.dispatchEvent(new StorageEvent("storage"));
  }, tag);
  await page.locator(`html[lang="${tag ?? "en"}"]`).waitFor();
};
