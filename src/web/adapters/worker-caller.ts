/**
 * Calls to a worker that may never come back: one at a time, each with a time limit. When a call is not answered in
 * time, or the worker breaks, it is ended and the next call finds a fresh one.
 *
 * Over a bad network its code may take minutes to come, or come at the third try. Calls wait for that, and their time
 * begins after it: what is slow to fetch must not be taken for bytes that take for ever.
 *
 * `life` counts the workers that lived: what lived in an earlier one has to be brought back by its owner.
 */
import type { Millis } from "../../base/brand.ts";
import { invariant } from "../../base/exhaustive.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Timer } from "../../ports/timer.ts";
import { pack, unpack, type Call, type Reply, type Request, type SealerFacts } from "./sealer-wire.ts";

/** Between two tries to fetch a worker's code. */
const startAgain: Millis = 3000;
/** A worker whose code is not there by then is started anew: the request may hang. */
const startLimit: Millis = 120_000;

/** The page's end of a worker; `ready` once, when all of its code is there; `broken` when it could not start or died. */
export interface WorkerEnd {
  post(request: Request): void;
  listen(on: { ready(): void; reply(reply: Reply): void; broken(): void }): void;
  terminate(): void;
}

interface Answer {
  readonly value: unknown;
  readonly sealer: SealerFacts | null;
  /** The worker that answered. */
  readonly life: number;
}
export type Ask = (call: Call, limit: Millis) => Promise<Result<Answer, "lost">>;

export interface WorkerCaller {
  /** Several calls that belong together: nothing of another comes between them. */
  turn<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  life(): number;
  /** Ends the worker, with all that it holds; the next call finds a fresh one. */
  end(): void;
}

export const createWorkerCaller = (spawn: () => WorkerEnd, timer: Timer, now: () => Millis): WorkerCaller => {
  let worker: WorkerEnd | undefined;
  let life = 1;
  let ids = 0;
  let underWay: { readonly id: number; readonly done: (result: Result<Reply, "lost">) => void } | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const end = (which: WorkerEnd): void => {
    which.terminate();
    if (worker !== which) return;
    worker = undefined;
    life++;
    underWay?.done(err("lost"));
  };

  /** A worker that has all of its code, or nothing when that could not be fetched. */
  const begin = (): Promise<WorkerEnd | undefined> =>
    new Promise((resolve) => {
      const fresh = spawn();
      const broken = (): void => {
        stop();
        end(fresh);
        resolve(undefined);
      };
      const stop = timer.after(startLimit, broken);
      fresh.listen({
        ready: () => {
          stop();
          resolve(fresh);
        },
        reply: (reply) => {
          if (worker === fresh && underWay?.id === reply.id) underWay.done(ok(reply));
        },
        broken,
      });
    });

  const alive = async (): Promise<WorkerEnd> => {
    for (;;) {
      worker ??= await begin();
      if (worker) return worker;
      await new Promise<void>((resolve) => timer.after(startAgain, resolve));
    }
  };

  const ask: Ask = async (call, limit) => {
    const to = await alive();
    invariant(!underWay, "one call to the worker at a time");
    const id = ++ids;
    const replied = await new Promise<Result<Reply, "lost">>((resolve) => {
      const stop = timer.after(limit, () => end(to));
      underWay = {
        id,
        done: (result) => {
          stop();
          underWay = undefined;
          resolve(result);
        },
      };
      to.post({ id, now: now(), call: pack(call) });
    });
    if (!replied.ok) return replied;
    if (!replied.value.ok) throw new Error(`defect in the seal: ${replied.value.defect}`);
    return ok({ value: unpack(replied.value.value), sealer: replied.value.sealer, life });
  };

  return {
    turn(work) {
      const result = queue.then(() => work(ask));
      queue = result.catch(() => {});
      return result;
    },
    life: () => life,
    end: () => {
      if (worker) end(worker);
    },
  };
};
