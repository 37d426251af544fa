/**
 * Two people at terminals, a relay, their time and their networks, as real processes of the test roots: time passes when a
 * test says so, a network goes when a test cuts it, and nothing is slept for.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClock, type Clock } from "../../../scenarios/kit/clock.ts";
import { until } from "../../../scenarios/kit/like.ts";
import { startProcess, type Running } from "../../../scenarios/kit/processes.ts";
import { createTerminal, type Terminal } from "../../../scenarios/kit/terminal.ts";
import { openWay, type Way } from "../../../scenarios/kit/way.ts";

export interface TimedWorld {
  readonly time: Clock;
  readonly relay: {
    readonly url: string;
    /** `kill -9`, and gone when it resolves. */
    kill(): Promise<void>;
    /** The same data and port again. */
    restart(): Promise<void>;
    /** Killed, and started with the data that it had when this was asked for: what comes back puts it there. */
    backup(): Promise<() => Promise<void>>;
    sum(name: "records" | "forwarded" | "fired"): Promise<number>;
  };
  /** At another time than everybody else, where a clock of its own is named. */
  terminal(name: string, clock?: Clock): Terminal;
  way(to?: string): Promise<Way>;
  folder(): string;
  end(): Promise<void>;
}

export const createTimedWorld = async (): Promise<TimedWorld> => {
  const ends: (() => Promise<unknown>)[] = [];
  const folders: string[] = [];
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "beside-timed-"));
    folders.push(made);
    return made;
  };
  const time = await startClock();
  const data = folder();
  let running: Running;
  const start = async (port: number): Promise<string> => {
    running = startProcess("relay", ["--port", String(port), "--data", data], { BESIDE_TEST_CLOCK: time.address });
    return String((await running.line({ listening: /^http/ }))["listening"]);
  };
  const url = await start(0);
  return {
    time,
    relay: {
      url,
      kill: async () => void (await running.end("SIGKILL")),
      restart: async () => void (await start(Number(new URL(url).port))),
      backup: async () => {
        const [port, copy] = [Number(new URL(url).port), folder()];
        await running.end("SIGKILL");
        cpSync(data, copy, { recursive: true });
        await start(port);
        return async () => {
          await running.end("SIGKILL");
          rmSync(data, { recursive: true });
          cpSync(copy, data, { recursive: true });
          await start(port);
        };
      },
      sum: async (name) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        return Number(new RegExp(`^beside_relay_${name}_total (\\d+)`, "m").exec(text)?.[1]);
      },
    },
    terminal: (name, clock = time) => {
      const made = createTerminal(name, folder, clock.address);
      ends.push(made.end);
      return made;
    },
    way: async (to = url) => {
      const way = await openWay(to);
      ends.push(way.close);
      return way;
    },
    folder,
    end: async () => {
      await Promise.all(ends.map((end) => end()));
      await running.end("SIGKILL");
      await time.close();
      for (const one of folders) rmSync(one, { recursive: true, force: true });
    },
  };
};

export interface Pair {
  readonly ada: Terminal;
  readonly ben: Terminal;
}

/** Two new people, let in and together; both show when they are here. `via`: the networks that they are behind. */
export const bringTogether = async (
  world: TimedWorld,
  via: { readonly ada?: string; readonly ben?: string } = {},
  clocks: { readonly ben?: Clock } = {},
): Promise<Pair> => {
  const [ada, ben] = [world.terminal("Ada"), world.terminal("Ben", clocks.ben)];
  const link = String((await ada.does("invite", "--name", "Ada", "--relay", via.ada ?? world.relay.url))["link"]);
  await ben.tells(link, "join", "--name", "Ben", "--relay", via.ben ?? world.relay.url);
  await ada.does("accept");
  await until(ben.sees, { name: "Ada" });
  for (const person of [ada, ben]) await person.does("show", "on");
  await until(ada.sees, { name: "Ben" });
  return { ada, ben };
};
