/** Opens the device's Home and shows it. Both composition roots end here; they differ in what they hand in. */
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Result } from "../base/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import { AppProvider, type App } from "./app.ts";
import type { Arrival } from "./arrival.ts";
import { fetchRooms } from "./later.tsx";
import type { PageHome } from "./page-home.ts";
import { followPageLife } from "./page-life.ts";
import { AppScreen } from "./screens/app.tsx";
import { Opening } from "./screens/opening.tsx";
import { Unavailable } from "./screens/waiting.tsx";
import { createShown } from "./shown.ts";
import { createSound } from "./sound.ts";
import { en } from "./words/en.ts";
import { createTimes } from "./words/time.ts";

export type StartFault = "newer" | "damaged" | "unavailable";

export interface Start {
  /** `broke`: this tab had to take the Home over from another one and could not. */
  readonly open: (broke: (fault: StartFault) => void) => Promise<Result<PageHome, StartFault>>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly arrived: Arrival | undefined;
}

const gone = { ok: false, error: "gone" } as const;
const noHome: PageHome = {
  bonds: () => [],
  words: () => "elsewhere",
  showWords: async () => undefined,
  askWords: async () => [],
  keepWords: async () => gone,
  arrive: async () => gone,
  restore: async () => gone,
  memories: () => [],
  importMemory: async () => gone,
  remembered: async () => [],
  memoryPlaces: async () => [],
  forgetMemory: async () => {},
  watch: () => () => {},
  invite: async () => gone,
  join: async () => gone,
  forget: async () => {},
  stop: async () => {},
};

/** Resolves with the Home once it is open and shown. */
export const start = async (root: HTMLElement, { open, clock, timer, arrived }: Start): Promise<PageHome | undefined> => {
  const words = en;
  // The words' language, in the form of it that this device prefers: twelve hours or twenty-four.
  const times = createTimes(navigator.languages.find((tag) => tag.startsWith(words.language)) ?? words.language, words.justNow);
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;

  const appOf = (home: PageHome): App => ({
    shown: createShown(home, clock, timer, document),
    words,
    times,
    clock,
    timer,
    sound: createSound(() => localStorage),
    origin: window.location.origin,
    persist: () => void navigator.storage?.persist?.(),
  });
  const before = appOf(noHome);
  const fault = signal<StartFault | null>(null);
  const broke = (why: StartFault): void => {
    document.documentElement.dataset["stage"] = "unavailable";
    fault.value = why;
    render(
      <AppProvider value={before}>
        <Unavailable why={why} />
      </AppProvider>,
      root,
    );
  };

  document.documentElement.dataset["stage"] = "opening";
  render(
    <AppProvider value={before}>
      <Opening />
    </AppProvider>,
    root,
  );
  const opened = await open(broke);
  if (!opened.ok) {
    broke(opened.error);
    return undefined;
  }
  if (fault.value) return undefined;
  const home = opened.value;
  void fetchRooms();
  followPageLife(home, window);
  render(
    <AppProvider value={appOf(home)}>
      <AppScreen arrived={arrived} />
    </AppProvider>,
    root,
  );
  return home;
};
