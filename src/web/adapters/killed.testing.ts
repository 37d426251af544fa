/** The browser ends in the middle: of what is written to IndexedDB the first `steps` transactions are there, and none after. */
export const killedAfter = async (steps: number, work: () => Promise<void>): Promise<boolean> => {
  const { transaction } = IDBDatabase.prototype;
  let left = steps;
  let wasKilled = false;
  IDBDatabase.prototype.transaction = function (...args) {
    if (args[1] === "readwrite" && left-- <= 0) {
      wasKilled = true;
      throw new DOMException("killed", "AbortError");
    }
    return transaction.apply(this, args);
  };
  try {
    await work().catch(() => {});
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  return wasKilled;
};
