/**
 * The terminal's composition root for tests: as main.ts, with a clock that moves when BESIDE_TEST_CLOCK (host:port of a
 * loopback control socket, see src/testing/movable-clock.ts) says so. Never shipped: main.ts cannot import it.
 */
import { createMlsSealers } from "../mls/sealers.ts";
import { connectMovableClock } from "../testing/movable-clock.ts";
import { argon2id } from "./adapters/argon2id.ts";
import { systemRandom } from "./adapters/random.ts";
import { createTransport } from "./adapters/transport.ts";
import { runCli } from "./cli.ts";

const transport = createTransport();
const { clock, timer } = await connectMovableClock(process.env["BESIDE_TEST_CLOCK"]);

await runCli({
  ports: { clock, timer, random: systemRandom, transport, argon2id, sealers: createMlsSealers({ now: clock.now }) },
  drained: transport.drained,
  relay: async (argv) => (await import("../relay/main.ts")).runRelay(argv),
});
