/**
 * Starts our own workers. Trusted Types: the page may make script addresses through this one policy only, and the policy
 * gives out these addresses and no other.
 */
// oxlint-disable-next-line import/default -- Vite resolves it to the address of the built worker.
import scanWorkerAddress from "../scan-worker.ts?worker&url";
// oxlint-disable-next-line import/default -- As above.
import sealWorkerAddress from "../seal-worker.ts?worker&url";
import type { Ready, Reply } from "./sealer-wire.ts";
import type { WorkerEnd } from "./worker-caller.ts";

interface ScriptPolicy {
  createScriptURL(address: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const onlyOurs: ScriptPolicy = {
  createScriptURL(address) {
    if (address !== sealWorkerAddress && address !== scanWorkerAddress) throw new TypeError("not a worker's address");
    return address;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy("beside-worker", onlyOurs) ?? onlyOurs;

export const spawnWorker = (): WorkerEnd => {
  const worker = new Worker(policy.createScriptURL(sealWorkerAddress), { type: "module", name: "beside-seal" });
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
export const spawnScanWorker = (): Worker => new Worker(policy.createScriptURL(scanWorkerAddress), { type: "module", name: "beside-scan" });
