import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createLines } from "./input.ts";

const lines = (): { readonly stream: PassThrough; readonly next: () => Promise<string | undefined> } => {
  const stream = new PassThrough();
  return { stream, next: createLines(stream) };
};

test("one line answers one question, however they come in", async () => {
  const { stream, next } = lines();
  stream.write("one\ntw");
  expect(await next()).toBe("one");
  const second = next();
  stream.write("o\r\n\nlast");
  expect(await second).toBe("two");
  expect(await next()).toBe("");
  stream.end();
  expect(await next()).toBe("last");
  expect(await next()).toBeUndefined();
});

test("nothing is read before the first question", async () => {
  const { stream, next } = lines();
  stream.write("early\n");
  expect(stream.listenerCount("data")).toBe(0);
  expect(await next()).toBe("early");
});

test("a question that a later one overtakes has no answer", async () => {
  const { stream, next } = lines();
  const first = next();
  const second = next();
  stream.write("for the second\n");
  expect(await first).toBeUndefined();
  expect(await second).toBe("for the second");
});

test("what goes on and on without an end of line is the last that is read", async () => {
  const { stream, next } = lines();
  const first = next();
  stream.write("x".repeat(20_000));
  expect(await first).toHaveLength(20_000);
  expect(await next()).toBeUndefined();
});
