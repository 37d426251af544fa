/** `length` unpredictable bytes; from a seed in the simulator. */
export type Random = (length: number) => Uint8Array;
