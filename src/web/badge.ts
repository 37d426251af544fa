/**
 * A mark on the app's icon, where there is one: something came while nobody looked. It carries no content and no number,
 * and is gone as soon as somebody looks.
 */
import type { Bond } from "../line/home.ts";
import type { Happening } from "../senses/sense.ts";
import type { PageHome } from "./page-home.ts";
import { isOnScreen } from "./page-life.ts";

/** What was sent to a person. That the other came or went is no reason to be called. */
const worthAMark = ({ kind, from, quiet }: Happening): boolean =>
  from === "other" && quiet !== true && (kind === "thought" || kind === "feeling" || kind === "touch");

type Marked = Partial<Pick<Navigator, "setAppBadge" | "clearAppBadge">>;

export const followBadge = (
  home: PageHome,
  { document: page, navigator }: { readonly document: Document; readonly navigator: Marked },
  over: AbortSignal,
): void => {
  const followed = new WeakSet<Bond>();
  // A browser may have the call and refuse it, where the app is not installed.
  const quietly = (done: Promise<void> | undefined): void => void done?.catch(() => {});
  const clear = (): void => {
    if (isOnScreen(page)) quietly(navigator.clearAppBadge?.());
  };
  const follow = (): void => {
    for (const bond of home.bonds()) {
      if (followed.has(bond)) continue;
      followed.add(bond);
      bond.listen((happening) => {
        if (!isOnScreen(page) && worthAMark(happening)) quietly(navigator.setAppBadge?.());
      });
    }
  };
  page.addEventListener("visibilitychange", clear, { signal: over });
  over.addEventListener("abort", home.watch(follow));
  follow();
  clear();
};
