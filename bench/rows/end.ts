/** From the moment that the one who ends a line is told that it is ended, until a device of the other is refused: on its open socket and on a new one. */
import { randomBytes } from "node:crypto";
import { Secret } from "../../src/base/secret.ts";
import { certifyEnd } from "../../src/protocol/certificate.ts";
import { Device, makePairs } from "../device.ts";
import { fsyncIn } from "../machine.ts";
import { startRelay } from "../relay.ts";
import { inFolder, type Row } from "../row.ts";
import { most, percentile } from "../table.ts";

const lines = 50;

export const end: Row = {
  name: "end",
  run: ({ runs, quick }) =>
    inFolder(async (data) => {
      const relay = await startRelay({ data });
      const values: number[] = [];
      for (let run = 0; run < runs; run++) {
        const pairs = await makePairs(relay.port, quick ? 10 : lines);
        const times: number[] = [];
        for (const { author, reader } of pairs) {
          const { line } = author.identity;
          const again = await Device.connect(relay.port, reader.identity);
          const told = reader.next("ended").then(() => performance.now());
          author.send({ type: "end", certificate: certifyEnd(line, new Secret(new Uint8Array(randomBytes(32)))) });
          await author.next("ended");
          const from = performance.now();
          again.ask(0);
          const refused = again.next("ended").then(() => performance.now());
          times.push(Math.max(await told, await refused) - from);
          for (const device of [author, reader, again]) device.socket.destroy();
        }
        values.push(percentile(times, 0.95));
      }
      const fsync = fsyncIn(data);
      await relay.stop();
      return [{ name: "ended to the other refused, p95", unit: "ms", values, target: most(100), fsync }];
    }),
};
