/**
 * A clock that a test moves, over a loopback control socket. For test composition roots only: no shipped root imports
 * this file, and a test holds them to it.
 *
 * The test listens on 127.0.0.1 and names itself in BESIDE_TEST_CLOCK (host:port). Each process connects once, and then:
 *
 *   from the test      {"offset": ms}    one JSON line on connecting, and one per change: what to add to the real time
 *   from the process   {"offset": ms}    the same line back, once it holds and every timer it made due was called
 *
 * Wall time is the real time plus the offset, forwards or backwards. The monotonic time goes forwards with it and never
 * back, as if that much time had passed. A relay goes through it in strides: it looks at the time several times a second, and takes what
 * it did not look at for a time in which it was not there. A process does not start before it heard its first offset.
 */
import { createConnection } from "node:net";
import type { Millis } from "../base/brand.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";

export interface MovableClock {
  readonly clock: Clock;
  readonly timer: Timer;
}

/** For a process that has to look at the time all along: what passes is gone through in strides, unless it is too long for that. */
export interface Strides {
  readonly stride: Millis;
  readonly longest: Millis;
  /** After each stride. */
  look(): Promise<void>;
}

/** Without an address: real time, until the process ends. Rejects when nobody listens there. */
export const connectMovableClock = async (address: string | undefined, strides?: Strides): Promise<MovableClock> => {
  const movable = createMovableClock();
  let held: number | undefined;
  const moveTo = async (to: number): Promise<void> => {
    const from = held;
    held = to;
    if (strides && from !== undefined && to - from <= strides.longest)
      for (let at = from + strides.stride; at < to; at += strides.stride) {
        movable.move(at);
        await strides.look();
      }
    movable.move(to);
    if (from !== undefined) await strides?.look();
  };
  if (address === undefined || address === "") return movable;
  const [, host, port] = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined) throw new Error("BESIDE_TEST_CLOCK wants a loopback host:port");
  const socket = createConnection({ host: host.replaceAll(/[[\]]/g, ""), port: Number(port) });
  socket.setEncoding("utf8");
  await new Promise<void>((resolve, reject) => {
    let rest = "";
    let moving = Promise.resolve();
    socket.once("error", reject);
    // The test is over, and so is this process's reason to be.
    socket.on("close", () => reject(new Error("the test's clock went away before it said the time")));
    socket.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const { offset } = JSON.parse(line) as { offset: number };
        moving = moving.then(async () => {
          await moveTo(offset);
          socket.write(`${JSON.stringify({ offset })}\n`);
          resolve();
        });
      }
    });
  });
  // From here on the process lives and ends as any other.
  socket.unref();
  return movable;
};

interface Waiting {
  readonly due: number;
  readonly call: () => void;
}

/** The clock itself, for whoever moves it in the same process. */
export const createMovableClock = (): MovableClock & { move(offset: number): void } => {
  let offset = 0;
  /** How far the monotonic time was moved: only ever forwards. */
  let passed = 0;
  let timeout: NodeJS.Timeout | undefined;
  const waiting = new Set<Waiting>();

  // oxlint-disable-next-line no-restricted-properties -- the real time that a test moves away from
  const clock: Clock = { now: () => Date.now() + offset, monotonic: () => performance.now() + passed };

  const arrange = (): void => {
    clearTimeout(timeout);
    const next = Math.min(...[...waiting].map(({ due }) => due));
    if (next !== Infinity) timeout = setTimeout(callDue, Math.min(Math.max(0, next - clock.monotonic()), 0x7fff_ffff));
  };

  const callDue = (): void => {
    const due = [...waiting].filter((one) => one.due <= clock.monotonic()).sort((a, b) => a.due - b.due);
    // One that was called may take back another.
    for (const one of due) if (waiting.delete(one)) one.call();
    arrange();
  };

  return {
    clock,
    timer: {
      after: (delay, call) => {
        const one: Waiting = { due: clock.monotonic() + delay, call };
        waiting.add(one);
        arrange();
        return () => {
          if (waiting.delete(one)) arrange();
        };
      },
    },
    move: (to) => {
      passed += Math.max(0, to - offset);
      offset = to;
      callDue();
    },
  };
};
