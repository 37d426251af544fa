/** Starts our own workers: the seal's, and the one that looks for codes in what the camera sees. */
import { scanWorkerAddress, sealWorkerAddress } from "./our-scripts.ts";
import type { Ready, Reply } from "./sealer-wire.ts";
import type { WorkerEnd } from "./worker-caller.ts";

export const spawnWorker = (): WorkerEnd => {
  const worker = new Worker(sealWorkerAddress(), { type: "module", name: "beside-seal" });
  return {
    post: (request) => worker.postMessage(request),
    listen({ ready, reply, broken }) {
      worker.onmessage = ({ data }: MessageEvent<Reply | Ready>) => ("ready" in data ? (data.ready ? ready() : broken()) : reply(data));
      worker.onerror = broken;
      worker.onmessageerror = broken;
    },
    terminate: () => worker.terminate(),
  };
};

/** It is given pictures (`VideoFrame` or `ImageBitmap`) and answers each with the texts of the codes in it. */
export const spawnScanWorker = (): Worker => new Worker(scanWorkerAddress(), { type: "module", name: "beside-scan" });
