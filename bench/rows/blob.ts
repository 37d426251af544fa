/** A blob of 8 MB: sealed, sent, kept by the relay piece by piece, fetched and opened; in Node and in a page. */
import { systemTimer } from "../../src/cli/adapters/clock.ts";
import { systemRandom } from "../../src/cli/adapters/random.ts";
import { createTransport } from "../../src/cli/adapters/transport.ts";
import { blobTrips, type Trip } from "../blob-trip.ts";
import { inChromium } from "../chromium.ts";
import { fsyncIn } from "../machine.ts";
import type { BlobPage } from "../pages/blob-page.ts";
import { buildPages } from "../pages-built.ts";
import { startRelay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { median, most, type Figure } from "../table.ts";

const size = 8 * 1024 * 1024;

const figureOf = (where: string, trips: readonly Trip[], fsync: number): Figure => ({
  name: `8 MB blob there and back, ${where}`,
  unit: "s",
  values: trips.map(({ put, get }) => (put + get) / 1000),
  target: most(1.5),
  fsync,
  note: `put ${median(trips.map(({ put }) => put)).toFixed(0)} ms, get ${median(trips.map(({ get }) => get)).toFixed(0)} ms`,
});

export const blob: Row = {
  name: "blob",
  unpinned: true,
  run: ({ runs, quick, profile }) =>
    inFolder(async (folder) => {
      const web = `${folder}/web`;
      await buildPages(web, "blob");
      const relay = await startRelay({ data: `${folder}/data`, web, profile });
      const origin = `http://127.0.0.1:${relay.port}`;
      const warm = quick ? 1 : 2;
      const inNode = await blobTrips(origin, size, warm + runs, { transport: createTransport(), timer: systemTimer, random: systemRandom });
      const seen = await inChromium(`${origin}/blob.html`, async (page) => {
        await page.waitForFunction(() => "blobPage" in globalThis);
        const all: Awaited<ReturnType<BlobPage["trips"]>>[] = [];
        for (let run = 0; run < runs; run++)
          all.push(await page.evaluate((bytes) => (globalThis as unknown as { blobPage: BlobPage }).blobPage.trips(bytes, 1), size));
        return all;
      });
      const fsync = fsyncIn(folder);
      await relay.stop();
      return [
        figureOf("Node", inNode.slice(warm), fsync),
        figureOf(
          "Chromium",
          seen.flatMap(({ trips }) => trips),
          fsync,
        ),
        {
          name: "longest the page was held up by a blob",
          unit: "ms",
          // One is too many.
          values: [Math.max(...seen.map(({ longest }) => longest))],
          target: most(50),
          note: `0: no task of 50 ms or more; longest between two frames ${Math.max(...seen.map(({ frame }) => frame)).toFixed(0)} ms, of ${seen.length} runs`,
        },
      ];
    }),
};
