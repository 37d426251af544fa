import { expect, it } from "vitest";
import { toHex, utf8 } from "../../base/bytes.ts";
import type { Files } from "./file-for.ts";
import { createKeptBuild, type FileCache, type Ground } from "./kept-build.ts";

const digest = (bytes: ArrayBuffer): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", bytes);
const hash = async (text: string): Promise<string> => toHex(new Uint8Array(await digest(new Uint8Array(utf8(text)).buffer)));
const listOf = async (texts: Readonly<Record<string, string>>): Promise<Files> =>
  Object.fromEntries(await Promise.all(Object.entries(texts).map(async ([path, text]) => [path, await hash(text)] as const)));

/** A browser's caches, and a relay with files of which each request is noted. */
const world = () => {
  const caches = new Map<string, Map<string, Response>>();
  const relay = new Map<string, string>();
  const asked: string[] = [];
  const cacheOf = (name: string): FileCache => {
    const files = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, files);
    return {
      match: async (path) => files.get(path)?.clone(),
      put: async (path, response) => void files.set(path, response),
      keys: async () => [...files.keys()],
    };
  };
  const ground: Ground = {
    digest,
    caches: {
      open: async (name) => cacheOf(name),
      keys: async () => [...caches.keys()],
      delete: async (name) => caches.delete(name),
      match: async (path, options) => {
        const among = options?.cacheName === undefined ? [...caches.values()] : [caches.get(options.cacheName)];
        return among
          .find((files) => files?.has(path))
          ?.get(path)
          ?.clone();
      },
    },
    fetch: async (path, { cache }) => {
      asked.push(`${path} ${String(cache)}`);
      const text = relay.get(path);
      return text === undefined ? new Response("", { status: 404 }) : new Response(text, { headers: { "Content-Encoding": "br", "X-Kept": "yes" } });
    },
  };
  return { ground, caches, relay, asked };
};

const one = { "/index.html": "page 1", "/assets/a-1.js": "a 1", "/icon.svg": "icon" };
const two = { "/index.html": "page 2", "/assets/a-2.js": "a 2", "/icon.svg": "icon" };

it("a build is kept whole, each file as the list says, with its headers but those of its travel", async () => {
  const { ground, relay } = world();
  for (const [path, text] of Object.entries(one)) relay.set(path, text);
  const build = createKeptBuild("1", await listOf(one), ground);
  expect(await build.isWhole()).toBe(false);
  await build.fill();
  expect(await build.isWhole()).toBe(true);
  const page = await build.get("/index.html");
  expect([await page?.text(), page?.headers.get("content-encoding"), page?.headers.get("x-kept")]).toEqual(["page 1", null, "yes"]);
});

it.each([
  ["missing", undefined],
  ["not what the list says", "a 1, and more"],
])("a file that is %s fails the whole, and what was kept before is as it was", async (_, text) => {
  const { ground, relay } = world();
  for (const [path, content] of Object.entries(one)) relay.set(path, content);
  const old = createKeptBuild("1", await listOf(one), ground);
  await old.fill();
  relay.set("/index.html", "page 2");
  if (text !== undefined) relay.set("/assets/a-2.js", text);
  const next = createKeptBuild("2", await listOf(two), ground);
  await expect(next.fill()).rejects.toThrow("/assets/a-2.js is not what this build says it is");
  expect(await next.isWhole()).toBe(false);
  expect(await (await old.get("/index.html"))?.text()).toBe("page 1");
});

it("a cache in between that has an older file is gone past", async () => {
  const { ground, relay, asked } = world();
  for (const [path, content] of Object.entries(one)) relay.set(path, content);
  const past: Ground = {
    ...ground,
    fetch: async (path, how) => (how.cache === "reload" ? ground.fetch(path, how) : new Response("stale")),
  };
  await createKeptBuild("1", await listOf(one), past).fill();
  expect(asked.toSorted()).toEqual(["/assets/a-1.js reload", "/icon.svg reload", "/index.html reload"]);
});

it("a newer build asks only for what is new, and the older one goes when it is told to", async () => {
  const { ground, relay, asked, caches } = world();
  for (const [path, content] of Object.entries({ ...one, ...two })) relay.set(path, content);
  relay.set("/index.html", one["/index.html"]);
  await createKeptBuild("1", await listOf(one), ground).fill();
  relay.set("/index.html", two["/index.html"]);
  asked.length = 0;
  const next = createKeptBuild("2", await listOf(two), ground);
  await next.fill();
  expect(asked.toSorted()).toEqual(["/assets/a-2.js default", "/index.html no-cache"]);
  expect(await (await next.getOlder("/assets/a-1.js"))?.text()).toBe("a 1");
  caches.set("of somebody else", new Map());
  await next.removeOthers();
  expect([...caches.keys()].toSorted()).toEqual(["beside-build-2", "of somebody else"]);
  expect(await next.getOlder("/assets/a-1.js")).toBeUndefined();
});

it("what the browser took away is noticed, and can be fetched again", async () => {
  const { ground, relay, caches } = world();
  for (const [path, content] of Object.entries(one)) relay.set(path, content);
  const build = createKeptBuild("1", await listOf(one), ground);
  await build.fill();
  caches.delete("beside-build-1");
  expect(await build.get("/index.html")).toBeUndefined();
  expect(await build.isWhole()).toBe(false);
  await build.fill();
  expect(await (await build.get("/index.html"))?.text()).toBe("page 1");
});
