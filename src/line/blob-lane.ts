/**
 * Blobs over the bond's one connection, beside everything else: put and get go on by themselves after a lost connection,
 * from the piece that is missing; a stopped one leaves nothing at the relay. One blob at a time, a few pieces under way.
 */
import { equalBytes } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Secret } from "../base/secret.ts";
import { frameTypes, type DeviceFrame, type FrameOf, type RelayFrame } from "../protocol/frames.ts";
import { capabilityOf, checkOf, joinPieces, openPiece, type BlobSeal } from "./blob.ts";

/** `gone`: the relay has no such blob; `full`: no room for it there; `damaged`: what it has does not open; `stopped`: by us. */
export type BlobFault = "gone" | "full" | "damaged" | "stopped";

export interface BlobLane {
  put(id: Uint8Array, key: Secret, seal: BlobSeal, progress?: (done: number, total: number) => void): Promise<Result<void, BlobFault>>;
  get(id: Uint8Array, key: Secret, progress?: (done: number, total: number) => void): Promise<Result<Uint8Array, BlobFault>>;
  drop(id: Uint8Array, key: Secret): Promise<Result<void, BlobFault>>;
  /** What my side keeps as its archive: the first id is the manifest's. */
  archive(): Promise<Result<{ readonly note: Uint8Array; readonly ids: readonly Uint8Array[] }, BlobFault>>;
  keep(note: Uint8Array, ids: readonly Uint8Array[]): Promise<Result<void, BlobFault>>;
  /** True when the frame was an answer to something here. */
  hear(frame: RelayFrame): boolean;
  /** The connection is open and level with the log; or not any more. */
  up(): void;
  down(): void;
  stop(): void;
}

/** Pieces under way at once: half a megabyte. */
const window = 8;
const retryAfter = 5000;

type Answer = RelayFrame | "lost" | "stopped";

interface Waiting {
  readonly answers: (frame: RelayFrame) => boolean;
  readonly tell: (answer: Answer) => void;
}

export const createBlobLane = (send: (frame: DeviceFrame) => void, after: (delay: number, call: () => void) => void): BlobLane => {
  let isUp = false;
  let stopped = false;
  let waiting: Waiting[] = [];
  let wakers: (() => void)[] = [];

  const whenUp = (): Promise<void> => (isUp || stopped ? Promise.resolve() : new Promise((resolve) => wakers.push(resolve)));
  /** A better moment may come; a stop does not wait for it. */
  const pauses = new Set<() => void>();
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        pauses.delete(end);
        resolve();
      };
      pauses.add(end);
      after(retryAfter, end);
    });
  const wake = (): void => {
    const all = wakers;
    wakers = [];
    for (const waker of all) waker();
  };
  const tellAll = (answer: Answer): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one.tell(answer);
  };

  const ask = (frame: DeviceFrame, answers: (frame: RelayFrame) => boolean): Promise<Answer> =>
    new Promise((resolve) => {
      if (stopped) return resolve("stopped");
      if (!isUp) return resolve("lost");
      const refusal = (heard: RelayFrame): boolean =>
        heard.type === "refused" && heard.re === frameTypes[frame.type] && (!("index" in frame) || heard.n === frame.index);
      // A relay that does not even read the frame names none: it answers the oldest.
      const unread = (heard: RelayFrame): boolean => heard.type === "refused" && heard.re === 0 && heard.code === "malformed";
      waiting.push({ answers: (heard) => answers(heard) || refusal(heard) || unread(heard), tell: resolve });
      send(frame);
    });

  /** Asks until there is an answer that is not about the moment. */
  const insist = async (frame: DeviceFrame, answers: (frame: RelayFrame) => boolean): Promise<Result<RelayFrame, BlobFault>> => {
    for (;;) {
      await whenUp();
      const answer = await ask(frame, answers);
      if (answer === "stopped") return err("stopped");
      if (answer === "lost") continue;
      if (answer.type !== "refused") return ok(answer);
      if (answer.code !== "busy" && answer.code !== "unavailable") return err(answer.code === "full" ? "full" : "gone");
      await pause();
    }
  };

  const isStored =
    (id: Uint8Array) =>
    (frame: RelayFrame): boolean =>
      frame.type === "stored" && equalBytes(frame.id, id);
  const isDone =
    (type: "keep" | "drop") =>
    (frame: RelayFrame): boolean =>
      frame.type === "done" && frame.re === frameTypes[type];

  return {
    async put(id, key, seal, progress) {
      const check = checkOf(key, id);
      for (;;) {
        const known = await insist({ type: "ask", id }, isStored(id));
        if (!known.ok) return known;
        let next = (known.value as FrameOf<"stored">).next;
        const under: Promise<Answer>[] = [];
        let sent = next;
        let again = false;
        // Widens with each answer: a page is held up by two seals at a time, never by a whole window of them.
        let open = 2;
        while (next < seal.total && !again) {
          while (sent < seal.total && under.length < open) {
            const index = sent++;
            under.push(ask({ type: "put", id, check, total: seal.total, index, body: seal.piece(index) }, (frame) => isStored(id)(frame)));
          }
          // Everything was sent and the relay has less: it is asked again what it has.
          const answer = (await under.shift()) ?? "lost";
          if (answer === "stopped") return err("stopped");
          if (answer === "lost") again = true;
          else if (answer.type === "refused") {
            if (answer.code !== "busy" && answer.code !== "unavailable") return err(answer.code === "full" ? "full" : "gone");
            await pause();
            again = true;
          } else {
            next = Math.max(next, (answer as FrameOf<"stored">).next);
            open = Math.min(window, open + 1);
            progress?.(next, seal.total);
          }
        }
        await Promise.all(under);
        if (next >= seal.total) return ok(undefined);
      }
    },

    async get(id, key, progress) {
      const capability = capabilityOf(key, id);
      const fetch = async (index: number): Promise<Result<{ readonly total: number; readonly piece: Uint8Array }, BlobFault>> => {
        const found = await insist(
          { type: "get", id, capability, index },
          (frame) => frame.type === "chunk" && equalBytes(frame.id, id) && frame.index === index,
        );
        if (!found.ok) return found;
        const { total, body } = found.value as FrameOf<"chunk">;
        const piece = openPiece(key, id, index, total, body);
        return piece ? ok({ total, piece }) : err("damaged");
      };
      const first = await fetch(0);
      if (!first.ok) return first;
      const { total } = first.value;
      const pieces: Uint8Array[] = [first.value.piece];
      progress?.(1, total);
      const under: ReturnType<typeof fetch>[] = [];
      let asked = 1;
      while (pieces.length < total) {
        while (asked < total && under.length < window) under.push(fetch(asked++));
        const got = await (under.shift() as ReturnType<typeof fetch>);
        if (!got.ok || got.value.total !== total) {
          await Promise.all(under);
          return got.ok ? err("damaged") : got;
        }
        pieces.push(got.value.piece);
        progress?.(pieces.length, total);
      }
      const content = joinPieces(pieces);
      return content ? ok(content) : err("damaged");
    },

    async drop(id, key) {
      const dropped = await insist({ type: "drop", id, capability: capabilityOf(key, id) }, isDone("drop"));
      return dropped.ok ? ok(undefined) : dropped;
    },

    async archive() {
      const told = await insist({ type: "archive" }, (frame) => frame.type === "archived");
      return told.ok ? ok(told.value as FrameOf<"archived">) : told;
    },

    async keep(note, ids) {
      const kept = await insist({ type: "keep", note, ids: [...ids] }, isDone("keep"));
      return kept.ok ? ok(undefined) : kept;
    },

    hear(frame) {
      const at = waiting.findIndex((one) => one.answers(frame));
      if (at < 0) return false;
      const [one] = waiting.splice(at, 1);
      one?.tell(frame);
      return true;
    },
    up() {
      if (isUp) return;
      isUp = true;
      wake();
    },
    down() {
      isUp = false;
      tellAll("lost");
    },
    stop() {
      stopped = true;
      tellAll("stopped");
      for (const end of pauses) end();
      wake();
    },
  };
};
