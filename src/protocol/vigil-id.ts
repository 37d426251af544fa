/**
 * A vigil's id (VIG1): 16 random bytes whose first bit is the side that it is of. An id is said in the log before its vigil is armed, so who
 * reads the log could else arm it first, and its owner's promise would never be watched over.
 */

/** Whose side an id of 16 bytes is of, as the relay counts sides. */
export const sideOfVigil = (id: Uint8Array): 0 | 1 => ((id[0] ?? 0) >> 7 === 0 ? 0 : 1);

/** An id of this side, from 16 random bytes. */
export const vigilIdFor = (side: 0 | 1, random: Uint8Array): Uint8Array => {
  const id = Uint8Array.from(random);
  id[0] = ((id[0] ?? 0) & 0x7f) | (side << 7);
  return id;
};
