/**
 * What comes on standard input: a text up to its end, or at a terminal a line up to Enter; or, for a command that asks
 * while it runs, one line after the other.
 */
import type { Readable } from "node:stream";
import { fromUtf8 } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";

/** More than anything that is taken, so that a wrong file is noticed before it is all read. */
const cap = 1024 * 1024;
const newline = 10;

export const readInput = async (stream: Readable & { readonly isTTY?: boolean }, is: "line" | "text"): Promise<Result<string, string>> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > cap) return err("That is far too long for standard input.");
    if (is === "line" && stream.isTTY && chunk.includes(newline)) break;
  }
  try {
    return ok(fromUtf8(Buffer.concat(chunks)));
  } catch {
    return err("Standard input has to be UTF-8 text.");
  }
};

/** Nobody answers a question with more: a note fits in one line. */
const lineCap = 16_384;

/** The next line of standard input, without its end; `undefined` when there is none any more. One question at a time. */
export type NextLine = () => Promise<string | undefined>;

/** Reads nothing before the first question. */
export const createLines = (stream: Readable): NextLine => {
  let rest = "";
  let over = false;
  let listening = false;
  let waiting: ((line: string | undefined) => void) | undefined;

  const look = (): void => {
    const tell = waiting;
    const end = rest.indexOf("\n");
    if (!tell || (end < 0 && !over)) return;
    waiting = undefined;
    const line = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? "" : rest.slice(end + 1);
    tell(end < 0 && line === "" ? undefined : line.replace(/\r$/, ""));
  };
  const listen = (): void => {
    listening = true;
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      rest += chunk;
      if (!rest.includes("\n") && rest.length > lineCap) over = true;
      look();
    });
    const end = (): void => {
      over = true;
      look();
    };
    stream.on("end", end).on("error", end);
  };

  return () =>
    new Promise((resolve) => {
      waiting?.(undefined);
      waiting = resolve;
      if (!listening) listen();
      look();
    });
};
