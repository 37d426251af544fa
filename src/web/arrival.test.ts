import { readFile } from "node:fs/promises";
import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { takeArrival } from "./arrival.ts";

const first = await readFile(new URL("./public/first.js", import.meta.url), "utf8");

/** A page as first.js finds it; `seen` is the order of what happened to it. */
const openPage = (hash: string): { readonly seen: readonly string[]; readonly page: Record<string, unknown> } => {
  const seen: string[] = [];
  const page: Record<string, unknown> = createContext({
    location: { hash, pathname: "/" },
    history: { replaceState: (_: null, __: string, address: string) => seen.push(`address is ${address}`) },
    fetch: () => seen.push("request"),
    addEventListener: () => undefined,
  });
  runInContext(first, page);
  return { seen, page };
};

test("[PAIR2] the invitation is erased from the address bar and waits in memory", () => {
  const { seen, page } = openPage("#join=abc-_123");
  expect(seen).toEqual(["address is /"]);
  expect(page["besideArrival"]).toBe("#join=abc-_123");
});

test("[DEV1] the link of a device is erased too, and waits in memory", () => {
  const { seen, page } = openPage("#device=abc-_123");
  expect(seen).toEqual(["address is /"]);
  expect(page["besideArrival"]).toBe("#device=abc-_123");
});

test("a shortcut of the app is erased too, and says which sheet is wanted", () => {
  for (const wish of ["feel", "say"]) {
    const { seen, page } = openPage(`#${wish}`);
    expect(seen).toEqual(["address is /"]);
    Object.defineProperty(globalThis, "besideArrival", { value: page["besideArrival"], configurable: true });
    expect(takeArrival()).toBe(wish);
    expect(takeArrival()).toBeUndefined();
  }
  expect("besideArrival" in openPage("#sayings").page).toBe(false);
});

test("any other fragment is erased too, and kept nowhere", () => {
  const { seen, page } = openPage("#something");
  expect(seen).toEqual(["address is /"]);
  expect("besideArrival" in page).toBe(false);
});

test("without a fragment nothing is touched", () => {
  expect(openPage("").seen).toEqual([]);
});

test("what the page was opened with is handed over once, and said to be what it is", () => {
  for (const is of ["join", "device"] as const) {
    Object.defineProperty(globalThis, "besideArrival", { value: `#${is}=x`, configurable: true });
    expect(takeArrival()).toEqual({ is, link: `#${is}=x` });
    expect(takeArrival()).toBeUndefined();
  }
});

test("[PAIR2] in the page, nothing that runs or is fetched stands before the erasing script, and nothing is inline", async () => {
  const html = await readFile(new URL("./index.html", import.meta.url), "utf8");
  const fetched = [...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*>/g)].map(([tag]) => tag);
  expect(fetched[0]).toBe('<script src="/first.js">');
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  for (const [, body] of html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) expect(body).toBe("");
});
