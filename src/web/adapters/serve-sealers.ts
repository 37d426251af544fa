/** The worker's half of the seal: runs what the page asks on the real Sealers, one call after the other. */
import { exhaustive } from "../../base/exhaustive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Sealer, Sealers } from "../../ports/sealer.ts";
import type { Argon2id } from "../../ports/words.ts";
import { pack, unpack, type Call, type Ready, type Reply, type Request, type SealerFacts } from "./sealer-wire.ts";

export interface WorkerSide {
  post(reply: Reply | Ready): void;
  listen(listener: (request: Request) => void): void;
}

/** `create` gets a clock that stands where the page's stood at the last request; `load` fetches the rest of the code. */
export const serveSealers = (side: WorkerSide, create: (clock: Clock) => Sealers, argon2id: Argon2id, load: () => Promise<unknown>): void => {
  let now = 0;
  const sealers = create({ now: () => now, monotonic: () => now });
  const held = new Map<number, Sealer>();
  let handles = 0;

  const hold = (sealer: Sealer): SealerFacts => {
    held.set(++handles, sealer);
    return factsOf(handles, sealer);
  };

  const run = async (call: Call): Promise<{ readonly value: unknown; readonly sealer: SealerFacts | null }> => {
    switch (call.on) {
      case "words":
        return { value: await argon2id(...call.args), sealer: null };
      case "sealer": {
        const sealer = held.get(call.handle);
        if (!sealer) throw new Error("no such sealer in this worker");
        const method = sealer[call.method] as (...args: unknown[]) => Promise<unknown>;
        const value = await method.apply(sealer, [...call.args]);
        return { value, sealer: factsOf(call.handle, sealer) };
      }
      case "sealers":
        switch (call.method) {
          case "found": {
            const { sealer, state } = await sealers.found(...call.args);
            return { value: { state }, sealer: hold(sealer) };
          }
          case "join": {
            const joined = await sealers.join(...call.args);
            return joined.ok
              ? { value: { ok: true, value: { state: joined.value.state } }, sealer: hold(joined.value.sealer) }
              : { value: joined, sealer: null };
          }
          case "restore": {
            const restored = await sealers.restore(...call.args);
            return restored.ok ? { value: { ok: true, value: null }, sealer: hold(restored.value) } : { value: restored, sealer: null };
          }
          case "keyPackage":
            return { value: await sealers.keyPackage(...call.args), sealer: null };
          case "inspect":
            return { value: await sealers.inspect(...call.args), sealer: null };
          case "refound":
            return { value: await sealers.refound(...call.args), sealer: null };
          case "boxKey":
            return { value: await sealers.boxKey(...call.args), sealer: null };
          case "sealBox":
            return { value: await sealers.sealBox(...call.args), sealer: null };
          case "openBox":
            return { value: await sealers.openBox(...call.args), sealer: null };
          default:
            return exhaustive(call);
        }
    }
  };

  const answer = async (request: Request): Promise<void> => {
    now = request.now;
    try {
      const { value, sealer } = await run(unpack(request.call) as Call);
      side.post({ id: request.id, ok: true, value: pack(value), sealer });
    } catch (error) {
      side.post({ id: request.id, ok: false, defect: error instanceof Error ? `${error.name}: ${error.message}` : "unknown" });
    }
  };
  side.listen((request) => void answer(request));
  load().then(
    () => side.post({ ready: true }),
    () => side.post({ ready: false }),
  );
};

const factsOf = (handle: number, sealer: Sealer): SealerFacts => ({ handle, epoch: sealer.epoch(), members: sealer.members() });
