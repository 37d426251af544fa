// oxlint-disable-next-line typescript/triple-slash-reference -- an ambient module, which cannot be imported: what Vite resolves by itself.
/// <reference path="../../src/web/vite-env.d.ts" />
/** The page of row `seal`: hands out the timing, once in the page itself and once through the worker the app uses. */
import { createMlsSealers } from "../../src/mls/sealers.ts";
import { machineClock, machineTimer } from "../../src/web/adapters/clock.ts";
import { spawnWorker } from "../../src/web/adapters/spawn-worker.ts";
import { createWorkerCaller } from "../../src/web/adapters/worker-caller.ts";
import { createWorkerSealers } from "../../src/web/adapters/worker-sealers.ts";
import { timeSealing, type Sealing } from "../sealing.ts";

export interface SealPage {
  readonly inPage: (blocks: number, warm: number) => Promise<Sealing>;
  readonly inWorker: (blocks: number, warm: number) => Promise<Sealing>;
}

const page: SealPage = {
  inPage: (blocks, warm) => timeSealing(createMlsSealers({ now: machineClock.now }), blocks, warm),
  inWorker: (blocks, warm) => timeSealing(createWorkerSealers(createWorkerCaller(spawnWorker, machineTimer, machineClock.now)), blocks, warm),
};
(globalThis as unknown as { sealPage: SealPage }).sealPage = page;
