/** One scenario's world: a relay, two people, their time, and whoever else comes by. All on loopback, all ended by `end`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPerson, type Person } from "../../e2e/kit.ts";
import { buildWeb } from "../../scripts/web.ts";
import { startClock, type Clock } from "./clock.ts";
import { until } from "./like.ts";
import { startRelay, type Relay } from "./relay.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { openWay, type Way } from "./way.ts";

export interface World {
  readonly ada: Terminal;
  readonly ben: Terminal;
  readonly relay: Relay;
  readonly time: Clock;
  /** Someone else at a terminal. */
  terminal(name: string): Terminal;
  /** Someone with a browser and a profile of their own. Its clock is the machine's: time that passes reaches it by the line. */
  screen(name: string): Promise<Person>;
  /** A network between a terminal and the relay. */
  way(): Promise<Way>;
  end(): Promise<void>;
}

export const createWorld = async (): Promise<World> => {
  buildWeb();
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "beside-scenario-"));
    folders.push(made);
    return made;
  };
  const ends: (() => Promise<unknown>)[] = [];
  const time = await startClock();
  const tidy = async (): Promise<void> => {
    await time.close();
    for (const one of folders) rmSync(one, { recursive: true, force: true });
  };
  const relay = await startRelay(folder(), time).catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  const terminal = (name: string): Terminal => {
    const made = createTerminal(name, folder, time.address);
    ends.push(made.end);
    return made;
  };
  return {
    ada: terminal("Ada"),
    ben: terminal("Ben"),
    relay,
    time,
    terminal,
    screen: async (name) => {
      const person = await openPerson(name, relay);
      ends.push(person.close);
      return person;
    },
    way: async () => {
      const way = await openWay(relay.url);
      ends.push(way.close);
      return way;
    },
    end: async () => {
      await Promise.all(ends.map((end) => end()));
      await relay.kill();
      await tidy();
    },
  };
};

/** Both at terminals, let in and together, where the making is not what is told. The link, used up. */
export const bring = async ({ ada, ben, relay }: Pick<World, "ada" | "ben" | "relay">, flags: readonly string[] = [], via = relay.url): Promise<string> => {
  const link = String((await ada.does("invite", "--name", ada.name, "--relay", relay.url, ...flags))["link"]);
  await ben.tells(link, "join", "--name", ben.name, "--relay", via, ...flags);
  await ada.does("accept");
  await until(ben.sees, { name: ada.name });
  return link;
};
