import { expect, it } from "vitest";
import type { Bond } from "../../line/home.ts";
import type { PageHome } from "../page-home.ts";
import { followBattery } from "./battery.ts";

/** A battery, and a line of which only what is told of the battery is there. */
const world = async (stage = "together") => {
  const battery = Object.assign(new EventTarget(), { level: 1, charging: false });
  const acts: unknown[] = [];
  const line = { stage };
  const watchers = new Set<() => void>();
  const bond = {
    view: () => line,
    watch: (watcher: () => void) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    act: async (act: unknown) => {
      acts.push(act);
      return { ok: true };
    },
  };
  const home: Pick<PageHome, "bonds" | "watch"> = { bonds: () => [bond as unknown as Bond], watch: () => () => {} };
  const over = new AbortController();
  await followBattery(home as PageHome, { getBattery: async () => battery }, over.signal);
  return {
    acts,
    over,
    is: (level: number, charging = false) => {
      Object.assign(battery, { level, charging });
      battery.dispatchEvent(new Event("levelchange"));
    },
    turn: (to: string) => {
      line.stage = to;
      for (const watcher of watchers) watcher();
    },
  };
};
const told = (going: boolean) => ({ do: "goodbye", intent: { going } });

it("[PRES4] the line is told when the battery is nearly empty and when it is not any more, and no number", async () => {
  const { acts, is } = await world();
  expect(acts).toEqual([told(false)]);
  is(0.06);
  is(0.05);
  is(0.04);
  is(0.04, true);
  expect(acts).toEqual([told(false), told(true), told(false)]);
});

it("[PRES4] a line that comes to be is told then, and none is told once the page is over", async () => {
  const { acts, is, turn, over } = await world("inviting");
  is(0.03);
  expect(acts).toEqual([]);
  turn("together");
  expect(acts).toEqual([told(true)]);
  over.abort();
  is(1);
  expect(acts).toHaveLength(1);
});

it("[PRES4] a browser that tells of no battery says nothing", async () => {
  const home: Pick<PageHome, "bonds" | "watch"> = { bonds: () => [], watch: () => expect.unreachable() };
  await followBattery(home as PageHome, {}, new AbortController().signal);
  await followBattery(home as PageHome, { getBattery: () => Promise.reject(new Error("no")) }, new AbortController().signal);
});
