/** Opens the device's Home and shows it. Both composition roots end here; they differ in what they hand in. */
import { effect, signal, untracked } from "@preact/signals";
import { render, type JSX } from "preact";
import type { Result } from "../base/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import { followBattery } from "./adapters/battery.ts";
import { createLasting } from "./adapters/lasting.ts";
import type { Updates } from "./adapters/updates.ts";
import { followInstallOffer } from "./adapters/install-offer.ts";
import { isAppleTab, measureAbilities } from "./adapters/measure-abilities.ts";
import { AppProvider, type App } from "./app.ts";
import type { Arrival, Wish } from "./arrival.ts";
import type { Back } from "./back.ts";
import { followBadge } from "./badge.ts";
import { createCover } from "./cover.ts";
import type { DeviceLock } from "./device-lock.ts";
import { fetchField, fetchRooms, later } from "./later.tsx";
import type { PageHome } from "./page-home.ts";
import { followPageLife } from "./page-life.ts";
import { AppScreen } from "./screens/app.tsx";
import { Neutral } from "./screens/neutral.tsx";
import { Opening } from "./screens/opening.tsx";
import { Unavailable } from "./screens/waiting.tsx";
import { browserMemory, createSetting } from "./setting.ts";
import { createShown } from "./shown.ts";
import { createShutWhen, shutWhenHidden } from "./shut-when-hidden.ts";
import { createSound } from "./sound.ts";
import { createSpeech } from "./speech.ts";
import { languages as shipped, type Languages } from "./words/languages.ts";

export type StartFault = "newer" | "damaged" | "unavailable";

export interface Start {
  /** `broke`: this tab had to take the Home over from another one and could not. */
  readonly open: (broke: (fault: StartFault) => void) => Promise<Result<PageHome, StartFault>>;
  readonly lock: DeviceLock;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly arrived: Arrival | Wish | undefined;
  readonly updates: Updates;
  readonly back: Back;
  /** Test roots know more of them. */
  readonly languages?: Languages;
}

const Locked = later((rooms) => rooms.Locked);

const gone = { ok: false, error: "gone" } as const;
const noHome: PageHome = {
  bonds: () => [],
  words: () => "elsewhere",
  showWords: async () => undefined,
  askWords: async () => [],
  wipe: async () => {},
  recall: async () => ({ ok: false, error: "not-together" }),
  earlier: async () => [],
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

/** Resolves with the Home once it is open and shown for the first time. */
export const start = async (
  root: HTMLElement,
  { open, lock, clock, timer, arrived, updates, back, languages = shipped }: Start,
): Promise<PageHome | undefined> => {
  // A page that is kept here was used before: most likely there is a field to show, and its code need not wait for the store.
  if (navigator.serviceWorker?.controller) void fetchField();
  const memory = browserMemory(window);
  const speech = createSpeech(languages, memory, navigator.languages);
  const cover = createCover(memory, window);
  const shutWhen = createShutWhen(memory);
  const { lasts, ask: persist } = createLasting(navigator.storage);
  const install = followInstallOffer(window);
  const never = new AbortController().signal;
  const appOf = (home: PageHome, over: AbortSignal): Told => ({
    shown: createShown(home, clock, timer, document, over),
    clock,
    timer,
    sound: createSound(memory),
    speech,
    hold: createSetting(memory, "beside.hold"),
    zone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    lock,
    shutWhen,
    cover,
    origin: window.location.origin,
    persist,
    lasts,
    updates,
    back,
    measure: () => measureAbilities(window),
    appleTab: isAppleTab(window),
    install,
  });
  const before = appOf(noHome, never);
  const fault = signal<StartFault | null>(null);
  const session = signal<Session | null>(null);
  let link = arrived;

  const standing = (): Standing => {
    if (cover.on.value) return { stage: "neutral", screen: <Neutral /> };
    if (fault.value) return { stage: "unavailable", screen: <Unavailable why={fault.value} /> };
    if (lock.state.value === "shut") return { stage: "locked", screen: <Locked /> };
    if (!session.value) return { stage: "opening", screen: <Opening /> };
    return { stage: null, screen: <AppScreen arrived={link} /> };
  };
  // Drawn within the change that asks for it: what is to be gone is gone before anything else happens.
  const draw = ({ stage, screen }: Standing, app: Told): void => {
    const { tag, words } = speech.spoken.value;
    document.documentElement.lang = tag;
    document.documentElement.dir = words.direction;
    document.title = stage === "neutral" ? words.neutral.title : words.title;
    for (const icon of document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]')) icon.href = stage === "neutral" ? noIcon : "/icon.svg";
    // The app's own screens say theirs themselves.
    if (stage) document.documentElement.dataset["stage"] = stage;
    render(<Speaking app={app}>{screen}</Speaking>, root);
  };

  /** Opens the Home, again and again where the lock was shut meanwhile. */
  const begin = async (): Promise<PageHome | undefined> => {
    for (;;) {
      const opened = await open((why) => (fault.value = why));
      if (!opened.ok) fault.value = opened.error;
      if (fault.value || !opened.ok) {
        // It may be this version's own fault: a newer one is looked for, and used by the button that stands there.
        void updates.begin();
        return undefined;
      }
      const home = opened.value;
      if (lock.state.value === "shut") {
        await home.stop();
        continue;
      }
      const over = new AbortController();
      followPageLife(home, window, cover.on, updates.look, over.signal);
      followBadge(home, window, over.signal);
      void followBattery(home, window.navigator, over.signal);
      session.value = { home, app: appOf(home, over.signal), over };
      void fetchRooms().then(updates.begin);
      void lock.look();
      return home;
    }
  };
  const leave = (): void => {
    const was = session.value;
    if (!was) return;
    session.value = null;
    link = undefined;
    was.over.abort();
    void was.home.stop().then(begin);
  };

  effect(() => {
    const what = standing();
    const app = session.value?.app ?? before;
    void speech.spoken.value;
    untracked(() => draw(what, app));
  });
  effect(() => {
    if (lock.state.value !== "shut") return;
    void fetchRooms();
    untracked(leave);
  });
  effect(() => {
    if (!cover.on.value) return;
    link = undefined;
    untracked(lock.shut);
  });
  shutWhenHidden({ lock, after: () => shutWhen.after.value, clock, timer, page: document });
  return begin();
};

/** A Home that is open and shown, until the lock is shut. */
interface Session {
  readonly home: PageHome;
  readonly app: Told;
  readonly over: AbortController;
}

/** What stands there; `stage` for tests, scripts and styles. */
interface Standing {
  readonly stage: string | null;
  readonly screen: JSX.Element;
}

const noIcon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
