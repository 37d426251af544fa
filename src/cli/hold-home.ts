/** Opens the home in this process: its lock, its store, its bonds, and the doing of commands in it. */
import { err, ok, type Result } from "../base/result.ts";
import { createHome, type HomeFault } from "../line/create-home.ts";
import type { Ports } from "../line/driver.ts";
import { openSqliteStore, type OpenFault } from "./adapters/sqlite-store.ts";
import type { Exit } from "./command.ts";
import { commands } from "./commands.ts";
import { createOutput, obeyNothing, type AskLine, type Print } from "./output.ts";
import { createScreen } from "./screen.ts";
import type { Ask } from "./socket-lines.ts";
import { createTimes } from "./times.ts";
import { createWishes } from "./wishes.ts";

export interface HeldHome {
  /** Does one command. Rejects only on a defect. */
  run(ask: Ask, print: Print, line: AskLine, stop: AbortSignal): Promise<Exit>;
  /** Closes connections and store; the lock goes last. */
  close(): Promise<void>;
}

/** What a wait is given at least, when all patience was used up before it. */
const aMoment = 250;

export const holdHome = async (database: string, ports: Ports): Promise<Result<HeldHome, OpenFault | HomeFault>> => {
  const opened = openSqliteStore(database);
  if (!opened.ok) return opened;
  const store = opened.value;
  const created = await createHome(store, ports);
  if (!created.ok) {
    store.close();
    return err(created.error);
  }
  const home = created.value;
  const screen = createScreen(home);
  const wishes = createWishes(store);
  const { clock, timer } = ports;

  return ok({
    run: async (ask, print, line, stop) => {
      const began = clock.monotonic();
      const output = createOutput(ask.json, print);
      const patience = (): number => Math.max(aMoment, ask.timeout - (clock.monotonic() - began));
      const times = createTimes(ask.locale, ask.timeZone);
      const { command, options, input, bond, json, terminal } = ask;
      const asks = (prompt: string): Promise<string | undefined> => Promise.race([line(obeyNothing(prompt)), gone(stop)]);
      const session = {
        home,
        wishes,
        screen,
        clock,
        timer,
        output,
        times,
        zone: ask.timeZone,
        bond,
        json,
        terminal,
        ask: asks,
        patience,
        stop,
        kept: output.kept,
      };
      return commands[command].run(session, options, input);
    },
    close: async () => {
      await home.stop();
      store.close();
    },
  });
};

const gone = (stop: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (stop.aborted) resolve(undefined);
    stop.addEventListener("abort", () => resolve(undefined), { once: true });
  });
