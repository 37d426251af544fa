/** What every screen may use, given once by the composition root. */
import type { ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { invariant } from "../base/exhaustive.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Lasting } from "./adapters/lasting.ts";
import type { Updates } from "./adapters/updates.ts";
import type { Back } from "./back.ts";
import type { Measured } from "./abilities.ts";
import type { Install } from "./adapters/install-offer.ts";
import type { Setting } from "./setting.ts";
import type { Cover } from "./cover.ts";
import type { DeviceLock } from "./device-lock.ts";
import type { Shown } from "./shown.ts";
import type { ShutWhen } from "./shut-when-hidden.ts";
import type { Sound } from "./sound.ts";
import type { Speech } from "./speech.ts";
import type { Words } from "./words/en.ts";
import type { Times } from "./words/time.ts";

export interface App {
  readonly shown: Shown;
  readonly words: Words;
  readonly times: Times;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly sound: Sound;
  /** The zone that this device is in, as the browser names it. */
  readonly zone: () => string;
  /** Which language `words` and `times` are of. */
  readonly speech: Speech;
  /** How my light is held: `press`, from one press to the next; else for as long as it is pressed. */
  readonly hold: Setting;
  readonly lock: DeviceLock;
  readonly shutWhen: ShutWhen;
  readonly cover: Cover;
  /** This page's web origin, which is its relay's. */
  readonly origin: string;
  /** Asks the browser not to throw away what is kept here. */
  readonly persist: () => void;
  /** What it answered. */
  readonly lasts: Lasting["lasts"];
  readonly updates: Updates;
  readonly back: Back;
  /** What this device can do, as its browser answers now. */
  readonly measure: () => Promise<Measured>;
  /** On an iPhone or iPad in a browser's tab, where Beside belongs on the Home Screen first. */
  readonly appleTab: boolean;
  /** Where the browser offers to install Beside: opens its question. */
  readonly install: ReadonlySignal<Install | null>;
}

const context = createContext<App | undefined>(undefined);
export const AppProvider = context.Provider;

export const useApp = (): App => {
  const app = useContext(context);
  invariant(app, "a screen outside the app");
  return app;
};
