/**
 * The time of a scenario: its relay and terminals run the real time plus what was passed here. They are test roots; each
 * connects to this loopback socket, hears the offset, and answers once it holds (see src/testing/movable-clock.ts).
 */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { bounded } from "./like.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export interface Clock {
  /** For BESIDE_TEST_CLOCK. */
  readonly address: string;
  now(): number;
  /** So much time passes for everyone; resolves when all who run know it, and did what it made due. */
  pass(span: number): Promise<void>;
  close(): Promise<void>;
}

export const startClock = async (): Promise<Clock> => {
  let offset = 0;
  const sockets = new Map<Socket, { held: number }>();
  const waiting = new Set<() => void>();
  const changed = (): void => [...waiting].forEach((look) => look());

  const server = createServer((socket) => {
    const state = { held: offset };
    sockets.set(socket, state);
    let rest = "";
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      changed();
    });
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) state.held = (JSON.parse(line) as { offset: number }).offset;
      changed();
    });
    socket.write(`${JSON.stringify({ offset })}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    now: () => Date.now() + offset,
    pass: async (span) => {
      offset += span;
      for (const socket of sockets.keys()) socket.write(`${JSON.stringify({ offset })}\n`);
      const all = new Promise<void>((resolve) => {
        const look = (): void => {
          if (![...sockets.values()].every(({ held }) => held === offset)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      await bounded(all, () => "a process did not take the new time");
    },
    close: () => {
      for (const socket of sockets.keys()) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
