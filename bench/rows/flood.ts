/**
 * An honest page while the other's modified client offers a thousand entries a second for a minute: thoughts, feelings, names,
 * grants, pauses, presence, kinds that nobody knows. How even its frames are, how its heap grows, and how long what its own
 * person says takes. Beside it what the same page does when nothing comes.
 */
import { facingPage } from "../../hostile/page.ts";
import { mixed } from "../../hostile/scenes.ts";
import { buildWeb, webDir } from "../../scripts/web.ts";
import { pause } from "../flow.ts";
import { mainThread } from "../main-thread.ts";
import { startRelay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { most, percentile } from "../table.ts";

export const flood: Row = {
  name: "flood",
  unpinned: true,
  run: ({ quick }) =>
    inFolder(async (folder) => {
      buildWeb();
      const relay = await startRelay({ data: `${folder}/data`, web: webDir });
      const { honest, member } = await facingPage(relay);
      try {
        const still = await honest.during(() => pause(quick ? 2000 : 10_000));
        const own: number[] = [];
        const seconds = quick ? 10 : 60;
        const seen = await honest.during(() =>
          mainThread(honest.person.page, async () => {
            const flooding = member.flood(1000, seconds, mixed);
            await pause(quick ? 3000 : 30_000);
            own.push(await honest.say("mine in the flood"));
            return flooding;
          }),
        );
        const {
          value: { offered, taken },
          tasks,
        } = seen.value;
        const [longest = Number.NaN] = tasks;
        const wrongs = await honest.wrongs();
        if (wrongs.length > 0) throw new Error(wrongs.join("\n"));
        return [
          {
            name: "page in a flood, frame time p95",
            unit: "ms",
            values: [seen.frameP95],
            target: most(32),
            note: `p50 ${seen.frameP50.toFixed(0)}, longest ${seen.frameMost.toFixed(0)}; the same page still: p95 ${still.frameP95.toFixed(0)}; ${offered} offered, ${taken} taken`,
          },
          {
            name: "page in a flood, longest task, processor",
            unit: "ms",
            values: [longest],
            target: most(32),
            note: `p99 of tasks ${percentile(tasks, 0.99).toFixed(1)}; ${(tasks.reduce((sum, one) => sum + one, 0) / seconds).toFixed(0)} ms of the page's own thread a second`,
          },
          { name: "page in a flood, heap growth", unit: "MB", values: [seen.grown / 1024 / 1024], target: most(20) },
          { name: "saying something in it, by hand", unit: "ms", values: own },
        ];
      } finally {
        member.close();
        await honest.person.close();
        await relay.stop();
      }
    }),
};
