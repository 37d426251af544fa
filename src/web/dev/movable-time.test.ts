import { expect, test, vi } from "vitest";
import { machineClock, machineTimer } from "../adapters/clock.ts";
import { createMovableTime } from "./movable-time.ts";

test("moving forwards calls what became due, in order; moving back only changes the wall", () => {
  vi.useFakeTimers();
  try {
    const { clock, timer, move } = createMovableTime(machineClock, machineTimer);
    const called: string[] = [];
    timer.after(60_000, () => called.push("minute"));
    timer.after(10_000, () => called.push("ten seconds"));
    const takeBack = timer.after(20_000, () => called.push("taken back"));
    takeBack();
    const before = clock.monotonic();
    move(3_600_000);
    expect(called).toEqual(["ten seconds", "minute"]);
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(3_600_000);
    const high = clock.monotonic();
    move(0);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(high);
    timer.after(5_000, () => called.push("real time still passes"));
    vi.advanceTimersByTime(5_000);
    expect(called.at(-1)).toBe("real time still passes");
  } finally {
    vi.useRealTimers();
  }
});
