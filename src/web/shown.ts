/**
 * The Home as signals: what the screens read. Views change when the engine says so; ages and the hour also move by
 * themselves, once a minute and only while someone is looking, so that an idle page draws nothing.
 */
import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Millis } from "../base/brand.ts";
import type { Bond, Memory, WordsState } from "../line/home.ts";
import type { BondView } from "../line/view.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import { createCalm } from "./calm.ts";
import type { PageHome } from "./page-home.ts";
import { same } from "./same.ts";

export interface Shown {
  readonly home: PageHome;
  readonly bonds: ReadonlySignal<readonly Bond[]>;
  readonly words: ReadonlySignal<WordsState>;
  readonly memories: ReadonlySignal<readonly Memory[]>;
  /** Its `now` goes on with the minutes, so that ages do too while nothing else happens. */
  view(bond: Bond): ReadonlySignal<BondView>;
  /** This device's time, as of the last minute. */
  readonly now: ReadonlySignal<Millis>;
}

const minute: Millis = 60_000;

/** `over` ends it: nothing of the page holds on to what was shown. */
export const createShown = (home: PageHome, clock: Clock, timer: Timer, page: Document, over: AbortSignal): Shown => {
  const bonds = signal(home.bonds());
  const words = signal(home.words());
  const memories = signal(home.memories());
  // By the bond itself: one that was given up and made again with the same link has the same id.
  const views = new WeakMap<Bond, ReadonlySignal<BondView>>();
  const now = signal(clock.now());

  home.watch(() => {
    batch(() => {
      bonds.value = home.bonds();
      words.value = home.words();
      memories.value = home.memories();
    });
  });

  const view = (bond: Bond): ReadonlySignal<BondView> => {
    const known = views.get(bond);
    if (known) return known;
    const told = signal({ view: bond.view(), at: clock.now() });
    const look = (): void => {
      const next = { view: bond.view(), at: clock.now() };
      if (!saysNothingNew(told.peek(), next)) told.value = next;
    };
    bond.watch(createCalm(look, clock, timer));
    const made = computed((): BondView => {
      const { view: last, at } = told.value;
      return last.stage === "together" ? { ...last, now: last.now + Math.max(0, now.value - at) } : last;
    });
    views.set(bond, made);
    return made;
  };

  let cancel = (): void => {};
  const tick = (): void => {
    cancel();
    if (page.visibilityState !== "visible") return;
    now.value = clock.now();
    // With the minute, as every clock does.
    cancel = timer.after(minute - (now.value % minute), tick);
  };
  page.addEventListener("visibilitychange", tick, { signal: over });
  over.addEventListener("abort", () => cancel());
  tick();

  return { home, bonds, words, memories, view, now };
};

interface Told {
  readonly view: BondView;
  readonly at: Millis;
}

/** The line's time may be set anew while nothing else changes; by less than this nobody sees it. */
const worthSetting: Millis = 1000;

/**
 * The engine tells of each step, and most steps (a frame of the other's hold, a save, a beat) change nothing that is
 * seen. What only went on is the time, and that goes on by itself.
 */
const saysNothingNew = (before: Told, next: Told): boolean => {
  if (before.view.stage !== "together" || next.view.stage !== "together") return same(before.view, next.view);
  const set = next.view.now - before.view.now - (next.at - before.at);
  return Math.abs(set) < worthSetting && same({ ...before.view, now: 0 }, { ...next.view, now: 0 });
};
