/**
 * The Sealers port, done in a worker: the page stays quick, and hostile bytes that would take for ever cost a moment.
 *
 * - Every call has a time limit. When it passes, the worker is ended, the bytes are reported as malformed, and the
 *   sealer goes on from its last state in a fresh worker.
 * - Of several received items only the ones that cannot be opened in time are refused: they are tried one by one, and
 *   one twice, for a machine that fell asleep over an honest one.
 * - Our own sealing does not depend on anyone's bytes: it is tried once more, and is a defect after that.
 */
import type { Millis } from "../../base/brand.ts";
import { invariant } from "../../base/exhaustive.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Secret } from "../../base/secret.ts";
import type { Incoming, Malformed, Member, Pins, Received, Sealer, Sealers, SealerState } from "../../ports/sealer.ts";
import type { Argon2id } from "../../ports/words.ts";
import type { SealerCall, SealerFacts, SealerMethod, SealersCall } from "./sealer-wire.ts";
import type { Ask, WorkerCaller } from "./worker-caller.ts";

/** One call; a phone of ten years ago needs a tenth of it. */
const callLimit: Millis = 10_000;
const itemLimit: Millis = 500;
/** Argon2id over 64 MiB takes such a phone some seconds. */
const wordsLimit: Millis = 120_000;
const wordsTries = 30;

type Answered = Extract<Awaited<ReturnType<Ask>>, { readonly ok: true }>["value"];

const tooSlow: Malformed = { reason: "took too long" };

export const createWorkerArgon2id =
  (caller: WorkerCaller): Argon2id =>
  (password, salt) =>
    caller.turn(async (ask) => {
      // The time may have gone by while its code could not be fetched: then a fresh worker tries.
      for (let tries = 0; tries < wordsTries; tries++) {
        const hashed = await ask({ on: "words", args: [password, salt] }, wordsLimit);
        if (hashed.ok) return hashed.value.value as Uint8Array;
      }
      throw new Error("the six words could not be computed in time");
    });

export const createWorkerSealers = (caller: WorkerCaller): Sealers => {
  const ask = (method: SealersCall["method"], ...args: unknown[]): ReturnType<Ask> =>
    caller.turn((askWorker) => askWorker({ on: "sealers", method, args } as unknown as SealersCall, callLimit));

  const ours = async (method: SealersCall["method"], ...args: unknown[]): Promise<Answered> => {
    const first = await ask(method, ...args);
    const answer = first.ok ? first : await ask(method, ...args);
    if (!answer.ok) throw new Error(`the seal did not answer: ${method}`);
    return answer.value;
  };

  const remote = (pins: Pins, state: SealerState, answer: Answered): Sealer => {
    invariant(answer.sealer, "a new sealer has a handle");
    return createRemote(caller, pins, state, answer.sealer, answer.life);
  };

  return {
    async found(identity, pins) {
      const answer = await ours("found", identity, pins);
      const { state } = answer.value as { state: SealerState };
      return { sealer: remote(pins, state, answer), state };
    },
    async keyPackage(identity, pins) {
      return (await ours("keyPackage", identity, pins)).value as Awaited<ReturnType<Sealers["keyPackage"]>>;
    },
    async inspect(keyPackage, line) {
      const answer = await ask("inspect", keyPackage, line);
      return answer.ok ? (answer.value.value as Result<Member, Malformed>) : err(tooSlow);
    },
    async refound(identity, pins, packages) {
      const answer = await ask("refound", identity, pins, packages);
      return answer.ok ? (answer.value.value as Awaited<ReturnType<Sealers["refound"]>>) : err(tooSlow);
    },
    async join(pending, welcome, pins, among) {
      const answer = await ask("join", pending, welcome, pins, among);
      if (!answer.ok) return err(tooSlow);
      const joined = answer.value.value as Result<{ readonly state: SealerState }, Malformed>;
      if (!joined.ok) return joined;
      const { state } = joined.value;
      return ok({ sealer: remote(pins, state, answer.value), state });
    },
    async restore(state, pins) {
      const answer = await ask("restore", state, pins);
      if (!answer.ok) return err(tooSlow);
      const restored = answer.value.value as Result<null, Malformed>;
      return restored.ok ? ok(remote(pins, state, answer.value)) : restored;
    },
    async boxKey(seed) {
      return (await ours("boxKey", seed)).value as Uint8Array;
    },
    async sealBox(key, plain, info) {
      const answer = await ask("sealBox", key, plain, info);
      return answer.ok ? (answer.value.value as Result<Uint8Array, Malformed>) : err(tooSlow);
    },
    async openBox(seed, box, info) {
      const answer = await ask("openBox", seed, box, info);
      return answer.ok ? (answer.value.value as Result<Uint8Array, Malformed>) : err(tooSlow);
    },
  };
};

const createRemote = (caller: WorkerCaller, pins: Pins, firstState: SealerState, first: SealerFacts, firstLife: number): Sealer => {
  let facts = first;
  let state = firstState;
  let life = firstLife;

  /** One call on this sealer, brought back first when the worker it lived in is gone. */
  const ask = <T>(method: SealerMethod, args: readonly unknown[], limit: Millis): Promise<Result<T, "lost">> =>
    caller.turn(async (askWorker) => {
      if (caller.life() !== life) {
        const back = await askWorker({ on: "sealers", method: "restore", args: [state, pinsNow(pins, facts.members)] }, callLimit);
        if (!back.ok) return back;
        if (!back.value.sealer) throw new Error("the seal's own state was not accepted back");
        facts = back.value.sealer;
        life = back.value.life;
      }
      const answer = await askWorker({ on: "sealer", handle: facts.handle, method, args } as SealerCall, limit);
      if (!answer.ok) return answer;
      if (answer.value.sealer) facts = answer.value.sealer;
      return ok(answer.value.value as T);
    });

  const ours = async <T>(method: SealerMethod, args: readonly unknown[]): Promise<T> => {
    const tried = await ask<T>(method, args, callLimit);
    const answer = tried.ok ? tried : await ask<T>(method, args, callLimit);
    if (!answer.ok) throw new Error(`the seal did not answer: ${method}`);
    return answer.value;
  };

  const receive = async (items: readonly Incoming[], again = false): Promise<{ readonly results: readonly Received[]; readonly state: SealerState }> => {
    const answer = await ask<{ results: readonly Received[]; state: SealerState }>("receive", [items], callLimit + items.length * itemLimit);
    if (answer.ok) {
      ({ state } = answer.value);
      return answer.value;
    }
    if (items.length === 1) return again ? { results: [{ kind: "malformed", ...tooSlow }], state } : receive(items, true);
    const results: Received[] = [];
    for (const item of items) results.push(...(await receive([item])).results);
    return { results, state };
  };

  return {
    epoch: () => facts.epoch,
    members: () => facts.members,
    async seal(plain, aad) {
      const sealed = await ours<Awaited<ReturnType<Sealer["seal"]>>>("seal", [plain, aad]);
      if (sealed.ok) ({ state } = sealed.value);
      return sealed;
    },
    receive: (items) => receive(items),
    async change(what) {
      const answer = await ask<Awaited<ReturnType<Sealer["change"]>>>("change", [what], callLimit);
      if (!answer.ok) return err(tooSlow);
      if (answer.value.ok) ({ state } = answer.value.value);
      return answer.value;
    },
    exportSecret: (label, context) => ours<Secret>("exportSecret", [label, context]),
  };
};

/** An inviter learns the other's person key on the way: what the group proved is the pin from then on. */
const pinsNow = (pins: Pins, members: readonly Member[]): Pins => {
  const other = pins.other ?? members.find((member) => member.person.some((byte, at) => byte !== pins.me[at]))?.person;
  return { ...pins, other };
};
