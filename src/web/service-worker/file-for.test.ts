import { expect, it } from "vitest";
import { assetFor, fileFor } from "./file-for.ts";

const origin = "https://beside.example";
const files = { "/index.html": "00", "/first.js": "01", "/assets/index-1.js": "02" };
const ask = (url: string, over: { method?: string; mode?: string } = {}) => ({ method: "GET", mode: "cors", url: new URL(url, origin).href, ...over });

it("only what is on the list is answered, by its exact name", () => {
  for (const [path, file] of [
    ["/", "/index.html"],
    ["/index.html", "/index.html"],
    ["/first.js", "/first.js"],
    ["/assets/index-1.js", "/assets/index-1.js"],
    ["/assets/index-2.js", undefined],
    ["/assets/", undefined],
    ["/healthz", undefined],
    ["/metrics", undefined],
    ["/line", undefined],
    ["/constructor", undefined],
    ["/first.js?1", undefined],
    ["//first.js", undefined],
  ] as const)
    expect([path, fileFor(ask(path), origin, files)]).toEqual([path, file]);
});

it("a page is the page whatever its address asks besides", () => {
  expect(fileFor(ask("/?from=home", { mode: "navigate" }), origin, files)).toBe("/index.html");
});

it("nothing is answered for another origin, nor for anything but a GET", () => {
  expect(fileFor(ask("https://other.example/first.js"), origin, files)).toBeUndefined();
  expect(fileFor(ask("/first.js", { method: "POST" }), origin, files)).toBeUndefined();
  expect(assetFor(ask("https://other.example/assets/index-9.js"), origin)).toBeUndefined();
});

it("an asset of another build may be asked for; a name that every build has may not", () => {
  expect(assetFor(ask("/assets/index-9.js"), origin)).toBe("/assets/index-9.js");
  expect(assetFor(ask("/first.js"), origin)).toBeUndefined();
});
