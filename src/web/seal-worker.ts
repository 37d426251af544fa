/** Composition root of the worker: the seal and the six words, away from the page's own thread. */
import { createMlsSealers } from "../mls/sealers.ts";
import { loadSuite } from "../mls/suite.ts";
import { createArgon2id } from "./adapters/argon2id.ts";
import { machineTimer } from "./adapters/clock.ts";
import type { Ready, Reply, Request } from "./adapters/sealer-wire.ts";
import { serveSealers } from "./adapters/serve-sealers.ts";

/** What of a dedicated worker's global is used here. */
interface Scope {
  postMessage(reply: Reply | Ready): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}
const scope = globalThis as unknown as Scope;

serveSealers(
  {
    post: (reply) => scope.postMessage(reply),
    listen: (listener) => {
      scope.onmessage = ({ data }) => listener(data);
    },
  },
  (clock) => createMlsSealers({ now: clock.now }),
  createArgon2id(machineTimer),
  loadSuite,
);
