import { effect } from "@preact/signals";
import { expect, it } from "vitest";
import type { Bond } from "../line/home.ts";
import type { BondView, TogetherView } from "../line/view.ts";
import type { PageHome } from "./page-home.ts";
import { createShown } from "./shown.ts";

/** A page on which one bond is shown, of which only the little is there that is looked at here. */
const world = () => {
  let now = 120_000;
  let minutePassed = (): void => {};
  const clock = { now: () => now, monotonic: () => now };
  const timer = {
    after: (_: number, call: () => void) => {
      minutePassed = call;
      return () => {};
    },
  };
  let tell = (): void => {};
  let touch = { holding: false, offered: false, met: false };
  let line = 500_000;
  const bond: Pick<Bond, "view" | "watch"> = {
    view: () => ({ stage: "together", now: line + now, touch: { ...touch } }) as TogetherView,
    watch: (listener) => {
      tell = listener;
      return () => {};
    },
  };
  const home: Pick<PageHome, "bonds" | "words" | "memories" | "watch"> = {
    bonds: () => [bond as Bond],
    words: () => "kept",
    memories: () => [],
    watch: () => () => {},
  };
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const shown = createShown(home as PageHome, clock, timer, page as unknown as Document, new AbortController().signal);
  const seen: BondView[] = [];
  effect(() => void seen.push(shown.view(bond as Bond).value));
  return {
    seen,
    pass: (millis: number) => (now += millis),
    minute: () => {
      now += 60_000;
      minutePassed();
    },
    last: () => seen.at(-1) as TogetherView,
    tell: (next: Partial<typeof touch> = {}, set = 0) => {
      touch = { ...touch, ...next };
      line += set;
      tell();
    },
  };
};

it("a step of the engine that changes nothing shown draws nothing", () => {
  const { pass, seen, tell } = world();
  tell();
  pass(1000);
  tell();
  expect(seen.length).toBe(1);
});

it("a step that changes something shown draws once", () => {
  const { seen, last, tell } = world();
  tell({ offered: true });
  tell({ offered: true });
  expect(seen.length).toBe(2);
  expect(last().touch.offered).toBe(true);
});

it("with each minute the time of a view goes on, though nothing was told", () => {
  const { minute, last, tell } = world();
  tell();
  minute();
  expect(last().now).toBe(500_000 + 180_000);
});

it("the line's time set anew is shown, though nothing else changed", () => {
  const { last, tell } = world();
  tell({}, 3_600_000);
  expect(last().now).toBe(4_100_000 + 120_000);
});
