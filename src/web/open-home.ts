/** Wires the engine to the browser: one Home and one lock per device, shared by its tabs. Time is handed in by the root. */
import { toHex } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { createHome } from "../line/create-home.ts";
import type { Home } from "../line/home.ts";
import type { Clock } from "../ports/clock.ts";
import { StorageGone } from "../ports/store.ts";
import type { Timer } from "../ports/timer.ts";
import { machineTimer } from "./adapters/clock.ts";
import { openIndexedDbStore } from "./adapters/indexeddb-store.ts";
import { createPasskeys } from "./adapters/passkey.ts";
import { machineRandom } from "./adapters/random.ts";
import { socketTransport } from "./adapters/socket-transport.ts";
import { spawnWorker } from "./adapters/spawn-worker.ts";
import { createTabHome } from "./adapters/tab-home.ts";
import { holdLock, openChannel } from "./adapters/tab-wire.ts";
import { createWorkerCaller } from "./adapters/worker-caller.ts";
import { createWorkerArgon2id, createWorkerSealers } from "./adapters/worker-sealers.ts";
import { createDeviceLock, openLockChannel } from "./device-lock.ts";
import { isOnScreen } from "./page-life.ts";
import { answerWithin } from "./shut-when-hidden.ts";
import type { Start, StartFault } from "./start.tsx";

interface HomeParts {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Of the storage, and of what its tabs share. */
  readonly name: string;
}

/** What cannot be read so often is there, and does not open. */
const openings = 3;

export const openHome = ({ clock, timer, name }: HomeParts): Pick<Start, "open" | "lock"> => {
  // Seals take what they take of the machine's own time, also where a test moves the app's.
  const worker = createWorkerCaller(spawnWorker, machineTimer, clock.now);
  const argon2id = createWorkerArgon2id(worker);
  const lock = createDeviceLock({
    name,
    channel: openLockChannel(name),
    tools: { random: machineRandom, argon2id },
    passkeys: createPasskeys(machineRandom, window),
    isLooking: () => isOnScreen(document),
    soon: (call) => timer.after(answerWithin, call),
  });

  const makeOnce = async (): Promise<Result<Home, StartFault>> => {
    const store = await openIndexedDbStore({ name, random: machineRandom, unlock: lock.key });
    if (!store.ok) return store;
    const ports = { clock, timer, random: machineRandom, transport: socketTransport, sealers: createWorkerSealers(worker), argon2id };
    try {
      const home = await createHome(store.value, ports);
      if (!home.ok) return home;
      const stop = async (): Promise<void> => {
        await home.value.stop();
        store.value.close();
        worker.end();
      };
      return ok({ ...home.value, stop });
    } catch (error) {
      store.value.close();
      throw error;
    }
  };

  /** Storage that is wiped just while it is read is opened anew: there is another by then, and it is a beginning. */
  const make = async (): Promise<Result<Home, StartFault>> => {
    for (let left = openings; ;) {
      try {
        return await makeOnce();
      } catch (error) {
        if (!(error instanceof StorageGone)) throw error;
        if (--left === 0) return err("damaged");
      }
    }
  };

  return {
    lock,
    async open(broke) {
      const tab = toHex(machineRandom(8));
      const home = await createTabHome({
        make,
        name,
        channel: openChannel(name),
        holdLock,
        tab,
        onScreen: false,
        broke,
        unavailable: "unavailable",
      });
      if (!home.ok) return home;
      const stop = (): Promise<void> => {
        lock.stopWaiting();
        return home.value.stop();
      };
      return ok({ ...home.value, stop });
    },
  };
};
