/** Counters for /metrics. Numbers only: nothing of a line, a key or an address. */
import { refusals, type RefusalCode } from "../../protocol/frames.ts";

export interface RelayStats {
  connections: number;
  received: number;
  accepted: number;
  /** Live frames handed on. */
  forwarded: number;
  malformed: number;
  commits: number;
  failedCommits: number;
  /** Records made durable. */
  records: number;
  /** Records that had their time. */
  expired: number;
  /** Groups made anew, and sides taken back. */
  refounds: number;
  reclaims: number;
  /** Rungs of vigils that fired, and vigils that were set aside. */
  fired: number;
  setAside: number;
  /** Bytes of all blobs that are kept now. */
  blobBytes: number;
  refused: Record<RefusalCode, number>;
}

export const newStats = (): RelayStats => ({
  connections: 0,
  received: 0,
  accepted: 0,
  forwarded: 0,
  malformed: 0,
  commits: 0,
  failedCommits: 0,
  records: 0,
  expired: 0,
  refounds: 0,
  reclaims: 0,
  fired: 0,
  setAside: 0,
  blobBytes: 0,
  refused: Object.fromEntries(Object.values(refusals).map((code) => [code, 0])) as Record<RefusalCode, number>,
});
