/** What comes on standard input: a text up to its end, or at a terminal a line up to Enter. */
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
