/**
 * What travels: the scripts of a first load, as gzip sends them, and the whole app as a device keeps it. Which scripts a
 * first load has is not reckoned but seen: a new profile opens the address, and every script it fetches is counted.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { invite, openPerson, startRelay } from "../../e2e/kit.ts";
import { kept } from "../../e2e/versions.ts";
import { webDir } from "../../scripts/web.ts";
import type { Row } from "../row.ts";
import { most, type Figure } from "../table.ts";

const kilobyte = 1000;

/** As the build's own compressed file has it; what has none travels as it is. */
const travels = (path: string): number => {
  const file = join(webDir, path);
  return statSync(`${file}.gz`, { throwIfNoEntry: false })?.size ?? statSync(file).size;
};

const sum = (paths: Iterable<string>, size: (path: string) => number): number => [...paths].reduce((total, path) => total + size(path), 0) / kilobyte;

/** Every script that pages of this browser, and the workers they start, ask for; the service worker's own copy for later is not one. */
const countScripts = (context: BrowserContext, scripts: Set<string>): void => {
  context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".js") && request.serviceWorker() === null) scripts.add(pathname);
  });
};

export const size: Row = {
  name: "size",
  unpinned: true,
  async run() {
    const relay = await startRelay();
    const scripts = new Set<string>();
    const ada = await openPerson("Ada", relay, "localhost", undefined, { prepare: async (context) => countScripts(context, scripts) });
    try {
      await ada.page.getByLabel("Your name").waitFor();
      await kept(ada);
      const first = new Set(scripts);
      await invite(ada);
      const whole = readdirSync(webDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(gz|br)$|^sw\.js$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(webDir.length));
      const stored = sum(whole, (path) => statSync(join(webDir, path)).size);
      const figures: readonly Figure[] = [
        { name: "scripts of a first load, gzip", unit: "KB", values: [sum(first, travels)], target: most(150), note: `${first.size} files` },
        {
          name: "the same, and what the first line brings: the seal's worker, the field, gzip",
          unit: "KB",
          values: [sum(scripts, travels)],
          target: most(150),
          note: `${scripts.size} files; as Brotli ${sum(scripts, (path) => statSync(join(webDir, `${path}.br`)).size).toFixed(0)} KB`,
        },
        {
          name: "whole app, as it is fetched to be kept, gzip",
          unit: "KB",
          values: [sum(whole, travels)],
          target: most(400),
          note: `${stored.toFixed(0)} KB on the disk`,
        },
      ];
      return figures;
    } finally {
      await ada.close();
      await relay.stop();
    }
  },
};
