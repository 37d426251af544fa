import { expect, test } from "vitest";
import { createServer, type AddressInfo } from "node:net";
import { connectMovableClock, createMovableClock } from "./movable-clock.ts";

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

test("a process that looks all along goes through what passes in strides, and answers at the end; what is too long is one leap", async () => {
  const heard: number[] = [];
  const [minute, waiting] = [60_000, new Set<() => void>()];
  let tell: (offset: number) => void = () => undefined;
  const server = createServer((socket) => {
    tell = (offset) => socket.write(`${JSON.stringify({ offset })}\n`);
    socket.on("data", (data) => {
      heard.push(
        ...String(data)
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { offset: number }).offset),
      );
      for (const look of waiting) look();
    });
    tell(0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const looks: number[] = [];
  const began = { wall: 0 };
  const { clock } = await connectMovableClock(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
    stride: minute,
    longest: 10 * minute,
    look: async () => void looks.push(Math.round((clock.now() - began.wall) / minute)),
  });
  began.wall = clock.now();
  const answered = (offset: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (heard.includes(offset)) resolve();
      };
      waiting.add(look);
      look();
    });
  tell(3 * minute);
  await answered(3 * minute);
  expect(looks).toEqual([1, 2, 3]);
  tell(60 * minute);
  await answered(60 * minute);
  expect(looks).toEqual([1, 2, 3, 60]);
  server.close();
});
