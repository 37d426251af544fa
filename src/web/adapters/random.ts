/** The browser's unpredictable bytes. */
import type { Random } from "../../ports/random.ts";

export const machineRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length));
