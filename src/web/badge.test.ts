import { expect, it } from "vitest";
import type { Bond } from "../line/home.ts";
import type { Happening } from "../senses/sense.ts";
import { followBadge } from "./badge.ts";
import type { PageHome } from "./page-home.ts";

/** A page and a line of which only what the badge needs is there. */
const world = () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" as DocumentVisibilityState });
  const marks: string[] = [];
  let tell: (happening: Happening) => void = () => {};
  const bond: Pick<Bond, "listen"> = {
    listen: (listener) => {
      tell = listener;
      return () => {};
    },
  };
  const home: Pick<PageHome, "bonds" | "watch"> = { bonds: () => [bond as Bond], watch: () => () => {} };
  const navigator = {
    setAppBadge: async (count?: number) => void marks.push(`set ${String(count)}`),
    clearAppBadge: async () => void marks.push("clear"),
  };
  followBadge(home as PageHome, { document: page as unknown as Document, navigator }, new AbortController().signal);
  return {
    marks,
    happens: (kind: string, from: "me" | "other", also: { readonly quiet?: true } = {}) => tell({ kind, from, at: 0, text: "hello", ...also }),
    turn: (to: DocumentVisibilityState) => {
      page.visibilityState = to;
      page.dispatchEvent(new Event("visibilitychange"));
    },
  };
};

it("what comes while nobody looks leaves a mark without a number or content, gone when somebody looks", () => {
  const { marks, happens, turn } = world();
  happens("thought", "other");
  expect(marks).toEqual(["clear"]);
  turn("hidden");
  happens("thought", "other");
  expect(marks).toEqual(["clear", "set undefined"]);
  turn("visible");
  expect(marks).toEqual(["clear", "set undefined", "clear"]);
});

it("neither my own doing nor the other's coming and going leaves a mark", () => {
  const { marks, happens, turn } = world();
  turn("hidden");
  happens("thought", "me");
  happens("presence", "other");
  happens("name", "other");
  expect(marks).toEqual(["clear"]);
});

it("[BOUND1] what is let in quietly leaves no mark", () => {
  const { marks, happens, turn } = world();
  turn("hidden");
  happens("thought", "other", { quiet: true });
  expect(marks).toEqual(["clear"]);
});
