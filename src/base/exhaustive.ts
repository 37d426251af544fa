/** Ends a switch over a union: a new member does not compile until it is handled. */
export const exhaustive = (value: never): never => {
  throw new Error(`defect: unhandled ${JSON.stringify(value)}`);
};

/** An invariant of our own code. Never used on what a peer, a user or a disk gave us. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`defect: ${what}`);
}
