/**
 * The service worker: the app's own files from the device, so that it opens without any network and stays the version
 * that its person took. It sees no content: the line's traffic is a WebSocket, which passes it by.
 *
 * A newer build is fetched beside this one and waits. It takes over when its person says so in a page, or by itself when
 * no page is open any more; never under a page that is in use.
 */
import { assetFor, fileFor, type Files } from "./file-for.ts";
import { createKeptBuild } from "./kept-build.ts";

/** Put in by the build (scripts/finish-web.ts): its files, and a name that no other list has. */
declare const besideBuild: { readonly id: string; readonly files: Files };
declare const self: ServiceWorkerGlobalScope;

const { id, files } = besideBuild;
const { origin } = self.location;
const kept = createKeptBuild(id, files, {
  caches: self.caches,
  fetch: (path, how) => self.fetch(path, how),
  digest: (bytes) => self.crypto.subtle.digest("SHA-256", bytes),
});

self.addEventListener("install", (event) => event.waitUntil(kept.fill()));

self.addEventListener("activate", (event) => event.waitUntil(tidy()));

/** Said by a page whose person pressed "use it". */
self.addEventListener("message", (event) => {
  if (event.data === "use") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = fileFor(request, origin, files);
  if (path !== undefined) return event.respondWith(answer(request, path));
  const asset = assetFor(request, origin);
  if (asset !== undefined) event.respondWith(kept.getOlder(asset).then((file) => file ?? self.fetch(request)));
});

const answer = async (request: Request, path: string): Promise<Response> => {
  const isPage = request.mode === "navigate";
  // A page is where a build begins: what the browser took away is fetched again before it, or the relay answers for all.
  const isWhole = (await kept.isWhole()) || (isPage && (await mended()));
  return (isWhole ? await kept.get(path) : undefined) ?? self.fetch(request);
};

const mended = (): Promise<boolean> =>
  kept.fill().then(
    () => true,
    () => false,
  );

/** One page at most is open: the one that asked for this version, and begins anew with it. */
const tidy = async (): Promise<void> => {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length <= 1) await kept.removeOthers();
};
