/**
 * The phone's back gesture, and the browser's Back, close the sheet that lies on top instead of leaving the app.
 *
 * While any sheet is open there is one entry more in the history, and never two: its state says that and nothing else,
 * its address and title are the page's own. A sheet that closes by itself takes the entry away again; one that makes
 * room for another in the same turn leaves it to that one.
 */

/** The part of the browser's window that is used. */
export interface BackWindow {
  readonly history: Pick<History, "state" | "pushState" | "back">;
  addEventListener(type: "popstate", listener: () => void): void;
}

export interface Back {
  /** Something lies on top now; `close` is asked for when someone goes back. The answer takes it off again. */
  open(close: () => void): () => void;
}

/** Going back does nothing for sheets: where the history is not this page's alone. */
export const noBack: Back = { open: () => () => undefined };

const mark = "sheet";

export const createBack = (window: BackWindow): Back => {
  const open: (() => void)[] = [];
  /** Going back is under way: it ends with an event, and until then the history is not as it says. */
  let leaving = false;

  const hasEntry = (): boolean => window.history.state === mark;

  const settle = (): void => {
    if (leaving) return;
    if (open.length > 0 && !hasEntry()) window.history.pushState(mark, "");
    if (open.length === 0 && hasEntry()) {
      leaving = true;
      window.history.back();
    }
  };

  window.addEventListener("popstate", () => {
    const byItself = leaving;
    leaving = false;
    if (!byItself && !hasEntry()) open.at(-1)?.();
    // What was closed may have made room for another, and what was opened meanwhile wants its entry.
    queueMicrotask(settle);
  });

  return {
    open(close) {
      open.push(close);
      queueMicrotask(settle);
      return () => {
        open.splice(open.indexOf(close), 1);
        queueMicrotask(settle);
      };
    },
  };
};
