import fc from "fast-check";
import { expect, it } from "vitest";
import { createBack, type BackWindow } from "./back.ts";

// The same cases in every run.
fc.configureGlobal({ seed: 2026 });

/** A browser's history: `back` ends later, with an event, as in a browser. */
const browser = () => {
  let entries: unknown[] = [null];
  let at = 0;
  let left = false;
  let listener = (): void => {};
  const traversals: number[] = [];
  const window: BackWindow = {
    history: {
      get state() {
        return entries[at];
      },
      pushState(state: unknown, title: string, url?: string | URL | null) {
        expect([state, title, url]).toEqual(["sheet", "", undefined]);
        entries = [...entries.slice(0, at + 1), state];
        at++;
      },
      back: () => void traversals.push(-1),
    },
    addEventListener: (_, heard) => void (listener = heard),
  };
  const go = (by: number): void => {
    if (at + by < 0) left = true;
    else if (at + by < entries.length) {
      at += by;
      listener();
    }
  };
  return {
    window,
    go,
    entries: () => entries.length,
    at: () => at,
    left: () => left,
    /** Everything that was asked of the history is done. */
    async rest() {
      for (let turn = 0; turn < 5; turn++) {
        await Promise.resolve();
        await Promise.resolve();
        const by = traversals.shift();
        if (by !== undefined) go(by);
      }
    },
  };
};

/** A sheet as the screens have it: it goes when it is asked to. */
const sheetsOn = (window: BackWindow) => {
  const back = createBack(window);
  const open: (() => void)[] = [];
  const close = (): void => open.pop()?.();
  return { open, close, enter: () => void open.push(back.open(close)) };
};

it("going back closes the sheet and stays on the page", async () => {
  const { window, go, at, left, rest } = browser();
  const sheets = sheetsOn(window);
  sheets.enter();
  await rest();
  expect(at()).toBe(1);
  go(-1);
  await rest();
  expect([sheets.open.length, at(), left()]).toEqual([0, 0, false]);
});

it("a sheet that closes by itself leaves nothing in the history", async () => {
  const { window, at, rest } = browser();
  const sheets = sheetsOn(window);
  sheets.enter();
  await rest();
  sheets.close();
  await rest();
  expect(at()).toBe(0);
});

it("a room entered from another shares its entry, and going back leads to the first one, then to the field", async () => {
  const { window, go, at, entries, left, rest } = browser();
  const sheets = sheetsOn(window);
  sheets.enter();
  await rest();
  sheets.close();
  sheets.enter();
  await rest();
  expect([at(), entries()]).toEqual([1, 2]);
  go(-1);
  // The second room goes, the first comes back in the same turn.
  sheets.enter();
  await rest();
  expect([sheets.open.length, at()]).toEqual([1, 1]);
  go(-1);
  await rest();
  expect([sheets.open.length, at(), left()]).toEqual([0, 0, false]);
});

it("after a reload with a sheet open, the entry is used by the next sheet, and forward opens none", async () => {
  const { window, go, at, entries, rest } = browser();
  window.history.pushState("sheet", "");
  const sheets = sheetsOn(window);
  sheets.enter();
  await rest();
  expect([at(), entries()]).toEqual([1, 2]);
  sheets.close();
  await rest();
  go(1);
  await rest();
  expect(at()).toBe(0);
});

it("whatever is opened, closed and gone back from, in any order: one entry while a sheet is open, none otherwise", async () => {
  const what = fc.constantFrom("enter", "close", "swap", "back", "turn", "rest");
  await fc.assert(
    fc.asyncProperty(fc.array(what, { maxLength: 30 }), async (steps) => {
      const { window, go, at, left, entries, rest } = browser();
      const sheets = sheetsOn(window);
      for (const step of steps) {
        if (step === "enter") sheets.enter();
        else if (step === "close") sheets.close();
        else if (step === "swap") {
          sheets.close();
          sheets.enter();
        } else if (step === "rest") await rest();
        // What was asked of the history is not done yet.
        else if (step === "turn") await Promise.resolve();
        // Going back from the field leaves the app, as it should.
        else if (at() > 0) go(-1);
      }
      await rest();
      await rest();
      expect([at(), entries() <= 2, left()]).toEqual([sheets.open.length > 0 ? 1 : 0, true, false]);
    }),
  );
});
