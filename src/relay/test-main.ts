/**
 * The relay's composition root for tests: the same flags, log, core and sockets as `beside relay`, with a clock that moves
 * when BESIDE_TEST_CLOCK (host:port of a loopback control socket, see src/testing/movable-clock.ts) says so, and with
 * limits that BESIDE_TEST_LIMITS (JSON) names: two minutes of settling are long for a test. Never shipped: main.ts cannot import it.
 */
import type { Clock } from "../ports/clock.ts";
import type { Limits } from "./core/limits.ts";
import { parseRelayFlags } from "./flags.ts";
import { startRelay } from "./main.ts";

/** By its address: the relay's project holds nothing that only tests use, so the compiler does not see it from here. */
const movableClock = new URL("../testing/movable-clock.ts", import.meta.url);
const { connectMovableClock } = (await import(movableClock.href)) as {
  connectMovableClock(
    address: string | undefined,
    strides: { readonly stride: number; readonly longest: number; look(): Promise<void> },
  ): Promise<{ readonly clock: Clock }>;
};

const flags = parseRelayFlags(process.argv.slice(2));
if (!flags.ok) throw new Error(flags.error);
const { json: _, ...options } = flags.value;
let look = async (): Promise<void> => undefined;
// Under the gap that vigils know; a night at most, for each stride is a write.
const { clock } = await connectMovableClock(process.env["BESIDE_TEST_CLOCK"], { stride: 50_000, longest: 12 * 3_600_000, look: () => look() });
const stopped = new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
const limits = JSON.parse(process.env["BESIDE_TEST_LIMITS"] ?? "{}") as Partial<Limits>;
const relay = await startRelay({ ...options, clock, limits });
look = relay.look;
process.stdout.write(`${JSON.stringify({ listening: relay.url })}\n`);
await stopped;
await relay.stop();
