import type { Millis } from "../base/brand.ts";

/** Calls back once after `delay`; the returned function takes it back. */
export interface Timer {
  after(delay: Millis, call: () => void): () => void;
}
