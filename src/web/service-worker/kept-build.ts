/**
 * One build of the app, kept whole on the device.
 *
 * - Only files of its own pinned list go in, each after its SHA-256 was found right. One that is wrong, or missing,
 *   fails the whole: a relay in the middle of its own update, or a broken one, changes nothing here.
 * - Either all of it is here, and only what is here answers; or something is missing (a browser that took storage away),
 *   and then none of it answers and pages come from the relay. Two builds are never mixed in one page.
 * - An older build stays as long as a page of it may be open: that page finds its own assets there, under names that
 *   no other build has.
 */
import { toHex } from "../../base/bytes.ts";
import type { Files } from "./file-for.ts";

/** The part of a browser's Cache that is used: files by their addresses. */
export interface FileCache {
  match(path: string): Promise<Response | undefined>;
  put(path: string, file: Response): Promise<void>;
  keys(): Promise<readonly unknown[]>;
}

export interface Ground {
  readonly caches: {
    open(name: string): Promise<FileCache>;
    match(path: string, options?: { readonly cacheName: string }): Promise<Response | undefined>;
    keys(): Promise<readonly string[]>;
    delete(name: string): Promise<boolean>;
  };
  readonly fetch: (path: string, how: RequestInit) => Promise<Response>;
  readonly digest: (bytes: ArrayBuffer) => Promise<ArrayBuffer>;
}

export interface KeptBuild {
  /** Rejects when one of its files cannot be had as the list says; those that could are kept for the next try. */
  fill(): Promise<void>;
  isWhole(): Promise<boolean>;
  get(path: string): Promise<Response | undefined>;
  /** From any build that is still kept. */
  getOlder(path: string): Promise<Response | undefined>;
  removeOthers(): Promise<void>;
}

const prefix = "beside-build-";

/** `id` differs between any two lists. */
export const createKeptBuild = (id: string, files: Files, { caches, fetch, digest }: Ground): KeptBuild => {
  const name = `${prefix}${id}`;
  const paths = Object.keys(files);
  let whole = false;

  const isRight = async (bytes: ArrayBuffer, path: string): Promise<boolean> => toHex(new Uint8Array(await digest(bytes))) === files[path];

  const fetched = async (path: string, cache: RequestCache): Promise<Response | undefined> => {
    const response = await fetch(path, { cache, credentials: "same-origin", redirect: "error" });
    return response.ok ? checked(response, path) : undefined;
  };

  const checked = async (response: Response, path: string): Promise<Response | undefined> => {
    const bytes = await response.arrayBuffer();
    if (!(await isRight(bytes, path))) return undefined;
    const headers = new Headers(response.headers);
    // Of how it travelled, which is over.
    for (const header of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(header);
    return new Response(bytes, { headers });
  };

  const fillOne = async (cache: FileCache, path: string): Promise<void> => {
    if (await cache.match(path)) return;
    const known = await caches.match(path);
    const file =
      (known && (await checked(known, path))) ??
      // An asset was most likely fetched by this very page a moment ago.
      (await fetched(path, path.startsWith("/assets/") ? "default" : "no-cache")) ??
      (await fetched(path, "reload"));
    if (!file) throw new Error(`${path} is not what this build says it is`);
    await cache.put(path, file);
  };

  return {
    async fill() {
      const cache = await caches.open(name);
      await Promise.all(paths.map((path) => fillOne(cache, path)));
      whole = true;
    },
    async isWhole() {
      whole ||= (await (await caches.open(name)).keys()).length === paths.length;
      return whole;
    },
    async get(path) {
      const file = await caches.match(path, { cacheName: name });
      // Taken away while we ran.
      if (!file) whole = false;
      return file;
    },
    getOlder: (path) => caches.match(path),
    async removeOthers() {
      const others = (await caches.keys()).filter((other) => other.startsWith(prefix) && other !== name);
      await Promise.all(others.map((other) => caches.delete(other)));
    },
  };
};
