import { expect, test } from "vitest";
import { createCover, createTwice, createTwoFingers } from "./cover.ts";
import type { Memory } from "./setting.ts";

const createPage = () => {
  const listeners = new Map<string, ((event: unknown) => void)[]>();
  const page = {
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
  } as unknown as Window;
  const happen = (name: string, event: object): void => listeners.get(name)?.forEach((listener) => listener(event));
  return {
    page,
    happen,
    escape: (timeStamp: number, repeat = false) => happen("keydown", { key: "Escape", repeat, timeStamp }),
  };
};
const createMemory = () => {
  const kept = new Map<string, string>();
  const memory = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
  return { kept, memory };
};
const finger = (pointerId: number, timeStamp: number, clientX = 0, clientY = 0) => ({ pointerId, timeStamp, clientX, clientY, pointerType: "touch" });

test("the second of two presses counts when it comes soon, and a third begins anew", () => {
  const twice = createTwice(600);
  expect([0, 500, 900, 1600, 2100].map(twice)).toEqual([false, true, false, false, true]);
});

test("two fingers that go down and up at once are a tap; one, three, a slow one and a moving one are none", () => {
  const two = createTwoFingers();
  const tap = (fingers: readonly number[], lasts: number, moves = 0): boolean => {
    for (const id of fingers) two.down(finger(id, 0));
    for (const id of fingers) two.move(finger(id, 1, moves));
    return fingers.map((id) => two.up(finger(id, lasts))).some(Boolean);
  };
  expect([tap([1, 2], 200), tap([1], 200), tap([1, 2, 3], 200), tap([1, 2], 900), tap([1, 2], 200, 60), tap([3, 4], 100)]).toEqual([
    true,
    false,
    false,
    false,
    false,
    true,
  ]);
  two.down(finger(1, 0));
  two.down(finger(2, 0));
  two.cancel(finger(1, 10));
  expect(two.up(finger(2, 20))).toBe(false);
});

test("the gesture does nothing until it is switched on; then it hides, and the same brings it back", () => {
  const { page, escape } = createPage();
  const { memory } = createMemory();
  const cover = createCover({ storage: () => memory, watch: () => {} }, page);
  escape(0);
  escape(100);
  expect(cover.on.value).toBe(false);
  cover.arm(true);
  escape(5000);
  escape(5100, true);
  expect(cover.on.value).toBe(false);
  escape(5200);
  expect(cover.on.value).toBe(true);
  escape(9000);
  escape(9100);
  expect(cover.on.value).toBe(false);
});

test("hidden is hidden in every tab and after a new start, and comes back the same way even where the gesture was never switched on", () => {
  const { memory, kept } = createMemory();
  const memoryOf = ({ page }: ReturnType<typeof createPage>): Memory => ({
    storage: () => memory,
    watch: (changed) => page.addEventListener("storage", changed),
  });
  const [one, two] = [createPage(), createPage()];
  const [first, second] = [createCover(memoryOf(one), one.page), createCover(memoryOf(two), two.page)];
  first.hide();
  two.happen("storage", {});
  expect([first.on.value, second.on.value]).toEqual([true, true]);
  const anew = createPage();
  const after = createCover(memoryOf(anew), anew.page);
  expect(after.on.value).toBe(true);
  for (const at of [0, 100]) anew.happen("pointerdown", finger(at, at));
  for (const at of [0, 100]) anew.happen("pointerup", finger(at, 200));
  expect([after.on.value, kept.size]).toEqual([false, 0]);
});

test("a browser that remembers nothing hides all the same", () => {
  const storage = (): never => {
    throw new DOMException("refused", "SecurityError");
  };
  const cover = createCover({ storage, watch: () => {} }, createPage().page);
  cover.hide();
  expect(cover.on.value).toBe(true);
});
