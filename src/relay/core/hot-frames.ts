/** The frames that come and go by the thousand. */
import { encodeFrame, type FrameOf } from "../../protocol/frames.ts";
import type { KeptRecord } from "./state.ts";

export const encodeEntries = (records: readonly KeptRecord[]): Uint8Array => encodeFrame({ type: "entries", items: [...records] });

export const encodeAcked = ({ n, seq, at, head }: KeptRecord): Uint8Array => encodeFrame({ type: "acked", n, seq, at, head });

export const encodeLive = (device: number, body: FrameOf<"live">["body"]): Uint8Array => encodeFrame({ type: "liveFrom", device, body });
