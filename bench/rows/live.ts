/** Live lane: frames of 200 B forwarded and never stored, 200 pairs: as fast as it goes, and at a fixed 5,000 a second. */
import { liveSize } from "../../src/protocol/sizes.ts";
import { closePairs, makePairs } from "../device.ts";
import { closedLoop, paced } from "../flow.ts";
import { liveLane } from "../lanes.ts";
import { mqttLane, startMosquitto } from "../mosquitto.ts";
import { startRelay } from "../relay.ts";
import { each, inFolder, type Row } from "../row.ts";
import { least, most, percentile, type Figure } from "../table.ts";

const pairs = 200;
const perSecond = 5000;

export const live: Row = {
  name: "live",
  run: ({ runs, quick, profile }) =>
    inFolder(async (folder) => {
      const millis = quick ? 400 : 1200;
      // A device may send 40 a second (LIVE3). The closed loop asks for more; at 5,000/s each device sends 25.
      const relay = await startRelay({ data: folder, profile, limits: { live: { perSecond: 1e9, burst: 1e9 } } });
      const mosquitto = await startMosquitto(folder);
      const devices = await makePairs(relay.port, pairs);
      const lane = liveLane(devices);
      const other = mosquitto && (await mqttLane(mosquitto.port, pairs, 0, liveSize));
      const figures: Figure[] = [];
      await closedLoop(lane, 1, quick ? 300 : 1500, 1);
      for (const outstanding of quick ? [1] : [1, 8]) {
        const [ours, theirs]: [number[], number[]] = [[], []];
        let [used, frames] = [0, 0];
        for (let run = 0; run < runs; run++) {
          let from = 0;
          const rate = await closedLoop(lane, outstanding, quick ? 200 : 300, millis, {
            begin: () => (from = relay.processorTime()),
            end: () => (used += relay.processorTime() - from),
          });
          ours.push(rate);
          frames += (rate * millis) / 1000;
          if (other) theirs.push(await closedLoop(other, outstanding, quick ? 200 : 300, millis));
        }
        figures.push({
          name: `live, closed loop, ${outstanding} outstanding`,
          unit: "/s",
          values: ours,
          ...(outstanding === 1 ? { target: least(45_000) } : {}),
          ...(theirs.length > 0 ? { beside: { name: "mosquitto QoS 0", values: theirs } } : {}),
          note: `relay ${each(used, frames)} of its core a frame`,
        });
      }
      const times: { ours: (readonly number[])[]; theirs: (readonly number[])[] } = { ours: [], theirs: [] };
      for (let run = 0; run < runs; run++) {
        times.ours.push(await paced(lane, perSecond, millis));
        if (other) times.theirs.push(await paced(other, perSecond, millis));
      }
      for (const [share, target] of [
        [0.5, most(0.3)],
        [0.99, most(3)],
      ] as const) {
        figures.push({
          name: `live at ${perSecond.toLocaleString("en")}/s, p${share * 100}`,
          unit: "ms",
          values: times.ours.map((one) => percentile(one, share)),
          target,
          ...(times.theirs.length > 0 ? { beside: { name: "mosquitto QoS 0", values: times.theirs.map((one) => percentile(one, share)) } } : {}),
        });
      }
      other?.close();
      await mosquitto?.stop();
      closePairs(devices);
      await relay.stop();
      return figures;
    }),
};
