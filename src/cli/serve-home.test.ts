import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askHolder, connectHolder } from "./ask-holder.ts";
import type { Exit } from "./command.ts";
import type { AskLine } from "./output.ts";
import { serveHome } from "./serve-home.ts";
import type { Ask } from "./socket-lines.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beside-socket-"));
  path = join(folder, "watch.sock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const question: Ask = {
  command: "status",
  options: null,
  json: true,
  bond: undefined,
  timeout: 1000,
  version: "1",
  input: "",
  terminal: false,
  locale: "en",
  timeZone: "UTC",
};
const never = new AbortController().signal;

const ask = async (
  stop = never,
  line: AskLine = async () => undefined,
): Promise<{ readonly answer: Awaited<ReturnType<typeof askHolder>>; readonly printed: string[] }> => {
  const socket = await connectHolder(path);
  if (!socket) throw new Error("nobody listens");
  const printed: string[] = [];
  return { answer: await askHolder(socket, question, (where, text) => printed.push(`${where} ${text}`), line, stop), printed };
};

/** Runs until it is stopped. */
const untilStopped = (stop: AbortSignal): Promise<Exit> => new Promise((resolve) => stop.addEventListener("abort", () => resolve(0)));

describe("a process that others go through", () => {
  test("gives the same results, in order, and the exit code", async () => {
    const server = await serveHome(path, (asked, reply) => {
      reply.print("result", `${asked.command} one`);
      reply.print("problem", "two");
      return { repeatable: true, exit: Promise.resolve(4) };
    });
    expect(await ask()).toEqual({ answer: { is: "done", exit: 4 }, printed: ["result status one", "problem two"] });
    await server.close();
    expect(await connectHolder(path)).toBeUndefined();
  });

  test("is its owner's alone, and replaces what a killed process left", async () => {
    writeFileSync(path, "");
    const server = await serveHome(path, () => ({ repeatable: true, exit: Promise.resolve(0) }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await server.close();
  });

  test("asks for lines of the asker's own standard input, one after the other, until there is none", async () => {
    const server = await serveHome(path, (_, reply) => ({
      repeatable: false,
      exit: (async (): Promise<Exit> => {
        for (let at = 1; at <= 3; at++) reply.print("result", String(await reply.line(`${at}? `)));
        return 0;
      })(),
    }));
    const given = ["one", "two"];
    const asked: string[] = [];
    const { answer, printed } = await ask(never, async (prompt) => {
      asked.push(prompt);
      return given.shift();
    });
    expect([answer, asked, printed]).toEqual([{ is: "done", exit: 0 }, ["1? ", "2? ", "3? "], ["result one", "result two", "result undefined"]]);
    await server.close();
  });

  test("an asker that is killed answers nothing more", async () => {
    let heard: Promise<string | undefined> | undefined;
    const began = new Promise<void>((resolve) => {
      void serveHome(path, (_, reply) => {
        heard = reply.line("? ");
        resolve();
        return { repeatable: false, exit: heard.then(() => 0 as const) };
      }).then((made) => (server = made));
    });
    let server = undefined as Awaited<ReturnType<typeof serveHome>> | undefined;
    while (!server) await new Promise((resolve) => setImmediate(resolve));
    const socket = await connectHolder(path);
    socket?.write(`${JSON.stringify({ is: "ask", ...question })}\n`);
    await began;
    socket?.destroy();
    expect(await heard).toBeUndefined();
    await server.close();
  });

  test("passes on that the asker wants to go", async () => {
    const server = await serveHome(path, (_, __, stop) => ({ repeatable: true, exit: untilStopped(stop) }));
    const stop = new AbortController();
    const asking = ask(stop.signal);
    stop.abort();
    expect((await asking).answer).toEqual({ is: "done", exit: 0 });
    await server.close();
  });

  test("ends what can be asked again elsewhere, and lets the rest come to its end", async () => {
    let began = 0;
    const both = new Promise<void>((resolve) => {
      void serveHome(path, (_, reply, stop) => {
        const repeatable = began++ === 0;
        if (!repeatable) reply.print("kept", "said");
        if (began === 2) resolve();
        return { repeatable, exit: untilStopped(stop) };
      }).then((made) => (server = made));
    });
    let server = undefined as Awaited<ReturnType<typeof serveHome>> | undefined;
    while (!server) await new Promise((resolve) => setImmediate(resolve));
    const watching = ask();
    while (began === 0) await new Promise((resolve) => setImmediate(resolve));
    const saying = ask();
    await both;
    await server.close();
    expect((await watching).answer.is).toBe("unclear");
    expect((await saying).answer).toEqual({ is: "done", exit: 0 });
  });

  test("nonsense ends its own connection and nothing else", async () => {
    const server = await serveHome(path, () => ({ repeatable: true, exit: Promise.resolve(0) }));
    for (const nonsense of ["hello\n", "null\n", "[]\n", '{"is":"other"}\n', "{", "x".repeat(5 * 1024 * 1024)]) {
      const socket = createConnection(path);
      socket.on("error", () => undefined);
      socket.end(nonsense);
      await new Promise((resolve) => socket.on("close", resolve).resume());
    }
    expect((await ask()).answer).toEqual({ is: "done", exit: 0 });
    await server.close();
  });
});
