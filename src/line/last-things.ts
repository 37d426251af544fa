/** The quiet view of what was kept (KEEP2): the last that the other said and felt, marked as such. By its place in the line, and by nothing else. */
import type { Bond, Kept } from "./home.ts";
import { newestFirst, waitsFor } from "./kept-pages.ts";

const kinds: readonly string[] = ["thought", "feeling"];

/** Oldest first; nothing while this view was not chosen. */
export const lastThings = async (bond: Bond): Promise<readonly Kept[]> => {
  const view = bond.view();
  if ((view.stage !== "together" && view.stage !== "ended") || !view.keeping) return [];
  const found = new Map<string, Kept>();
  const pause = view.stage === "together" ? view.apart.me : null;
  const isShown = (kept: Kept): boolean => kept.from === "other" && kept.aside !== true && kinds.includes(kept.kind) && !waitsFor(pause, kept);
  for await (const page of newestFirst(bond.kept)) {
    for (const kept of page) if (isShown(kept) && !found.has(kept.kind)) found.set(kept.kind, kept);
    if (found.size === kinds.length) break;
  }
  return [...found.values()].toSorted((a, b) => a.seq - b.seq);
};
