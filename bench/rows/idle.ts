/**
 * Idle open lines: what one costs the relay in memory, with 10,000 of them open. Each is a socket that was challenged,
 * proved its key on a line of its own, and hears all that comes.
 */
import { Device, newIdentity, newLine, type Identity } from "../device.ts";
import { pause } from "../flow.ts";
import { startRelay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { median, most } from "../table.ts";

const at = 10_000;
const atOnce = 100;

/** Some at a time, in turn. */
const forAll = async <T, U>(all: readonly T[], work: (one: T) => Promise<U>): Promise<readonly U[]> => {
  const out: U[] = [];
  for (let from = 0; from < all.length; from += atOnce) out.push(...(await Promise.all(all.slice(from, from + atOnce).map(work))));
  return out;
};

const openAll = (port: number, identities: readonly Identity[]): Promise<readonly Device[]> =>
  forAll(identities, async (identity) => {
    const device = await Device.connect(port, identity);
    await device.open();
    device.listen(() => {});
    return device;
  });

export const idle: Row = {
  name: "idle",
  run: ({ runs, quick }) =>
    inFolder(async (data) => {
      const count = quick ? 1000 : at;
      const identities = Array.from({ length: count }, () => newIdentity(newLine()));
      // The lines are made in a relay that is not measured: most lines of a relay were made long ago.
      const maker = await startRelay({ data });
      await forAll(identities, async (identity) => {
        const device = await Device.connect(maker.port, identity);
        await device.create(identity.key);
        device.socket.destroy();
      });
      await maker.stop();

      const resident: number[] = [];
      const collected: number[] = [];
      for (let run = 0; run < (quick ? 1 : Math.min(runs, 3)); run++) {
        const relay = await startRelay({ data });
        // What a relay needs once, it has after its first lines.
        for (const device of await openAll(relay.port, identities.slice(0, 200))) device.socket.destroy();
        await pause(300);
        await relay.collect();
        const before = relay.resident();
        const devices = await openAll(relay.port, identities);
        await pause(quick ? 500 : 2000);
        resident.push((relay.resident() - before) / 1024 / count);
        await relay.collect();
        collected.push((relay.resident() - before) / 1024 / count);
        for (const device of devices) device.socket.destroy();
        await relay.stop();
      }
      return [
        {
          name: `idle open line, at ${count.toLocaleString("en")}`,
          unit: "KB",
          values: resident,
          // What a relay costs by itself weighs too much on few lines.
          ...(quick ? {} : { target: most(12) }),
          note: `${median(collected).toFixed(1)} KB once its garbage is collected; the system's own socket buffers not counted`,
        },
      ];
    }),
};
