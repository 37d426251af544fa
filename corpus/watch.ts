/** Promises that fail where nobody waits for them: a crash of the engine that a view would not show. */
export interface Watch {
  readonly failures: readonly unknown[];
  stop(): void;
}

export const watchRejections = (): Watch => {
  const failures: unknown[] = [];
  const note = (reason: unknown): void => void failures.push(reason);
  process.on("unhandledRejection", note);
  return { failures, stop: () => void process.off("unhandledRejection", note) };
};
