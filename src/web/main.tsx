/** Composition root of the web app as it is shipped: the machine's own time, disk, network and randomness. */
import { takeArrival } from "./arrival.ts";
import { createUpdates } from "./adapters/updates.ts";
import { machineClock, machineTimer } from "./adapters/clock.ts";
import { openHome } from "./open-home.ts";
import { start } from "./start.tsx";

const arrived = takeArrival();
const root = document.getElementById("beside");
if (root) {
  void start(root, {
    open: openHome({ clock: machineClock, timer: machineTimer, name: "beside" }),
    clock: machineClock,
    timer: machineTimer,
    arrived,
    updates: createUpdates(window, machineClock),
  });
}
