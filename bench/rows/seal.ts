/** Sealing and opening one entry by MLS, p50: in Chromium (in a page, and through the worker the app uses) and in Node. */
import { createMlsSealers } from "../../src/mls/sealers.ts";
import { inChromium } from "../chromium.ts";
import type { SealPage } from "../pages/seal-page.ts";
import { buildPages } from "../pages-built.ts";
import { startRelay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { timeSealing, type Sealing } from "../sealing.ts";
import { most, percentile, type Figure } from "../table.ts";

const figuresOf = (where: string, runs: readonly Sealing[], isTarget: boolean): readonly Figure[] =>
  (["seal", "open"] as const).map((what) => ({
    name: `${what} one entry, ${where}, p50`,
    unit: "ms",
    values: runs.map((run) => percentile(run[what], 0.5)),
    ...(isTarget ? { target: most(1) } : {}),
  }));

export const seal: Row = {
  name: "seal",
  unpinned: true,
  run: ({ runs, quick }) =>
    inFolder(async (folder) => {
      const [blocks, warm] = quick ? [15, 5] : [50, 20];
      const web = `${folder}/web`;
      await buildPages(web, "index");
      const relay = await startRelay({ data: `${folder}/data`, web });
      const [inPage, inWorker, inNode]: [Sealing[], Sealing[], Sealing[]] = [[], [], []];
      await inChromium(`http://127.0.0.1:${relay.port}/`, async (page) => {
        await page.waitForFunction(() => "sealPage" in globalThis);
        for (const [where, runsOf] of [
          ["inPage", inPage],
          ["inWorker", inWorker],
        ] as const)
          for (let run = 0; run < runs; run++)
            runsOf.push(
              await page.evaluate(([name, count, before]) => (globalThis as unknown as { sealPage: SealPage }).sealPage[name](count, before), [
                where,
                blocks,
                warm,
              ] as const),
            );
      });
      await relay.stop();
      for (let run = 0; run < runs; run++) inNode.push(await timeSealing(createMlsSealers({ now: Date.now }), blocks, warm));
      return [...figuresOf("Chromium", inPage, true), ...figuresOf("Chromium, app's worker", inWorker, true), ...figuresOf("Node", inNode, false)];
    }),
};
