/**
 * Lets other commands go through this process, over a socket that only its owner can open. The database's lock says
 * who listens, so a socket file that a killed process left behind is simply replaced.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { Exit } from "./command.ts";
import type { AskLine, Print } from "./output.ts";
import { readLines, sendLine, type Ask, type FromCommand } from "./socket-lines.ts";

export interface Reply {
  readonly print: Print;
  readonly line: AskLine;
}

export interface Asking {
  /** Whether it can be asked again elsewhere: it is let go of when this process ends. */
  readonly repeatable: boolean;
  readonly exit: Promise<Exit>;
}

export interface HomeServer {
  /** Takes no more, lets what runs come to a quick and honest end, and is gone. */
  close(): Promise<void>;
}

/** `handle` never rejects; `undefined` is a question of another version. Rejects when it cannot listen. */
export const serveHome = async (path: string, handle: (ask: Ask, reply: Reply, stop: AbortSignal) => Asking): Promise<HomeServer> => {
  const running = new Set<{ readonly asking: Asking; readonly socket: Socket; readonly stop: AbortController }>();
  const sockets = new Set<Socket>();
  let closing = false;

  const server = createServer((socket) => {
    const stop = new AbortController();
    sockets.add(socket);
    socket.on("error", () => undefined);
    let answer: ((text: string | undefined) => void) | undefined;
    socket.on("close", () => {
      sockets.delete(socket);
      // The asker was killed: nobody waits for the end.
      answer?.(undefined);
      stop.abort();
    });
    const line: AskLine = (prompt) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve(undefined);
        answer?.(undefined);
        answer = resolve;
        sendLine(socket, { is: "wants", prompt });
      });
    let asked = false;
    readLines<FromCommand>(socket, (message) => {
      if (message.is === "stop") return stop.abort();
      if (message.is === "line") return answer?.(message.text ?? undefined);
      if (message.is !== "ask" || asked || closing) return;
      asked = true;
      sendLine(socket, { is: "started" });
      const asking = handle(message, { print: (where, text) => sendLine(socket, { is: where, text }), line }, stop.signal);
      const entry = { asking, socket, stop };
      running.add(entry);
      void asking.exit.then((exit) => {
        running.delete(entry);
        sendLine(socket, { is: "done", exit });
        socket.end();
      });
    });
  });

  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  if (process.platform !== "win32") chmodSync(path, 0o600);

  return {
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const last = [...running];
      for (const { asking, socket, stop } of last) {
        if (asking.repeatable) socket.destroy();
        stop.abort();
      }
      await Promise.all(last.map(({ asking }) => asking.exit));
      for (const socket of sockets) if (!last.some((one) => one.socket === socket)) socket.destroy();
      await closed;
    },
  };
};
