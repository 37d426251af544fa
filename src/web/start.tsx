/** Opens the device's Home and shows it. Both composition roots end here; they differ in what they hand in. */
import { effect, signal } from "@preact/signals";
import { render, type JSX } from "preact";
import type { Result } from "../base/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import { createLasting } from "./adapters/lasting.ts";
import type { Updates } from "./adapters/updates.ts";
import { followInstallOffer } from "./adapters/install-offer.ts";
import { isAppleTab, measureAbilities } from "./adapters/measure-abilities.ts";
import { AppProvider, type App } from "./app.ts";
import type { Arrival } from "./arrival.ts";
import { createBack } from "./back.ts";
import { followBadge } from "./badge.ts";
import { fetchRooms } from "./later.tsx";
import type { PageHome } from "./page-home.ts";
import { followPageLife } from "./page-life.ts";
import { AppScreen } from "./screens/app.tsx";
import { Opening } from "./screens/opening.tsx";
import { Unavailable } from "./screens/waiting.tsx";
import { browserMemory, createSetting } from "./setting.ts";
import { createShown } from "./shown.ts";
import { createSound } from "./sound.ts";
import { createSpeech } from "./speech.ts";
import { languages as shipped, type Languages } from "./words/languages.ts";

export type StartFault = "newer" | "damaged" | "unavailable";

export interface Start {
  /** `broke`: this tab had to take the Home over from another one and could not. */
  readonly open: (broke: (fault: StartFault) => void) => Promise<Result<PageHome, StartFault>>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly arrived: Arrival | undefined;
  readonly updates: Updates;
  /** Test roots know more of them. */
  readonly languages?: Languages;
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

type Told = Omit<App, "words" | "times">;

/** The screens, in the language of the moment. */
const Speaking = ({ app, children }: { readonly app: Told; readonly children: JSX.Element }): JSX.Element => {
  const { words, times } = app.speech.spoken.value;
  return <AppProvider value={{ ...app, words, times }}>{children}</AppProvider>;
};

/** Resolves with the Home once it is open and shown. */
export const start = async (root: HTMLElement, { open, clock, timer, arrived, updates, languages = shipped }: Start): Promise<PageHome | undefined> => {
  const memory = browserMemory(window);
  const speech = createSpeech(languages, memory, navigator.languages);
  effect(() => {
    const { tag, words } = speech.spoken.value;
    document.documentElement.lang = tag;
    document.documentElement.dir = words.direction;
  });

  const { lasts, ask: persist } = createLasting(navigator.storage);
  const back = createBack(window);
  const install = followInstallOffer(window);
  const appOf = (home: PageHome): Told => ({
    shown: createShown(home, clock, timer, document),
    clock,
    timer,
    sound: createSound(memory),
    speech,
    hold: createSetting(memory, "beside.hold"),
    zone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    origin: window.location.origin,
    persist,
    lasts,
    updates,
    back,
    measure: () => measureAbilities(window),
    appleTab: isAppleTab(window),
    install,
  });
  const before = appOf(noHome);
  const fault = signal<StartFault | null>(null);
  const broke = (why: StartFault): void => {
    document.documentElement.dataset["stage"] = "unavailable";
    fault.value = why;
    render(
      <Speaking app={before}>
        <Unavailable why={why} />
      </Speaking>,
      root,
    );
  };

  document.documentElement.dataset["stage"] = "opening";
  render(
    <Speaking app={before}>
      <Opening />
    </Speaking>,
    root,
  );
  const opened = await open(broke);
  if (!opened.ok) {
    broke(opened.error);
    return undefined;
  }
  if (fault.value) return undefined;
  const home = opened.value;
  void fetchRooms().then(updates.begin);
  followPageLife(home, window, updates.look);
  followBadge(home, window);
  render(
    <Speaking app={appOf(home)}>
      <AppScreen arrived={arrived} />
    </Speaking>,
    root,
  );
  return home;
};
