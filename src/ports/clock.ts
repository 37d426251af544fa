import type { Millis } from "../base/brand.ts";

/** Time as an argument. The shells read the machine's clock; tests and the simulator move their own. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. May jump. */
  now(): Millis;
  /** Never goes back; only differences mean something. */
  monotonic(): Millis;
  /** As monotonic, and runs on while the machine sleeps; where the system tells. */
  awake?(): Millis;
}
