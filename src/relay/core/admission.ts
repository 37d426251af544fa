/**
 * Who comes in, with a proof: `create`, `open`, `knock`. A proof is a signature over this socket's challenge; it is
 * checked before anything is looked up, so that what does not exist costs the same work as what does (LINE2).
 */
import { utf8 } from "../../base/bytes.ts";
import { exhaustive } from "../../base/exhaustive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DeviceFrame, FrameOf, RefusalCode } from "../../protocol/frames.ts";
import { createTranscript, knockTranscript, openTranscript } from "../../protocol/transcripts.ts";
import type { Batches } from "./batch.ts";
import type { Closing, Connection } from "./connection.ts";
import { decideCreate, decideKnock, isSameCreate, mayCreate, type CreatePolicy } from "./decide-door.ts";
import { hashKey } from "./decide-end.ts";
import { decideOpen } from "./decide-open.ts";
import { fullBucket, take, type Limits } from "./limits.ts";
import type { Outcome, RelayCrypto } from "./outcome.ts";
import type { Proofs } from "./proofs.ts";
import type { Room, Rooms } from "./room.ts";
import { keyTextOf, lineIdOf } from "./state.ts";

export interface Admission {
  create(connection: Connection, frame: FrameOf<"create">): void;
  open(connection: Connection, frame: FrameOf<"open">): void;
  knock(connection: Connection, frame: FrameOf<"knock">): void;
}

/** What the core does with a decision. */
export interface Replies {
  readonly refuse: (connection: Connection, room: Room | undefined, type: DeviceFrame["type"], n: number, code: RefusalCode, after?: number) => void;
  readonly settle: (connection: Connection, room: Room, type: DeviceFrame["type"], n: number, outcome: Outcome) => void;
  /** `keep`: a room the caller is still busy with. */
  readonly leaveDoor: (connection: Connection, keep?: Room) => void;
}

interface Parts extends Replies {
  readonly rooms: Rooms;
  readonly batches: Batches;
  readonly proofs: Proofs;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly limits: Limits;
  readonly policy: CreatePolicy;
  readonly close: (connection: Connection, why: Closing, keep?: Room) => void;
}

export const createAdmission = (parts: Parts): Admission => {
  const { rooms, batches, clock, crypto, limits, policy } = parts;
  const { challengeOf, proves, stranger } = parts.proofs;
  const creates = fullBucket(limits.create, clock.monotonic());
  const knocks = fullBucket(limits.knock, clock.monotonic());

  return {
    create(connection: Connection, frame: FrameOf<"create">): void {
      const refused = (code: RefusalCode, after = 0): void => parts.refuse(connection, undefined, "create", 0, code, after);
      if (connection.room || connection.recovered) return refused("forbidden");
      if (!proves(connection, frame.key, "beside/create/1", createTranscript(challengeOf(connection), frame), frame.signature)) return refused("forbidden");
      const room = rooms.enter(lineIdOf(frame.line));
      if (!room.ok) return refused("unavailable");
      const allowed = mayCreate(policy, crypto.sha256(utf8(frame.token)));
      const owner = batches.verifier(hashKey(keyTextOf(frame.recovery), crypto));
      const wait = allowed && !isSameCreate(room.value.state, frame) ? take(creates, limits.create, clock.monotonic()) : 0;
      if (!owner.ok) refused("unavailable");
      else if (wait > 0) refused("busy", clock.now() + wait);
      else {
        const may = { allowed, known: owner.value !== undefined };
        parts.settle(connection, room.value, "create", 0, decideCreate(room.value.state, frame, may, clock.now(), limits, crypto));
      }
      rooms.release(room.value);
    },

    open(connection: Connection, frame: FrameOf<"open">): void {
      const refused = (code: RefusalCode): void => parts.refuse(connection, undefined, "open", 0, code);
      if (connection.room || connection.recovered) return refused("forbidden");
      // The signature first, whoever asks for whatever: an unknown line answers after the same work as a known one.
      if (!proves(connection, frame.key, "beside/open/1", openTranscript(challengeOf(connection), frame), frame.signature)) return refused("unknown");
      const entered = rooms.enter(lineIdOf(frame.line));
      if (!entered.ok) return refused("unavailable");
      const room = entered.value;
      const decided = decideOpen(room.state, frame, crypto);
      switch (decided.kind) {
        case "refuse":
          if (decided.code === "unknown") stranger(connection);
          parts.refuse(connection, room, "open", 0, decided.code);
          break;
        case "ended":
          batches.after(connection, room, "open", 0, { kind: "end-for-one", certificate: decided.certificate });
          break;
        case "open": {
          const earlier = room.sessions.find(({ device }) => device === decided.device);
          if (earlier) parts.close(earlier, "replaced", room);
          parts.leaveDoor(connection, room);
          connection.room = room;
          connection.device = decided.device;
          connection.sent = decided.start;
          connection.openedSeq = decided.state.seq;
          connection.held = true;
          room.sessions.push(connection);
          room.state = decided.state;
          if (decided.save) batches.save(room, decided.writes);
          batches.after(connection, room, "open", 0, { kind: "opened", open: frame, state: decided.state, latecomer: decided.latecomer });
          break;
        }
        default:
          exhaustive(decided);
      }
      rooms.release(room);
    },

    knock(connection: Connection, frame: FrameOf<"knock">): void {
      const refused = (code: RefusalCode, after = 0): void => parts.refuse(connection, undefined, "knock", 0, code, after);
      if (connection.room || connection.recovered) return refused("forbidden");
      if (!proves(connection, frame.key, "beside/knock/1", knockTranscript(challengeOf(connection), frame), frame.signature)) return refused("unknown");
      const entered = rooms.enter(lineIdOf(frame.line));
      if (!entered.ok) return refused("unavailable");
      const room = entered.value;
      const present = room.sessions.map(({ device }) => device);
      const outcome = decideKnock(room.state, frame, present, clock.now(), limits, crypto);
      if (outcome.kind === "refuse" && outcome.code === "unknown") stranger(connection);
      // Only a knock that will be kept counts: who has no ticket, or a used one, cannot keep those out who have a good one.
      const kept = outcome.kind === "accept" && outcome.writes.some(({ kind }) => kind === "knock");
      const wait = kept ? take(knocks, limits.knock, clock.monotonic()) : 0;
      if (wait > 0) refused("busy", clock.now() + wait);
      else parts.settle(connection, room, "knock", 0, outcome);
      rooms.release(room);
    },
  };
};
