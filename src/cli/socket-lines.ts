/**
 * What a command and the `watch` that it goes through say to each other: one JSON value a line.
 *
 *   from the command                         from the process that holds the home
 *   {is:"ask", version, …}  first            {is:"started"}            from here on it may have been done
 *   {is:"stop"}             Ctrl-C           {is:"result", text}       one line for standard output
 *   {is:"line", text}       or null          {is:"wants", prompt}      a line of standard input
 *                                            {is:"problem", text}      one for standard error
 *                                            {is:"kept", text}         durable: holds even if the process is killed now
 *                                            {is:"done", exit}         last
 */
import type { Socket } from "node:net";
import type { Asked } from "./arguments.ts";
import type { Exit } from "./command.ts";

export interface Ask extends Asked {
  /** Of Beside: two versions do not talk. */
  readonly version: string;
  readonly input: string;
  /** A person sits there. */
  readonly terminal: boolean;
  readonly locale: string;
  readonly timeZone: string;
}

export type FromCommand = ({ readonly is: "ask" } & Ask) | { readonly is: "stop" } | { readonly is: "line"; readonly text: string | null };
export type FromHolder =
  | { readonly is: "started" }
  | { readonly is: "result" | "problem" | "kept"; readonly text: string }
  | { readonly is: "wants"; readonly prompt: string }
  | { readonly is: "done"; readonly exit: Exit };

/** Longer than any input that is taken. */
const longestLine = 4 * 1024 * 1024;

export const sendLine = (socket: Socket, message: FromCommand | FromHolder): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};

/** Calls back for each whole line; a line that is none of ours ends the connection. */
export const readLines = <Message extends FromCommand | FromHolder>(socket: Socket, heard: (message: Message) => void): void => {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    try {
      if (rest.length > longestLine) throw new SyntaxError("too long");
      for (const line of lines) {
        const message: unknown = JSON.parse(line);
        if (typeof message !== "object" || message === null || !("is" in message)) throw new SyntaxError("not a message");
        heard(message as Message);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      socket.destroy();
    }
  });
};
