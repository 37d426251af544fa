/** Whether someone is looking: while at least one `watch` of this home runs, all its bonds are on screen. */
import type { Bond, Home } from "../line/home.ts";

export interface Screen {
  /** Begins to look; the returned function ends it. */
  look(): () => void;
}

export const createScreen = (home: Home): Screen => {
  let looking = 0;
  let told = new Set<Bond>();

  const tell = (): void => {
    const bonds = home.bonds();
    for (const bond of bonds) if (!told.has(bond)) bond.onScreen(true);
    told = new Set(bonds);
  };
  home.watch(() => {
    if (looking > 0) tell();
  });

  return {
    look: () => {
      looking++;
      tell();
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        looking--;
        if (looking > 0) return;
        for (const bond of told) bond.onScreen(false);
        told = new Set();
      };
    },
  };
};
