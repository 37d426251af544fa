/** 200 devices come back at once, and each gets the 500 entries it missed, in order: 100,000 in all. */
import { closePairs, Device, makePairs, type Identity } from "../device.ts";
import { sendEach } from "../flow.ts";
import { countEntries, isEntries } from "../incoming.ts";
import { keptLane } from "../lanes.ts";
import { fsyncIn } from "../machine.ts";
import { startRelay } from "../relay.ts";
import { each, inFolder, type Row } from "../row.ts";
import { most } from "../table.ts";

const devices = 200;

/** Seconds from the first connection to the last entry. `have` is where each stands already. */
const comeBack = async (port: number, all: readonly Identity[], have: number, missed: number): Promise<number> => {
  const from = performance.now();
  const back = await Promise.all(
    all.map(async (identity) => {
      const device = await Device.connect(port, identity);
      let seq = have;
      const complete = new Promise<void>((resolve) =>
        device.listen((bytes, start, to) => {
          if (!isEntries(bytes, start)) return;
          seq += countEntries(bytes, start, to, seq);
          if (seq > have + missed) throw new Error("more entries than there are");
          if (seq === have + missed) resolve();
        }),
      );
      device.ask(have);
      await complete;
      return device;
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  for (const device of back) device.socket.destroy();
  return seconds;
};

export const returning: Row = {
  name: "return",
  run: ({ runs, quick, profile }) =>
    inFolder(async (data) => {
      const missed = quick ? 100 : 500;
      const writer = await startRelay({ data });
      const pairs = await makePairs(writer.port, devices);
      await sendEach(keptLane(pairs), missed);
      closePairs(pairs);
      await writer.stop();

      // Another process: what it sends it has to read.
      const relay = await startRelay({ data, profile });
      const readers = pairs.map(({ reader }) => reader.identity);
      const values: number[] = [];
      const from = relay.processorTime();
      for (let run = 0; run < runs; run++) values.push(await comeBack(relay.port, readers, 1, missed));
      const used = relay.processorTime() - from;
      const fsync = fsyncIn(data);
      await relay.stop();
      const total = devices * missed;
      return [
        {
          name: `${total.toLocaleString("en")} entries to ${devices} returning`,
          unit: "s",
          values,
          ...(quick ? {} : { target: most(2.5) }),
          fsync,
          note: `relay ${each(used, total * runs)} of its core an entry`,
        },
      ];
    }),
};
