import { randomBytes } from "node:crypto";
import type { Random } from "../../ports/random.ts";

/** The operating system's random bytes, as plain arrays of their own memory. */
export const systemRandom: Random = (length) => new Uint8Array(randomBytes(length));
