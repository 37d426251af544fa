/** What every screen may use, given once by the composition root. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { invariant } from "../base/exhaustive.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Cover } from "./cover.ts";
import type { DeviceLock } from "./device-lock.ts";
import type { Shown } from "./shown.ts";
import type { ShutWhen } from "./shut-when-hidden.ts";
import type { Sound } from "./sound.ts";
import type { Words } from "./words/en.ts";
import type { Times } from "./words/time.ts";

export interface App {
  readonly shown: Shown;
  readonly words: Words;
  readonly times: Times;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly sound: Sound;
  readonly lock: DeviceLock;
  readonly shutWhen: ShutWhen;
  readonly cover: Cover;
  /** This page's web origin, which is its relay's. */
  readonly origin: string;
  /** Asks the browser not to throw away what is kept here. */
  readonly persist: () => void;
}

const context = createContext<App | undefined>(undefined);
export const AppProvider = context.Provider;

export const useApp = (): App => {
  const app = useContext(context);
  invariant(app, "a screen outside the app");
  return app;
};
