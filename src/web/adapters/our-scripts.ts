/** Trusted Types: the page may make script addresses through this one policy only, and it gives out these. */
// oxlint-disable-next-line import/default -- Vite resolves it to the address of the built worker.
import scanWorker from "../scan-worker.ts?worker&url";
// oxlint-disable-next-line import/default -- As above.
import sealWorker from "../seal-worker.ts?worker&url";

interface ScriptPolicy {
  createScriptURL(address: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const serviceWorker = "/sw.js";

const onlyOurs: ScriptPolicy = {
  createScriptURL(address) {
    if (![scanWorker, sealWorker, serviceWorker].includes(address)) throw new TypeError("not the address of a worker of ours");
    return address;
  },
};
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy("beside-worker", onlyOurs) ?? onlyOurs;

export const scanWorkerAddress = (): string => policy.createScriptURL(scanWorker);
export const sealWorkerAddress = (): string => policy.createScriptURL(sealWorker);
export const serviceWorkerAddress = (): string => policy.createScriptURL(serviceWorker);
