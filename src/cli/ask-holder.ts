/** Has a command done by the process that holds the home. */
import { createConnection, type Socket } from "node:net";
import type { Exit } from "./command.ts";
import type { AskLine, Print } from "./output.ts";
import { readLines, sendLine, type Ask, type FromHolder } from "./socket-lines.ts";

export type Answer =
  | { readonly is: "done"; readonly exit: Exit }
  /** It ended before it began with this. */
  | { readonly is: "not-started" }
  /** It ended in the middle; `kept` is what it had made durable by then. */
  | { readonly is: "unclear"; readonly kept: string | undefined };

/** `undefined` when nobody listens there. */
export const connectHolder = (path: string): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });

export const askHolder = (socket: Socket, ask: Ask, print: Print, line: AskLine, stop: AbortSignal): Promise<Answer> =>
  new Promise((resolve) => {
    let started = false;
    let kept: string | undefined;
    const halt = (): void => sendLine(socket, { is: "stop" });
    const done = (answer: Answer): void => {
      stop.removeEventListener("abort", halt);
      socket.destroy();
      resolve(answer);
    };
    readLines<FromHolder>(socket, (message) => {
      switch (message.is) {
        case "started":
          started = true;
          break;
        case "result":
        case "problem":
          print(message.is, message.text);
          break;
        case "kept":
          kept = message.text;
          break;
        case "wants":
          void line(message.prompt).then((text) => sendLine(socket, { is: "line", text: text ?? null }));
          break;
        case "done":
          done({ is: "done", exit: message.exit });
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => done(started ? { is: "unclear", kept } : { is: "not-started" }));
    stop.addEventListener("abort", halt);
    sendLine(socket, { is: "ask", ...ask });
    if (stop.aborted) halt();
  });
