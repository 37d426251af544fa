/** Composition root of the web app as it is shipped: the machine's own time, disk, network and randomness. */
import { takeArrival } from "./arrival.ts";
import { createBack } from "./back.ts";
import { createUpdates } from "./adapters/updates.ts";
import { machineClock, machineTimer } from "./adapters/clock.ts";
import { openHome } from "./open-home.ts";
import { start } from "./start.tsx";

const arrived = takeArrival();
const root = document.getElementById("beside");
const time = { clock: machineClock, timer: machineTimer };
if (root)
  void start(root, { ...openHome({ ...time, name: "beside" }), ...time, arrived, updates: createUpdates(window, machineClock), back: createBack(window) });
