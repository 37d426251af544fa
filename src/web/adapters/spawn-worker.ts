/**
 * Starts the seal's worker. Trusted Types: the page may make script addresses through this one policy only, and the
 * policy gives out this one address.
 */
// oxlint-disable-next-line import/default -- Vite resolves it to the address of the built worker.
import workerAddress from "../seal-worker.ts?worker&url";
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
    if (address !== workerAddress) throw new TypeError("not the worker's address");
    return address;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy("beside-worker", onlyOurs) ?? onlyOurs;

export const spawnWorker = (): WorkerEnd => {
  const worker = new Worker(policy.createScriptURL(workerAddress), { type: "module", name: "beside-seal" });
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
