/**
 * A relay of the bench, in a process of its own: the same `startRelay` that `beside relay` runs, with limits that a row may
 * raise, and an ear for its parent: it ends when told to, and when its parent is gone.
 */
import { startRelay } from "../src/relay/main.ts";
import type { RelaySettings } from "./relay.ts";

const settings = JSON.parse(process.argv[2] ?? "{}") as RelaySettings;
const day = 86_400_000;
let daysAgo = settings.daysAgo ?? 0;
const relay = await startRelay({
  data: settings.data,
  port: settings.port ?? 0,
  ...(daysAgo === 0 ? {} : { clock: { now: () => Date.now() - daysAgo * day, monotonic: () => performance.now() } }),
  ...(settings.web === undefined ? {} : { web: settings.web }),
  ...(settings.limits === undefined ? {} : { limits: settings.limits }),
});

const stop = async (): Promise<void> => {
  await relay.stop();
  process.disconnect?.();
};
process.on("message", (said) => {
  if (said === "stop") void stop();
  if (said === "next day") {
    daysAgo--;
    process.send?.({ daysAgo });
  }
  if (said === "gc") {
    globalThis.gc?.();
    process.send?.({ collected: process.memoryUsage() });
  }
});
process.on("disconnect", () => process.exit());
process.send?.({ port: relay.port });
