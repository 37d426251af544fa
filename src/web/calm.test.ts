import { expect, test } from "vitest";
import { createMovableTime } from "./dev/movable-time.ts";
import { createCalm } from "./calm.ts";

const made = () => {
  let shown = 0;
  const time = createMovableTime({ now: () => 0, monotonic: () => 0 }, { after: () => () => undefined });
  const look = createCalm(() => shown++, time.clock, time.timer);
  return { look, time, shown: () => shown };
};

test("[BOUND3] what changes now and then is drawn at once", () => {
  const { look, time, shown } = made();
  for (let i = 1; i <= 200; i++) {
    time.move(i * 100);
    look();
    expect(shown()).toBe(i);
  }
});

test("[BOUND3] in a flood a screen is drawn ten times a second, and what came last is drawn", () => {
  const { look, time, shown } = made();
  for (let i = 0; i < 60; i++) look();
  expect(shown()).toBe(60);
  for (let millis = 1; millis <= 10_000; millis++) {
    time.move(millis);
    look();
  }
  expect(shown()).toBeGreaterThanOrEqual(60 + 99);
  expect(shown()).toBeLessThanOrEqual(60 + 101);
  const before = shown();
  look();
  time.move(10_100);
  expect(shown()).toBe(before + 1);
  time.move(20_000);
  expect(shown()).toBe(before + 1);
});
