/**
 * When someone is looking, and when the page goes. The screens never ask the browser themselves.
 *
 * A page that the browser froze and brought back whole is started anew: what it held (sockets, the lock, the place in
 * the log) belongs to a moment that is over, and everything that matters is on the disk.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { PageHome } from "./page-home.ts";

export const isOnScreen = (page: Document): boolean => page.visibilityState === "visible";

/** `hidden`: the neutral page stands in front, so nobody looks at this one. `looked`: someone came to look. `over` ends it. */
export const followPageLife = (home: PageHome, window: Window, hidden: ReadonlySignal<boolean>, looked: () => void, over: AbortSignal): void => {
  const page = window.document;
  const look = (): void => {
    const on = isOnScreen(page) && !hidden.value;
    for (const bond of home.bonds()) {
      bond.onScreen(on);
      // A phone that wakes has often lost its connection without knowing.
      if (on && bond.view().connection.state === "offline") void bond.act({ do: "try-now" });
    }
  };
  const within = { signal: over };
  page.addEventListener(
    "visibilitychange",
    () => {
      look();
      if (isOnScreen(page)) looked();
    },
    within,
  );
  const stops = [home.watch(look), hidden.subscribe(look)];
  over.addEventListener("abort", () => stops.forEach((stop) => stop()));
  // Either way the connection is worth a look at once: a dead one is not noticed by itself for half a minute.
  for (const change of ["online", "offline"]) {
    window.addEventListener(
      change,
      () => {
        for (const bond of home.bonds()) void bond.act({ do: "try-now" });
      },
      within,
    );
  }
  window.addEventListener(
    "pagehide",
    () => {
      for (const bond of home.bonds()) bond.onScreen(false);
    },
    within,
  );
  window.addEventListener(
    "pageshow",
    (event) => {
      if (event.persisted) window.location.reload();
    },
    within,
  );
};
