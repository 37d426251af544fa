/**
 * A bad network between two browsers and their relay, as TCP has it: what is lost comes later, and all that is behind it
 * waits. Chromium's own emulation loses no packets of HTTP or WebSockets; this does, with chances from a seed.
 */
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { createChance } from "../sim/chance.ts";

export interface Weather {
  /** Bytes a second, each way and connection. */
  readonly rate: number;
  /** Milliseconds, one way. */
  readonly delay: number;
  /** Of packets, 0 to 1. */
  readonly loss: number;
}

/** As Chromium's tools name it: 400 kbit/s and a third of a second each way; one packet in five lost. */
export const slow3g: Weather = { rate: 50_000, delay: 150, loss: 0.2 };
const clear: Weather = { rate: Infinity, delay: 0, loss: 0 };

const packet = 1400;
/** One lost packet is noticed after a round trip or so; the answer may be lost as well. */
const lateness = (weather: Weather, lost: () => boolean): number => {
  let late = 0;
  for (let wait = weather.delay * 2 + 50; lost() && late < 5000; wait *= 2) late += wait;
  return late;
};

export interface RoughNetwork {
  readonly port: number;
  /** From now on, for every connection. */
  weather(next: Weather | "clear"): void;
  stop(): Promise<void>;
}

export const startRoughNetwork = async (relayPort: number, seed: number): Promise<RoughNetwork> => {
  const chance = createChance(seed);
  let now = clear;
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  /** In order, each packet not before its time and not before the one in front of it. */
  const carry = (from: Socket, to: Socket): void => {
    let free = 0;
    const later = (at: number, what: () => void): void => {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          what();
        },
        Math.max(0, at - performance.now()),
      );
      timers.add(timer);
    };
    const queue: { readonly bytes: Buffer | null; at: number }[] = [];
    const pass = (): void => {
      const [first] = queue;
      if (!first) return;
      if (first.at > performance.now()) return later(first.at, pass);
      queue.shift();
      if (first.bytes) to.write(first.bytes);
      else to.end();
      pass();
    };
    const add = (bytes: Buffer | null): void => {
      const size = bytes?.length ?? 0;
      free = Math.max(free, performance.now()) + (size / now.rate) * 1000 + lateness(now, () => chance.hit(now.loss));
      queue.push({ bytes, at: free + now.delay });
      if (queue.length === 1) pass();
    };
    from.on("data", (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += packet) add(bytes.subarray(at, at + packet));
    });
    from.on("end", () => add(null));
  };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: relayPort, host: "127.0.0.1", allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("close", () => sockets.delete(one));
      one.on("error", () => other.destroy());
      carry(one, other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    weather: (next) => void (now = next === "clear" ? clear : next),
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
