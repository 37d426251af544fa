/** Sizes on the wire, in bytes, and why. The relay enforces them before it looks further. */

/** Kept bodies are padded to exactly one of these, so that length says a class and nothing more. */
export const buckets = [256, 1024, 4096, 16_384, 65_536] as const;

/** Live frames are always exactly this long. */
export const liveSize = 200;

/** A sealed knock (certificate, key package, name), padded. */
export const knockSize = 8192;

/** A last-resort key package, as the seal caps them. */
export const packageCap = 4096;

/** What a device of the line answers to one at its side's door. */
export const answerCap = 2048;

/** What only the twelve words and a side's devices open: five key boxes and a little more. */
export const noteCap = 8192;

/** Pieces of one blob: 32 MiB with the largest bucket. */
export const blobChunks = 512;

/** Blobs that are a side's archive. */
export const keptBlobs = 256;

/** Rungs of one vigil: reminders, late, envelope, farewell. */
export const rungsCap = 8;

/** Bodies of all rungs of one vigil, so that it is armed whole by one frame. */
export const rungsRoom = 2 * 65_536;

/** What the relay writes around the body of a rung that fired. */
export const firingRoom = 512;

/** Hashes on the way from what fired to the signature that it shares: 256 together at most. */
export const wayCap = 8;

/** A signed receipt of a vigil. */
export const receiptCap = 512;

/** Receipts in one frame: of all vigils that can wait on a line, and as many that are settled. */
export const receiptsAtOnce = 256;

/** Nothing longer is parsed: the largest body, its welcome, and room for the frame around them. */
export const frameCap = 3 * 65_536;

export const isBucket = (length: number): boolean => (buckets as readonly number[]).includes(length);
