/** Kept lane: entries of 256 B, each acknowledged to its author after fsync and delivered to the other, 200 pairs. */
import { closePairs, makePairs } from "../device.ts";
import { closedLoop } from "../flow.ts";
import { keptLane } from "../lanes.ts";
import { fsyncIn } from "../machine.ts";
import { mqttLane, startMosquitto } from "../mosquitto.ts";
import { bodySize } from "../outgoing.ts";
import { startRelay, unpaced } from "../relay.ts";
import { each, inFolder, type Row } from "../row.ts";
import { least, median, type Figure } from "../table.ts";

const pairs = 200;
const windows = [
  { outstanding: 1, target: least(18_000) },
  { outstanding: 8, target: least(30_000) },
] as const;

export const kept: Row = {
  name: "kept",
  run: ({ runs, quick, profile }) =>
    inFolder(async (folder) => {
      const millis = quick ? 400 : 1200;
      // Each side says a hundred times what it may (LOG11): what is measured is the relay, not its patience.
      const relay = await startRelay({ data: folder, profile, limits: unpaced });
      const mosquitto = await startMosquitto(folder);
      const devices = await makePairs(relay.port, pairs);
      const lane = keptLane(devices);
      const other = mosquitto && (await mqttLane(mosquitto.port, pairs, 1, bodySize));
      const figures: Figure[] = [];
      await closedLoop(lane, 1, quick ? 300 : 1500, 1);
      for (const { outstanding, target } of windows) {
        const [ours, theirs]: [number[], number[]] = [[], []];
        const syncs: number[] = [];
        let [used, entries, otherUsed, others] = [0, 0, 0, 0];
        for (let run = 0; run < runs; run++) {
          syncs.push(fsyncIn(folder, 60));
          // Used while it was measured, not while it warmed up or drained.
          let from = 0;
          let spent = 0;
          const rate = await closedLoop(lane, outstanding, quick ? 200 : 300, millis, {
            begin: () => (from = relay.processorTime()),
            end: () => (spent = relay.processorTime() - from),
          });
          ours.push(rate);
          used += spent;
          entries += (rate * millis) / 1000;
          if (!other || !mosquitto) continue;
          const their = await closedLoop(other, outstanding, quick ? 200 : 300, millis, {
            begin: () => (from = mosquitto.processorTime()),
            end: () => (spent = mosquitto.processorTime() - from),
          });
          theirs.push(their);
          otherUsed += spent;
          others += (their * millis) / 1000;
        }
        figures.push({
          name: `kept, ${outstanding} outstanding`,
          unit: "/s",
          values: ours,
          target,
          ...(theirs.length > 0 ? { beside: { name: "mosquitto QoS 1", values: theirs } } : {}),
          fsync: median(syncs),
          note: `relay ${each(used, entries)} of its core an entry${others > 0 ? `, mosquitto ${each(otherUsed, others)}` : ""}`,
        });
      }
      other?.close();
      await mosquitto?.stop();
      closePairs(devices);
      await relay.stop();
      return figures;
    }),
};
