/** The terminal's composition root, as shipped: the machine's own clock, and no way to move it. */
import { createMlsSealers } from "../mls/sealers.ts";
import { argon2id } from "./adapters/argon2id.ts";
import { systemClock, systemTimer } from "./adapters/clock.ts";
import { systemRandom } from "./adapters/random.ts";
import { createTransport } from "./adapters/transport.ts";
import { runCli } from "./cli.ts";

const transport = createTransport();

await runCli({
  ports: { clock: systemClock, timer: systemTimer, random: systemRandom, transport, argon2id, sealers: createMlsSealers({ now: systemClock.now }) },
  drained: transport.drained,
  // Only this command needs the relay, and the relay nothing of the rest.
  relay: async (argv) => (await import("../relay/main.ts")).runRelay(argv),
});
