/**
 * When someone is looking, and when the page goes. The screens never ask the browser themselves.
 *
 * A page that the browser froze and brought back whole is started anew: what it held (sockets, the lock, the place in
 * the log) belongs to a moment that is over, and everything that matters is on the disk.
 */
import type { PageHome } from "./page-home.ts";

export const isOnScreen = (page: Document): boolean => page.visibilityState === "visible";

/** `looked`: someone came to look at the page. */
export const followPageLife = (home: PageHome, window: Window, looked: () => void): void => {
  const page = window.document;
  const look = (): void => {
    const on = isOnScreen(page);
    for (const bond of home.bonds()) {
      bond.onScreen(on);
      // A phone that wakes has often lost its connection without knowing.
      if (on && bond.view().connection.state === "offline") void bond.act({ do: "try-now" });
    }
  };
  page.addEventListener("visibilitychange", () => {
    look();
    if (isOnScreen(page)) looked();
  });
  home.watch(look);
  // Either way the connection is worth a look at once: a dead one is not noticed by itself for half a minute.
  for (const change of ["online", "offline"]) {
    window.addEventListener(change, () => {
      for (const bond of home.bonds()) void bond.act({ do: "try-now" });
    });
  }
  window.addEventListener("pagehide", () => {
    for (const bond of home.bonds()) bond.onScreen(false);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
  look();
};
