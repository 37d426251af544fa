/**
 * The relay's composition root for tests: the same flags, log, core and sockets as `beside relay`, with a clock that moves
 * when BESIDE_TEST_CLOCK (host:port of a loopback control socket, see src/testing/movable-clock.ts) says so. Never shipped:
 * main.ts cannot import it.
 */
import type { Clock } from "../ports/clock.ts";
import { parseRelayFlags } from "./flags.ts";
import { startRelay } from "./main.ts";

/** By its address: the relay's project holds nothing that only tests use, so the compiler does not see it from here. */
const movableClock = new URL("../testing/movable-clock.ts", import.meta.url);
const { connectMovableClock } = (await import(movableClock.href)) as {
  connectMovableClock(address: string | undefined): Promise<{ readonly clock: Clock }>;
};

const flags = parseRelayFlags(process.argv.slice(2));
if (!flags.ok) throw new Error(flags.error);
const { json: _, ...options } = flags.value;
const { clock } = await connectMovableClock(process.env["BESIDE_TEST_CLOCK"]);
const stopped = new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
const relay = await startRelay({ ...options, clock });
process.stdout.write(`${JSON.stringify({ listening: relay.url })}\n`);
await stopped;
await relay.stop();
