import { expect, test } from "vitest";
import { createMovableClock } from "./movable-clock.ts";

const hour = 3_600_000;

test("time that is moved forwards has passed: timers that are due are called, in their order", () => {
  const { clock, timer, move } = createMovableClock();
  const [wall, monotonic] = [clock.now(), clock.monotonic()];
  const called: string[] = [];
  timer.after(2 * hour, () => called.push("second"));
  timer.after(hour, () => called.push("first"));
  timer.after(5 * hour, () => called.push("not yet"));
  timer.after(hour, () => called.push("taken back"))();
  move(3 * hour);
  expect(called).toEqual(["first", "second"]);
  expect(clock.now() - wall).toBeGreaterThanOrEqual(3 * hour);
  expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(3 * hour);
});

test("a clock set back moves the wall time only", () => {
  const { clock, move } = createMovableClock();
  const [wall, monotonic] = [clock.now(), clock.monotonic()];
  move(-hour);
  expect(clock.now()).toBeLessThan(wall);
  expect(clock.monotonic()).toBeGreaterThanOrEqual(monotonic);
});

test("timers also go by real time", async () => {
  const { timer } = createMovableClock();
  await new Promise<void>((resolve) => timer.after(1, resolve));
});
