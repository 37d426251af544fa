/**
 * Calls to a worker that may never come back: one at a time, each with a time limit. When a call is not answered in
 * time, or the worker breaks, it is ended and the next call finds a fresh one.
 *
 * `life` counts the workers: what lived in an earlier one has to be brought back by its owner.
 */
import type { Millis } from "../../base/brand.ts";
import { invariant } from "../../base/exhaustive.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Timer } from "../../ports/timer.ts";
import { pack, unpack, type Call, type Reply, type Request, type SealerFacts } from "./sealer-wire.ts";

/** The page's end of a worker; `broken` when it could not start or died. */
export interface WorkerEnd {
  post(request: Request): void;
  listen(on: { reply(reply: Reply): void; broken(): void }): void;
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
}

export const createWorkerCaller = (spawn: () => WorkerEnd, timer: Timer, now: () => Millis): WorkerCaller => {
  let worker: WorkerEnd | undefined;
  let life = 0;
  let ids = 0;
  let underWay: { readonly id: number; readonly done: (result: Result<Reply, "lost">) => void } | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const end = (which: WorkerEnd): void => {
    which.terminate();
    if (worker !== which) return;
    worker = undefined;
    underWay?.done(err("lost"));
  };

  const alive = (): WorkerEnd => {
    if (worker) return worker;
    const fresh = spawn();
    worker = fresh;
    life++;
    fresh.listen({
      reply: (reply) => {
        if (worker === fresh && underWay?.id === reply.id) underWay.done(ok(reply));
      },
      broken: () => end(fresh),
    });
    return fresh;
  };

  const ask: Ask = async (call, limit) => {
    invariant(!underWay, "one call to the worker at a time");
    const id = ++ids;
    const to = alive();
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
    life() {
      alive();
      return life;
    },
  };
};
