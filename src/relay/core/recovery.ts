/**
 * The twelve words at the relay (REC rules): they prove a side, whose devices may all be lost. What they prove is a key
 * of their own, the side's verifier; the relay knows which line it belongs to by its hash.
 */
import type { Clock } from "../../ports/clock.ts";
import type { FrameOf, RefusalCode } from "../../protocol/frames.ts";
import { reclaimTranscript, recoverTranscript, verifierTranscript } from "../../protocol/transcripts.ts";
import type { Replies } from "./admission.ts";
import type { Batches } from "./batch.ts";
import type { Connection, Recovered } from "./connection.ts";
import { hashKey } from "./decide-end.ts";
import { decideVerifier } from "./decide-own.ts";
import { decideReclaim } from "./decide-refound.ts";
import type { Limits } from "./limits.ts";
import { refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import type { Proofs } from "./proofs.ts";
import type { Rooms } from "./room.ts";
import { idBytes, keyTextOf, type MemberDevice, type OpenLine } from "./state.ts";

export interface Recovery {
  recover(connection: Connection, frame: FrameOf<"recover">): void;
  reclaim(connection: Connection, frame: FrameOf<"reclaim">): void;
  /** For a device in a session. */
  verifier(connection: Connection, state: OpenLine, member: MemberDevice, frame: FrameOf<"verifier">): Outcome;
}

interface Parts extends Replies {
  readonly rooms: Rooms;
  readonly batches: Batches;
  readonly proofs: Proofs;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly limits: Limits;
}

/** The state, while the words that were proved are still those of the side. */
export const openFor = ({ room, side, key }: Recovered): OpenLine | undefined =>
  room.state?.phase === "open" && room.state.verifiers[side] === key ? room.state : undefined;

export const createRecovery = (parts: Parts): Recovery => {
  const { rooms, batches, proofs, clock, crypto, limits } = parts;
  return {
    recover(connection, frame) {
      const refused = (code: RefusalCode): void => parts.refuse(connection, undefined, "recover", 0, code);
      if (connection.room || connection.recovered) return refused("forbidden");
      const transcript = recoverTranscript(proofs.challengeOf(connection), frame);
      if (!proofs.proves(connection, frame.key, "beside/recover/1", transcript, frame.signature)) return refused("unknown");
      const key = keyTextOf(frame.key);
      const found = batches.verifier(hashKey(key, crypto));
      if (!found.ok) return refused("unavailable");
      if (!found.value) {
        proofs.stranger(connection);
        return refused("unknown");
      }
      const { line, side } = found.value;
      const entered = rooms.enter(line);
      if (!entered.ok) return refused("unavailable");
      const room = entered.value;
      if (room.state?.phase === "ended") {
        batches.after(connection, room, "recover", 0, { kind: "end-for-one", certificate: room.state.certificate });
      } else {
        parts.leaveDoor(connection, room);
        batches.after(connection, room, "recover", 0, { kind: "recovered", recovered: { room, side, key } });
      }
      rooms.release(room);
    },

    reclaim(connection, frame) {
      const { recovered } = connection;
      if (!recovered) return parts.refuse(connection, connection.room, "reclaim", 0, "forbidden");
      const { room, side } = recovered;
      const transcript = reclaimTranscript(proofs.challengeOf(connection), idBytes(room.line), frame);
      const proven = proofs.proves(connection, frame.key, "beside/reclaim/1", transcript, frame.signature);
      const state = openFor(recovered);
      const decided = state && proven ? decideReclaim(state, side, frame, clock.now(), limits, crypto) : refuse("forbidden");
      parts.settle(connection, room, "reclaim", 0, decided);
    },

    verifier(connection, state, member, frame) {
      const key = keyTextOf(frame.key);
      const before = state.verifiers[member.side];
      const asks = before !== undefined && before !== key;
      const proven =
        asks &&
        frame.proof !== null &&
        proofs.proves(
          connection,
          idBytes(before),
          "beside/verifier/1",
          verifierTranscript(proofs.challengeOf(connection), idBytes(state.line), frame.key),
          frame.proof,
        );
      const found = batches.verifier(hashKey(key, crypto));
      if (!found.ok) return refuse("unavailable");
      const known = found.value !== undefined && (found.value.line !== state.line || found.value.side !== member.side);
      return decideVerifier(state, member, frame, { proven, known }, crypto);
    },
  };
};
