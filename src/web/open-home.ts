/** Wires the engine to the browser: one Home per device, shared by its tabs. Time is handed in by the root. */
import { toHex } from "../base/bytes.ts";
import { ok, type Result } from "../base/result.ts";
import { createHome } from "../line/create-home.ts";
import type { Home } from "../line/home.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import { openIndexedDbStore } from "./adapters/indexeddb-store.ts";
import { machineRandom } from "./adapters/random.ts";
import { socketTransport } from "./adapters/socket-transport.ts";
import { spawnWorker } from "./adapters/spawn-worker.ts";
import { createTabHome } from "./adapters/tab-home.ts";
import { holdLock, openChannel } from "./adapters/tab-wire.ts";
import { createWorkerCaller } from "./adapters/worker-caller.ts";
import { createWorkerArgon2id, createWorkerSealers } from "./adapters/worker-sealers.ts";
import { isOnScreen } from "./page-life.ts";
import type { Start, StartFault } from "./start.tsx";

interface HomeParts {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Of the storage, and of what its tabs share. */
  readonly name: string;
}

export const openHome =
  ({ clock, timer, name }: HomeParts): Start["open"] =>
  (broke) => {
    const make = async (): Promise<Result<Home, StartFault>> => {
      const store = await openIndexedDbStore(name);
      if (!store.ok) return store;
      const worker = createWorkerCaller(spawnWorker, timer, clock.now);
      const ports = {
        clock,
        timer,
        random: machineRandom,
        transport: socketTransport,
        sealers: createWorkerSealers(worker),
        argon2id: createWorkerArgon2id(worker),
      };
      const home = await createHome(store.value, ports);
      return home.ok ? ok(home.value) : home;
    };
    return createTabHome({
      make,
      name,
      channel: openChannel(name),
      holdLock,
      tab: toHex(machineRandom(8)),
      onScreen: isOnScreen(document),
      broke,
      unavailable: "unavailable",
    });
  };
