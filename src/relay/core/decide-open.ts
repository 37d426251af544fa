/** Who may open a line, and what the device is told of it (LINE2 to LINE6). Pure; the signature was checked before. */
import type { FrameOf, RefusalCode } from "../../protocol/frames.ts";
import { openedTranscript } from "../../protocol/transcripts.ts";
import type { Millis, Sealed } from "../../base/brand.ts";
import { hashKey } from "./decide-end.ts";
import type { Write } from "./log-port.ts";
import type { RelayCrypto } from "./outcome.ts";
import { idBytes, keyTextOf, replaceMember, type LineState, type OpenLine } from "./state.ts";

export type OpenDecision =
  | { readonly kind: "refuse"; readonly code: Extract<RefusalCode, "unknown" | "revoked"> }
  | { readonly kind: "ended"; readonly certificate: Uint8Array }
  | {
      readonly kind: "open";
      readonly device: number;
      readonly state: OpenLine;
      /** Records after this one are sent. */
      readonly start: number;
      readonly save: boolean;
      readonly writes: readonly Write[];
      /** A latecomer that this device has not heard of. */
      readonly latecomer: Millis | undefined;
    };

export const decideOpen = (state: LineState | undefined, frame: FrameOf<"open">, crypto: RelayCrypto): OpenDecision => {
  const key = keyTextOf(frame.key);
  if (!state) return { kind: "refuse", code: "unknown" };
  if (state.phase === "ended") {
    return state.keyHashes.includes(hashKey(key, crypto)) ? { kind: "ended", certificate: state.certificate } : { kind: "refuse", code: "unknown" };
  }
  const member = state.members.find((known) => known.key === key);
  if (!member) return { kind: "refuse", code: "unknown" };
  if (member.revoked) return { kind: "refuse", code: "revoked" };

  const welcomed = member.welcome && frame.cursor >= member.begin;
  const latecomer = member.toldLatecomer < state.latecomer ? state.latecomer : undefined;
  const changes = { ...(welcomed ? { welcome: false } : {}), ...(latecomer === undefined ? {} : { toldLatecomer: latecomer }) };
  const save = welcomed || latecomer !== undefined;
  return {
    kind: "open",
    device: member.index,
    state: save ? { ...state, members: replaceMember(state.members, member.index, changes) } : state,
    // Never below what it passed: how far the log was deleted tells how far the others are, and so when they were there.
    start: Math.max(Math.min(frame.cursor, state.seq), member.begin, member.cursor, state.baseSeq),
    save,
    writes: welcomed ? [{ kind: "unwelcome", line: state.line, device: member.index }] : [],
    latecomer,
  };
};

/** `opened`, signed by the relay: who the device is here, and where its log begins and stands. */
export const makeOpened = (
  state: OpenLine,
  device: number,
  base: { readonly seq: number; readonly head: Uint8Array },
  welcome: Uint8Array | null,
  open: FrameOf<"open">,
  nonce: Uint8Array,
  now: Millis,
  crypto: RelayCrypto,
): FrameOf<"opened"> => {
  const unsigned = {
    generation: state.generation,
    epoch: state.epoch,
    device,
    n: state.members[device]?.n ?? 0,
    baseSeq: base.seq,
    baseHead: base.head,
    seq: state.seq,
    head: state.head,
    members: membersOf(state),
    welcome: welcome as Sealed | null,
    now,
  };
  const signature = crypto.sign("beside/opened/1", openedTranscript({ nonce, relay: crypto.relayKey }, open, unsigned));
  return { type: "opened", ...unsigned, signature };
};

/** As devices are told of them. */
export const membersOf = (state: OpenLine): FrameOf<"opened">["members"] =>
  state.members.map(({ index, side, key, revoked }) => ({ index, side, key: idBytes(key), revoked }));
