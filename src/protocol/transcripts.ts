/**
 * The exact bytes that devices and relay sign (see `Label` in keys.ts). Every transcript holds the relay's nonce of
 * this socket and the relay's key: a signature is worth nothing on another socket, relay or line.
 */
import { concat, u32, u64, utf8 } from "../base/bytes.ts";
import type { FrameOf } from "./frames.ts";
import { sha256 } from "./keys.ts";

type Challenge = Pick<FrameOf<"challenge">, "nonce" | "relay">;

export const createTranscript = (challenge: Challenge, frame: Omit<FrameOf<"create">, "type" | "signature">): Uint8Array =>
  concat(challenge.nonce, challenge.relay, frame.line, frame.key, frame.ticketHash, frame.recovery, sha256(utf8(frame.token)));

export const openTranscript = (challenge: Challenge, frame: Omit<FrameOf<"open">, "type" | "signature">): Uint8Array =>
  concat(challenge.nonce, challenge.relay, frame.line, frame.key, frame.nonce, u32(frame.cursor));

export const knockTranscript = (challenge: Challenge, frame: Omit<FrameOf<"knock">, "type" | "signature">): Uint8Array =>
  concat(challenge.nonce, challenge.relay, frame.line, frame.key, frame.ticket, sha256(frame.body));

/** By the key that the twelve words give. */
export const recoverTranscript = (challenge: Challenge, frame: Pick<FrameOf<"recover">, "key">): Uint8Array =>
  concat(challenge.nonce, challenge.relay, frame.key);

/** By the new device, on the socket that recovered. */
export const reclaimTranscript = (challenge: Challenge, line: Uint8Array, frame: Omit<FrameOf<"reclaim">, "type" | "signature">): Uint8Array =>
  concat(challenge.nonce, challenge.relay, line, frame.key, u32(frame.generation), u32(frame.epoch), sha256(frame.welcome));

/** By the verifier that is there, for the one that takes its place. */
export const verifierTranscript = (challenge: Challenge, line: Uint8Array, key: Uint8Array): Uint8Array => concat(challenge.nonce, challenge.relay, line, key);

/** Signed by the relay's pinned key: it proves itself, and stands by the head it showed. */
export const openedTranscript = (
  challenge: Challenge,
  open: Pick<FrameOf<"open">, "line" | "nonce" | "key">,
  opened: Omit<FrameOf<"opened">, "type" | "signature">,
): Uint8Array =>
  concat(
    challenge.nonce,
    open.nonce,
    open.line,
    open.key,
    u32(opened.generation),
    u32(opened.epoch),
    u32(opened.device),
    u32(opened.n),
    u32(opened.baseSeq),
    opened.baseHead,
    u32(opened.seq),
    opened.head,
    u64(opened.now),
    ...opened.members.map((member) => concat(u32(member.index), new Uint8Array([member.side, member.revoked ? 1 : 0]), member.key)),
    opened.welcome === null ? new Uint8Array() : sha256(opened.welcome),
  );
